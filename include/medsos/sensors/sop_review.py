"""The half-yearly review of the SOP: waits for a working day, then for the decision of the Sekretaris."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.sdk import BaseOperator, BaseOperatorLink, Param
from airflow.sdk.exceptions import AirflowRescheduleException

from medsos.errors import FormError, NotApproved
from medsos.operators.given_answers import Answer, answer_of_event
from medsos.operators.parked_form import (
    LOOK_FOR_PEOPLE_EVERY,
    SECOND,
    AnswerRefused,
    Form,
    ParkedForm,
    text_field,
)
from medsos.operators.periods import PeriodRun
from medsos.operators.review_form import BEGINS, NOTE, SEAL, TASK, target_field, wish_of
from medsos.operators.sop_review import PAPER_ID

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey

    from medsos.sop.model import Sop
    from medsos.store.models import ReviewPaper, SopReview


class WorkingDaySensor(BaseOperator):
    """Succeeds when the office works: on the first working day after the half-year, at its first hour.

    Until then the task is put aside. Runs that were started by hand or catch up with the past need not wait.

    :param office: slug of the office.
    """

    ui_color = "#f6d9b0"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office

    def execute(self, context: Any) -> None:
        from medsos.sop.worktime import calendar_for

        run = PeriodRun(self.office)
        now = run.clock()
        calendar = calendar_for(run.office, run.settings.data_dir)
        if context["dag_run"].run_type == "scheduled" and not calendar.is_working(now):
            # A moment into the next stretch of work: its beginning itself is the end of no minute.
            raise AirflowRescheduleException(calendar.after(now, 0.1))


class ReviewFormLink(BaseOperatorLink):
    """Opens the form; there from the moment the task starts to wait."""

    name = "Formulir tinjauan SOP"

    def get_link(self, operator: Any, *, ti_key: TaskInstanceKey) -> str:
        from medsos.settings import load_settings

        task = {"dag_id": ti_key.dag_id, "run_id": ti_key.run_id, "task_id": ti_key.task_id}
        return f"{load_settings().public_url}/medsos/formulir?{urlencode(task)}"


@dataclass
class _Review:
    """What the task is about: the paper, its round's decision, and the version under review."""

    run: PeriodRun
    paper_id: int

    @cached_property
    def paper(self) -> ReviewPaper:
        from medsos.store.models import ReviewPaper
        from medsos.store.session import reading

        with reading() as session:
            return session.get_one(ReviewPaper, self.paper_id)

    @cached_property
    def sop(self) -> Sop:
        from medsos.sop.model import load_sop

        return load_sop(self.run.settings.sop_dirs, self.paper.sop_version)

    def decision(self) -> SopReview | None:
        from medsos.approval.sop_review import decision_on
        from medsos.store.session import reading

        with reading() as session:
            return decision_on(session, self.paper)


