"""Connections to a running sandbox, given to Airflow as it gives them to its tasks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.sandbox.testing import running_sandbox


@pytest.fixture(autouse=True)
def record(home: Path) -> Path:
    """Hooks share limits and leases through the record; it is never a developer's own."""
    return home


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield url


@pytest.fixture
def definitions(sandbox_url: str) -> dict[str, dict[str, Any]]:
    accounts = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json()
    return connection_for_sandbox(accounts, sandbox_url)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, dict[str, Any]], None]:
    """Defines a Connection for this test."""

    def define(connection_id: str, definition: dict[str, Any]) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))

    return define


@pytest.fixture
def connections(
    definitions: dict[str, dict[str, Any]], connect: Callable[[str, dict[str, Any]], None]
) -> dict[str, dict[str, Any]]:
    for connection_id, definition in definitions.items():
        connect(connection_id, definition)
    return definitions


def airflow_settings(airflow_home: Path) -> dict[str, str]:
    """The environment of a server process of an Airflow of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    return env | {
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": "ZmVybmV0LWtleS1mb3ItdGVzdHMtb25seS0xMjM0NTY=",
        "_AIRFLOW_PROCESS_CONTEXT": "server",
    }


@pytest.fixture(scope="session")
def airflow_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Airflow's own database, migrated once."""
    home = tmp_path_factory.mktemp("airflow")
    subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], env=airflow_settings(home), capture_output=True,
        check=True, timeout=300,
    )  # fmt: skip
    return (home / "airflow.db").read_bytes()


@pytest.fixture
def airflow_env(tmp_path: Path, airflow_database: bytes, record: Path) -> dict[str, str]:
    """For processes that share a real, empty Airflow database, and the record of this test."""
    home = tmp_path / "airflow"
    home.mkdir()
    (home / "airflow.db").write_bytes(airflow_database)
    return airflow_settings(home) | {"MEDSOS_HOME": str(record)}
