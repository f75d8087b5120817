"""Points the channels to the training platforms until real accounts are entered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from medsos.errors import StackError
from medsos.stack.api import AirflowApi


def enter_sandbox_connections(api: AirflowApi, sandbox_url: str, memory: Path) -> list[str]:
    """Create the training connections that do not exist yet; returns their ids.

    A connection that a person entered or changed is never touched. One that this function made for
    a sandbox at another address (its port had to move) is made anew.

    :param memory: file that keeps which connections were made, and with which address.
    :raises StackError: when the sandbox or Airflow refuses.
    """
    made: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    existing = {item["connection_id"]: _address(item) for item in api.connections()}
    created = []
    for connection_id, definition in definitions(sandbox_url).items():
        if connection_id in existing:
            present = existing[connection_id]
            if present != made.get(connection_id) or present == _address(definition):
                continue
            api.delete_connection(connection_id)
        api.create_connection(
            {**definition, "connection_id": connection_id, "extra": json.dumps(definition.get("extra", {}))}
        )
        created.append(connection_id)
        made[connection_id] = _address(definition)
    memory.write_text(json.dumps(made, indent=2))
    return created


def _address(connection: Mapping[str, Any]) -> str:
    """Where a connection leads to: its host, with the port where that is a field of its own."""
    port = connection.get("port")
    return f"{connection['host']}:{port}" if port else str(connection["host"])


def definitions(sandbox_url: str) -> dict[str, dict[str, Any]]:
    """The training connections by id, in the form of `airflow connections import`."""
    from medsos.hooks.sandbox_connections import connection_for_sandbox

    try:
        response = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=10)
        response.raise_for_status()
        accounts = response.json()
    except (requests.RequestException, ValueError) as error:
        raise StackError(f"Akun platform latihan tidak dapat dibaca ({type(error).__name__}).") from error
    return connection_for_sandbox(accounts, sandbox_url)
