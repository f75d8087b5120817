"""The tasks of recap and review: what a run is about, what is archived, what a decision brings about."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
)
from airflow.utils.types import DagRunType
from sqlalchemy import select
from sqlalchemy.orm import Session

import review_papers
from builders import NOW
from half_year import NEEDED, finished_cycles
from medsos.approval.officials import sync_officials
from medsos.evaluation.period import Period
from medsos.evidence.archive import Archive
from medsos.evidence.editions import newest_edition
from medsos.operators import periods
from medsos.operators.parked_form import AnswerRefused, ParkedForm
from medsos.operators.period_papers import report_name, report_of
from medsos.operators.periods import half_year_of_run, months_of_run
from medsos.operators.recap import ArchiveMonthOperator, RefreshRecapOperator
from medsos.operators.sop_review import ConcludeReviewOperator, LayBeforeOperator
from medsos.sensors.sop_review import SopReviewSensor, WorkingDaySensor
from medsos.settings import load_settings
from medsos.sop.in_force import sop_in_force
from medsos.sop.model import CURRENT_VERSION, Sop, load_sop
from medsos.store.models import AuditEntry, FormAnswer, MonthlyRecap, ReviewPaper, SopReview
from medsos.store.session import transaction
from medsos.trail.verify import verify

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
OFFICE = "kota-bengkulu"
FOLDER = f"{OFFICE}/evaluasi/2026-semester-1"
MONTH_FOLDER = f"{OFFICE}/evaluasi/2026-05"


@pytest.fixture
def archive(home: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Reports are drawn and printed only where the test is about that: each takes seconds."""
    monkeypatch.setattr("medsos.operators.period_papers.report_of", quick_report)
    clock_at(monkeypatch, NOW)
    with transaction() as session:
        sync_officials(session, review_papers.office(), now=NOW - timedelta(days=300))
    return Archive(home / "archive")


@pytest.fixture
def half_year(archive: Archive) -> list[int]:
    """Twelve cycles, two in each month from January to June."""
    sop = load_sop(load_settings().sop_dir)
    ends = [datetime(2026, month, day, 14, tzinfo=WIB) for month in range(1, 7) for day in (9, 23)]
    return finished_cycles(archive, sop, ends)


def quick_report(session: Session, run: periods.PeriodRun, period: Period, sop: Sop) -> dict[str, bytes]:
    """In the place of the real one, with its names."""
    name = report_name(period)
    return {f"{name}.html": b"<!doctype html>", f"{name}.pdf": b"%PDF"}


def clock_at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    made = periods.PeriodRun

    class At(made):  # type: ignore[misc, valid-type]
        def __init__(self, office_slug: str) -> None:
            super().__init__(office_slug, clock=lambda: now)

    for module in ("recap", "sop_review"):
        monkeypatch.setattr(f"medsos.operators.{module}.PeriodRun", At)
    monkeypatch.setattr("medsos.sensors.sop_review.PeriodRun", At)


def context(run_id: str = "run-1", run_type: str = DagRunType.SCHEDULED, **values: Any) -> dict[str, Any]:
    return {
        "dag_run": SimpleNamespace(run_id=run_id, dag_id=review_papers.DAG, run_type=run_type, run_after=NOW),
        "params": {},
        **values,
    }


def over(first: date) -> dict[str, Any]:
    """As Airflow tells a scheduled run of its stretch: in UTC, by a class of its own."""
    begin = datetime(first.year, first.month, first.day, tzinfo=WIB)
    return {"data_interval_start": pendulum.instance(begin.astimezone(UTC))}


FIRST_HALF = over(date(2026, 1, 1))
MAY = over(date(2026, 5, 1))


def lay(**values: Any) -> int:
    given = context(**{**FIRST_HALF, **values})
    return LayBeforeOperator(task_id="lay_before", office=OFFICE).execute(given)


def sensor(paper_id: int) -> SopReviewSensor:
    return SopReviewSensor(task_id="await_signature", office=OFFICE, paper_id=str(paper_id))


def conclude(paper_id: int) -> None:
    ConcludeReviewOperator(task_id="conclude", office=OFFICE, paper_id=str(paper_id)).execute(context())


def rows(table: type[Any]) -> list[Any]:
    with transaction() as session:
        return list(session.scalars(select(table)))


def paper(number: int) -> ReviewPaper:
    with transaction() as session:
        return session.get_one(ReviewPaper, number)


def whole(archive: Archive) -> str:
    out = StringIO()
    assert verify(archive, out=out) == 0, out.getvalue()
    return out.getvalue()


def archived(archive: Archive, folder: str) -> dict[str, str]:
    with transaction() as session:
        edition = newest_edition(session, archive, folder)
    assert edition is not None
    return {name: file.path.rsplit("/", 1)[1] for name, file in edition.current.items()}


