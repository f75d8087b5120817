"""Every way to a signed review of the SOP but the one: on a real Airflow, nothing of it counts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from places import Place
from sqlalchemy import select

from half_year import finished_cycles
from medsos.evidence.archive import Archive
from medsos.settings import load_settings
from medsos.sop.model import load_sop
from medsos.stack.api import PARKED_SECONDS
from medsos.store.models import AuditEntry, ReviewPaper, SopReview
from medsos.store.session import reading

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

OFFICE, PERIOD = "kota-bengkulu", "2026-semester-1"
REVIEW, RECAP = "sop_review__kota_bengkulu", "evaluation__kota_bengkulu"
TASK = "await_signature"
PAGE = f"/medsos/tinjauan-sop/{OFFICE}/{PERIOD}"
OTHERS = ("analis", "kasubbag", "admin")
LONGEST_SECONDS = 240


@pytest.fixture(scope="module")
def review(place: Place) -> str:
    """Run id of a review that waits for the Sekretaris."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment.items():
            if name.startswith("MEDSOS_"):
                patch.setenv(name, value)
        end = datetime(2026, 5, 20, 14, tzinfo=ZoneInfo("Asia/Jakarta"))
        finished_cycles(Archive(place.archive), load_sop(load_settings().sop_dir), [end])
    run_id = place.api("admin").trigger(REVIEW, {"semester": PERIOD})
    form_of(place, run_id)
    return run_id


def until(there: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not (found := there()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(1)
    return found


def form_of(place: Place, run_id: str) -> dict[str, Any]:
    """The form of the Sekretaris, once it has been waiting for long enough to be answered."""
    (form,) = until(lambda: place.api("admin").waiting_forms(REVIEW, run_id), "the review waits")
    time.sleep(PARKED_SECONDS)
    return dict(form)


def ended(place: Place, run_id: str) -> str:
    def state() -> str | None:
        found = str(place.api(place.operator).run(REVIEW, run_id)["state"])
        return found if found in ("success", "failed") else None

    return str(until(state, "the review ends"))


def answer(place: Place, name: str, run_id: str, form: dict[str, Any]) -> int:
    """*Ditetapkan* on Airflow's own page; returns the HTTP status."""
    path = f"/dags/{REVIEW}/dagRuns/{run_id}/taskInstances/{TASK}/-1/hitlDetails"
    given = {key: param.get("value") for key, param in form["params"].items()}
    body = {"chosen_options": ["Ditetapkan"], "params_input": given}
    return place.api(name).call("PATCH", path, json=body).status_code


def decisions(place: Place) -> list[SopReview]:
    with reading(place.database_url) as session:
        return list(session.scalars(select(SopReview).where(SopReview.office == OFFICE)))


def bypasses(place: Place) -> list[str]:
    with reading(place.database_url) as session:
        told = select(AuditEntry.subject).where(AuditEntry.action == "review.bypassed")
        return list(session.scalars(told))


def test_nobody_else_answers_its_form_in_airflow(place: Place, review: str) -> None:
    form = form_of(place, review)
    assert [person["name"] for person in form["assigned_users"]] == ["sekretaris"]
    for name in {*OTHERS, place.operator}:
        assert (name, answer(place, name, review, form)) == (name, 403)
    assert decisions(place) == []


def test_the_token_of_the_sekretaris_opens_the_form_to_nobody_else(place: Place, review: str) -> None:
    """However it was come by: a form belongs to one person, and the record asks who holds the office."""
    shown = place.browser("sekretaris").get(place.url + PAGE, timeout=60).text
    hidden = dict(re.findall(r'name="(token|segel)" value="([^"]+)"', shown))
    for name in {*OTHERS, place.operator}:
        browser = place.browser(name)
        assert "<form" not in browser.get(place.url + PAGE, timeout=60).text
        pressed = {**hidden, "keputusan": "Ditetapkan", "yakin": "ya"}
        told = browser.post(place.url + PAGE, data=pressed, timeout=60)
        assert (name, told.status_code) == (name, 403), told.text
    assert decisions(place) == []


def test_the_analyst_starts_neither_recap_nor_review(place: Place) -> None:
    api = place.api("analis")
    body = {"logical_date": None, "conf": {}}
    for dag_id in (REVIEW, RECAP):
        assert api.call("POST", f"/dags/{dag_id}/dagRuns", json=body).status_code == 403
        assert api.call("PATCH", f"/dags/{dag_id}", json={"is_paused": True}).status_code == 403
        assert api.call("GET", f"/dags/{dag_id}").status_code == 200


def test_marking_the_form_success_signs_nothing_and_the_sekretaris_still_can(
    place: Place, review: str
) -> None:
    """The task is marked, the run fails and says so in the trail; run again, it asks again."""
    form_of(place, review)
    operator = place.api(place.operator)
    operator.request(
        "PATCH",
        f"/dags/{REVIEW}/dagRuns/{review}/taskInstances/{TASK}",
        json={"new_state": "success", "include_downstream": False},
    )
    assert ended(place, review) == "failed"
    assert decisions(place) == []
    assert bypasses(place) == [f"tinjauan {OFFICE} {PERIOD} putaran 1"]
    assert not list(place.archive.glob(f"{OFFICE}/evaluasi/{PERIOD}/putusan*"))
    operator.request(
        "POST",
        f"/dags/{REVIEW}/clearTaskInstances",
        json={
            "dry_run": False, "dag_run_id": review, "only_failed": False, "reset_dag_runs": True,
            "task_ids": [TASK], "include_downstream": True,
        },
    )  # fmt: skip
    assert answer(place, "sekretaris", review, form_of(place, review)) == 200
    assert ended(place, review) == "success"
    (signed,) = decisions(place)
    with reading(place.database_url) as session:
        paper = session.get_one(ReviewPaper, signed.paper_id)
    assert (signed.decided_by, signed.decision) == ("sekretaris", "ditetapkan")
    assert signed.report_sha256 == paper.report_sha256
    assert (place.archive / OFFICE / "evaluasi" / PERIOD / "putusan-1.json").is_file()
