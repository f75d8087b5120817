"""The end of SOP step 3: opens the way to the upload only for what was approved."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from medsos.operators.cycle import CycleOperator, CycleRun


class ConcludeApprovalOperator(CycleOperator):
    """Reads the last decision from the record: *Setuju* or *Tolak*. Without one it fails."""

    def work(self, run: CycleRun, context: Any) -> str:
        from medsos.approval.decisions import latest_decision
        from medsos.store.audit import append_audit
        from medsos.store.session import transaction

        with transaction() as session:
            decision = latest_decision(session, run.cycle_id)
            decided = decision is not None and decision.decision != "revisi"
            if not decided:
                append_audit(
                    session,
                    at=run.clock(),
                    actor=run.task_id,
                    action="approval.bypassed",
                    cycle_id=run.cycle_id,
                    subject=f"keputusan terakhir: {decision.decision}" if decision else "belum ada keputusan",
                )
        if decision is None or not decided:
            raise AirflowFailException(
                f"Siklus {run.cycle_id}: belum ada keputusan akhir yang tercatat. Menandai tugas “success” "
                "di Airflow bukan persetujuan; minta keputusan Kasubbag melalui formulir."
            )
        return decision.decision
