"""When the numbers of a post are read: at declared ages, once each; the pure core of the readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def due_reading(published_at: datetime, days: Sequence[int], last: int | None, now: datetime) -> int | None:
    """The reading that is due: its age in days; None when there is none.

    What was missed is not made up for: a number of day 3 cannot be had on day 7, only that of day 7.

    :param days: ages at which readings are due, in order.
    :param last: the highest age that was read so far.
    """
    reached = [age for age in days if published_at + timedelta(days=age) <= now]
    newest = max(reached, default=None)
    return newest if newest is not None and (last is None or newest > last) else None


def next_reading(published_at: datetime, days: Sequence[int], last: int | None) -> datetime | None:
    """From when on the next reading is due, perhaps in the past; None when the last one is made."""
    ages = [age for age in days if last is None or age > last]
    return published_at + timedelta(days=ages[0]) if ages else None
