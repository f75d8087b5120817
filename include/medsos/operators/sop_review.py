"""The half-yearly review of the SOP: lays the report before the Sekretaris, carries out what was decided."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from medsos.errors import MedsosError
from medsos.operators.periods import PeriodRun, half_year_of_run

if TYPE_CHECKING:
    from medsos.evaluation.period import Period
    from medsos.store.models import ReviewPaper, SopReview

PAPER_ID = "{{ ti.xcom_pull(task_ids='lay_before') }}"
"""The only thing that travels between the tasks: the number of what was laid before the Sekretaris."""


class LayBeforeOperator(BaseOperator):
    """Archives the half-year's report with the proposed targets, and lays it before the Sekretaris.

    A run whose paper is decided keeps it. Skips when the half-year was determined in another run.

    :param office: slug of the office.
    """

    ui_color = "#e9e2f5"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office

    def execute(self, context: Any) -> int:
        run = PeriodRun(self.office)
        period = half_year_of_run(context, run.office.zone)
        if not run.is_over(period):
            raise AirflowFailException(f"{period.name} belum berakhir, jadi belum dapat ditinjau.")
        run.require_use(period)
        dag_run = context["dag_run"]
        decided = _decided(run, period, dag_run.dag_id, dag_run.run_id)
        if decided is not None:
            self.log.info("%s sudah diputuskan; tidak ada yang berubah.", period.name)
            return decided
        try:
            return _lay(run, period, dag_run.dag_id, dag_run.run_id)
        except MedsosError as error:
            raise AirflowFailException(str(error)) from None


def _decided(run: PeriodRun, period: Period, dag_id: str, run_id: str) -> int | None:
    """Number of the paper that was decided in this very run.

    :raises AirflowSkipException: the half-year was determined in another run.
    """
    from medsos.approval.sop_review import decision_on, newest_paper, paper_of_run
    from medsos.store.session import reading

    with reading() as session:
        own = paper_of_run(session, dag_id, run_id)
        if own is not None and own.period == period.key and decision_on(session, own) is not None:
            return own.id
        newest = newest_paper(session, run.office.slug, period.key)
        decision = decision_on(session, newest) if newest else None
    if decision is not None and decision.decision == "ditetapkan":
        raise AirflowSkipException(f"Tinjauan {period.name} sudah ditetapkan oleh {decision.decided_by}.")
    return None


def _lay(run: PeriodRun, period: Period, dag_id: str, run_id: str) -> int:
    from medsos.approval.sop_review import lay_paper
    from medsos.evidence.editions import period_folder
    from medsos.operators.period_papers import archive_papers, proposals_of, refresh_recap, report_name
    from medsos.store.models import ReviewPaper
    from medsos.store.session import reading, transaction
    from medsos.trail.heads import write_head

    refresh_recap(run, period)
    files = archive_papers(run, period)
    report = files[f"{report_name(period)}.html"]
    # What is reviewed is the version that is in force now: only that one can be followed by another.
    sop = run.sop(run.today)
    with reading() as session:
        proposals = proposals_of(session, run, period, sop)
    with transaction() as session:
        paper = lay_paper(
            session,
            ReviewPaper(
                office=run.office.slug,
                period=period.key,
                first_day=period.first,
                last_day=period.last,
                sop_version=sop.version,
                dag_id=dag_id,
                run_id=run_id,
                laid_at=run.clock(),
                proposals={proposal.step_key: asdict(proposal) for proposal in proposals},
                folder=period_folder(run.office.slug, period.key),
                report_path=report.path,
                report_sha256=report.sha256,
                pdf_path=files[f"{report_name(period)}.pdf"].path,
            ),
        )
    with transaction() as session:
        write_head(session, run.archive, now=run.clock())
    return paper.id


class ConcludeReviewOperator(BaseOperator):
    """Archives the decision, and the new version of the SOP where one was determined. Without one it fails.

    :param office: slug of the office.
    :param paper_id: what was laid before the Sekretaris. (templated)
    """

    template_fields = ("paper_id",)
    ui_color = "#e9e2f5"

    def __init__(self, *, office: str, paper_id: str = PAPER_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.paper_id = paper_id

    def execute(self, context: Any) -> None:
        from medsos.approval.sop_review import decision_on
        from medsos.store.models import ReviewPaper
        from medsos.store.session import reading

        run = PeriodRun(self.office)
        with reading() as session:
            paper = session.get_one(ReviewPaper, int(self.paper_id))
            decision = decision_on(session, paper)
        if decision is None:
            _note_bypass(run, paper)
            raise AirflowFailException(
                "Belum ada keputusan Sekretaris yang tercatat. Menandai tugas “success” di Airflow bukan "
                "keputusan; minta keputusan melalui formulirnya."
            )
        try:
            _conclude(run, paper, decision)
        except MedsosError as error:
            raise AirflowFailException(str(error)) from None


def _note_bypass(run: PeriodRun, paper: ReviewPaper) -> None:
    from medsos.approval.sop_review import subject_of
    from medsos.store.audit import append_audit
    from medsos.store.session import transaction

    with transaction() as session:
        append_audit(
            session,
            at=run.clock(),
            actor="sistem",
            action="review.bypassed",
            subject=subject_of(paper),
        )


def _conclude(run: PeriodRun, paper: ReviewPaper, decision: SopReview) -> None:
    from medsos.approval.sop_review import sop_of_review
    from medsos.evidence.editions import store_files
    from medsos.operators.period_papers import close_edition
    from medsos.sop.model import load_sop
    from medsos.sop.renewal import as_yaml

    contents = {f"putusan-{decision.round}.json": _decision_file(decision)}
    sop = sop_of_review(decision, load_sop(run.settings.sop_dirs, decision.sop_version))
    if sop is not None:
        contents[f"{sop.version}.yaml"] = as_yaml(sop)
        _record_version(run, sop.version, contents[f"{sop.version}.yaml"], decision)
    close_edition(run, paper.folder, store_files(run.archive, paper.folder, contents))


def _decision_file(decision: SopReview) -> bytes:
    """The decision as the archive keeps it: enough to know it without the database."""
    from medsos.approval.sop_review import subject_of, told_of_review

    content = {
        "subject": subject_of(decision),
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        **told_of_review(decision),
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode()


def _record_version(run: PeriodRun, version: str, data: bytes, decision: SopReview) -> None:
    """Put the version where cycles look for it, and say so in the trail, so that a lost file is missed."""
    import hashlib

    from sqlalchemy import select

    from medsos.store.audit import append_audit, hold_chain
    from medsos.store.models import AuditEntry
    from medsos.store.session import transaction
    from medsos.trail.reviews import RECORDED

    folder = run.settings.own_sop_dir
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{version}.yaml"
    if not target.is_file() or target.read_bytes() != data:
        temporary = target.with_suffix(".tmp")
        temporary.write_bytes(data)
        temporary.replace(target)
    with transaction() as session:
        hold_chain(session)
        known = select(AuditEntry.id).where(AuditEntry.action == RECORDED, AuditEntry.subject == version)
        if session.scalars(known).first() is None:
            append_audit(
                session,
                at=run.clock(),
                actor="sistem",
                action=RECORDED,
                subject=version,
                after={
                    "version": version,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "based_on": decision.sop_version,
                    "targets": decision.targets,
                    "effective_from": str(decision.effective_from),
                },
            )
