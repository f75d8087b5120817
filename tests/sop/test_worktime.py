"""Working time between two instants: by the book, exact to the second, the same for one pair and a column."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medsos.errors import ConfigError
from medsos.settings import load_settings
from medsos.sop.worktime import WorkCalendar, calendar_for

SETTINGS = load_settings({})


WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Office:
    slug: str = "kantor-lain"
    zone: ZoneInfo = WIB


ZONES = [WIB, ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")]
CALENDARS = {zone: calendar_for(Office(zone=zone), SETTINGS.data_dir) for zone in ZONES}
CALENDAR = CALENDARS[WIB]


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A copy of the general hours, to which a test adds an office's own."""
    shutil.copy(SETTINGS.data_dir / "hours.yaml", tmp_path / "hours.yaml")
    (tmp_path / "offices" / "kantor-lain").mkdir(parents=True)
    return tmp_path


def own_hours(data_dir: Path, text: str) -> WorkCalendar:
    (data_dir / "offices" / "kantor-lain" / "hours.yaml").write_text(text, encoding="utf-8")
    return calendar_for(Office(), data_dir)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        # Asked at the end of Monday, answered next morning: 5 + 30 minutes.
        ("2026-11-23 15:55", "2026-11-24 08:00", 35),
        # Over the lunch break, Monday to Thursday and on Friday.
        ("2026-11-23 11:00", "2026-11-23 14:00", 120),
        ("2026-11-27 11:00", "2026-11-27 14:00", 90),
        # A weekend.
        ("2026-11-27 16:30", "2026-11-30 07:30", 0),
        # A full week, with and without a holiday (17 August 2026 is a Monday).
        ("2026-11-23 00:00", "2026-11-30 00:00", 37.5 * 60),
        ("2026-08-17 00:00", "2026-08-24 00:00", 30 * 60),
        # Cuti bersama: 24 December 2026.
        ("2026-12-24 00:00", "2026-12-25 00:00", 0),
        # Ramadan 1447: 19 February to 20 March 2026; a week of it.
        ("2026-02-23 00:00", "2026-03-02 00:00", 32.5 * 60),
        ("2026-02-18 00:00", "2026-02-19 00:00", 7.5 * 60),
        ("2026-02-19 00:00", "2026-02-20 00:00", 6.5 * 60),
        # To the second.
        ("2026-11-23 15:59:59", "2026-11-24 07:30:01", 2 / 60),
        # The election of 14 February 2024 was a holiday.
        ("2024-02-14 00:00", "2024-02-15 00:00", 0),
    ],
)
def test_working_minutes_are_those_of_the_book(start: str, end: str, minutes: float) -> None:
    assert CALENDAR.minutes_between(wib(start), wib(end)) == minutes
    assert CALENDAR.minutes([wib(start)], [wib(end)]).tolist() == [minutes]


def test_a_ramadan_that_no_decision_names_yet_is_computed() -> None:
    # 1449: computed from 28 January to 25 February 2028.
    assert CALENDAR.minutes_between(wib("2028-01-27"), wib("2028-01-28")) == 7.5 * 60
    assert CALENDAR.minutes_between(wib("2028-01-31"), wib("2028-02-01")) == 6.5 * 60


# The oracle below knows the hours, the holidays and Ramadan of five months by heart, and counts.

_OFF = {
    date(2026, 2, 16), date(2026, 2, 17), date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 20),
    date(2026, 3, 23), date(2026, 3, 24), date(2026, 4, 3), date(2026, 5, 1), date(2026, 5, 14),
    date(2026, 5, 15), date(2026, 5, 27), date(2026, 5, 28), date(2026, 6, 1), date(2026, 6, 16),
}  # fmt: skip


def slowly_working(local: datetime) -> bool:
    day, clock = local.date(), local.hour * 60 + local.minute
    if day in _OFF or day.weekday() > 4:
        return False
    friday = day.weekday() == 4
    if date(2026, 2, 19) <= day <= date(2026, 3, 20):
        if friday:
            return 480 <= clock < 690 or 750 <= clock < 930
        return 480 <= clock < 720 or 750 <= clock < 900
    if friday:
        return 450 <= clock < 690 or 780 <= clock < 990
    return 450 <= clock < 720 or 780 <= clock < 960


def slow_minutes(start: datetime, end: datetime, zone: ZoneInfo) -> float:
    seconds, at = 0.0, start.replace(second=0, microsecond=0)
    while at < end:
        if slowly_working(at.astimezone(zone)):
            seconds += (min(end, at + timedelta(minutes=1)) - max(start, at)).total_seconds()
        at += timedelta(minutes=1)
    return seconds / 60


