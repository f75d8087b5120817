"""After a run full of faults, no secret stands in any file, database, log or page of an installation."""

from __future__ import annotations

import json
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from driver import DAG_ID, OFFICE, approve_everything, break_platform, carry_through, start
from leak_search import Leak, Secrets, search_files
from medsos.stack.demo_files import write_video
from medsos.stack.supervisor import Stack
from medsos.store.models import Cycle
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

MAY_HOLD_SECRETS: dict[str, str] = {
    "rahasia/kunci.json": "the installation's own keys; mode 0600 in a folder of mode 0700",
    "rahasia/sandi.json": "the passwords of the log-in names; mode 0600 in a folder of mode 0700",
    "sandbox": "the stand-in platforms' own memory: they must know the keys that open them",
}
"""Everything else must be clean. Airflow's database holds connections and tokens too, but encrypted."""

ECHOED = "Tidak dapat membaca kunci {}"
"""Real platforms repeat a malformed token in the sentence of their refusal."""


def accounts_of(stack: Stack) -> dict[str, Any]:
    accounts: dict[str, Any] = requests.get(f"{stack.sandbox_url}/_inspect/accounts", timeout=30).json()
    return accounts


def secrets_of(stack: Stack) -> Secrets:
    """The keys of all accounts as they are now, and those of the installation itself."""
    known = Secrets()
    known.add_from(accounts_of(stack), path="account")
    folder = stack.config.secrets_dir
    for name in ("kunci.json", "sandi.json"):
        for key, value in json.loads((folder / name).read_text()).items():
            known.add(f"{name}/{key}", value)
    return known


def break_everything(stack: Stack) -> None:
    """Faults of every sort, some of them with our own keys in the answer."""
    keys = accounts_of(stack)
    page = ECHOED.format(keys["facebook"]["page_token"])
    graph = {"error": {"message": page, "type": "OAuthException", "code": 2, "is_transient": True}}
    x = keys["x"]
    problem = {"title": "Service Unavailable", "status": 503, "type": "about:blank",
               "detail": ECHOED.format(x["access_token"] + x["access_token_secret"])}  # fmt: skip
    tiktok = {"data": {}, "error": {"code": "internal_error", "log_id": "1",
                                    "message": ECHOED.format(keys["tiktok"]["access_token"])}}  # fmt: skip
    html = f"<html><body>503 {keys['web']['application_password']}</body></html>"
    break_platform(stack, kind="process_then_status", status=500, body=graph, method="POST", path="/videos$")
    break_platform(stack, kind="process_then_drop", method="POST", path="/media_publish$")
    break_platform(stack, kind="status", status=500, body=graph, path="/graph/.*/media", times=2)
    break_platform(
        stack, kind="process_then_status", status=503, body=problem, method="POST", path="/2/tweets$"
    )
    break_platform(stack, kind="status", status=503, body=problem, path="/2/media", times=2)
    break_platform(stack, kind="drop_before", method="PUT", path="/tiktok-upload", times=2)
    break_platform(stack, kind="status", status=500, body=tiktok, path="/tiktok/v2/post", times=6)
    break_platform(stack, kind="status", status=503, body=html, path="/wp/v2", times=6)


@pytest.fixture(scope="module")
def after_a_faulty_run(stack: Stack) -> tuple[Stack, Secrets, str]:
    """The installation when everything that could go wrong went wrong, its secrets, and the run's id."""
    requests.delete(f"{stack.sandbox_url}/_inspect/faults", timeout=30).raise_for_status()
    known = secrets_of(stack)
    write_video(stack.config.home / "masuk" / OFFICE / "rahasia.mp4")
    break_everything(stack)
    requests.post(f"{stack.sandbox_url}/_inspect/expire", json={"platform": "tiktok"}, timeout=30)
    run_id = start(stack, title="Banyak gangguan", content_type="video", materials=["rahasia.mp4"])
    states = carry_through(stack, {run_id: approve_everything})
    assert states == {run_id: "success"}
    known.add_from(accounts_of(stack), path="account afterwards")
    # What the run's last processes still write.
    time.sleep(3)
    return stack, known, run_id


def test_no_file_of_the_installation_holds_a_secret(after_a_faulty_run: tuple[Stack, Secrets, str]) -> None:
    """Logs, archive, reports, and both databases byte by byte, also what they have deleted."""
    stack, known, _ = after_a_faulty_run
    home = stack.config.home
    spared = [home / name for name in MAY_HOLD_SECRETS]
    assert all(path.exists() for path in spared)
    assert len(list((home / "airflow" / "logs").rglob("*.log"))) > 10
    assert search_files(known, home, but=spared) == []


def test_what_may_hold_secrets_is_for_its_owner_only(after_a_faulty_run: tuple[Stack, Secrets, str]) -> None:
    stack, known, _ = after_a_faulty_run
    for name in MAY_HOLD_SECRETS:
        path: Path = stack.config.home / name
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert known.search(name, path.read_bytes()) != []


def test_no_table_of_either_database_holds_a_secret(
    after_a_faulty_run: tuple[Stack, Secrets, str],
) -> None:
    """Row by row, so that the table is named: XCom, rendered fields, forms, journals, the log of actions."""
    stack, known, _ = after_a_faulty_run
    leaks: set[Leak] = set()
    seen = set()
    for file in (stack.config.home / "medsos.db", stack.config.home / "airflow" / "airflow.db"):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            tables = [
                row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for table in tables:
                for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  names from the database
                    seen.add(table)
                    leaks.update(known.search(f"{file.name}/{table}", repr(row)))
    assert {"xcom", "rendered_task_instance_fields", "connection", "log", "publications", "audit_log"} <= seen
    assert leaks == set()


def test_no_page_and_no_answer_of_the_api_holds_a_secret(
    after_a_faulty_run: tuple[Stack, Secrets, str],
) -> None:
    stack, known, run_id = after_a_faulty_run
    api = stack.api()
    run = f"/dags/{DAG_ID}/dagRuns/{requests.utils.quote(run_id, safe='')}"
    answers = ["/connections", "/variables", "/eventLogs?limit=1000", "/importErrors", run,
               f"{run}/hitlDetails", f"{run}/taskInstances"]  # fmt: skip
    tasks = api.task_instances(DAG_ID, run_id)
    assert any(task["try_number"] > 1 for task in tasks)
    for task in tasks:
        at = f"{run}/taskInstances/{task['task_id']}"
        answers += [at, f"{at}/tries", f"{at}/xcomEntries", f"{at}/links"]
        answers += [f"{at}/logs/{number}" for number in range(1, task["try_number"] + 1)]
    leaks = []
    for path in answers:
        leaks += known.search(path, api.call("GET", path).content)
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        cycle_id = session.scalars(select(Cycle.id).where(Cycle.run_id == run_id)).one()
    pages = ["/medsos/siklus", "/medsos/perlu-tindakan", "/medsos/evaluasi", f"/medsos/siklus/{cycle_id}",
             f"/medsos/persetujuan/{cycle_id}/1"]  # fmt: skip
    who = {"username": "admin", "password": stack.passwords["admin"]}
    token = requests.post(f"{stack.config.local_url}/auth/token", json=who, timeout=60).json()["access_token"]
    known.add("session", token)
    for path in pages:
        page = requests.get(
            f"{stack.config.local_url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        assert page.status_code == 200, path
        assert "MODE LATIHAN" in page.text, path
        leaks += known.search(path, page.content)
    assert leaks == []
