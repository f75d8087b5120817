"""A small client of Airflow's REST API: what the demo, the tests and the supervisor need of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import requests

from medsos.errors import StackError

PARKED_SECONDS = 2.5
"""How long a form must have been waiting before it is answered by a program.

Airflow 3.3.2 with the LocalExecutor fails a task whose answer arrives before the scheduler has taken
note that the task was parked; people are never that fast.
"""

_BUSY_WAITS = (0.2, 0.5, 1, 2, 4)
"""Seconds between tries while SQLite is busy: Airflow then answers 500 and has changed nothing."""

_TIMEOUT = (5, 60)
_PAGE = 100


class AirflowApi:
    """Airflow as one of its users, with SimpleAuthManager or FAB.

    All methods return Airflow's JSON as it is, and raise StackError when Airflow refuses or cannot be
    reached, except `call`, which hands out the response.

    :param base_url: address of the API server, for example `http://127.0.0.1:8080`.
    """

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.username = username
        self._password = password
        self._session = requests.Session()

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send one request to `path` (below `/api/v2`), logged in; the response is not judged."""
        if "Authorization" not in self._session.headers:
            self._log_in()
        response = self._send(method, f"/api/v2{path}", **arguments)
        if response.status_code == 401:
            self._log_in()
            response = self._send(method, f"/api/v2{path}", **arguments)
        for wait in _BUSY_WAITS:
            if not _database_was_busy(response):
                break
            time.sleep(wait)
            response = self._send(method, f"/api/v2{path}", **arguments)
        return response

    def request(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Like `call`, but anything else than success is an error."""
        response = self.call(method, path, **arguments)
        if not response.ok:
            raise StackError(
                f"Airflow menolak {method} {path} dari {self.username} "
                f"(HTTP {response.status_code}): {response.text[:500]}"
            )
        if not response.content:
            return {}
        content: dict[str, Any] = response.json()
        return content

    def pages(self, path: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every item of a listing, page after page."""
        offset = 0
        while True:
            answer = self.request("GET", path, params={**parameters, "limit": _PAGE, "offset": offset})
            yield from answer[key]
            offset += _PAGE
            if offset >= answer["total_entries"]:
                return

    # DAGs and runs

    def dag_ids(self) -> set[str]:
        """Ids of the DAGs that Airflow knows."""
        return {dag["dag_id"] for dag in self.pages("/dags", "dags")}

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that could not be read."""
        return list(self.pages("/importErrors", "import_errors"))

    def unpause(self, dag_id: str) -> None:
        self.request("PATCH", f"/dags/{_q(dag_id)}", json={"is_paused": False})

    def trigger(self, dag_id: str, conf: Mapping[str, Any], run_id: str | None = None) -> str:
        """Start a run with the values of the trigger form; returns its run id."""
        body: dict[str, Any] = {"logical_date": None, "conf": dict(conf)}
        if run_id:
            body["dag_run_id"] = run_id
        return str(self.request("POST", f"/dags/{_q(dag_id)}/dagRuns", json=body)["dag_run_id"])

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        return self.request("GET", _run_path(dag_id, run_id))

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return list(self.pages(f"{_run_path(dag_id, run_id)}/taskInstances", "task_instances"))

    def task_log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1) -> str:
        """The log of one try as plain lines."""
        path = f"{_run_path(dag_id, run_id)}/taskInstances/{_q(task_id)}/logs/{try_number}"
        content = self.request("GET", path, headers={"Accept": "application/json"})["content"]
        return "\n".join(
            str(part.get("event", part)) if isinstance(part, dict) else str(part) for part in content
        )

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        path = f"{_run_path(dag_id, run_id)}/taskInstances/{_q(task_id)}/xcomEntries/{_q(key)}"
        return self.request("GET", path)["value"]

    # Forms (human in the loop)

    def waiting_forms(self, dag_id: str = "~", run_id: str = "~") -> list[dict[str, Any]]:
        """Forms that wait for an answer now, with `task_instance`, `options`, `params`, `assigned_users`."""
        path = f"{_run_path(dag_id, run_id)}/hitlDetails"
        return [
            form
            for form in self.pages(path, "hitl_details", response_received=False)
            if form["task_instance"]["state"] == "awaiting_input"
        ]

    def answer(
        self, form: Mapping[str, Any], chosen: str | list[str], values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Answer a form of `waiting_forms`, as soon as it has been waiting for long enough."""
        task = form["task_instance"]
        self._wait_parked(task)
        options = [chosen] if isinstance(chosen, str) else chosen
        return self.request(
            "PATCH",
            f"{_run_path(task['dag_id'], task['dag_run_id'])}/taskInstances/{_q(task['task_id'])}"
            f"/{task['map_index']}/hitlDetails",
            json={"chosen_options": options, "params_input": dict(values or {})},
        )

    def _wait_parked(self, task: Mapping[str, Any], timeout: float = 60) -> None:
        path = f"{_run_path(task['dag_id'], task['dag_run_id'])}/taskInstances/{_q(task['task_id'])}"
        if task["map_index"] >= 0:
            path += f"/{task['map_index']}"
        deadline = time.monotonic() + timeout
        parked_since: float | None = None
        while parked_since is None or time.monotonic() - parked_since < PARKED_SECONDS:
            if self.request("GET", path)["state"] != "awaiting_input":
                parked_since = None
            elif parked_since is None:
                parked_since = time.monotonic()
            if time.monotonic() > deadline:
                raise StackError(f"Tugas {task['task_id']} tidak lagi menunggu jawaban.")
            time.sleep(0.5)

    # Connections

    def connection_ids(self) -> set[str]:
        return {item["connection_id"] for item in self.pages("/connections", "connections")}

    def connections(self) -> list[dict[str, Any]]:
        """All connections; passwords and secret extras are masked by Airflow."""
        return list(self.pages("/connections", "connections"))

    def create_connection(self, definition: Mapping[str, Any]) -> None:
        self.request("POST", "/connections", json=dict(definition))

    def delete_connection(self, connection_id: str) -> None:
        self.request("DELETE", f"/connections/{_q(connection_id)}")

    # Transport

    def _log_in(self) -> None:
        response = self._send(
            "POST", "/auth/token", json={"username": self.username, "password": self._password}
        )
        if response.status_code != 201:
            raise StackError(f"Airflow menolak masuknya {self.username} (HTTP {response.status_code}).")
        self._session.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    def _send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        try:
            return self._session.request(method, self.base_url + path, timeout=_TIMEOUT, **arguments)
        except requests.RequestException as error:
            raise StackError(
                f"Airflow di {self.base_url} tidak menjawab ({type(error).__name__})."
            ) from error


def _database_was_busy(response: requests.Response) -> bool:
    return response.status_code == 500 and '"Database error"' in response.text


def _q(part: str) -> str:
    return quote(part, safe="~")


def _run_path(dag_id: str, run_id: str) -> str:
    return f"/dags/{_q(dag_id)}/dagRuns/{_q(run_id)}"