# Which stretch a run is about


def asset_events(*extras: dict[str, str]) -> dict[str, Any]:
    events = [
        SimpleNamespace(extra=extra, timestamp=pendulum.datetime(2026, 11, 30, 17, 30)) for extra in extras
    ]
    return {"triggering_asset_events": {"medsos_cycle_finished__kota_bengkulu": events}}


@pytest.mark.parametrize(
    ("values", "zone", "months"),
    [
        (MAY, WIB, ["2026-05"]),
        # Midnight in the east of the country is still the day before in UTC and in the west.
        ({"data_interval_start": datetime(2026, 4, 30, 15, tzinfo=UTC)}, WIT, ["2026-05"]),
        ({"params": {"bulan": "2024-02"}, **MAY}, WIB, ["2024-02"]),
        ({"params": {"bulan": None}}, WIB, ["2026-10"]),
        (
            asset_events({"month": "2026-11"}, {"month": "2026-10"}, {"month": "2026-11"}),
            WIB,
            ["2026-10", "2026-11"],
        ),
        # An event that says nothing of its month: that of its own moment, local.
        (asset_events({}), WIB, ["2026-12"]),
    ],
)
def test_the_months_of_a_run(values: dict[str, Any], zone: ZoneInfo, months: list[str]) -> None:
    assert [month.key for month in months_of_run(context(**values), zone)] == months


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (FIRST_HALF, "2026-semester-1"),
        (over(date(2025, 7, 1)), "2025-semester-2"),
        ({"params": {"semester": "2024-semester-2"}}, "2024-semester-2"),
        # Started by hand in November without saying which: the last one that is over.
        ({}, "2026-semester-1"),
    ],
)
def test_the_half_year_of_a_run(values: dict[str, Any], key: str) -> None:
    assert half_year_of_run(context(**values), WIB).key == key


@pytest.mark.parametrize(("field", "typed"), [("bulan", "2026-13"), ("bulan", "mei"), ("semester", "2026-3")])
def test_what_is_no_period_is_refused_with_an_example(field: str, typed: str) -> None:
    find: Callable[..., Any] = months_of_run if field == "bulan" else half_year_of_run
    with pytest.raises(AirflowFailException, match="Tulis seperti"):
        find(context(params={field: typed}), WIB)


# The recap


def test_a_finished_cycle_refreshes_its_month_and_archives_nothing_of_the_running_one(
    archive: Archive, half_year: list[int]
) -> None:
    finished_cycles(archive, load_sop(load_settings().sop_dir), [NOW])
    called = context(**asset_events({"month": "2026-11"}))
    RefreshRecapOperator(task_id="refresh_recap", office=OFFICE).execute(called)
    found = rows(MonthlyRecap)
    assert {row.month for row in found} == {date(2026, 11, 1)}
    assert [(row.step_no, row.cycles, row.median_minutes) for row in found][2] == (3, 1, 230.0)
    with pytest.raises(AirflowSkipException, match="belum berakhir"):
        ArchiveMonthOperator(task_id="archive_month", office=OFFICE).execute(called)
    assert not archive.exists(f"{OFFICE}/evaluasi")