class SopReviewSensor(ParkedForm):
    """Parks until the Sekretaris, or a delegate, decides: *Ditetapkan* or *Perlu perbaikan*.

    The decision is given on our own page and recorded there at once (ADR 5); an answer on Airflow's own page
    is judged in the same way. There is no default and no timeout.

    :param office: slug of the office.
    :param paper_id: what was laid before the Sekretaris. (templated)
    """

    template_fields = ("paper_id",)
    ui_color = "#f6d9b0"
    operator_extra_links = (ReviewFormLink(),)

    def __init__(self, *, office: str, paper_id: str = PAPER_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.paper_id = paper_id

    def execute(self, context: Any) -> Any:
        from medsos.approval.sop_review import entitled_to_review
        from medsos.store.session import reading

        review = self._review()
        if (decision := review.decision()) is not None:
            return decision.id
        run = review.run
        with reading() as session:
            people = entitled_to_review(session, self.office, run.clock(), run.office.zone)
        if not people:
            self.log.warning("Belum ada Sekretaris yang menjabat; menunggu.")
            raise AirflowRescheduleException(run.clock() + LOOK_FOR_PEOPLE_EVERY)
        return self.park(context, _form(review), people, page=_page(review), place="formulir tinjauan")

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        from medsos.approval.sop_review import OPTIONS

        review = self._review()
        told = answer_of_event(event)
        decision = review.decision()
        if decision is None:
            return self._take(review, told)
        if OPTIONS[told.option] != decision.decision:
            _keep(review, told, problem=SECOND.format(first=decision.decided_by))
        return decision.id

    def _review(self) -> _Review:
        return _Review(PeriodRun(self.office), int(self.paper_id))

    def _take(self, review: _Review, answer: Answer) -> int:
        from medsos.approval.sop_review import OPTIONS, record_review
        from medsos.store.session import transaction

        try:
            with transaction() as session:
                decision = record_review(
                    session,
                    review.paper,
                    report_sha256=str(answer.values.get(SEAL) or ""),
                    sop=review.sop,
                    decision=OPTIONS[answer.option],
                    wish=wish_of(answer.values, review.sop),
                    by=answer.by,
                    at=answer.at,
                    zone=review.run.office.zone,
                )
        except (FormError, NotApproved) as error:
            _keep(review, answer, problem=str(error))
            raise AnswerRefused(f"{error} Formulir ditanyakan lagi.") from None
        _keep(review, answer, problem="")
        return decision.id


def _keep(review: _Review, answer: Answer, *, problem: str) -> None:
    """Enter an answer among those that were dealt with. `problem`: why it was not accepted."""
    from medsos.store.models import FormAnswer
    from medsos.store.session import transaction

    with transaction() as session:
        session.add(
            FormAnswer(
                paper_id=review.paper.id,
                task_id=TASK,
                round=review.paper.round,
                option=answer.option,
                answers=answer.values,
                answered_by=answer.by,
                answered_at=answer.at,
                accepted=not problem,
                problem=problem,
            )
        )


def _page(review: _Review) -> str:
    paper = review.paper
    return f"{review.run.settings.public_url}/medsos/tinjauan-sop/{paper.office}/{paper.period}"


def _form(review: _Review) -> Form:
    from medsos.approval.sop_review import OPTIONS
    from medsos.evaluation.period import Period
    from medsos.indonesian import number_text

    paper = review.paper
    period = Period(paper.first_day, paper.last_day)
    rows = [
        f"| {step.number} · {step.name} | {step.target_minutes} | "
        + " | ".join(
            "–" if found.get(name) is None else number_text(found[name])
            for name in ("median_minutes", "p90_minutes", "proposed_minutes")
        )
        + " |"
        for step in review.sop.steps
        if (found := paper.proposals.get(step.key, {})) is not None
    ]
    table = "\n".join(
        ["| langkah | target (menit) | median | p90 | usulan |", "| --- | --- | --- | --- | --- |", *rows]
    )
    fields: dict[str, Param] = {
        SEAL: text_field(
            "Segel laporan",
            paper.report_sha256,
            description="Diisi sistem; menandai tepat laporan yang Anda baca. Jangan diubah.",
        ),
        NOTE: text_field("Catatan", lines=4, description="Wajib diisi bila perlu perbaikan."),
        BEGINS: Param(
            None,
            type=["null", "string"],
            format="date",
            title="Target baru berlaku mulai",
            description="Hanya bila ada target yang diubah.",
        ),
    }
    for step in review.sop.steps:
        fields[target_field(step.key)] = Param(
            step.target_minutes,
            type=["null", "integer"],
            title=f"Target langkah {step.number} · {step.name} (menit kerja)",
            description="Biarkan bila tetap.",
        )
    return Form(
        subject=f"Tinjauan SOP · {period.name} · {review.run.office.short_name}",
        body=f"[**Buka formulir tinjauan dengan laporannya**]({_page(review)})\n\n{table}",
        fields=fields,
        options=tuple(OPTIONS),
    )
