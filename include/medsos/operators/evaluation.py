"""SOP step 6: durations against the targets, the report, and the last word on whether all is complete."""

from __future__ import annotations

import shutil
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from medsos.operators.cycle import CycleOperator, CycleRun


class EvaluateCycleOperator(CycleOperator):
    """Fills the evaluation tables and archives the *Laporan Evaluasi* and the manifest of the cycle."""

    ui_color = "#e9e2f5"

    def work(self, run: CycleRun, context: Any) -> None:
        from medsos.evaluation.report.cycle import REPORT_NAME, build_report
        from medsos.evaluation.report.cycle_data import report_data
        from medsos.evaluation.rules import Rules
        from medsos.evaluation.tables import evaluate_cycle
        from medsos.evidence.archive import REPORT
        from medsos.evidence.dossier import write_dossier
        from medsos.evidence.manifest import write_manifest
        from medsos.evidence.verification import require_whole
        from medsos.hooks.training import is_training
        from medsos.store.models import Cycle
        from medsos.store.session import reading, transaction
        from medsos.trail.heads import write_head

        with reading() as session:
            channels = session.get_one(Cycle, run.cycle_id).request["channels"]
        training = any(is_training(run.office.channels[channel].connection) for channel in channels)
        # Step 6 ends here: a later evaluation finds this very moment in the event and gives equal rows.
        run.finished_at = run.clock()
        with transaction() as session:
            evaluate_cycle(session, run.cycle_id, rules=Rules(run.settings), now=run.finished_at)
        # Reading pictures and hashing the folder takes its time; no lock is held meanwhile.
        with reading() as session:
            data = report_data(
                session,
                run.cycle_id,
                sop=run.sop,
                office=run.office,
                training=training,
                now=run.finished_at,
                read_file=run.archive.read,
            )
            html = build_report(data, run.brand)
            run.archive.put_version(f"{run.folder}/{REPORT}/{REPORT_NAME}", html.encode())
            write_dossier(session, run.archive, run.cycle_id)
        with transaction() as session:
            write_manifest(session, run.archive, run.cycle_id, now=run.finished_at, actor=run.task_id)
        with reading() as session:
            require_whole(session, run.archive, run.cycle_id)
        with transaction() as session:
            head = write_head(session, run.archive, now=run.finished_at)
        for problem in head.problems:
            self.log.error("Jejak audit tidak cocok dengan arsip: %s. Jalankan “medsos verify”.", problem)
        self._let_the_recap_know(run, context)

    def _let_the_recap_know(self, run: CycleRun, context: Any) -> None:
        """A cycle belongs to the month in which it was first completed, also when it is evaluated again."""
        from medsos.operators.cycle_finished import tell
        from medsos.store.models import Cycle
        from medsos.store.session import reading

        with reading() as session:
            completed_at = session.get_one(Cycle, run.cycle_id).completed_at or run.clock()
        month = completed_at.astimezone(run.office.zone)
        tell(context, self.outlets, cycle_id=run.cycle_id, month=f"{month:%Y-%m}")


class ConfirmCompleteOperator(CycleOperator):
    """The last task: green only when everything that was asked for is up and proven.

    It runs whatever happened before, so that the colour of the DAG run is the truth about the cycle.
    """

    ui_color = "#e9e2f5"

    def execute(self, context: Any) -> Any:
        if not str(self.cycle_id).isdigit():
            raise AirflowFailException(
                "Permohonan tidak diterima, jadi siklus tidak dimulai. Baca alasannya pada log tugas "
                "“Terima permohonan”, perbaiki isiannya, lalu mulai lagi."
            )
        return super().execute(context)

    def work(self, run: CycleRun, context: Any) -> None:
        from sqlalchemy import select

        from medsos.evaluation.channels import PROOF_KINDS, PUBLISHED
        from medsos.offices.model import CHANNEL_NAMES
        from medsos.store.models import ChannelResult, Cycle
        from medsos.store.session import transaction

        with transaction() as session:
            status = session.get_one(Cycle, run.cycle_id).status
            results = session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == run.cycle_id))
            missing = [
                CHANNEL_NAMES[result.channel]
                for result in results
                if result.state != PUBLISHED or result.evidence_kind not in PROOF_KINDS
            ]
        if status in ("selesai", "ditolak"):
            shutil.rmtree(run.settings.working_dir(run.cycle_id), ignore_errors=True)
        else:
            raise AirflowFailException(
                f"Siklus {run.cycle_id} belum lengkap: {', '.join(missing) or 'evaluasi belum tersimpan'}. "
                "Baca log tugas yang gagal, perbaiki sebabnya, lalu jalankan ulang tugas itu (Clear). "
                "Yang sudah tayang tidak akan diunggah dua kali."
            )