def test_the_month_s_end_archives_report_and_tables_once_and_numbers_what_was_corrected(
    archive: Archive, half_year: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medsos.operators.period_papers.report_of", report_of)
    task = ArchiveMonthOperator(task_id="archive_month", office=OFFICE)
    refresh = RefreshRecapOperator(task_id="refresh_recap", office=OFFICE)
    refresh.execute(context(**MAY))
    task.execute(context(**MAY))
    first = archived(archive, MONTH_FOLDER)
    assert {name.rsplit(".", 1)[1] for name in first} == {"html", "pdf", "csv", "parquet", "xlsx"}
    assert archive.read(f"{MONTH_FOLDER}/laporan-evaluasi-2026-05.pdf").startswith(b"%PDF")
    assert "Mei 2026" in archive.read(f"{MONTH_FOLDER}/laporan-evaluasi-2026-05.html").decode()
    before = list(archive.files(MONTH_FOLDER))
    task.execute(context(**MAY))
    assert list(archive.files(MONTH_FOLDER)) == before
    # A cycle of that month is evaluated late, after the month was archived.
    late = {**NEEDED, "approval": 400.0}
    finished_cycles(
        archive, load_sop(load_settings().sop_dir), [datetime(2026, 5, 28, 9, tzinfo=WIB)], needed=late
    )
    refresh.execute(context(**asset_events({"month": "2026-05"})))
    task.execute(context(**asset_events({"month": "2026-05"})))
    second = archived(archive, MONTH_FOLDER)
    assert second["laporan-evaluasi-2026-05.html"] == "laporan-evaluasi-2026-05-2.html"
    assert set(before) <= set(archive.files(MONTH_FOLDER))
    assert f"Evaluasi {MONTH_FOLDER}: utuh" in whole(archive)


# The review


def test_the_paper_says_what_was_needed_and_proposes_targets(archive: Archive, half_year: list[int]) -> None:
    laid = paper(lay())
    assert (laid.period, laid.round, laid.sop_version) == ("2026-semester-1", 1, CURRENT_VERSION)
    approval = laid.proposals["approval"]
    assert (approval["cycles"], approval["median_minutes"], approval["p90_minutes"]) == (12, 230.0, 230.0)
    assert (approval["target_minutes"], approval["proposed_minutes"]) == (180.0, 230.0)
    assert len(rows(MonthlyRecap)) == 36
    archive.verify(laid.report_path, laid.report_sha256)
    whole(archive)


def test_laid_again_by_the_same_run_nothing_changes(archive: Archive, half_year: list[int]) -> None:
    first = lay()
    files, entries = list(archive.files(FOLDER)), len(rows(AuditEntry))
    assert lay() == first
    assert list(archive.files(FOLDER)) == files
    assert len(rows(AuditEntry)) == entries


def test_a_half_year_that_is_not_over_is_not_reviewed(archive: Archive) -> None:
    with pytest.raises(AirflowFailException, match="Semester II 2026 belum berakhir"):
        lay(params={"semester": "2026-semester-2"})


def test_a_half_year_that_was_determined_in_another_run_is_left_alone(
    archive: Archive, half_year: list[int]
) -> None:
    review_papers.decide(paper(lay()))
    with pytest.raises(AirflowSkipException, match="sudah ditetapkan oleh sekretaris"):
        lay(run_id="run-2")
    assert lay() == 1


def test_a_half_year_that_was_sent_back_is_laid_before_them_in_a_new_run(
    archive: Archive, half_year: list[int]
) -> None:
    review_papers.decide(paper(lay()), "perlu_perbaikan", note="Datanya.")
    assert paper(lay(run_id="run-2")).round == 2


def test_the_form_waits_for_the_sekretaris_with_the_figures_and_the_present_targets(
    archive: Archive, half_year: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    parked: list[Any] = []
    monkeypatch.setattr(
        ParkedForm, "park", lambda self, context, form, people, **_: parked.append((form, people))
    )
    sensor(lay()).execute({})
    ((form, people),) = parked
    assert [person.username for person in people] == ["sekretaris"]
    assert form.options == ("Ditetapkan", "Perlu perbaikan")
    assert "| 3 · Persetujuan Kasubbag | 180 | 230 | 230 | 230 |" in form.body
    assert form.fields["target_approval"].value == 180
    assert "/medsos/tinjauan-sop/kota-bengkulu/2026-semester-1" in form.body


def test_while_nobody_is_sekretaris_it_looks_again_in_a_minute(
    archive: Archive, half_year: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = lay()
    monkeypatch.setattr("medsos.approval.sop_review.entitled_to_review", lambda *_: [])
    with pytest.raises(AirflowRescheduleException):
        sensor(number).execute({})


def answered(option: str, by: str = "sekretaris", **values: Any) -> dict[str, Any]:
    return {
        "chosen_options": [option],
        "params_input": values,
        "responded_at": NOW,
        "responded_by_user": {"id": by, "name": by},
    }


def test_an_answer_on_airflow_s_own_page_is_judged_like_one_on_ours(
    archive: Archive, half_year: list[int]
) -> None:
    number = lay()
    seal = paper(number).report_sha256
    with pytest.raises(AnswerRefused, match="kasubbag tidak berhak"):
        sensor(number).execute_complete({}, answered("Ditetapkan", by="kasubbag", segel=seal))
    with pytest.raises(AnswerRefused, match="apa yang perlu diperbaiki"):
        sensor(number).execute_complete({}, answered("Perlu perbaikan", segel=seal))
    with pytest.raises(AnswerRefused, match="Laporannya berubah"):
        sensor(number).execute_complete({}, answered("Ditetapkan", segel="lain"))
    sensor(number).execute_complete(
        {},
        answered("Ditetapkan", segel=seal, target_approval=240, berlaku_mulai="2026-12-01", catatan="Ya"),
    )
    (review,) = rows(SopReview)
    assert (review.targets, review.effective_from, review.note) == (
        {"approval": 240},
        date(2026, 12, 1),
        "Ya",
    )
    kept = [(row.cycle_id, row.paper_id, row.accepted) for row in rows(FormAnswer)]
    assert kept == [(None, number, False)] * 3 + [(None, number, True)]


def test_what_was_decided_on_our_page_counts_whatever_airflow_says_later(
    archive: Archive, half_year: list[int]
) -> None:
    number = lay()
    review = review_papers.decide(paper(number))
    assert sensor(number).execute({}) == review.id
    assert sensor(number).execute_complete({}, answered("Perlu perbaikan", catatan="Lain")) == review.id
    (other,) = rows(FormAnswer)
    assert "sekretaris sudah menjawab" in other.problem


def test_the_decision_and_the_new_version_are_carried_out_once(
    archive: Archive, half_year: list[int]
) -> None:
    number = lay()
    review = review_papers.decide(
        paper(number), targets={"approval": 240}, effective_from=date(2026, 12, 1), note="Setuju."
    )
    conclude(number)
    version = f"{CURRENT_VERSION}--kota-bengkulu--2026-semester-1"
    told = json.loads(archive.read(f"{FOLDER}/putusan-1.json"))
    assert (told["decision"], told["decided_by"], told["new_sop_version"]) == (
        "ditetapkan",
        "sekretaris",
        version,
    )
    assert told["report_sha256"] == review.report_sha256
    assert archive.exists(f"{FOLDER}/{version}.yaml")
    for day, expected in ((date(2026, 11, 30), CURRENT_VERSION), (date(2026, 12, 1), version)):
        found = sop_in_force(load_settings().sop_dirs, office=OFFICE, named=CURRENT_VERSION, on=day)
        assert found.version == expected
    assert "1 keputusan" in whole(archive).splitlines()[-1]
    files, entries = list(archive.files(FOLDER)), len(rows(AuditEntry))
    conclude(number)
    assert (list(archive.files(FOLDER)), len(rows(AuditEntry))) == (files, entries)
    # Lost from the state folder, it comes back from the decision.
    file = load_settings().own_sop_dir / f"{version}.yaml"
    data = file.read_bytes()
    file.unlink()
    conclude(number)
    assert file.read_bytes() == data


def test_an_earlier_run_that_is_cleared_keeps_its_decision_while_a_later_one_waits(
    archive: Archive, half_year: list[int]
) -> None:
    sent_back = lay()
    review_papers.decide(paper(sent_back), "perlu_perbaikan", note="Datanya.")
    waiting = lay(run_id="run-2")
    assert lay() == sent_back
    assert lay(run_id="run-2") == waiting
    assert len(rows(ReviewPaper)) == 2


def test_what_lies_before_the_first_request_is_left_alone(archive: Archive, half_year: list[int]) -> None:
    with pytest.raises(AirflowSkipException, match="belum memakai sistem"):
        lay(params={"semester": "2024-semester-1"})
    with pytest.raises(AirflowSkipException, match="Desember 2024"):
        RefreshRecapOperator(task_id="refresh_recap", office=OFFICE).execute(
            context(params={"bulan": "2024-12"})
        )
    assert rows(MonthlyRecap) == []


def test_a_task_marked_success_in_airflow_decides_nothing(archive: Archive, half_year: list[int]) -> None:
    number = lay()
    with pytest.raises(AirflowFailException, match="bukan keputusan"):
        conclude(number)
    assert rows(SopReview) == []
    assert "review.bypassed" in {entry.action for entry in rows(AuditEntry)}


# The first working day


def wait_from(
    monkeypatch: pytest.MonkeyPatch, now: datetime, run_type: str = DagRunType.SCHEDULED
) -> datetime | None:
    clock_at(monkeypatch, now)
    try:
        WorkingDaySensor(task_id="wait_for_working_day", office=OFFICE).execute(context(run_type=run_type))
    except AirflowRescheduleException as later:
        return later.reschedule_date.astimezone(WIB)
    return None


def test_the_review_begins_on_the_first_working_day(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1 January 2027 is a Friday and a holiday.
    later = wait_from(monkeypatch, datetime(2027, 1, 1, 0, 1, tzinfo=WIB))
    assert later is not None
    assert f"{later:%Y-%m-%d %H:%M}" == "2027-01-04 07:30"
    assert wait_from(monkeypatch, later) is None


def test_who_starts_it_by_hand_or_catches_up_need_not_wait(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_night = datetime(2026, 11, 22, 3, tzinfo=WIB)
    assert wait_from(monkeypatch, at_night, DagRunType.MANUAL) is None
    assert wait_from(monkeypatch, at_night, DagRunType.BACKFILL_JOB) is None


def test_periods_are_those_of_the_office(archive: Archive) -> None:
    assert periods.PeriodRun(OFFICE, clock=lambda: datetime(2026, 6, 30, 17, 30, tzinfo=UTC)).is_over(
        Period.half_year(2026, 1)
    )
