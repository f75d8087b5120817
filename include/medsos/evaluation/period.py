"""Stretches of the calendar over which is evaluated: a month, a half-year, or any days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from medsos.indonesian import days_text, month_text

_HALF_YEARS = {1: "I", 2: "II"}


@dataclass(frozen=True, order=True)
class Period:
    """Days from the first to the last, both included, in the calendar of an office."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends after it begins")

    @classmethod
    def month(cls, day: date) -> Period:
        """The calendar month that a day lies in."""
        return cls(day.replace(day=1), _next_month(day) - timedelta(days=1))

    @classmethod
    def half_year(cls, year: int, half: int) -> Period:
        """January to June (1) or July to December (2)."""
        if half not in _HALF_YEARS:
            raise ValueError("a year has half 1 and half 2")
        begin = date(year, 1 + (half - 1) * 6, 1)
        return cls(begin, cls.month(begin.replace(month=begin.month + 5)).last)

    @property
    def name(self) -> str:
        """“November 2026”, “Semester II 2026”, or the days."""
        if self.is_month:
            return month_text(self.first)
        if half := self._half:
            return f"Semester {_HALF_YEARS[half]} {self.first.year}"
        return days_text(self.first, self.last)

    @property
    def key(self) -> str:
        """For addresses and file names: “2026-11”, “2026-semester-2”, “2026-11-03_2026-11-09”."""
        if self.is_month:
            return f"{self.first:%Y-%m}"
        if half := self._half:
            return f"{self.first.year}-semester-{half}"
        return f"{self.first:%Y-%m-%d}_{self.last:%Y-%m-%d}"

    @property
    def is_month(self) -> bool:
        return self == Period.month(self.first)

    @property
    def is_half_year(self) -> bool:
        return bool(self._half)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the period and the first one after it, aware."""
        following = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(following, time(), zone)

    def months(self) -> Iterator[Period]:
        """The calendar months that it touches, in order."""
        month = Period.month(self.first)
        while month.first <= self.last:
            yield month
            month = Period.month(_next_month(month.first))

    @property
    def _half(self) -> int:
        return next((half for half in _HALF_YEARS if self == Period.half_year(self.first.year, half)), 0)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
