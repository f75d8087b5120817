"""When a post's numbers are read: at its declared ages, once each, and nothing is made up for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOW
from medsos.engagement.schedule import due_reading, next_reading
from medsos.offices.model import WatchRules

DAYS = WatchRules().days_of("facebook")


def test_the_default_is_a_day_three_a_week_and_then_monthly_for_half_a_year() -> None:
    assert DAYS == [1, 3, 7, 30, 60, 90, 120, 150, 180]


@pytest.mark.parametrize(
    ("age", "last", "due"),
    [
        (timedelta(hours=23, minutes=59), None, None),
        (timedelta(days=1), None, 1),
        (timedelta(days=2), 1, None),
        (timedelta(days=3), 1, 3),
        (timedelta(days=45), 3, 30),
        (timedelta(days=45), 30, None),
        (timedelta(days=900), None, 180),
        (timedelta(days=900), 180, None),
    ],
)
def test_a_reading_is_due_once_its_age_is_reached_and_only_the_newest(
    age: timedelta, last: int | None, due: int | None
) -> None:
    assert due_reading(NOW, DAYS, last, NOW + age) == due


def test_the_next_reading_is_told_until_the_last_one_is_made() -> None:
    assert next_reading(NOW, DAYS, None) == NOW + timedelta(days=1)
    assert next_reading(NOW, DAYS, 30) == NOW + timedelta(days=60)
    assert next_reading(NOW, DAYS, 180) is None


def test_a_channel_may_have_days_of_its_own_or_none() -> None:
    rules = WatchRules(metrics_days=[30, 1, 1], metrics_days_of={"x": [30], "tiktok": []})
    assert [rules.days_of(channel) for channel in ("facebook", "x", "tiktok")] == [[1, 30], [30], []]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60).map(sorted))
def test_however_often_one_looks_no_age_is_read_twice_and_never_too_early(looks: list[int]) -> None:
    last: int | None = None
    made = []
    for day in looks:
        due = due_reading(NOW, DAYS, last, NOW + timedelta(days=day))
        if due is not None:
            assert due <= day
            made.append(due)
            last = due
    assert made == sorted(set(made))
    if looks[-1] >= DAYS[0]:
        assert made[-1] == max(age for age in DAYS if age <= looks[-1])
