"""Periods of the evaluation: their names, their keys, and the instants at which they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medsos.evaluation.period import Period


def test_a_month_is_named_as_people_say_it() -> None:
    month = Period.month(date(2026, 11, 23))
    assert (month.name, month.key) == ("November 2026", "2026-11")
    assert (month.first, month.last) == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_half_year_is_named_by_its_semester() -> None:
    first, second = Period.half_year(2026, 1), Period.half_year(2026, 2)
    assert (first.name, first.key, first.last) == ("Semester I 2026", "2026-semester-1", date(2026, 6, 30))
    assert (second.name, second.first, second.last) == (
        "Semester II 2026", date(2026, 7, 1), date(2026, 12, 31),
    )  # fmt: skip


def test_any_days_are_named_by_their_ends() -> None:
    days = Period(date(2026, 11, 3), date(2026, 11, 9))
    assert days.name == "3 November 2026 s.d. 9 November 2026"
    assert days.key == "2026-11-03_2026-11-09"
    assert Period(date(2026, 11, 3), date(2026, 11, 3)).name == "3 November 2026"


def test_a_period_begins_and_ends_at_the_offices_midnight() -> None:
    begin, end = Period.month(date(2026, 12, 5)).bounds(ZoneInfo("Asia/Jayapura"))
    assert begin.astimezone(UTC) == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 12, 31, 15, tzinfo=UTC)


def test_the_months_of_a_half_year_follow_each_other() -> None:
    months = list(Period.half_year(2026, 2).months())
    assert [month.key for month in months] == [f"2026-{number:02}" for number in range(7, 13)]


def test_days_in_the_wrong_order_are_no_period() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        Period(date(2026, 11, 9), date(2026, 11, 3))


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_every_day_lies_in_its_month_and_months_leave_no_gap(day: date) -> None:
    month = Period.month(day)
    assert month.first <= day <= month.last
    assert month.is_month
    following = Period.month(date.fromordinal(month.last.toordinal() + 1))
    assert following.first.day == 1
