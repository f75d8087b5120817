"""Whatever hours an office sets for itself, its working time is what a slow count minute by minute finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medsos.sop.hours import WEEKDAYS, Hours
from medsos.sop.worktime import WorkCalendar

FIRST = date(2026, 2, 1)
DAYS = 60
HIJRI_YEAR = 1447
ZONES = [ZoneInfo(name) for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")]

Spans = list[tuple[int, int]]
"""Minutes from midnight."""


@dataclass(frozen=True)
class Habits:
    """What an office agreed, as the slow count reads it."""

    usual: list[Spans]
    fasting: list[Spans]
    fasting_days: tuple[date, date]
    off: set[date]
    back_at_work: set[date]
    overtime: list[tuple[date, Spans]]

    def works(self, local: datetime) -> bool:
        day, minute = local.date(), local.hour * 60 + local.minute
        first, last = self.fasting_days
        weekly = self.fasting if first <= day <= last else self.usual
        spans = [] if day in self.off - self.back_at_work else list(weekly[day.weekday()])
        for on, hours in self.overtime:
            spans += hours if on == day else []
        return any(begin <= minute < end for begin, end in spans)

    def as_hours(self) -> Hours:
        """The same as a file of hours says it."""
        raw: dict[str, Any] = {
            "weekly": dict(zip(WEEKDAYS, map(_written, self.usual), strict=True)),
            "ramadan": {
                "weekly": dict(zip(WEEKDAYS, map(_written, self.fasting), strict=True)),
                "dates": {HIJRI_YEAR: {"first": self.fasting_days[0], "last": self.fasting_days[1]}},
            },
            "holidays": {
                "added": [{"date": day, "name": "Libur"} for day in self.off],
                "cancelled": [{"date": day, "name": "Masuk"} for day in self.back_at_work],
            },
            "overtime": [
                {"date": day, "hours": _written(spans), "reason": "Rekapitulasi"}
                for day, spans in self.overtime
            ],
        }
        return Hours.model_validate(raw)


def _written(spans: Spans) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]


def _spans(marks: list[int]) -> Spans:
    ordered = sorted(marks)
    return list(zip(ordered[::2], ordered[1::2], strict=False))


days = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(days=number))
spans_of_a_day = st.lists(st.integers(0, 24 * 60), max_size=6, unique=True).map(_spans)
some_spans = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=4, unique=True).map(_spans)
weeks = st.lists(spans_of_a_day, min_size=7, max_size=7)
habits = st.builds(
    Habits,
    usual=weeks,
    fasting=weeks,
    fasting_days=st.tuples(days, days).map(lambda pair: (min(pair), max(pair))),
    off=st.sets(days, max_size=8),
    back_at_work=st.sets(days, max_size=4),
    overtime=st.lists(st.tuples(days, some_spans), max_size=4),
)
instants = st.integers(24 * 3600, (DAYS - 4) * 24 * 3600).map(
    lambda seconds: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
lengths = st.integers(0, 2 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def counted_slowly(office: Habits, start: datetime, end: datetime, zone: ZoneInfo) -> float:
    seconds, at = 0.0, start.replace(second=0)
    while at < end:
        if office.works(at.astimezone(zone)):
            seconds += (min(end, at + timedelta(minutes=1)) - max(start, at)).total_seconds()
        at += timedelta(minutes=1)
    return seconds / 60


@settings(max_examples=40)
@given(office=habits, zone=st.sampled_from(ZONES), start=instants, first=lengths, then=lengths)
def test_any_hours_are_counted_as_slowly_by_hand(
    office: Habits, zone: ZoneInfo, start: datetime, first: timedelta, then: timedelta
) -> None:
    calendar = WorkCalendar(office.as_hours(), zone)
    middle, end = start + first, start + first + then
    parts = [(start, middle), (middle, end), (start, end)]
    slow = [counted_slowly(office, *part, zone) for part in parts[:2]]
    single = [calendar.minutes_between(*part) for part in parts]
    assert single == pytest.approx([*slow, sum(slow)], abs=1e-9)
    starts, ends = zip(*parts, strict=True)
    assert calendar.minutes(list(starts), list(ends)).tolist() == single


@settings(max_examples=40)
@given(office=habits, zone=st.sampled_from(ZONES), start=instants, length=lengths)
def test_a_stretch_outside_the_hours_is_nothing_at_all(
    office: Habits, zone: ZoneInfo, start: datetime, length: timedelta
) -> None:
    closed = Habits([[]] * 7, [[]] * 7, office.fasting_days, office.off, office.back_at_work, office.overtime)
    calendar = WorkCalendar(closed.as_hours(), zone)
    days_agreed = {day for day, _ in closed.overtime}
    touched = {(start + length * part / 4).astimezone(zone).date() for part in range(5)}
    minutes = calendar.minutes_between(start, start + length)
    assert 0 <= minutes <= length.total_seconds() / 60
    if not touched & days_agreed:
        assert minutes == 0
