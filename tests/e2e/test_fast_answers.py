"""Answers that come the moment a form opens are kept, with the LocalExecutor, which would lose them."""

from __future__ import annotations

import json
import time

import pytest

from driver import DAG_ID
from fast_answers import ANSWERS, Office, answer_everything, lost_answers, summary
from medsos.stack.supervisor import Stack
from medsos.web.airflow.lost_answers import LOST

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

TRIES = 5
"""How many forms are answered in Airflow the moment they open."""


@pytest.fixture
def office(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Office:
    key = json.loads((stack.config.secrets_dir / "kunci.json").read_text())["session"]
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", key)
    return Office(stack.api, stack.config.local_url, f"sqlite:///{stack.config.home / 'medsos.db'}")


def test_of_fifty_fast_answers_none_is_lost_and_no_run_fails(
    stack: Stack, office: Office, record_property: pytest.RecordProperty
) -> None:
    states = answer_everything(office, stack.check)
    told = summary(office, states)
    record_property("fast answers", told)
    print(told)  # noqa: T201
    assert len(office.presses) == ANSWERS
    assert [press for press in office.presses if press.status != 303] == []
    assert set(states.values()) == {"success"}
    assert lost_answers(office, states) == []


def test_an_answer_in_airflow_that_was_too_fast_is_asked_again_with_what_was_typed(
    stack: Stack, office: Office
) -> None:
    admin = stack.api("admin")
    for number in range(TRIES):
        run_id = office.start(f"Terlalu cepat {number}")
        form = _at_once(stack, run_id, "meeting.record_minutes")
        admin.call(
            "PATCH",
            f"/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/meeting.record_minutes/-1/hitlDetails",
            json={"chosen_options": [form["options"][0]], "params_input": {"peserta": f"Orang {number}"}},
        )
        # Taken, it is refused as incomplete; lost, it never reaches the task. Asked again it is either way.
        _asked_again(stack, run_id, "meeting.record_minutes")
        page = office.browser("admin").get(
            f"{office.base_url}/medsos/notula/{office.cycle(run_id).id}", timeout=60
        )
        assert f"Orang {number}" in page.text
        assert LOST in page.text or "belum diisi" in page.text


def _at_once(stack: Stack, run_id: str, task_id: str) -> dict[str, object]:
    """The form of a task within a moment of its parking."""
    api, deadline = stack.api("admin"), time.monotonic() + 120
    while time.monotonic() < deadline:
        for form in api.waiting_forms(DAG_ID, run_id):
            if form["task_instance"]["task_id"] == task_id:
                return form
        time.sleep(0.05)
    raise AssertionError(f"{task_id} never waited")


def _asked_again(stack: Stack, run_id: str, task_id: str) -> None:
    """Wait for the form of a later try."""
    api, deadline = stack.api("admin"), time.monotonic() + 120
    while time.monotonic() < deadline:
        task = next(t for t in api.task_instances(DAG_ID, run_id) if t["task_id"] == task_id)
        if task["try_number"] > 1 and task["state"] == "awaiting_input":
            return
        time.sleep(0.5)
    raise AssertionError(f"{task_id} was not asked again")
