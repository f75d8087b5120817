"""Takes slots of an account's limits, so that workers on all machines together stay within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select

from medsos.store.models import RateLimit
from medsos.store.session import insert_new, reading, transaction

MARGIN = timedelta(seconds=2)
"""A platform counts a request from its arrival, a moment after it was counted here."""

SAME_WINDOW = timedelta(seconds=3)
"""Ends of windows that differ by less are the same one: platforms tell whole seconds."""


@dataclass(frozen=True)
class Share:
    """A limit that is counted here: at most `limit` requests in any stretch of `window`."""

    name: str
    limit: int
    window: timedelta


@dataclass(frozen=True)
class Told:
    """A limit that the platform told: `remaining` requests until `free_at`.

    :param endpoint: what it counts for; "" for all requests of the account.
    """

    name: str
    endpoint: str
    remaining: int
    free_at: datetime


def take(
    account: str, endpoint: str, shares: Sequence[Share], now: datetime, database_url: str | None = None
) -> datetime | None:
    """Take one slot of every limit that a request counts for, or of none.

    :returns: None when the request may be sent; otherwise when to ask again.
    """
    told = or_(RateLimit.endpoint == "", RateLimit.endpoint == endpoint)
    with reading(database_url) as session:
        rows = session.scalars(select(RateLimit).where(RateLimit.account == account, told)).all()
    if closed_until := _closed_until(rows, now):
        return closed_until
    if not shares and not any(_is_counting(row, now) for row in rows):
        return None
    with transaction(database_url) as session:
        for share in shares:
            insert_new(session, RateLimit, account=account, name=share.name, endpoint=None, used=[])
        named = RateLimit.name.in_([share.name for share in shares])
        locked = session.scalars(
            select(RateLimit)
            .where(RateLimit.account == account, or_(told, named))
            # Always in the same order, so that two workers cannot wait for each other.
            .order_by(RateLimit.name)
            .with_for_update()
        ).all()
        by_name = {row.name: row for row in locked}
        full = [_full_until(by_name[share.name], share, now) for share in shares]
        waits = [moment for moment in (_closed_until(locked, now), *full) if moment]
        if waits:
            return max(waits)
        for share in shares:
            row = by_name[share.name]
            row.used = [*_within(row, share, now), now.timestamp()]
        for row in locked:
            if _is_counting(row, now) and row.remaining:
                row.remaining -= 1
    return None


def give_back(
    account: str, names: Sequence[str], taken_at: datetime, database_url: str | None = None
) -> None:
    """Undo `take` for limits that are counted here."""
    with transaction(database_url) as session:
        rows = session.scalars(
            select(RateLimit)
            .where(RateLimit.account == account, RateLimit.name.in_(names))
            .order_by(RateLimit.name)
            .with_for_update()
        )
        for row in rows:
            used = list(row.used)
            if taken_at.timestamp() in used:
                used.remove(taken_at.timestamp())
                row.used = used


def used(account: str, share: Share, now: datetime, database_url: str | None = None) -> int:
    """How many slots of a limit that is counted here are taken."""
    with reading(database_url) as session:
        row = session.get(RateLimit, (account, share.name))
        return len(_within(row, share, now)) if row else 0


def learn(account: str, told: Sequence[Told], now: datetime, database_url: str | None = None) -> None:
    """Keep what an answer told, unless the same window is known to be emptier already."""
    with transaction(database_url) as session:
        for one in sorted(told, key=lambda one: one.name):
            insert_new(session, RateLimit, account=account, name=one.name, endpoint=one.endpoint, used=[])
            row = session.get_one(RateLimit, (account, one.name), with_for_update=True)
            known = row.free_at if row.remaining is not None else None
            if known and known > now and one.free_at <= known + SAME_WINDOW:
                row.remaining = min(row.remaining or 0, one.remaining)
                row.free_at = max(known, one.free_at) if one.remaining == 0 else known
            else:
                row.remaining, row.free_at = one.remaining, one.free_at


def _is_counting(row: RateLimit, now: datetime) -> bool:
    return row.remaining is not None and row.free_at is not None and row.free_at > now


def _closed_until(rows: Sequence[RateLimit], now: datetime) -> datetime | None:
    closed = [row.free_at for row in rows if _is_counting(row, now) and not row.remaining]
    return max((moment for moment in closed if moment), default=None)


def _within(row: RateLimit, share: Share, now: datetime) -> list[float]:
    start = (now - share.window - MARGIN).timestamp()
    return [moment for moment in row.used if moment > start]


def _full_until(row: RateLimit, share: Share, now: datetime) -> datetime | None:
    used = sorted(_within(row, share, now))
    if len(used) < share.limit:
        return None
    return datetime.fromtimestamp(used[-share.limit], UTC) + share.window + MARGIN
