"""What became of one channel of a cycle, and whether a person is waited for there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import PROOF_KINDS, proofs_of, publication_of
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.store.models import Cycle, Design, Evidence, StepEvent
from medsos.web.uploads.view import capture_task, publish_task


@dataclass(frozen=True)
class ChannelState:
    """What became of one requested channel."""

    channel: str
    name: str
    mode: str
    state: str
    published_at: datetime | None
    permalink: str | None
    problem: str
    design: Design | None
    proofs: tuple[Evidence, ...]
    waits_for_person: bool

    @property
    def screenshot(self) -> Evidence | None:
        """The strongest proof that is a picture."""
        return next((proof for proof in self.proofs if proof.kind in PROOF_KINDS), None)


def channel_state(
    session: Session, cycle: Cycle, office: Office, channel: str, designs: Sequence[Design]
) -> ChannelState:
    """The state of one requested channel as the record knows it.

    :param designs: of all rounds and channels of the cycle, in the order of the rounds.
    """
    publication = publication_of(session, cycle.id, channel)
    pictures = [d for d in designs if d.channel == channel and d.kind in ("image", "cover")]
    mode = next((setup.mode for name, setup in office.channels.items() if name == channel), "off")
    return ChannelState(
        channel=channel,
        name=CHANNEL_NAMES[channel],
        mode=publication.mode if publication else mode,
        state=publication.state if publication else "tidak_diunggah" if cycle.completed_at else "absent",
        published_at=publication.published_at if publication else None,
        permalink=publication.permalink if publication else None,
        problem=publication.problem if publication else "",
        design=pictures[-1] if pictures else None,
        proofs=tuple(proofs_of(session, publication.id)) if publication else (),
        waits_for_person=_waits_for_person(session, cycle.id, channel),
    )


def _waits_for_person(session: Session, cycle_id: int, channel: str) -> bool:
    """Whether the last thing that happened to the upload or its screenshot is that a form was shown."""
    last = session.scalars(
        select(StepEvent)
        .where(
            StepEvent.cycle_id == cycle_id,
            StepEvent.task_id.in_((publish_task(channel), capture_task(channel))),
        )
        .order_by(StepEvent.id.desc())
        .limit(1)
    ).first()
    return last is not None and last.event == "waiting" and bool(last.detail.get("for_people"))
