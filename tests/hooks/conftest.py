"""Connections to a running sandbox, given to Airflow as it gives them to its tasks."""

from __future__ import annotations

import json
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
