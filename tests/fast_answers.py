"""People who press a button on our pages the moment a form opens, many forms at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from sqlalchemy import select

from medsos.clock import utc_now
from medsos.stack.api import AirflowApi
from medsos.stack.demo import ZONE, answer_for
from medsos.store.models import Approval, Cycle, FormAnswer, Minutes, PlanRow
from medsos.store.session import reading
from medsos.web.forgery import form_token

DAG_ID = "content_cycle__kota_bengkulu"
REVISED, REJECTED = 5, 9
"""Cycles with a revision (five forms each) and without (three forms each): 52 answers."""

ANSWERS = REVISED * 5 + REJECTED * 3
LONGEST_DELAY = 2.0
POLL_SECONDS = 0.1
MINUTES = 14
OPEN_TASKS = ("record_minutes", "plan_content", "revise_content", "await_decision")


@dataclass(frozen=True)
class Press:
    """One press. `delay` is seconds between seeing the form and pressing; `took` until the page answered."""

    run_id: str
    task_id: str
    delay: float
    status: int
    took: float
    text: str


@dataclass
class Office:
    """The people of an installation, as seen from outside.

    :param person: logs somebody in.
    :param database_url: of the record.
    """

    person: Callable[[str], AirflowApi]
    base_url: str
    database_url: str
    presses: list[Press] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sessions: dict[str, requests.Session] = {}
        self.watcher = self.person("admin")

    def browser(self, name: str) -> requests.Session:
        """That person's session on our pages."""
        if name not in self._sessions:
            api, session = self.person(name), requests.Session()
            token = requests.post(
                f"{self.base_url}/auth/token",
                json={"username": name, "password": api._password},
                timeout=60,
            ).json()["access_token"]
            session.headers["Authorization"] = f"Bearer {token}"
            self._sessions[name] = session
        return self._sessions[name]

    def start(self, title: str) -> str:
        request = {
            "title": title,
            "content_type": "sosialisasi_tahapan",
            "body": f"{title}. KPU Kota Bengkulu mengajak pemilih pemula mengenali tahapan pemilu.",
            "channels": ["facebook"],
        }
        return self.watcher.trigger(DAG_ID, request)

    def cycle(self, run_id: str) -> Cycle:
        with reading(self.database_url) as session:
            return session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()

    def press(self, form: dict[str, Any], delay: float, revise: bool) -> Press:
        """Fill in our page of a form and press; the page was open already, so nothing is loaded first."""
        task = form["task_instance"]
        run_id, task_id = task["dag_run_id"], task["task_id"]
        cycle = self.cycle(run_id)
        person, path, fields = _filled(form, cycle, revise)
        time.sleep(delay)
        began = time.monotonic()
        answer = self.browser(person).post(
            f"{self.base_url}/medsos/{path}", data=fields, allow_redirects=False, timeout=120
        )
        took = time.monotonic() - began
        return Press(run_id, task_id, delay, answer.status_code, took, answer.text)


def _filled(form: dict[str, Any], cycle: Cycle, revise: bool) -> tuple[str, str, dict[str, str]]:
    """Who answers, on which page, with what: everything carries the number of the cycle."""
    task_id = form["task_instance"]["task_id"]
    mark = f"Siklus nomor {cycle.id}"
    _, drafted = answer_for(form, "quiet")
    if task_id.endswith("await_decision"):
        round_no = int(task_id.split("round_")[1].split(".")[0])
        option = "Revisi" if revise and round_no == 1 else "Tolak"
        purpose = f"persetujuan/{cycle.id}/{round_no}"
        values = {"keputusan": option, "catatan": mark, "segel": drafted["segel"], "yakin": "ya"}
        return "kasubbag", purpose, {**values, "token": form_token("kasubbag", purpose)}
    fields = {name: str(value) for name, value in drafted.items() if value is not None}
    if task_id.endswith("record_minutes"):
        ended = utc_now().astimezone(ZONE) - timedelta(minutes=10)
        fields |= {
            "mulai": f"{ended - timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "selesai": f"{ended:%Y-%m-%dT%H:%M}",
            "keputusan": mark,
        }
        path, option = f"notula/{cycle.id}", "Simpan notula"
    else:
        fields["judul_desain"] = mark
        revision = task_id.endswith("revise_content")
        path = f"revisi/{cycle.id}/1" if revision else f"rencana/{cycle.id}"
        option = "Kirim revisi" if revision else "Simpan rencana"
    token = form_token("admin", f"isian/{task_id}/{cycle.id}")
    return "admin", path, {**fields, "jawaban": option, "token": token}


