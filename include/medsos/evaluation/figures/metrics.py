"""What the platforms told of the posts of a period: every post with its newest numbers, and sums by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.channels.metrics import METRICS
from medsos.engagement.newest import Number, newest_numbers
from medsos.evaluation.scope import Scope
from medsos.offices.model import CHANNEL_NAMES, CHANNELS
from medsos.store.models import CycleScorecard, Publication


@dataclass(frozen=True)
class PostLine:
    """One post and its numbers by name; `read_at` is None while nothing was read."""

    cycle_id: int
    title: str
    channel: str
    published_at: datetime | None
    read_at: datetime | None
    numbers: Mapping[str, Number]

    @property
    def unread_because(self) -> str:
        """The state that explains why nothing was read, for example `manual`; empty when something was."""
        return "" if self.read_at else next(iter(self.numbers.values())).state


@dataclass(frozen=True)
class MonthNumbers:
    """The posts that went up on one channel in one month: sums, and in how many posts a number is missing."""

    month: date
    channel: str
    posts: int
    sums: Mapping[str, float | None]
    missing: Mapping[str, int]


def post_lines(session: Session, scope: Scope) -> list[PostLine]:
    """Every post of these cycles that is up, read or not: the most seen first, then by cycle and channel."""
    query = (
        select(Publication, CycleScorecard.title)
        .join(CycleScorecard, CycleScorecard.cycle_id == Publication.cycle_id)
        .where(*scope.cycles(), Publication.state == "published")
    )
    if scope.channel is not None:
        query = query.where(Publication.channel == scope.channel)
    rows = session.execute(query).all()
    newest = newest_numbers(session, (row[0] for row in rows))
    lines = [
        PostLine(
            cycle_id=post.cycle_id,
            title=title,
            channel=CHANNEL_NAMES[post.channel],
            published_at=post.published_at,
            read_at=newest[post.id].read_at,
            numbers=newest[post.id].numbers,
        )
        for post, title in rows
    ]
    order = _order_of_channels()
    return sorted(
        lines, key=lambda line: (-(line.numbers["views"].value or 0), line.cycle_id, order[line.channel])
    )


def numbers_by_month(posts: Sequence[PostLine], zone: ZoneInfo) -> list[MonthNumbers]:
    """The posts by month in which they went up at the office, and channel in the SOP's order."""
    groups: dict[tuple[date, str], list[PostLine]] = {}
    for post in posts:
        if post.published_at is not None:
            month = post.published_at.astimezone(zone).date().replace(day=1)
            groups.setdefault((month, post.channel), []).append(post)
    order = _order_of_channels()
    return [
        MonthNumbers(
            month=month,
            channel=channel,
            posts=len(lines),
            sums=totals(lines),
            missing={name: sum(line.numbers[name].value is None for line in lines) for name in METRICS},
        )
        for (month, channel), lines in sorted(
            groups.items(), key=lambda group: (group[0][0], order[group[0][1]])
        )
    ]


def totals(posts: Sequence[PostLine]) -> dict[str, float | None]:
    """Sums over posts; None where no post has the number."""
    known = {name: [v for post in posts if (v := post.numbers[name].value) is not None] for name in METRICS}
    return {name: sum(values) if values else None for name, values in known.items()}


def _views(line: PostLine) -> float:
    return line.numbers["views"].value or 0


def _order_of_channels() -> dict[str, int]:
    return {CHANNEL_NAMES[channel]: place for place, channel in enumerate(CHANNELS)}
