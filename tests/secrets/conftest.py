"""A sandbox whose secrets are known, and clients made from Connections that do not really wait."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from wire_tap import listen

from leak_search import Secrets
from medsos.channels.tokens import TokenPair
from medsos.hooks.registry import HOOKS, hook_class
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.hooks.tokens import VariableTokens
from medsos.sandbox.testing import running_sandbox


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield url


@pytest.fixture
def secrets(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """All secrets of the accounts, and whatever goes over the wire from now on."""
    known = Secrets()
    known.add_from(requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json(), path="account")
    listen(monkeypatch, known)
    return known


@pytest.fixture
def clients(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Connection ids by name of what is tried: the five channels, and X with tokens that are renewed."""
    accounts = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json()
    definitions: dict[str, dict[str, Any]] = connection_for_sandbox(accounts, sandbox_url)
    x = accounts["x"]
    definitions["medsos_x_oauth2"] = {
        "conn_type": "medsos_x",
        "host": definitions["medsos_x"]["host"],
        "extra": {
            "bearer_token": x["oauth2_access_token"],
            "refresh_token": x["oauth2_refresh_token"],
            "client_id": x["client_id"],
            "client_secret": x["client_secret"],
            "site": definitions["medsos_x"]["extra"]["site"],
        },
    }
    for connection_id, definition in definitions.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))
    _keep_tokens_in_memory(monkeypatch)
    _let_the_sandbox_s_clock_pass(sandbox_url, monkeypatch)
    return {**{channel: f"medsos_{channel}" for channel in HOOKS}, "x_oauth2": "medsos_x_oauth2"}


def _keep_tokens_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's Variables, which encrypt them, need its database."""
    kept: dict[str, TokenPair] = {}
    monkeypatch.setattr(VariableTokens, "load", lambda self: kept.get(self.key))
    monkeypatch.setattr(VariableTokens, "save", lambda self, pair: kept.__setitem__(self.key, pair))


def _let_the_sandbox_s_clock_pass(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No client waits: the platform's clock is moved on instead."""

    def wait(seconds: float) -> None:
        body = {"advance_seconds": seconds}
        requests.post(f"{sandbox_url}/_inspect/clock", json=body, timeout=20).raise_for_status()

    for channel in HOOKS:
        # Only what is loaded can be changed.
        hook_class(channel)
    for name, module in list(sys.modules.items()):
        for thing in vars(module).values() if name.startswith("medsos.channels.") else ():
            defaults = getattr(getattr(thing, "__init__", None), "__kwdefaults__", None) or {}
            if isinstance(thing, type) and "sleep" in defaults:
                monkeypatch.setitem(defaults, "sleep", wait)
