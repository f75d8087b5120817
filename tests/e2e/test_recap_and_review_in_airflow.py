"""Recap and review on a real Airflow: woken by a cycle, caught up with, signed by the Sekretaris."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from guide_pictures import HALF_YEAR as OF_A_HALF_YEAR
from guide_pictures import assert_the_guides_show
from sqlalchemy import select

from driver import carry_through, run_once, start
from half_year import finished_cycles
from medsos.browser import open_browser
from medsos.devtools.guide.evaluation import read_half_year, see_decision, sign_review
from medsos.devtools.guide.tour import DESKTOP, ZONE, Walk
from medsos.evidence.archive import Archive
from medsos.evidence.editions import newest_edition
from medsos.settings import load_settings
from medsos.sop.in_force import version_in_force
from medsos.sop.model import CURRENT_VERSION, load_sop
from medsos.stack.demo import answer_for
from medsos.stack.supervisor import Stack
from medsos.store.models import Cycle, MonthlyRecap, SopReview
from medsos.store.session import transaction
from medsos.trail.verify import verify
from quick_office import DAG_ID as CYCLES
from quick_office import SLUG

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

RECAP, REVIEW = "evaluation__kota_cepat", "sop_review__kota_cepat"
HALF_YEAR = f"{SLUG}/evaluasi/2026-semester-1"


@pytest.fixture
def archive(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive of the installation; the record and the data files are read beside it."""
    for name in ("MEDSOS_HOME", "MEDSOS_DATA_DIR"):
        monkeypatch.setenv(name, stack.env[name])
    return Archive(stack.config.home / "archive")


@pytest.fixture
def half_year(archive: Archive) -> list[int]:
    """Two finished cycles a month from January to June, whose approval took too long; entered once."""
    with transaction() as session:
        there = session.scalars(
            select(Cycle.id).where(Cycle.office == SLUG, Cycle.title.like("Kegiatan %"))
        ).all()
    if there:
        return list(there)
    ends = [datetime(2026, month, day, 14, tzinfo=ZONE) for month in range(1, 7) for day in (9, 23)]
    return finished_cycles(archive, load_sop(load_settings().sop_dir), ends, office=SLUG)


@pytest.fixture
def tour(stack: Stack, tmp_path: Path) -> Iterator[Walk]:
    with open_browser(load_settings().chromium) as browser:
        yield Walk(stack, browser, tmp_path, "rapat.jpg")


def wait_until(stack: Stack, there: Callable[[], Any], what: str, seconds: float = 240) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < deadline, what
        stack.check()
        time.sleep(1)
    return found


def ended(stack: Stack, dag_id: str, run_id: str) -> str:
    def state() -> str:
        told = str(stack.api().run(dag_id, run_id)["state"])
        return told if told in ("success", "failed") else ""

    return str(wait_until(stack, state, f"{dag_id} {run_id} did not end"))


def runs_of(stack: Stack, dag_id: str, run_type: str) -> list[dict[str, Any]]:
    runs = stack.api().pages(f"/dags/{dag_id}/dagRuns", "dag_runs")
    return [run for run in runs if run["run_type"] == run_type]


def whole(archive: Archive) -> str:
    out = StringIO()
    assert verify(archive, out=out, office=SLUG) == 0, out.getvalue()
    return out.getvalue()


def test_from_the_half_year_to_the_signature_of_the_sekretaris(
    stack: Stack, tour: Walk, archive: Archive, half_year: list[int]
) -> None:
    read_half_year(tour, SLUG)
    run_id = stack.api("admin").trigger(REVIEW, {"semester": "2026-semester-1"})
    (form,) = wait_until(
        stack, lambda: stack.api("admin").waiting_forms(REVIEW, run_id), "the form never waited"
    )
    assert [user["name"] for user in form["assigned_users"]] == ["sekretaris"]
    path = f"/dags/{REVIEW}/dagRuns/{run_id}/taskInstances/await_signature/-1/hitlDetails"
    answer = {"chosen_options": ["Ditetapkan"], "params_input": {}}
    assert stack.api("kasubbag").call("PATCH", path, json=answer).status_code == 403
    run_once(stack, "watch")
    assert sorted(notified(stack)) == [
        ("mail", "sekretaris@latihan.example"), ("message", "sekretaris"),
    ]  # fmt: skip
    with tour.visit("kasubbag", DESKTOP) as page:
        tour.open(page, f"/medsos/tinjauan-sop/{SLUG}/2026-semester-1")
        page.get_by_text("Anda dapat melihat, tidak dapat memutuskan").wait_for()
        assert page.locator("form").count() == 0
    sign_review(tour)
    # That of the calendar waited, too.
    runs = {run_id, *(run["dag_run_id"] for run in runs_of(stack, REVIEW, "scheduled"))}
    assert {ended(stack, REVIEW, run) for run in runs} == {"success"}
    with transaction() as session:
        (review,) = session.scalars(select(SopReview).where(SopReview.office == SLUG))
        recap = session.scalars(select(MonthlyRecap).where(MonthlyRecap.office == SLUG)).all()
        edition = newest_edition(session, archive, HALF_YEAR)
    assert (review.decision, review.decided_by, review.targets) == (
        "ditetapkan", "sekretaris", {"approval": 240},
    )  # fmt: skip
    assert {f"{row.month:%Y-%m}" for row in recap} >= {f"2026-0{month}" for month in range(1, 7)}
    assert edition is not None
    kinds = {name.rsplit(".", 1)[1] for name in edition.current}
    assert kinds == {"html", "pdf", "csv", "parquet", "xlsx", "json", "yaml"}
    told = json.loads(archive.read(edition.current["putusan-1.json"].path))
    assert told["report_sha256"] == review.report_sha256
    assert review.effective_from is not None
    in_force = version_in_force(
        load_settings().own_sop_dir, office=SLUG, named=CURRENT_VERSION, on=review.effective_from
    )
    assert in_force == review.new_sop_version
    assert f"Evaluasi {HALF_YEAR}: utuh" in whole(archive)
    again(stack, archive, run_id)
    see_decision(tour, SLUG)
    assert_the_guides_show(tour.pictures, lambda name: name.startswith(OF_A_HALF_YEAR))


