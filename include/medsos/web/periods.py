"""Months as the pages filter by them: the local calendar of the office."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from zoneinfo import ZoneInfo

from medsos.indonesian import month_text

_KEY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """A calendar month; `first` is its first day."""

    first: date

    @property
    def key(self) -> str:
        """As it stands in addresses: “2026-11”."""
        return f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        return month_text(self.first)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the month and of the next, aware."""
        following = date(self.first.year + self.first.month // 12, self.first.month % 12 + 1, 1)
        return datetime.combine(self.first, time(), zone), datetime.combine(following, time(), zone)


def month_of(key: str) -> Month | None:
    """The month that an address names, or None."""
    match = _KEY.fullmatch(key)
    # In the first and the last year, the bounds of a month may lie outside of all time.
    return Month(date(int(match[1]), int(match[2]), 1)) if match and 1 < int(match[1]) < MAXYEAR else None


def months_with(instants: Iterable[datetime], zone: ZoneInfo) -> list[Month]:
    """The months in which something happened, newest first."""
    firsts = {instant.astimezone(zone).date().replace(day=1) for instant in instants}
    return [Month(first) for first in sorted(firsts, reverse=True)]
