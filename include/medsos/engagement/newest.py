"""The newest numbers of posts, as pages and reports show them: each with its age and why one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.channels.metrics import METRICS
from medsos.engagement.record import GIVEN
from medsos.store.models import Metric, Publication

MANUAL = "manual"
"""No API for this mode: the post was uploaded by hand, so nothing can be read."""

NO_ID = "no_id"
"""The post's number at the platform is not known: a person found it and gave its address only."""

UNREAD = "unread"
"""Not read so far."""

AT_ONCE = 500
"""Posts per query: below the number of parameters that every SQLite takes."""


@dataclass(frozen=True)
class Number:
    """One number of a post.

    :param value: as it was last given; None when it never was.
    :param read_at: when that value was read.
    :param state: of the newest reading: `given`, `gone`, a word of `Missing`; or why there is no reading:
        `manual`, `no_id`, `unread`.
    """

    value: float | None
    read_at: datetime | None
    state: str


@dataclass(frozen=True)
class PostNumbers:
    """All of `METRICS` of one post. `read_at`: of the newest reading; None when there is none."""

    publication_id: int
    numbers: Mapping[str, Number]
    read_at: datetime | None
    after_days: int | None


def newest_numbers(session: Session, publications: Iterable[Publication]) -> dict[int, PostNumbers]:
    """By the publication's id, for every one that was given, read or not."""
    posts = {row.id: row for row in publications}
    readings: dict[int, list[Any]] = {number: [] for number in posts}
    for ids in _portions(list(posts)):
        # Plain rows: a month has some ten thousand.
        rows = session.execute(
            select(
                Metric.publication_id,
                Metric.after_days,
                Metric.name,
                Metric.value,
                Metric.state,
                Metric.read_at,
            )
            .where(Metric.publication_id.in_(ids))
            .order_by(Metric.after_days, Metric.id)
        )
        for row in rows:
            readings[row.publication_id].append(row)
    return {number: _of_post(posts[number], rows) for number, rows in readings.items()}


def _of_post(post: Publication, rows: Sequence[Any]) -> PostNumbers:
    """:param rows: of all its readings, oldest first."""
    if not rows:
        none = Number(None, None, _why_unread(post))
        return PostNumbers(post.id, dict.fromkeys(METRICS, none), None, None)
    last = rows[-1]
    now = {row.name: row.state for row in rows if row.after_days == last.after_days}
    given = {row.name: row for row in rows if row.state == GIVEN}
    numbers = {
        name: Number(
            given[name].value if name in given else None,
            given[name].read_at if name in given else None,
            now.get(name, UNREAD),
        )
        for name in METRICS
    }
    return PostNumbers(post.id, numbers, last.read_at, last.after_days)


def _why_unread(post: Publication) -> str:
    if post.mode != "api":
        return MANUAL
    return UNREAD if post.post_id else NO_ID


def _portions(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
