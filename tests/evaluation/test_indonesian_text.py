"""Dates, times and numbers read as in an Indonesian official letter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from medsos.indonesian import (
    list_text,
    long_date,
    minutes_text,
    moment_text,
    month_text,
    number_text,
    short_date,
    size_text,
    slug_text,
    time_text,
)

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def test_dates() -> None:
    assert long_date(DAY) == "Senin, 23 November 2026"
    assert long_date(DAY, weekday=False) == "23 November 2026"
    assert long_date(None) == ""
    assert short_date(date(2026, 8, 3)) == "3 Agu 2026"
    assert month_text(date(2026, 2, 1)) == "Februari 2026"


@pytest.mark.parametrize(
    ("zone", "text"),
    [("Asia/Jakarta", "14.05 WIB"), ("Asia/Makassar", "15.05 WITA"), ("Asia/Jayapura", "16.05 WIT")],
)
def test_times_carry_the_zone_s_name(zone: str, text: str) -> None:
    assert time_text(AT, ZoneInfo(zone)) == text


def test_a_moment_is_told_by_the_local_day() -> None:
    new_year = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert moment_text(new_year, ZoneInfo("Asia/Jakarta")) == "Jumat, 1 Januari 2027 pukul 00.30 WIB"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 menit"),
        (0.5, "30 detik"),
        (1, "1 menit"),
        (59.7, "1 jam"),
        (80, "1 jam 20 menit"),
        (180, "3 jam"),
        (-80, "1 jam 20 menit"),
        (99_999, "1.666 jam 39 menit"),
    ],
)
def test_minutes(minutes: float, text: str) -> None:
    assert minutes_text(minutes) == text


def test_numbers_sizes_and_lists() -> None:
    assert (number_text(1234.5), number_text(1234.0), number_text(0.126, decimals=2)) == (
        "1.234,5",
        "1.234",
        "0,13",
    )
    assert (size_text(900), size_text(1_400), size_text(1_440_000)) == ("900 byte", "1,4 kB", "1,4 MB")
    assert (list_text([]), list_text(["a"]), list_text(["a", "b"]), list_text(["a", "b", "c"])) == (
        "",
        "a",
        "a dan b",
        "a, b, dan c",
    )


def test_slugs_are_short_and_safe_in_any_file_system() -> None:
    assert slug_text("Rapat Pleno: “Rekapitulasi” & Penetapan!") == "rapat-pleno-rekapitulasi-penetapan"
    assert slug_text("選挙") == "tanpa-judul"
    assert slug_text("kata " * 40) == "kata-" * 11 + "kata"
    assert len(slug_text("x" * 200)) == 60
