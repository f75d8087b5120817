"""What the platforms told of the posts of a period: the last reading of each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from medsos.channels.metrics import METRICS
from medsos.evaluation.scope import Scope, frame
from medsos.offices.model import CHANNEL_NAMES, CHANNELS
from medsos.store.models import CycleScorecard, Metric, Publication

_READ = ("publication", "cycle_id", "title", "channel", "published_at", "name", "value", "read_at")


@dataclass(frozen=True)
class PostNumbers:
    """One post and its numbers by name; None: the platform gave none, or no more."""

    cycle_id: int
    title: str
    channel: str
    published_at: datetime | None
    read_at: datetime
    numbers: Mapping[str, float | None]


@dataclass(frozen=True)
class MonthNumbers:
    """The posts that went up on one channel in one month: sums, and in how many posts a number is missing."""

    month: date
    channel: str
    posts: int
    sums: Mapping[str, float | None]
    missing: Mapping[str, int]


def post_numbers(session: Session, scope: Scope) -> list[PostNumbers]:
    """Posts of these cycles that were read at least once, the most seen first."""
    latest = (
        select(Metric.publication_id, Metric.name, func.max(Metric.id).label("newest"))
        .join(Publication, Publication.id == Metric.publication_id)
        .where(Publication.cycle_id.in_(select(CycleScorecard.cycle_id).where(*scope.cycles())))
        .group_by(Metric.publication_id, Metric.name)
        .subquery()
    )
    query: Select[*tuple[Any, ...]] = (
        select(
            Publication.id, Publication.cycle_id, CycleScorecard.title, Publication.channel,
            Publication.published_at, Metric.name, Metric.value, Metric.read_at,
        )
        .join(latest, and_(latest.c.newest == Metric.id))
        .join(Publication, Publication.id == Metric.publication_id)
        .join(CycleScorecard, CycleScorecard.cycle_id == Publication.cycle_id)
    )  # fmt: skip
    if scope.channel is not None:
        query = query.where(Publication.channel == scope.channel)
    posts = []
    for _, rows in frame(session, query, _READ).groupby("publication"):
        first = rows.iloc[0]
        told = dict(zip(rows["name"], rows["value"], strict=True))
        posts.append(
            PostNumbers(
                cycle_id=int(first["cycle_id"]),
                title=str(first["title"]),
                channel=CHANNEL_NAMES.get(first["channel"], str(first["channel"])),
                published_at=_moment(first["published_at"]),
                read_at=max(moment for moment in map(_moment, rows["read_at"]) if moment is not None),
                numbers={name: _number(told.get(name)) for name in METRICS},
            )
        )
    return sorted(posts, key=lambda post: (-(post.numbers["views"] or 0), post.cycle_id, post.channel))


def numbers_by_month(posts: list[PostNumbers], zone: ZoneInfo) -> list[MonthNumbers]:
    """The posts by month in which they went up, and channel in the SOP's order."""
    groups: dict[tuple[date, str], list[PostNumbers]] = {}
    for post in posts:
        if post.published_at is not None:
            month = post.published_at.astimezone(zone).date().replace(day=1)
            groups.setdefault((month, post.channel), []).append(post)
    order = [CHANNEL_NAMES[channel] for channel in CHANNELS]
    found = []
    for (month, channel), of_group in sorted(
        groups.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
    ):
        missing = {name: sum(post.numbers[name] is None for post in of_group) for name in METRICS}
        found.append(MonthNumbers(month, channel, len(of_group), totals(of_group), missing))
    return found


def totals(posts: Sequence[PostNumbers]) -> dict[str, float | None]:
    """Sums over posts; None where no post has the number."""
    known = {name: [v for post in posts if (v := post.numbers[name]) is not None] for name in METRICS}
    return {name: sum(values) if values else None for name, values in known.items()}


def _moment(value: Any) -> datetime | None:
    return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
