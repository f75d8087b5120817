"""SOP step 4: one operator per platform; they differ only in the channel's name.

Each takes its publication as far as the ledger allows. A retry, a cleared task or a second run resumes
from the ledger row, so none of them posts twice. Where only a person can go on, the task parks with a form
for the admin: in manual mode, and when it cannot be proved whether a post is public.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from medsos.errors import NotYetKnown, UnknownOutcome
from medsos.operators.cycle import CycleRun, cycle_run
from medsos.operators.form_link import UploadPageLink
from medsos.operators.forms import Answer, FormOperator
from medsos.operators.parked_form import Form
from medsos.operators.people import team
from medsos.operators.plans import request_of
from medsos.operators.publish_forms import (
    CANCEL,
    UP,
    accept_as_absent,
    accept_as_up,
    cancel,
    question_about,
    upload_form,
)
from medsos.operators.publish_policy import PublishRetryPolicy

if TYPE_CHECKING:
    from medsos.approval.officials import Holder

TRIES = 1000
"""More than the longest deadline can use up; the policy decides, not this number."""

AFTER_A_KILL = timedelta(seconds=10)
"""When a worker died nobody asks the policy. Airflow has waited for half a minute by then."""


class PublishOperator(FormOperator):
    """Publishes the approved content of one channel exactly once and returns the publication's number.

    Refuses when there is no approval by an entitled person, or when any file or text differs from what
    was approved (the seal). Errors that repeating cannot mend fail the task at once; a platform that is
    down is waited for until the channel's deadline (`give_up_after_hours` in the office's file).
    """

    channel_name: ClassVar[str]
    ui_color = "#dcefe0"
    operator_extra_links = (UploadPageLink(),)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retries", TRIES)
        kwargs.setdefault("retry_delay", AFTER_A_KILL)
        kwargs.setdefault("retry_policy", PublishRetryPolicy())
        super().__init__(channel=self.channel_name, **kwargs)

    def execute(self, context: Any) -> Any:
        from medsos.operators.publishing import approved_publication, ledger_of, publish_now
        from medsos.publishing.settling import hand_over
        from medsos.publishing.states import NOTHING_SENT, State

        run = cycle_run(self)
        if reason := self.skip_reason(run):
            raise AirflowSkipException(reason)
        upload_at = request_of(run).upload_at
        if upload_at is not None and run.clock() < upload_at:
            # Whatever became of the task that waits: nothing goes out before its time.
            raise AirflowRescheduleException(upload_at)
        published: int | None = None
        run.note("started")
        try:
            with run.failing():
                row = approved_publication(run)
                if run.setup.mode == "api" or row.state in (State.PUBLISHED, State.CANCELLED):
                    published = publish_now(run, row).id
                elif row.state not in (*NOTHING_SENT, State.NEEDS_PERSON):
                    hand_over(ledger_of(run, row))
        except NotYetKnown:
            raise
        except UnknownOutcome:
            self.log.warning("Hasil unggahan tidak dapat dipastikan; admin diminta memeriksa.")
        if published is None:
            return self.ask(run, context)
        run.note("finished")
        return published

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run) or reason_not_on_channel(run)

    def people(self, run: CycleRun) -> list[Holder]:
        return team(run)

    def about(self, run: CycleRun) -> str:
        return question_about(run)

    def form(self, run: CycleRun) -> Form:
        from medsos.operators.publishing import approved_publication

        return upload_form(run, approved_publication(run))

    def accept(self, run: CycleRun, answer: Answer) -> int:
        from medsos.operators.publishing import approved_publication, publish_now

        row = approved_publication(run)
        if answer.option == CANCEL:
            cancel(run, row, answer)
            raise AirflowFailException(
                f"Siklus {run.cycle_id}, kanal {run.channel}: dibatalkan oleh {answer.by}."
            )
        if answer.option == UP:
            return accept_as_up(run, row, answer).id
        accept_as_absent(run, row, answer)
        return publish_now(run, row).id


class WebPublishOperator(PublishOperator):
    """Website post with picture, article and documents; goes first, since the others wait for its address."""

    channel_name = "web"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("priority_weight", 10)
        super().__init__(**kwargs)


class FacebookPublishOperator(PublishOperator):
    """Post on the Facebook Page."""

    channel_name = "facebook"


class InstagramPublishOperator(PublishOperator):
    """Post on the Instagram account."""

    channel_name = "instagram"


class XPublishOperator(PublishOperator):
    """Post on X."""

    channel_name = "x"


class TikTokPublishOperator(PublishOperator):
    """Photo or video on TikTok."""

    channel_name = "tiktok"


PUBLISH_OPERATORS: dict[str, type[PublishOperator]] = {
    operator.channel_name: operator
    for operator in (
        WebPublishOperator,
        FacebookPublishOperator,
        InstagramPublishOperator,
        XPublishOperator,
        TikTokPublishOperator,
    )
}


def reason_not_to_upload(run: CycleRun) -> str | None:
    """A rejected cycle uploads nothing; without any decision the task goes on and is refused there."""
    from medsos.approval.decisions import latest_decision
    from medsos.store.session import transaction

    with transaction() as session:
        decision = latest_decision(session, run.cycle_id)
    if decision is not None and decision.decision == "tolak":
        return f"Siklus {run.cycle_id} ditolak pada putaran {decision.round}; tidak ada yang diunggah."
    return None


def reason_not_on_channel(run: CycleRun) -> str | None:
    """The channel was not chosen for this cycle."""
    if run.channel not in request_of(run).channels:
        return f"Kanal {run.channel} tidak dipilih untuk siklus {run.cycle_id}."
    return None