def notified(stack: Stack) -> list[tuple[str, str]]:
    """By which way and where somebody was told that the review waits, with the way to its form."""
    letters = requests.get(f"{stack.sandbox_url}/_inspect/mailbox", timeout=30).json()
    return [
        (letter["way"], letter["to"][0])
        for letter in letters
        if "Tinjauan SOP menunggu keputusan · Semester I 2026 · KPU Kota Cepat" in letter["subject"]
        and f"/medsos/tinjauan-sop/{SLUG}/2026-semester-1" in letter["plain"]
    ]


def again(stack: Stack, archive: Archive, run_id: str) -> None:
    """Run anew from the beginning: nobody is asked, and no file is added."""
    before = list(archive.files(HALF_YEAR))
    stack.api().request("POST", f"/dags/{REVIEW}/dagRuns/{run_id}/clear", json={"dry_run": False})
    time.sleep(3)
    assert ended(stack, REVIEW, run_id) == "success"
    assert list(archive.files(HALF_YEAR)) == before
    whole(archive)


def test_past_months_are_caught_up_with_by_airflow_s_own_backfill(
    stack: Stack, archive: Archive, half_year: list[int]
) -> None:
    stack.api().request(
        "POST",
        "/backfills",
        json={
            "dag_id": RECAP,
            "from_date": "2026-02-01T00:00:00+07:00",
            "to_date": "2026-03-31T00:00:00+07:00",
            "run_backwards": False,
            "dag_run_conf": {},
            "reprocess_behavior": "none",
            "max_active_runs": 1,
        },
    )
    runs = wait_until(
        stack,
        lambda: (
            len(found := runs_of(stack, RECAP, "backfill")) >= 2
            and all(run["state"] in ("success", "failed") for run in found)
            and found
        ),
        "the backfill did not end",
    )
    assert {run["state"] for run in runs} == {"success"}
    with transaction() as session:
        for month in ("2026-02", "2026-03"):
            edition = newest_edition(session, archive, f"{SLUG}/evaluasi/{month}")
            assert edition is not None
            assert f"laporan-evaluasi-{month}.pdf" in edition.current
    whole(archive)


def test_a_finished_cycle_wakes_the_recap_of_its_office_and_no_other(stack: Stack, archive: Archive) -> None:
    others = {run["dag_run_id"] for run in runs_of(stack, "evaluation__kota_manual", "asset_triggered")}
    before = {run["dag_run_id"] for run in runs_of(stack, RECAP, "asset_triggered")}

    def rejects(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        option, values = answer_for(form, "quiet")
        if form["task_instance"]["task_id"].endswith("await_decision"):
            return "Tolak", {**values, "catatan": "Untuk uji."}
        return option, values

    run_id = start(stack, CYCLES, title="Membangunkan rekap", channels=["web"])
    assert carry_through(stack, {run_id: rejects}, dag_id=CYCLES)[run_id] == "success"
    woken = wait_until(
        stack,
        lambda: [
            run
            for run in runs_of(stack, RECAP, "asset_triggered")
            if run["dag_run_id"] not in before and run["state"] in ("success", "failed")
        ],
        "the recap was not woken",
    )
    assert [run["state"] for run in woken] == ["success"]
    now = {run["dag_run_id"] for run in runs_of(stack, "evaluation__kota_manual", "asset_triggered")}
    assert now == others
    with transaction() as session:
        rows = session.scalars(select(MonthlyRecap).where(MonthlyRecap.office == SLUG)).all()
    this_month = datetime.now(ZONE).date().replace(day=1)
    assert [row.cycles for row in rows if row.month == this_month and row.step_no == 1] != []
