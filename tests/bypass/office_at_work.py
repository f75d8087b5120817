"""The honest people of the office, who bring a cycle up to step 3; whoever cheats comes after them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests
from places import Place
from sqlalchemy import select

from driver import DAG_ID, approve_everything
from medsos.stack.api import PARKED_SECONDS, AirflowApi
from medsos.store.models import Approval, AuditEntry, Cycle, FormAnswer
from medsos.store.session import reading

AWAIT = "approval.round_{}.await_decision"
LONGEST_SECONDS = 300
ENDED = ("success", "failed")


class OfficeAtWork:
    """Starts cycles and answers the forms of steps 1 and 2; leaves step 3 to the test.

    :param runs: title → run id of every cycle that was started.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.runs: dict[str, str] = {}
        self._people: dict[str, AirflowApi] = {}
        self._seen: dict[str, float] = {}

    def __getitem__(self, name: str) -> AirflowApi:
        if name not in self._people:
            self._people[name] = self.place.api(name)
        return self._people[name]

    def start(self, title: str, *, upload_at: datetime | None = None, **conf: Any) -> str:
        """A request of the admin; the title shows in every post."""
        request = {
            "title": title,
            "content_type": "sosialisasi_tahapan",
            "body": f"{title}. Kenali tahapan pemilu bersama KPU Kota Bengkulu.",
            "channels": ["x"],
            **({"upload_at": upload_at.isoformat()} if upload_at else {}),
            **conf,
        }
        self.runs[title] = self["admin"].trigger(DAG_ID, request)
        return self.runs[title]

    def until(self, done: Callable[[], Any], what: str) -> Any:
        """Work on until `done` gives something; returns it."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (result := done()):
            assert time.monotonic() < deadline, f"never happened: {what}"
            self._work()
            time.sleep(0.7)
        return result

    def form(self, title: str, round_no: int = 1) -> dict[str, Any]:
        """The form of step 3 once it has been waiting for long enough to be answered."""

        def waiting() -> dict[str, Any] | None:
            for form in self._waiting():
                task = form["task_instance"]
                if (task["dag_run_id"], task["task_id"]) == (self.runs[title], AWAIT.format(round_no)):
                    return form
            return None

        form: dict[str, Any] = self.until(waiting, f"{title} waits for round {round_no}")
        return form

    def answer(self, name: str, form: dict[str, Any], option: str, **values: Any) -> int:
        """Answer through Airflow's API as that person; returns the HTTP status."""
        task = form["task_instance"]
        given = {key: param.get("value") for key, param in form["params"].items()}
        return (
            self[name]
            .call(
                "PATCH",
                f"/dags/{DAG_ID}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/-1/hitlDetails",
                json={"chosen_options": [option], "params_input": {**given, **values}},
            )
            .status_code
        )

    def ended(self, title: str) -> str:
        """The final state of the run."""

        def state() -> str | None:
            found = str(self[self.place.operator].run(DAG_ID, self.runs[title])["state"])
            return found if found in ENDED else None

        return str(self.until(state, f"{title} ends"))

    def cycle(self, title: str) -> Cycle:
        with reading(self.place.database_url) as session:
            return session.scalars(select(Cycle).where(Cycle.run_id == self.runs[title])).one()

    def decision(self, title: str) -> Approval | None:
        """The last decision on record."""
        with reading(self.place.database_url) as session:
            return session.scalars(
                select(Approval).where(Approval.cycle_id == self.cycle(title).id).order_by(Approval.id.desc())
            ).first()

    def trail(self, title: str) -> list[AuditEntry]:
        with reading(self.place.database_url) as session:
            query = select(AuditEntry).where(AuditEntry.cycle_id == self.cycle(title).id)
            return list(session.scalars(query.order_by(AuditEntry.id)))

    def refusals(self, title: str) -> list[str]:
        """Why publishing on X was refused, by the audit trail."""
        return [
            entry.after["reason"]
            for entry in self.trail(title)
            if (entry.action, entry.subject) == ("publication.refused", "kanal x")
        ]

    def refused_answer(self, title: str) -> str:
        """What was said about an answer of step 3 that could not be accepted, once it was."""

        def problem() -> str | None:
            with reading(self.place.database_url) as session:
                kept = session.scalars(
                    select(FormAnswer)
                    .where(FormAnswer.cycle_id == self.cycle(title).id, FormAnswer.problem != "")
                    .order_by(FormAnswer.id.desc())
                ).first()
            return kept.problem if kept else None

        return str(self.until(problem, f"{title}: an answer is refused"))

    def visible(self, title: str) -> list[dict[str, Any]]:
        """Posts of this cycle that the public sees on any platform."""
        posts = requests.get(f"{self.place.sandbox_url}/_inspect/posts", timeout=30).json()
        return [post for post in posts if title in str(post)]

    def _waiting(self) -> list[dict[str, Any]]:
        """Forms that have been waiting for long enough."""
        ripe = []
        for form in self["admin"].waiting_forms(DAG_ID):
            since = self._seen.setdefault(form["task_instance"]["id"], time.monotonic())
            if time.monotonic() - since > PARKED_SECONDS:
                ripe.append(form)
        return ripe

    def _work(self) -> None:
        for form in self._waiting():
            if "await_decision" not in form["task_instance"]["task_id"]:
                option, values = approve_everything(form)
                self.answer("admin", form, option, **values)
