"""Airflow itself takes an answer from whoever is entitled now, and from nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import json
from datetime import UTC, datetime
from uuid import uuid4
from airflow.api_fastapi.app import cached_app, get_auth_manager
app = cached_app()
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from fastapi.testclient import TestClient
from sqlalchemy import insert
from medsos.approval.officials import Holder
from medsos.web.airflow.assignees import refresh_assignees

now, ti, key = datetime.now(UTC), uuid4(), {"dag_id": "siklus", "run_id": "r1"}
with create_session() as session:
    session.execute(insert(DagBundleModel).values(name="b"))
    session.execute(insert(DagModel).values(
        dag_id="siklus", bundle_name="b", max_active_tasks=1, max_consecutive_failed_dag_runs=0,
        has_task_concurrency_limits=False, is_paused=False, fileloc="x"))
    session.execute(insert(DagRun).values(
        **key, run_type="manual", run_after=now, state="running", start_date=now))
    session.execute(insert(TaskInstance).values(
        **key, id=ti, task_id="t", map_index=-1, pool="default_pool", state="awaiting_input", try_number=1,
        max_tries=1, start_date=now, next_method="execute_complete", next_kwargs={}))
    session.execute(insert(HITLDetail).values(
        ti_id=ti, options=["Setuju"], subject="x", params={}, params_input={}, created_at=now,
        assignees=[{"id": "kasubbag", "name": "kasubbag"}]))

def answer(name):
    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=name, role="user"))
    browser = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    path = "/api/v2/dags/siklus/dagRuns/r1/taskInstances/t/-1/hitlDetails"
    body = {"chosen_options": ["Setuju"], "params_input": {}}
    return browser.patch(path, json=body).status_code

def assign(*names):
    return refresh_assignees("siklus", "r1", "t", [Holder(name, name, name) for name in names])

seen = {"delegate before": answer("plh"), "assigned": assign("plh"), "assigned again": assign("plh")}
seen |= {"predecessor": answer("kasubbag"), "nobody assigned": assign(), "with nobody": answer("plh")}
seen |= {"back": assign("plh"), "delegate": answer("plh"), "after the answer": assign("kasubbag")}
with create_session() as session:
    row = session.get(HITLDetail, ti)
    seen |= {"by": row.responded_by["name"], "assignees": [user["name"] for user in row.assignees]}
    seen["state"] = str(session.get(TaskInstance, ti).state)
print("HASIL" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow's API server says in turn, on a database of its own."""
    home: Path = tmp_path_factory.mktemp("airflow")
    env = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")} | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-tests-" * 5,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
    }
    output = ""
    for command in (["-m", "airflow", "db", "migrate"], ["-c", SCRIPT]):
        done = subprocess.run(
            [sys.executable, *command], env=env, capture_output=True, text=True, timeout=500, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        output = done.stdout
    found: dict[str, Any] = json.loads(output.split("HASIL")[1].splitlines()[0])
    return found


def test_a_delegate_recorded_later_is_let_in_and_the_predecessor_is_not(seen: dict[str, Any]) -> None:
    assert seen["delegate before"] == 403
    assert seen["assigned"] is True
    assert seen["assigned again"] is False
    assert seen["predecessor"] == 403
    assert seen["delegate"] == 200
    assert (seen["by"], seen["state"]) == ("plh", "scheduled")


def test_with_nobody_entitled_nobody_is_let_in(seen: dict[str, Any]) -> None:
    assert seen["nobody assigned"] is True
    assert seen["with nobody"] == 403


def test_an_answered_form_keeps_who_was_assigned(seen: dict[str, Any]) -> None:
    assert seen["after the answer"] is False
    assert seen["assignees"] == ["plh"]