_FIRST = datetime(2026, 2, 2, tzinfo=UTC)
instants = st.integers(0, 140 * 24 * 3600).map(lambda seconds: _FIRST + timedelta(seconds=seconds))
fine_instants = st.integers(0, 8 * 365 * 24 * 3600 * 10**6).map(
    lambda microseconds: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
zones = st.sampled_from(ZONES)


@settings(max_examples=60)
@given(start=instants, length=st.integers(0, 6 * 24 * 3600), zone=zones)
def test_working_minutes_equal_a_count_minute_by_minute(start: datetime, length: int, zone: ZoneInfo) -> None:
    end = start + timedelta(seconds=length)
    expected = slow_minutes(start, end, zone)
    assert CALENDARS[zone].minutes_between(start, end) == pytest.approx(expected, abs=1e-9)


@given(a=fine_instants, b=fine_instants, c=fine_instants, zone=zones)
def test_working_minutes_add_up_and_turn_round(a: datetime, b: datetime, c: datetime, zone: ZoneInfo) -> None:
    between = CALENDARS[zone].minutes_between
    assert between(a, b) + between(b, c) == pytest.approx(between(a, c), abs=1e-6)
    assert between(a, b) == -between(b, a)


@given(start=fine_instants, end=fine_instants, later=st.integers(0, 10**12))
def test_more_time_is_never_less_work_and_never_more_than_the_clock(
    start: datetime, end: datetime, later: int
) -> None:
    more = timedelta(microseconds=later)
    grown = CALENDAR.minutes_between(start, end + more) - CALENDAR.minutes_between(start, end)
    assert -1e-6 <= grown <= later / 60e6 + 1e-6


@given(at=fine_instants, zone=zones)
def test_outside_the_hours_nothing_counts(at: datetime, zone: ZoneInfo) -> None:
    calendar = CALENDARS[zone]
    moment = calendar.minutes_between(at, at + timedelta(microseconds=1))
    assert (moment > 0) == calendar.is_working(at)


@given(start=fine_instants, minutes=st.integers(0, 40_000 * 60).map(lambda seconds: seconds / 60), zone=zones)
def test_the_instant_after_so_many_minutes_is_the_first_one(
    start: datetime, minutes: float, zone: ZoneInfo
) -> None:
    calendar = CALENDARS[zone]
    found = calendar.after(start, minutes)
    assert calendar.minutes_between(start, found) == pytest.approx(minutes, abs=1e-9)
    if minutes:
        assert calendar.minutes_between(start, found - timedelta(microseconds=1)) < minutes


@given(st.lists(st.tuples(fine_instants, fine_instants), min_size=1, max_size=20))
def test_a_column_counts_like_its_pairs(pairs: list[tuple[datetime, datetime]]) -> None:
    starts, ends = zip(*pairs, strict=True)
    one_by_one = [CALENDAR.minutes_between(*pair) for pair in pairs]
    assert CALENDAR.minutes(list(starts), list(ends)).tolist() == one_by_one
    assert CALENDAR.minutes(pd.Series(starts), pd.DatetimeIndex(ends)).tolist() == one_by_one


def test_a_missing_instant_gives_no_number() -> None:
    start, end = wib("2026-11-23 10:00"), wib("2026-11-23 11:00")
    counted = CALENDAR.minutes([None, start, start], [end, None, end])
    assert [math.isnan(value) for value in counted] == [True, True, False]
    assert np.isnan(CALENDAR.minutes([None], [None])).all()
    assert len(CALENDAR.minutes([], [])) == 0


def test_a_thousand_intervals_take_about_a_millisecond() -> None:
    starts = pd.Series(pd.date_range("2026-01-01", periods=1000, freq="137min", tz="UTC"))
    ends = starts + pd.Timedelta(hours=50)
    CALENDAR.minutes(starts, ends)
    durations = []
    for _ in range(20):
        begin = perf_counter()
        CALENDAR.minutes(starts, ends)
        durations.append(perf_counter() - begin)
    # Ten times the goal: this guards against a loop, not against a busy machine.
    assert min(durations) < 0.01


def test_instants_without_a_zone_or_beyond_the_calendars_are_refused() -> None:
    naive, aware = datetime(2026, 1, 1), wib("2026-01-02")  # noqa: DTZ001  naive on purpose
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.minutes_between(naive, aware)
    for column in ([naive], pd.Series([naive]), [naive, None]):
        with pytest.raises(ValueError, match="zone"):
            CALENDAR.minutes(column, [aware] * len(column))
    with pytest.raises(ValueError, match="2069"):
        CALENDAR.minutes_between(aware, wib("2071-01-01"))
    with pytest.raises(ValueError, match="2069"):
        CALENDAR.after(wib("2069-12-30"), 100_000)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.after(aware, -1)


def test_the_zones_of_indonesia_begin_work_an_hour_apart() -> None:
    begins = [CALENDARS[zone].after(datetime(2026, 11, 22, tzinfo=UTC), 1) for zone in ZONES]
    assert [(begins[0] - begin).total_seconds() / 3600 for begin in begins] == [0, 1, 2]


def test_an_office_changes_only_what_its_own_file_says(data_dir: Path) -> None:
    calendar = own_hours(
        data_dir,
        """
weekly:
  monday: [08:00-12:00]
ramadan:
  dates:
    1449: { first: 2028-01-29, last: 2028-02-26 }
holidays:
  added: [{ date: 2026-11-25, name: HUT Provinsi }]
  cancelled: [{ date: 2026-12-24, name: SKB perubahan }]
overtime:
  - { date: 2026-11-28, hours: [09:00-12:00, 13:00-24:00], reason: Rekapitulasi suara }
  - { date: 2026-11-24, hours: [15:30-18:00], reason: Rapat pleno }
""",
    )

    def of_day(day: str) -> float:
        return calendar.minutes_between(wib(day), wib(day) + timedelta(days=1))

    assert of_day("2026-11-23") == 240
    assert of_day("2026-11-24") == 450 + 120  # half an hour of the overtime is usual time
    assert of_day("2026-11-25") == 0
    assert of_day("2026-11-26") == 450
    assert of_day("2026-11-28") == 3 * 60 + 11 * 60
    assert of_day("2026-12-24") == 450
    assert of_day("2028-01-28") == 480 - 30  # a Friday, no longer in Ramadan
    assert of_day("2026-12-25") == 0


def test_a_changed_file_counts_at_once(data_dir: Path) -> None:
    day = wib("2026-11-25")
    assert calendar_for(Office(), data_dir).is_working(day.replace(hour=9))
    changed = own_hours(data_dir, "holidays: { added: [{ date: 2026-11-25, name: HUT }] }\n")
    assert not changed.is_working(day.replace(hour=9))
    assert calendar_for(Office(), data_dir) is changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weekly:\n  monday: [07:30-25:00]\n", ["hours.yaml baris 2", "weekly.monday.0", "07:30-12:00"]),
        ("weekly:\n  monday: [13:00-12:00]\n", ["hours.yaml baris 2", "pada hari yang sama"]),
        ("weekly:\n  monday: [07:30-12:00, 11:00-16:00]\n", ["baris 2", "weekly.monday", "bertumpang tindih"]),
        ("weekly:\n  senin: [07:30-12:00]\n", ["hours.yaml baris 2", "senin", "'monday'"]),
        ("overtime:\n  - date: 2026-11-28\n    hours: [09:00-12:00]\n", ["overtime.0.reason", "wajib ada"]),
        ("holiday: {}\n", ["holiday", "tidak dikenal"]),
        ("ramadan:\n  dates:\n    1449: { first: 2028-02-01, last: 2028-01-01 }\n", ["baris 3", "mendahului"]),
        ("weekly: {monday: [], tuesday: [], wednesday: [], thursday: [], friday: []}\n", ["weekly", "tidak ada satu pun"]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_hours_is_named_with_line_and_key(
    data_dir: Path, text: str, expected: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        own_hours(data_dir, text)
    for part in expected:
        assert part in str(caught.value)


def test_a_country_that_the_library_does_not_know_is_named(data_dir: Path) -> None:
    calendar = own_hours(data_dir, "holidays: { country: ZZ }\n")
    with pytest.raises(ConfigError, match="ZZ"):
        calendar.is_working(wib("2026-11-23 09:00"))


def test_general_hours_must_name_every_day(data_dir: Path) -> None:
    general = data_dir / "hours.yaml"
    general.write_text(general.read_text().replace("  sunday: []\n", "", 1))
    with pytest.raises(ConfigError, match="sunday"):
        calendar_for(Office(), data_dir)


def test_a_data_folder_without_general_hours_uses_the_shipped_ones(data_dir: Path) -> None:
    (data_dir / "hours.yaml").unlink()
    assert calendar_for(Office(), data_dir).is_working(wib("2026-11-23 09:00"))


def test_an_office_may_leave_out_cuti_bersama_or_the_whole_calendar(data_dir: Path) -> None:
    def works_on(calendar: WorkCalendar) -> list[bool]:
        return [calendar.is_working(wib(f"{day} 09:00")) for day in ("2026-08-17", "2026-12-24")]

    assert works_on(own_hours(data_dir, "overtime: []\n")) == [False, False]
    assert works_on(own_hours(data_dir, "holidays: { categories: [public] }\n")) == [False, True]
    assert works_on(own_hours(data_dir, "holidays: { categories: [] }\n")) == [True, True]