def answer_everything(office: Office, check: Callable[[], None]) -> dict[str, str]:
    """Start all cycles, press as soon as forms open, wait for the ends; returns the state of each run.

    :param check: raises when a service has died.
    """
    runs = {office.start(f"Jawaban cepat {number}"): number < REVISED for number in range(REVISED + REJECTED)}
    seen: set[tuple[str, str]] = set()
    pressed: list[Future[Press]] = []
    states: dict[str, str] = {}
    deadline = time.monotonic() + MINUTES * 60
    with ThreadPoolExecutor(8) as people:
        while len(states) < len(runs):
            assert time.monotonic() < deadline, f"not ended: {set(runs) - set(states)}"
            check()
            for form in office.watcher.waiting_forms(DAG_ID):
                task = form["task_instance"]
                key = task["dag_run_id"], task["task_id"]
                if key[0] in runs and key not in seen:
                    # In steps over all of the two seconds, in an order that has nothing to do with the forms.
                    delay = (len(seen) * 19 % ANSWERS) * LONGEST_DELAY / (ANSWERS - 1)
                    seen.add(key)
                    pressed.append(people.submit(office.press, form, delay, runs[key[0]]))
            if len(seen) >= ANSWERS:
                states |= _ended(office, set(runs) - set(states))
            time.sleep(POLL_SECONDS)
    office.presses = [item.result() for item in pressed]
    return states


def _ended(office: Office, runs: set[str]) -> dict[str, str]:
    found = {run_id: office.watcher.run(DAG_ID, run_id)["state"] for run_id in runs}
    return {run_id: state for run_id, state in found.items() if state in ("success", "failed")}


def lost_answers(office: Office, runs: dict[str, str]) -> list[str]:
    """Every answer that is not in the record exactly once, as it was given."""
    problems = []
    for run_id in runs:
        cycle = office.cycle(run_id)
        mark = f"Siklus nomor {cycle.id}"
        with reading(office.database_url) as session:
            meetings = session.scalars(select(Minutes).where(Minutes.cycle_id == cycle.id)).all()
            plans = session.scalars(select(PlanRow).where(PlanRow.cycle_id == cycle.id)).all()
            approvals = session.scalars(
                select(Approval).where(Approval.cycle_id == cycle.id).order_by(Approval.round)
            ).all()
            answers = session.scalars(select(FormAnswer).where(FormAnswer.cycle_id == cycle.id)).all()
        given = [press for press in office.presses if press.run_id == run_id]
        decisions = [row.decision for row in approvals]
        expected = ["revisi", "tolak"] if len(given) == 5 else ["tolak"]
        facts = {
            "minutes": [row.decision for row in meetings] == [mark],
            "plans": [row.plan["headline"] for row in plans] == [mark] * len(expected),
            "decisions": decisions == expected and {row.note for row in approvals} == {mark},
            "by": {row.decided_by for row in approvals} == {"kasubbag"},
            "once": sorted(row.task_id for row in answers) == sorted(press.task_id for press in given),
            "accepted": all(row.accepted for row in answers),
        }
        problems += [f"{run_id}: {what}" for what, holds in facts.items() if not holds]
    return problems


def summary(office: Office, runs: dict[str, str]) -> str:
    """What a person wants to know of the run, in one line."""
    took = sorted(press.took for press in office.presses)
    tries = [
        task["try_number"]
        for run_id in runs
        for task in office.watcher.task_instances(DAG_ID, run_id)
        if task["task_id"].endswith(OPEN_TASKS) and task["state"] == "success"
    ]
    return (
        f"{len(took)} answers, {sum(s == 'success' for s in runs.values())} of {len(runs)} runs well, "
        f"page answered in {took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s (longest), "
        f"{sum(number > 1 for number in tries)} forms needed a second try"
    )
