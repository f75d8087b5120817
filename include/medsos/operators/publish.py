"""SOP step 4: one operator per platform; they differ only in the channel's name.

Each takes its publication as far as the ledger allows. A retry, a cleared task or a second run resumes
from the ledger row, so none of them posts twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException

from medsos.errors import ChannelError, NotApproved, RateLimited, Transient, UnknownOutcome
from medsos.operators.cycle import CycleOperator, CycleRun

if TYPE_CHECKING:
    from medsos.store.models import Approval, Design, Publication

RETRIES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)


class PublishOperator(CycleOperator):
    """Publishes the approved content of one channel exactly once and returns the publication's number.

    Refuses when there is no approval by an entitled person, or when any file or text differs from what
    was approved (the seal). Errors that repeating cannot mend fail the task at once.
    """

    channel_name: ClassVar[str]
    ui_color = "#dcefe0"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retries", RETRIES)
        kwargs.setdefault("retry_delay", FIRST_WAIT)
        kwargs.setdefault("retry_exponential_backoff", 2.0)
        kwargs.setdefault("max_retry_delay", LONGEST_WAIT)
        super().__init__(channel=self.channel_name, **kwargs)

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run) or reason_not_on_channel(run)

    def work(self, run: CycleRun, context: Any) -> int:
        from medsos.publishing.protocol import REFUSED_FOR_GOOD

        try:
            return _publish(run, holder=f"{context['ti'].id}/{context['ti'].try_number}").id
        except NotApproved as error:
            raise AirflowFailException(str(error)) from None
        except REFUSED_FOR_GOOD as error:
            raise AirflowFailException(_sentence(run, error)) from None
        except RateLimited as error:
            # Hours may pass, and no try is used up.
            raise AirflowRescheduleException(error.retry_at) from None
        except UnknownOutcome as error:
            raise AirflowFailException(
                f"{_sentence(run, error)} Unggahan tidak diulang agar tidak tayang dua kali."
            ) from None


class WebPublishOperator(PublishOperator):
    """Website post with picture, article and documents."""

    channel_name = "web"


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
    from medsos.operators.plans import request_of

    if run.channel not in request_of(run).channels:
        return f"Kanal {run.channel} tidak dipilih untuk siklus {run.cycle_id}."
    return None


def _sentence(run: CycleRun, error: ChannelError) -> str:
    return f"Siklus {run.cycle_id}, kanal {run.channel}: {error}"


def _publish(run: CycleRun, *, holder: str) -> Publication:
    from medsos.approval.decisions import require_approval, require_seal
    from medsos.approval.seal import designs_of_round
    from medsos.content.slug import post_key
    from medsos.hooks import client_for
    from medsos.operators.sealing import seal_now
    from medsos.publishing.assemble import build_post
    from medsos.publishing.ledger import Ledger, open_publication
    from medsos.publishing.protocol import publish
    from medsos.store.models import Cycle
    from medsos.store.session import transaction

    with transaction() as session:
        approval = require_approval(session, run.cycle_id)
        designs = [
            design
            for design in designs_of_round(session, run.cycle_id, approval.round)
            if design.channel == run.channel
        ]
        title = session.get_one(Cycle, run.cycle_id).title
    require_seal(approval, seal_now(run, approval.round))
    setup = run.office.channels[run.channel]  # type: ignore[index]
    with transaction() as session:
        row = open_publication(
            session,
            cycle_id=run.cycle_id,
            channel=run.channel,
            seal=approval.seal,
            mode=setup.mode,
            now=run.clock(),
        )
    post = build_post(
        designs,
        key=post_key(title, run.cycle_id, run.channel),
        title=title,
        text=_text(run, approval, designs),
        fetch=lambda design: local_copy(run, design),
    )
    client = client_for(
        run.channel, setup.connection, web_connection_id=run.office.channels["web"].connection
    )
    return publish(Ledger(row.id, holder=holder, clock=run.clock), client, post)


def _text(run: CycleRun, approval: Approval, designs: list[Design]) -> str:
    """The caption with the address of the website post in it, where posts may carry one and it is up.

    :raises Transient: this content type only announces the website post, and that is not up yet.
    """
    from medsos.content.captions import fill_links, web_address_needed
    from medsos.content.plan import LEAD_TO_WEBSITE
    from medsos.operators.plans import request_of

    caption = designs[0].caption if designs else ""
    address = _web_address(run, approval)
    if address is None and run.channel != "web":
        request = request_of(run)
        if request.content_type in LEAD_TO_WEBSITE and web_address_needed(caption):
            raise Transient("Postingan website belum tayang; pengumuman ini menunggunya.")
    allowed = run.office.channels[run.channel].link_in_post  # type: ignore[index]
    return fill_links(caption, address if allowed else None)


def _web_address(run: CycleRun, approval: Approval) -> str | None:
    """Address of the website post of the same content, or None while it is not up."""
    from sqlalchemy import select

    from medsos.store.models import Publication
    from medsos.store.session import transaction

    with transaction() as session:
        return session.scalars(
            select(Publication.permalink).where(
                Publication.cycle_id == run.cycle_id,
                Publication.channel == "web",
                Publication.seal == approval.seal,
            )
        ).first()


def local_copy(run: CycleRun, design: Design) -> Any:
    """A local file with the bytes of a design, named by its hash, so a retry finds it."""
    folder = run.settings.working_dir(run.cycle_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{design.sha256}{_suffix(design.path)}"
    if not path.exists():
        path.write_bytes(run.archive.read(design.path))
    return path


def _suffix(path: str) -> str:
    from pathlib import PurePosixPath

    return PurePosixPath(path).suffix
