"""The posts of a period: one line each with its newest numbers, and sums that say what they are of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import NOW, make_cycle, publication_row
from medsos.channels.metrics import Missing, Numbers, figures
from medsos.engagement.record import DueReading, record_reading
from medsos.evaluation.figures.metrics import PostLine, numbers_by_month, post_lines, totals
from medsos.evaluation.period import Period
from medsos.evaluation.rules import Rules
from medsos.evaluation.scope import Scope
from medsos.evaluation.tables import evaluate_period
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


def lines(period: Period = NOVEMBER) -> list[PostLine]:
    """As a report reads them, once its period was evaluated."""
    evaluate_period(period, offices=[OFFICE.slug], rules=Rules(), now=NOW + timedelta(days=60))
    with transaction() as session:
        return post_lines(session, Scope((OFFICE,), period))


def by_channel(period: Period = NOVEMBER) -> dict[str, PostLine]:
    return {line.channel: line for line in lines(period)}


def test_each_post_has_one_line_with_its_newest_numbers_the_most_seen_first(home: Path) -> None:
    cycle = finished()
    post(cycle, "facebook", (1, FULL))
    post(cycle, "x", (1, FULL), (3, Numbers({**FULL, "views": 250, "reach": Missing.WITHDRAWN})))
    found = lines()
    assert [line.channel for line in found] == ["X (Twitter)", "Facebook"]
    line = found[0]
    assert (line.numbers["views"].value, line.numbers["views"].state) == (250, "given")
    # What was told once and is not told any more keeps its last value, and says so.
    assert (line.numbers["reach"].value, line.numbers["reach"].state) == (80, "withdrawn")
    assert line.read_at == NOW + timedelta(days=3)
    assert (line.cycle_id, line.title) == (cycle, "Rapat pleno terbuka")


def test_a_post_that_cannot_be_read_has_a_line_that_says_why(home: Path) -> None:
    cycle = finished()
    post(cycle, "web", mode="manual", post_id=None)
    post(cycle, "facebook", post_id=None)
    post(cycle, "instagram")
    post(cycle, "x", (1, FULL), (3, None))
    found = by_channel()
    assert [found[name].unread_because for name in ("Website", "Facebook", "Instagram", "X (Twitter)")] == [
        "manual", "no_id", "unread", "",
    ]  # fmt: skip
    views = found["X (Twitter)"].numbers["views"]
    assert (views.value, views.state) == (100, "gone")


def test_a_post_belongs_to_the_period_of_its_cycle_and_is_counted_in_the_month_it_went_up(
    home: Path,
) -> None:
    # 17.30 UTC on 30 November is half past midnight on 1 December in Bengkulu.
    night = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
    post(finished(night), "x", (1, FULL), published_at=night)
    post(finished(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)), "x", (1, FULL))
    post(finished(office="kota-lain"), "x", (1, FULL))
    post(make_cycle(), "x", (1, FULL))
    post(finished(), "x", state="cancelled")
    assert len(lines()) == 1
    months = numbers_by_month(lines(Period.half_year(2026, 2)), OFFICE.zone)
    assert [row.month for row in months] == [date(2026, 11, 1), date(2026, 12, 1)]


def test_sums_are_per_month_and_channel_and_tell_of_how_many_posts(home: Path) -> None:
    for _ in range(3):
        post(finished(), "facebook", (1, FULL))
    post(finished(), "facebook", mode="manual", post_id=None)
    post(finished(), "web", (1, figures(comments=4)))
    later = NOW + timedelta(days=20)
    post(finished(later), "facebook", (1, FULL), published_at=later)
    found = lines(Period.half_year(2026, 2))
    web, facebook, december = numbers_by_month(found, OFFICE.zone)
    assert [(row.month, row.channel, row.posts) for row in (web, facebook, december)] == [
        (date(2026, 11, 1), "Website", 1),
        (date(2026, 11, 1), "Facebook", 4),
        (date(2026, 12, 1), "Facebook", 1),
    ]
    assert (facebook.sums["views"], facebook.missing["views"]) == (300, 1)
    assert (web.sums["comments"], web.missing["comments"]) == (4, 0)
    assert (web.sums["views"], web.missing["views"]) == (None, 1)
    assert totals(found)["views"] == 400


def test_an_empty_period_has_no_lines_and_no_sums(home: Path) -> None:
    assert lines(Period.month(date(2020, 1, 1))) == []
    assert set(totals([]).values()) == {None}


@pytest.mark.parametrize("channel", ["x", "tiktok"])
def test_a_zero_is_a_number_and_a_gap_is_none(home: Path, channel: str) -> None:
    post(finished(), channel, (1, figures(views=0, likes=Missing.NOT_YET)))
    (line,) = lines()
    assert (line.numbers["views"].value, line.numbers["views"].state) == (0, "given")
    assert line.numbers["likes"].value is None
    assert (line.numbers["likes"].state, line.numbers["reach"].state) == ("not_yet", "not_offered")
    (month,) = numbers_by_month([line], OFFICE.zone)
    assert month.sums["views"] == 0
