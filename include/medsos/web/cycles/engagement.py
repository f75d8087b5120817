"""What the page of a cycle says of its posts afterwards: their numbers, and links that have died."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.engagement.newest import MANUAL, NO_ID, UNREAD, Number, newest_numbers
from medsos.engagement.record import GIVEN, GONE
from medsos.engagement.schedule import next_reading
from medsos.engagement.words import METRIC_NAMES, STATE_NAMES
from medsos.indonesian import number_text, short_date
from medsos.notices.message import finding_name
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Channel, Office
from medsos.store.models import Finding, Notice, Publication

HEADINGS = tuple(METRIC_NAMES.values())
SAID_FOR_ALL = (GIVEN, GONE, UNREAD)
"""States that need no word at each number: the line says it once."""


@dataclass(frozen=True)
class Shown:
    """One number as the page shows it. `text` is empty where there is none, `remark` says why or how old."""

    text: str
    remark: str


@dataclass(frozen=True)
class ChannelNumbers:
    """The newest numbers of one post. `nothing` says why there can be none, or is empty.

    :param gone_at: when the platform was found not to know the post any more.
    :param read_at: when the numbers were read, unless one of them says otherwise.
    """

    name: str
    numbers: tuple[Shown, ...]
    nothing: str
    gone_at: datetime | None
    read_at: datetime | None
    next_at: datetime | None


def numbers_view(session: Session, cycle_id: int, office: Office) -> tuple[ChannelNumbers, ...]:
    """Every post of a cycle that is up, in the SOP's order of channels."""
    posts = {
        row.channel: row
        for row in session.scalars(
            select(Publication)
            .where(Publication.cycle_id == cycle_id, Publication.state == "published")
            .order_by(Publication.id)
        )
    }
    newest = newest_numbers(session, posts.values())
    found = []
    for channel in CHANNELS:
        if channel in posts:
            post = posts[channel]
            numbers = newest[post.id]
            gone = GONE in {number.state for number in numbers.numbers.values()}
            read_at = _last_given(numbers.numbers) if gone else numbers.read_at
            found.append(
                ChannelNumbers(
                    name=CHANNEL_NAMES[channel],
                    numbers=tuple(_shown(numbers.numbers[name], read_at, office) for name in METRIC_NAMES),
                    nothing=_nothing(numbers.numbers),
                    gone_at=numbers.read_at if gone else None,
                    read_at=read_at,
                    next_at=_next(post, channel, office, numbers.after_days),
                )
            )
    return tuple(found)


@dataclass(frozen=True)
class FindingView:
    """Something that is wrong with what this cycle published, and who was told of it."""

    name: str
    problem: str
    since: datetime
    told: tuple[Notice, ...]


def findings_view(session: Session, cycle_id: int) -> tuple[FindingView, ...]:
    """The findings of a cycle that last, oldest first."""
    findings = session.scalars(
        select(Finding)
        .where(Finding.cycle_id == cycle_id, Finding.ended_at.is_(None))
        .order_by(Finding.since, Finding.id)
    ).all()
    return tuple(
        FindingView(
            name=finding_name(one.kind),
            problem=one.problem,
            since=one.since,
            told=tuple(
                session.scalars(select(Notice).where(Notice.finding_id == one.id).order_by(Notice.id))
            ),
        )
        for one in findings
    )


def _shown(number: Number, read_at: datetime | None, office: Office) -> Shown:
    why = "" if number.state in SAID_FOR_ALL else STATE_NAMES.get(number.state, number.state)
    if number.value is None or number.read_at is None:
        return Shown("", why)
    read_on = f"pada {short_date(number.read_at.astimezone(office.zone).date())}"
    remarks = [read_on if number.read_at != read_at else "", f"kini {why}" if why else ""]
    return Shown(number_text(number.value), "; ".join(remark for remark in remarks if remark))


def _last_given(numbers: Mapping[str, Number]) -> datetime | None:
    return max((number.read_at for number in numbers.values() if number.read_at), default=None)


def _nothing(numbers: Mapping[str, Number]) -> str:
    states = {number.state for number in numbers.values()}
    return STATE_NAMES[states.pop()] if len(states) == 1 and states <= {MANUAL, NO_ID} else ""


def _next(post: Publication, channel: Channel, office: Office, last: int | None) -> datetime | None:
    readable = post.mode == "api" and post.post_id and office.channels[channel].mode == "api"
    if not readable or post.published_at is None:
        return None
    return next_reading(post.published_at, office.watch.days_of(channel), last)
