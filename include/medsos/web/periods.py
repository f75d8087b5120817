"""Periods as the addresses of the pages name them: “2026-11”, “2026-semester-2”."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, date, datetime
from zoneinfo import ZoneInfo

from medsos.evaluation.period import Period

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_HALF_YEAR = re.compile(r"(\d{4})-semester-([12])")


def month_of(key: str) -> Period | None:
    """The month that an address names, or None."""
    match = _MONTH.fullmatch(key)
    return Period.month(date(int(match[1]), int(match[2]), 1)) if match and _has_bounds(match[1]) else None


def period_of(key: str) -> Period | None:
    """The month or half-year that an address names, or None."""
    match = _HALF_YEAR.fullmatch(key)
    if match and _has_bounds(match[1]):
        return Period.half_year(int(match[1]), int(match[2]))
    return month_of(key)


def months_with(instants: Iterable[datetime], zone: ZoneInfo) -> list[Period]:
    """The months in which something happened, newest first."""
    firsts = {instant.astimezone(zone).date().replace(day=1) for instant in instants}
    return [Period.month(first) for first in sorted(firsts, reverse=True)]


def _has_bounds(year: str) -> bool:
    # In the first and the last year, the bounds of a period may lie outside of all time.
    return 1 < int(year) < MAXYEAR
