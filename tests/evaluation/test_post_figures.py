"""The tables of a period: one row per post with its newest numbers, and sums that say what they are of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from builders import NOW, make_cycle, publication_row
from medsos.channels.metrics import METRICS, Missing, Numbers, figures
from medsos.engagement.record import DueReading, record_reading
from medsos.evaluation.engagement import metrics_of_period, monthly_sums
from medsos.evaluation.period import Period
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.session import transaction

OFFICE = load_office(load_settings({}).offices_dir, "kota-bengkulu")
NOVEMBER = Period.month(date(2026, 11, 1))
FULL = Numbers({"views": 100, "reach": 80, "likes": 10, "comments": 2, "shares": 1})


def finished(at: datetime = NOW, **values: Any) -> int:
    return make_cycle(status="selesai", completed_at=at, **values)


def post(cycle_id: int, channel: str, *readings: tuple[int, Numbers | None], **values: Any) -> int:
    given = {"published_at": NOW, "post_id": "1", "permalink": f"https://{channel}.example/{cycle_id}"}
    with transaction() as session:
        row = publication_row(cycle_id, channel, **{**given, **values})
        session.add(row)
        session.flush()
        for age, numbers in readings:
            record_reading(
                session, DueReading(row.id, cycle_id, "1", age), numbers, NOW + timedelta(days=age)
            )
        return row.id


def table(period: Period = NOVEMBER) -> pd.DataFrame:
    with transaction() as session:
        return metrics_of_period(session, OFFICE, period)


def test_each_post_has_one_row_with_its_newest_numbers_in_the_order_of_channels(home: Path) -> None:
    cycle = finished()
    post(cycle, "x", (1, FULL), (3, Numbers({**FULL, "views": 250, "reach": Missing.NOT_OFFERED})))
    post(cycle, "facebook", (1, FULL))
    found = table()
    assert list(found["channel"]) == ["facebook", "x"]
    row = found.iloc[1]
    assert (row["views"], row["views_state"], row["likes"]) == (250, "given", 10)
    # What was told once and is not told any more keeps its last value, and says so.
    assert (row["reach"], row["reach_state"]) == (80, "not_offered")
    assert row["read_at"] == NOW + timedelta(days=3)
    assert (row["permalink"], row["title"]) == (f"https://x.example/{cycle}", "Rapat pleno terbuka")


def test_a_post_that_cannot_be_read_has_a_row_that_says_why(home: Path) -> None:
    cycle = finished()
    post(cycle, "web", mode="manual", post_id=None)
    post(cycle, "facebook", post_id=None)
    post(cycle, "instagram")
    post(cycle, "x", (1, FULL), (3, None))
    found = table().set_index("channel")
    assert list(found["views_state"]) == ["manual", "no_id", "unread", "gone"]
    assert list(found["views"].isna()) == [True, True, True, False]
    assert found["read_at"].isna().tolist() == [True, True, True, False]


def test_a_post_belongs_to_the_month_in_which_its_cycle_was_completed_by_the_offices_clock(
    home: Path,
) -> None:
    # 17.30 UTC on 30 November is half past midnight on 1 December in Bengkulu.
    post(finished(datetime(2026, 11, 30, 17, 30, tzinfo=UTC)), "x", (1, FULL))
    post(finished(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)), "x", (1, FULL))
    post(finished(office="kota-lain"), "x", (1, FULL))
    post(make_cycle(), "x", (1, FULL))
    post(finished(), "x", state="cancelled")
    assert len(table()) == 1
    half_year = table(Period.half_year(2026, 2))
    assert list(half_year["month"]) == [date(2026, 12, 1), date(2026, 11, 1)]


def test_sums_are_per_month_and_channel_and_tell_of_how_many_posts(home: Path) -> None:
    for _ in range(3):
        post(finished(), "facebook", (1, FULL))
    post(finished(), "facebook", mode="manual", post_id=None)
    post(finished(), "web", (1, figures(comments=4)))
    post(finished(NOW + timedelta(days=20)), "facebook", (1, FULL))
    sums = monthly_sums(table(Period.half_year(2026, 2)))
    assert list(zip(sums["month"], sums["channel"], sums["posts"], strict=True)) == [
        (date(2026, 11, 1), "web", 1),
        (date(2026, 11, 1), "facebook", 4),
        (date(2026, 12, 1), "facebook", 1),
    ]
    web, facebook = sums.iloc[0], sums.iloc[1]
    assert (facebook["views"], facebook["views_posts"]) == (300, 3)
    assert (web["comments"], web["comments_posts"], web["views_posts"]) == (4, 1, 0)
    assert pd.isna(web["views"])


def test_an_empty_period_has_the_same_columns_and_types(home: Path) -> None:
    empty = table(Period.month(date(2020, 1, 1)))
    post(finished(), "x", (1, FULL))
    full = table()
    assert list(empty.columns) == list(full.columns)
    assert [str(empty[name].dtype) for name in METRICS] == ["float64"] * 5
    assert str(empty["read_at"].dtype) == str(full["read_at"].dtype)
    assert list(monthly_sums(empty).columns) == list(monthly_sums(full).columns)


@pytest.mark.parametrize("channel", ["x", "tiktok"])
def test_a_zero_is_a_number_and_a_gap_is_none(home: Path, channel: str) -> None:
    post(finished(), channel, (1, figures(views=0, likes=Missing.NOT_YET)))
    row = table().iloc[0]
    assert (row["views"], row["views_state"]) == (0, "given")
    assert pd.isna(row["likes"])
    assert (row["likes_state"], row["reach_state"]) == ("not_yet", "not_offered")
