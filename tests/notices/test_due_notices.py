"""Which notices are due: in working minutes, over nights, weekends and holidays; by the clock for kahar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from waiting_cycle import DECISION, SETTINGS, WIB, office_with, wib

from medsos.notices.due import WaitingForm, WallClock, due_notices
from medsos.offices.model import NoticeRules
from medsos.sop.worktime import calendar_for

CALENDAR = calendar_for(office_with(), SETTINGS.data_dir)
RULES = NoticeRules()


def form(since: str, **changes: object) -> WaitingForm:
    base = WaitingForm(
        cycle_id=1, title="Rapat", kahar=False, dag_id="d", run_id="r", task_id=DECISION, round_no=1,
        since=wib(since), target_minutes=180,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def every_three_minutes(first: str, last: str) -> list[datetime]:
    moments, at = [], wib(first)
    while at <= wib(last):
        moments.append(at)
        at += timedelta(minutes=3)
    return moments


def told(
    waiting: WaitingForm, first: str, last: str, rules: NoticeRules = RULES
) -> list[tuple[str, str, str]]:
    """What a watch that looks every three minutes finds due, and when: kind, threshold, local time."""
    recorded: set[tuple[str, str]] = set()
    found = []
    count = WallClock() if waiting.kahar else CALENDAR
    for now in every_three_minutes(first, last):
        for notice in due_notices(waiting, rules, count, now, recorded):
            recorded.add((notice.kind, notice.threshold))
            if not notice.covered:
                found.append((notice.kind, notice.threshold, f"{now.astimezone(WIB):%a %d %H:%M}"))
    return found


def test_over_a_weekend_the_count_stands_still() -> None:
    # Asked on Friday at 15.30: 60 minutes are left of the week.
    assert told(form("2026-11-20 15:30"), "2026-11-20 15:30", "2026-11-24 16:00") == [
        ("reminder", "50", "Mon 23 08:00"),
        ("reminder", "100", "Mon 23 09:30"),
        ("escalation", "200", "Mon 23 13:30"),
    ]


def test_over_a_holiday_and_cuti_bersama_the_count_stands_still() -> None:
    # Wednesday 23 December 2026; 24 is cuti bersama, 25 Christmas, then a weekend.
    assert told(form("2026-12-23 14:00"), "2026-12-23 14:00", "2026-12-29 16:00") == [
        ("reminder", "50", "Wed 23 15:30"),
        ("reminder", "100", "Mon 28 08:30"),
        ("escalation", "200", "Mon 28 11:30"),
    ]


def test_in_ramadan_the_shorter_hours_hold() -> None:
    assert told(form("2026-02-23 14:00"), "2026-02-23 14:00", "2026-02-24 15:00") == [
        ("reminder", "50", "Tue 24 08:30"),
        ("reminder", "100", "Tue 24 10:00"),
        ("escalation", "200", "Tue 24 13:30"),
    ]


def test_what_is_reached_as_the_day_ends_is_told_next_morning() -> None:
    assert told(form("2026-11-23 14:30"), "2026-11-23 14:30", "2026-11-24 08:00") == [
        ("reminder", "50", "Tue 24 07:30")
    ]


def test_a_kahar_cycle_is_called_to_mind_at_night_and_on_sundays() -> None:
    assert told(form("2026-11-21 21:00", kahar=True), "2026-11-21 21:00", "2026-11-22 12:00") == [
        ("reminder", "50", "Sat 21 22:30"),
        ("reminder", "100", "Sun 22 00:00"),
        ("escalation", "200", "Sun 22 03:00"),
    ]


def test_after_a_standstill_of_the_watch_only_the_highest_reminder_goes_out() -> None:
    due = due_notices(form("2026-11-23 08:00"), RULES, CALENDAR, wib("2026-11-24 10:00"))
    assert [(notice.kind, notice.threshold, notice.covered) for notice in due] == [
        ("reminder", "50", True),
        ("reminder", "100", False),
        ("escalation", "200", False),
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (NoticeRules(reminders=[25], escalation=None), [("reminder", "25", "Mon 23 08:15")]),
        # 270 minutes are over at noon; what falls into the break is told after it.
        (NoticeRules(reminders=[], escalation=150), [("escalation", "150", "Mon 23 13:00")]),
        (
            NoticeRules(reminders=[40, 20, 20], escalation=None),
            [("reminder", "20", "Mon 23 08:06"), ("reminder", "40", "Mon 23 08:42")],
        ),
    ],
)  # fmt: skip
def test_the_thresholds_are_the_offices(rules: NoticeRules, expected: list[tuple[str, str, str]]) -> None:
    assert told(form("2026-11-23 07:30"), "2026-11-23 07:30", "2026-11-23 15:00", rules) == expected
