"""Connections and refreshed tokens in a real Airflow database."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

SCRIPT = """
import json, sys
from airflow.models import Connection
from medsos.channels.tokens import TokenPair
from medsos.hooks.registry import HOOKS
from medsos.hooks.tokens import VariableTokens

results = {}
for channel in HOOKS:
    connection = Connection.get_connection_from_secrets(f"medsos_{channel}")
    results[channel] = connection.test_connection()
from sqlalchemy import text
from airflow.utils.session import create_session
with create_session() as session:
    rows = session.execute(text("select key, val, is_encrypted from variable")).all()
results["variables"] = [[key, value, bool(encrypted)] for key, value, encrypted in rows]
store = VariableTokens.of("token-penyegar-lain")
results["empty"] = store.load() is None
with store.locked():
    store.save(TokenPair("akses", "penyegar"))
pair = VariableTokens.of("token-penyegar-lain").load()
results["pair"] = [pair.access, pair.refresh]
print("HASIL" + json.dumps(results))
"""


WORKER = """
import sys, time
from medsos.channels.tiktok.api import TikTokApi
from medsos.hooks import client_for, tokens

tokens.LEASE = tokens.timedelta(seconds=4)
if sys.argv[1] == "dies":
    TikTokApi._exchange = lambda *given: (print("sedang memperbarui", flush=True), time.sleep(600))
client = client_for("tiktok", "medsos_tiktok", web_connection_id="medsos_web")
print("siap", flush=True)
sys.stdin.readline()
print("akun " + client.whoami().id)
"""
"""Asks for the account. One that `dies` stops for good while it holds the lease."""


def _run(arguments: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_imported_training_connections_work_and_refreshed_tokens_are_kept_encrypted(
    airflow_env: dict[str, str], definitions: dict[str, dict[str, Any]], sandbox_url: str, tmp_path: Path
) -> None:
    exported = tmp_path / "connections.json"
    exported.write_text(json.dumps(definitions))
    _run(["-m", "airflow", "connections", "import", str(exported)], airflow_env)
    two_hours = {"advance_seconds": 7_300}
    requests.post(f"{sandbox_url}/_inspect/clock", json=two_hours, timeout=20).raise_for_status()

    output = _run(["-c", SCRIPT], airflow_env)

    results = json.loads(output[output.index("HASIL") + len("HASIL") :].splitlines()[0])
    for channel in ("web", "facebook", "instagram", "x", "tiktok"):
        works, message = results[channel]
        assert works, message
        assert "terhubung sebagai" in message
    [(key, value, encrypted)] = results["variables"]
    assert key.startswith("medsos_token_")
    assert encrypted
    assert "latihan" not in value
    assert results["empty"] is True
    assert results["pair"] == ["akses", "penyegar"]


@pytest.fixture
def start(
    airflow_env: dict[str, str], definitions: dict[str, dict[str, Any]]
) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts a worker of the TikTok account and waits until it is ready to ask."""
    connections = {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps(definition) for name, definition in definitions.items()
    }
    started = []

    def start_one(kind: str) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, kind], env=airflow_env | connections, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(worker)
        await_line(worker, "siap")
        return worker

    yield start_one
    for worker in started:
        if worker.poll() is None:
            worker.kill()
        worker.communicate()


def await_line(worker: subprocess.Popen[str], wanted: str) -> None:
    assert worker.stdout is not None
    while (line := worker.stdout.readline()) != f"{wanted}\n":
        assert line, worker.communicate()[1][-3000:]


def let_go(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def account_seen_by(worker: subprocess.Popen[str]) -> str:
    out, problem = worker.communicate(timeout=120)
    assert worker.returncode == 0, problem[-3000:]
    return out.splitlines()[-1]


def end_of_token(sandbox_url: str) -> None:
    expire = {"platform": "tiktok"}
    requests.post(f"{sandbox_url}/_inspect/expire", json=expire, timeout=20).raise_for_status()


def exchanges(sandbox_url: str) -> list[int]:
    seen = requests.get(f"{sandbox_url}/_inspect/requests", timeout=20).json()
    return [entry["status"] for entry in seen if entry["path"].endswith("/v2/oauth/token/")]


def test_workers_that_meet_an_ended_token_at_once_use_the_refresh_token_once(
    start: Callable[[str], subprocess.Popen[str]], sandbox_url: str
) -> None:
    workers = [start("lives") for _ in range(3)]
    end_of_token(sandbox_url)

    for worker in workers:
        let_go(worker)

    assert [account_seen_by(worker) for worker in workers] == ["akun kpukotabengkulu"] * 3
    assert exchanges(sandbox_url) == [200]


def test_a_worker_that_dies_while_it_renews_costs_the_others_the_wait_of_a_lease(
    start: Callable[[str], subprocess.Popen[str]], sandbox_url: str
) -> None:
    dying, waiting = start("dies"), start("lives")
    end_of_token(sandbox_url)
    let_go(dying)
    await_line(dying, "sedang memperbarui")
    dying.kill()
    dying.wait()

    begun = time.monotonic()
    let_go(waiting)

    assert account_seen_by(waiting) == "akun kpukotabengkulu"
    assert time.monotonic() - begun < 30
    assert exchanges(sandbox_url) == [200]
