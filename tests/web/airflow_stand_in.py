"""The part of Airflow's REST API that the pages use, for tests without Airflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request

from medsos.offices.model import Office
from medsos.web.officials.accounts import Account

ACCOUNTS = {
    name: Account(name, may_answer=name != "analis") for name in ("admin", "kasubbag", "sekretaris", "analis")
}
"""Who can log in."""


class Airflow:
    """Forms that wait, the answers that came, and the runs that were started.

    `refuse_with` is the status of the next answers, `refuse_runs_with` that of the next starts; with
    `lose_answers` the run starts all the same. `lost` holds what earlier tries were answered, by number;
    while it `is_down` no form can be read.
    """

    def __init__(self) -> None:
        self.forms: list[dict[str, Any]] = []
        self.answers: list[tuple[str, str, dict[str, Any]]] = []
        self.refuse_with: int | None = None
        self.is_down = False
        self.lost: dict[int, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.refuse_runs_with: int | None = None
        self.lose_answers = False
        self.paused = False
        self.reassigned: list[str] = []
        self.app = FastAPI()
        self.app.get("/api/v2/dags/~/dagRuns/~/hitlDetails")(self._list)
        path = "/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
        self.app.get(path)(self._one)
        self.app.get(path + "/tries/{number}")(self._try)
        self.app.patch(path)(self._answer)
        self.app.post("/api/v2/dags/{dag}/dagRuns")(self._start)
        self.app.get("/api/v2/dags/{dag}/dagRuns/{run}")(self._run)
        self.app.get("/api/v2/dags/{dag}")(self._dag)
        self.app.get("/api/v2/dags/{dag}/dagRuns/{run}/hitlDetails")(self._of_run)

    def assign(self, dag: str, run: str, task: str, people: Sequence[Any]) -> None:
        """Takes the place of the change in Airflow's database."""
        for form in self.forms:
            instance = form["task_instance"]
            if (instance["dag_id"], instance["dag_run_id"], instance["task_id"]) == (dag, run, task):
                form["assigned_users"] = [{"id": p.airflow_user_id, "name": p.username} for p in people]

    async def _of_run(self, dag: str, run: str) -> dict[str, Any]:
        found = [form for form in self.forms if form["task_instance"]["dag_run_id"] == run]
        return {"hitl_details": found, "total_entries": len(found)}

    async def _try(self, dag: str, run: str, task: str, number: int) -> dict[str, Any]:
        if number not in self.lost:
            raise HTTPException(404)
        return self.lost[number]

    def reassign(self, office: Office) -> int:
        """Notes for which office the forms were given to new people."""
        self.reassigned.append(office.slug)
        return len(self.forms)

    async def _list(self, limit: int, offset: int) -> dict[str, Any]:
        return {"hitl_details": self.forms[offset : offset + limit], "total_entries": len(self.forms)}

    async def _one(self, dag: str, run: str, task: str) -> dict[str, Any]:
        if self.is_down:
            raise HTTPException(503)
        for form in self.forms:
            instance = form["task_instance"]
            if (instance["dag_id"], instance["dag_run_id"], instance["task_id"]) == (dag, run, task):
                return form
        raise HTTPException(404)

    async def _answer(self, dag: str, run: str, task: str, request: Request) -> dict[str, Any]:
        if self.refuse_with:
            raise HTTPException(self.refuse_with)
        form, body = await self._one(dag, run, task), await request.json()
        form["response_received"] = True
        form["task_instance"]["state"] = "scheduled"
        self.answers.append((task, body["chosen_options"][0], body["params_input"]))
        return form

    async def _start(self, dag: str, request: Request) -> dict[str, Any]:
        body = await request.json()
        if self.refuse_runs_with and not self.lose_answers:
            raise HTTPException(self.refuse_runs_with, "not today")
        if body["dag_run_id"] in self.runs:
            raise HTTPException(409)
        self.runs[body["dag_run_id"]] = {
            "dag_id": dag, "dag_run_id": body["dag_run_id"], "conf": body["conf"], "state": "queued",
        }  # fmt: skip
        if self.refuse_runs_with:
            raise HTTPException(self.refuse_runs_with)
        return self.runs[body["dag_run_id"]]

    async def _run(self, dag: str, run: str) -> dict[str, Any]:
        if run not in self.runs:
            raise HTTPException(404)
        return self.runs[run]

    async def _dag(self, dag: str) -> dict[str, Any]:
        return {"dag_id": dag, "is_paused": self.paused}
