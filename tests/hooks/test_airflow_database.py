"""Connections and refreshed tokens in a real Airflow database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


@pytest.fixture
def airflow_env(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "airflow"
    env = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    env |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": "ZmVybmV0LWtleS1mb3ItdGVzdHMtb25seS0xMjM0NTY=",
        "_AIRFLOW_PROCESS_CONTEXT": "server",
        "MEDSOS_HOME": str(tmp_path / "medsos"),
    }
    _run(["-m", "airflow", "db", "migrate"], env)
    return env


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
