"""The figures of a period are those of its rows, whatever way they are added up."""

from __future__ import annotations

import statistics
from datetime import date, datetime
from typing import Any

import pytest
from evaluated_history import History, evaluated_history

from medsos.evaluation.figures.causes import CauseFigures
from medsos.evaluation.figures.overview import Overview, overview
from medsos.evaluation.period import Period
from medsos.evaluation.report.period_data import trend_months
from medsos.evaluation.scope import Scope
from medsos.offices.model import Office
from medsos.sop.model import Sop
from medsos.store.session import reading

HALF_YEAR = Period.half_year(2026, 2)
NOVEMBER = Period.month(date(2026, 11, 1))


@pytest.fixture
def history(office: Office, sop: Sop, home: object) -> History:
    return evaluated_history(office, sop, cycles=60, first=date(2026, 7, 1), last=date(2026, 12, 31))


def figures(history: History, period: Period | None = HALF_YEAR, **filters: Any) -> Overview:
    with reading() as session:
        scope = Scope((history.office,), period, **filters)
        return overview(session, scope, history.sop, trend_months(period or HALF_YEAR))


def judged(history: History, key: str, ids: set[int] | None = None) -> list[dict[str, Any]]:
    return [
        row
        for row in history.steps
        if row["step_key"] == key and row["on_time"] is not None and (ids is None or row["cycle_id"] in ids)
    ]


def test_each_step_has_the_median_the_p90_and_the_longest_of_its_rows(history: History) -> None:
    history.enter()
    for step in figures(history).steps:
        rows = judged(history, step.key)
        minutes = sorted(row["working_minutes"] for row in rows)
        assert step.cycles == len(rows) > 40
        assert step.median_minutes == pytest.approx(statistics.median(minutes), abs=1 / 60)
        p90 = statistics.quantiles(minutes, n=10, method="inclusive")[-1]
        assert step.p90_minutes == pytest.approx(p90, abs=1 / 60)
        assert step.longest_minutes == pytest.approx(minutes[-1], abs=1 / 60)
        assert step.on_time_rate == sum(row["on_time"] for row in rows) / len(rows)


def test_the_months_of_a_half_year_add_up_to_it(history: History) -> None:
    history.enter()
    found = figures(history)
    assert [month.period.key for month in found.months] == [f"2026-{number:02}" for number in range(7, 13)]
    for name in ("cycles", "rejected", "revised", "steps_on_time", "posts"):
        assert sum(getattr(month.counts, name) for month in found.months) == getattr(found.counts, name)
    assert [sum(m.steps[n].cycles for m in found.months) for n in range(6)] == [s.cycles for s in found.steps]
    november = figures(history, NOVEMBER)
    assert november.counts == found.months[4].counts
    assert november.steps == found.months[4].steps


def test_a_cycle_belongs_to_the_month_in_which_it_was_completed_at_the_office(history: History) -> None:
    last, first = history.cards[0], history.cards[1]
    last["completed_at"] = datetime(2026, 11, 30, 23, 59, tzinfo=history.office.zone)
    first["completed_at"] = datetime(2026, 12, 1, 0, 1, tzinfo=history.office.zone)
    history.cards[2:], history.steps[12:] = [], []
    history.enter()
    by_month = {month.period.key: month.counts.cycles for month in figures(history).months}
    assert (by_month["2026-11"], by_month["2026-12"]) == (1, 1)
    assert figures(history, NOVEMBER).counts.cycles == 1


def test_type_channel_office_and_hidden_dags_filter_all_figures_alike(history: History, sop: Sop) -> None:
    only_web = [row for row in history.channels if row["cycle_id"] != 7 or row["channel"] == "web"]
    history.channels[:] = only_web
    history.enter()
    videos = {row["cycle_id"] for row in history.cards if row["content_type"] == "video"}
    found = figures(history, content_type="video")
    assert found.counts.cycles == len(videos) > 0
    assert found.steps[1].cycles == len(judged(history, "design", videos))
    assert sum(month.counts.cycles for month in found.months) == len(videos)
    on_tiktok = {row["cycle_id"] for row in history.channels if row["channel"] == "tiktok"}
    found = figures(history, channel="tiktok")
    assert 7 not in on_tiktok
    assert found.counts.cycles == len(on_tiktok)
    assert [channel.key for channel in found.channels] == ["tiktok"]
    assert figures(history, hidden_dags=("content_cycle__kota_bengkulu",)).counts.cycles == 0
    with reading() as session:
        assert overview(session, Scope(()), sop, trend_months(NOVEMBER)).counts.cycles == 0


def test_channels_tell_what_went_up_how_and_with_what_proof(history: History) -> None:
    history.enter()
    for channel in figures(history).channels:
        rows = [row for row in history.channels if row["channel"] == channel.key]
        up = [row for row in rows if row["state"] == "published"]
        assert (channel.asked, channel.published, channel.failed) == (len(rows), len(up), len(rows) - len(up))
        assert channel.by_hand == sum(row["mode"] == "manual" for row in up)
        assert channel.without_picture == sum(row["evidence_kind"] == "read_back" for row in up)
        assert channel.retried == sum(row["attempts"] > 1 for row in rows)


def one_late_step(history: History, key: str, **values: Any) -> CauseFigures:
    """The first cycle with a step that took 30 minutes more than its target; all others were on time."""
    for row in history.steps:
        row["on_time"] = None if row["on_time"] is None else True
    row = next(row for row in history.steps if row["step_key"] == key)
    minutes = row["target_minutes"] + 30
    row |= {"working_minutes": minutes, "on_time": False, "deviation_minutes": 30.0, "waiting_minutes": 0.0,
            "rework_minutes": 0.0, **values}  # fmt: skip
    history.enter()
    causes = figures(history).causes
    assert sum(cause.late for cause in causes) == 1
    return causes[row["step_no"] - 1]


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"rework_minutes": 30.0}, "rework"),
        ({"rework_minutes": 29.0, "waiting_minutes": 30.0}, "waiting"),
        ({"rework_minutes": 29.0, "waiting_minutes": 29.0}, "work"),
    ],
)
def test_the_cause_is_what_would_have_kept_the_step_in_time(
    history: History, values: dict[str, float], cause: str
) -> None:
    found = one_late_step(history, "design", **values)
    assert found.by_cause == {**dict.fromkeys(("channel", "rework", "waiting", "work"), 0), cause: 1}
    assert found.over_minutes == 30


def test_a_late_upload_with_a_channel_in_trouble_is_the_channels_fault(history: History) -> None:
    first = history.steps[0]["cycle_id"]
    for row in history.channels:
        row["attempts"] = 2 if (row["cycle_id"], row["channel"]) == (first, "x") else 1
        row["state"] = "published"
    assert one_late_step(history, "upload", waiting_minutes=45.0).by_cause["channel"] == 1


def test_a_late_upload_without_trouble_is_judged_like_any_step(history: History) -> None:
    for row in history.channels:
        row |= {"attempts": 1, "state": "published"}
    assert one_late_step(history, "upload", waiting_minutes=45.0).by_cause["waiting"] == 1
