"""The training connections follow the training platforms; what a person entered is never touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medsos.sandbox.testing import running_sandbox
from medsos.stack.connections import enter_sandbox_connections


class AirflowWithConnections:
    """What `AirflowApi` offers of connections."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def connections(self) -> list[dict[str, Any]]:
        return [{"port": None, **definition} for definition in self.kept.values()]

    def create_connection(self, definition: Mapping[str, Any]) -> None:
        assert definition["connection_id"] not in self.kept
        self.kept[definition["connection_id"]] = dict(definition)

    def delete_connection(self, connection_id: str) -> None:
        del self.kept[connection_id]


def test_mail_and_messages_lead_to_the_mailbox_and_move_with_it(tmp_path: Path) -> None:
    api, memory = AirflowWithConnections(), tmp_path / "memory.json"
    with running_sandbox(tmp_path / "a") as url:
        made = enter_sandbox_connections(api, url, memory)  # type: ignore[arg-type]
        assert {"medsos_mail", "medsos_apprise", "medsos_web"} <= set(made)
        assert enter_sandbox_connections(api, url, memory) == []  # type: ignore[arg-type]
        first = api.kept["medsos_mail"]["port"]
    with running_sandbox(tmp_path / "b") as url:
        assert "medsos_mail" in enter_sandbox_connections(api, url, memory)  # type: ignore[arg-type]
        assert api.kept["medsos_mail"]["port"] != first
        targets = json.loads(api.kept["medsos_apprise"]["extra"])["config"]
        assert all(url.removeprefix("http") in target["path"] for target in targets)


def test_a_mail_server_that_a_person_entered_stays(tmp_path: Path) -> None:
    api, memory = AirflowWithConnections(), tmp_path / "memory.json"
    with running_sandbox(tmp_path / "a") as url:
        enter_sandbox_connections(api, url, memory)  # type: ignore[arg-type]
        own = {"connection_id": "medsos_mail", "conn_type": "smtp", "host": "127.0.0.1", "port": 25}
        api.kept["medsos_mail"] = own
        assert enter_sandbox_connections(api, url, memory) == []  # type: ignore[arg-type]
        assert api.kept["medsos_mail"] == own
