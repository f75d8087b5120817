"""Cycles that run while processes are killed: the people who answer, and what became of everything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from installations import Installation
from sqlalchemy import select

from driver import DAG_ID, approve_everything
from medsos.errors import StackError
from medsos.stack.api import PARKED_SECONDS, AirflowApi
from medsos.store.models import AuditEntry, ChannelResult, Cycle, Publication, PublicationAttempt
from medsos.store.session import transaction

CHANNELS = ("web", "facebook", "instagram", "x", "tiktok")
UNPROVABLE = ("facebook", "x", "tiktok")
"""Platforms whose silence is no proof that a post is absent (platform contract, 1.2)."""
ENDED = ("success", "failed")


def request_for(title: str, channels: Sequence[str] = CHANNELS) -> dict[str, Any]:
    """What the admin fills in; the title shows in every post."""
    return {
        "title": title,
        "content_type": "sosialisasi_tahapan",
        "body": f"{title}. KPU Kota Bengkulu mengajak pemilih pemula mengenali tahapan pemilu.",
        "channels": list(channels),
    }


class People:
    """Everybody of the office, answering whatever form has waited long enough.

    :param answered: all forms that were answered: (run id, task id).
    :param asked: those about uploads, which nobody should have to see, with what was answered.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._known: dict[str, AirflowApi] = {}
        self._seen: dict[str, float] = {}
        self.titles: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.answered: list[tuple[str, str]] = []

    def __getitem__(self, name: str) -> AirflowApi:
        if name not in self._known:
            self._known[name] = self._installation.api(name)
        return self._known[name]

    def start(self, title: str, **request: Any) -> str:
        run_id = self["admin"].trigger(DAG_ID, request_for(title, **request))
        self.titles[run_id] = title
        return run_id

    def answer(self) -> None:
        """Answer all forms that have been waiting for long enough."""
        for form in self["admin"].waiting_forms(DAG_ID):
            task = form["task_instance"]
            since = self._seen.setdefault(task["id"], time.monotonic())
            if task["dag_run_id"] in self.titles and time.monotonic() - since > PARKED_SECONDS:
                self._answer(form, task)

    def _answer(self, form: dict[str, Any], task: dict[str, Any]) -> None:
        option, values = (
            self._look(task) if task["task_id"].startswith("upload.") else approve_everything(form)
        )
        try:
            self[form["assigned_users"][0]["name"]].request(
                "PATCH",
                f"/dags/{DAG_ID}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/-1/hitlDetails",
                json={"chosen_options": [option], "params_input": values},
            )
        except StackError:
            # The form went away meanwhile, as after a kill; it comes back if it is still needed.
            return
        self.answered.append((task["dag_run_id"], task["task_id"]))
        if task["task_id"].startswith("upload."):
            self.asked.append((task["dag_run_id"], task["task_id"], option))

    def _look(self, task: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        channel = task["task_id"].rpartition("_")[2]
        found = [
            post
            for post in visible_posts(self._installation, self.titles[task["dag_run_id"]])
            if post["platform"] == channel
        ]
        if found:
            return "Sudah tayang", {"tautan": found[0]["permalink"], "tangkapan_layar": ""}
        return "Belum tayang, unggah ulang", {"tautan": "", "tangkapan_layar": ""}


def visible_posts(installation: Installation, containing: str) -> list[dict[str, Any]]:
    """What the public sees on all platforms."""
    posts = requests.get(f"{installation.sandbox_url}/_inspect/posts", timeout=30).json()
    return [post for post in posts if containing in str(post)]


def publications(installation: Installation, run_id: str) -> dict[str, Publication]:
    """The ledger rows of a run by channel."""
    with transaction(installation.database_url) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
        rows = session.scalars(select(Publication).where(Publication.cycle_id == cycle.id)).all()
    assert len(rows) == len({row.channel for row in rows}), "two ledger rows for one channel"
    return {row.channel: row for row in rows}


def attempts(installation: Installation, run_id: str) -> int:
    """How often the publishing protocol was run for the posts of a cycle."""
    numbers = [row.id for row in publications(installation, run_id).values()]
    with transaction(installation.database_url) as session:
        tries = select(PublicationAttempt.id).where(PublicationAttempt.publication_id.in_(numbers))
        return len(session.scalars(tries).all())


def interrupted_commits(installation: Installation) -> int:
    """How often it was not known what had become of a commit, by the audit trail."""
    with transaction(installation.database_url) as session:
        moves = session.scalars(select(AuditEntry).where(AuditEntry.action == "publication.moved")).all()
    return sum(move.after["state"] == "unknown" for move in moves)


def task_states(api: AirflowApi, run_id: str) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in api.task_instances(DAG_ID, run_id)}


@dataclass
class Verdict:
    """What an auditor counts in the end, over all cycles; `problems` names each case."""

    duplicates: int = 0
    lost: int = 0
    false_failures: int = 0
    stuck: int = 0
    problems: list[str] = field(default_factory=list)

    def count(self, what: str, number: int, where: str) -> None:
        if number:
            setattr(self, what, getattr(self, what) + number)
            self.problems.append(f"{what} {number}: {where}")


def judge(installation: Installation, people: People) -> Verdict:
    """Compare the platforms, the ledger and Airflow. Every cycle should be up once on all of its channels."""
    verdict = Verdict()
    for run_id, title in people.titles.items():
        shown = Counter(post["platform"] for post in visible_posts(installation, title))
        state = people["admin"].run(DAG_ID, run_id)["state"]
        rows = publications(installation, run_id)
        with transaction(installation.database_url) as session:
            cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
            results = {
                row.channel: row.state
                for row in session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id))
            }
        for channel in cycle.request["channels"]:
            where = f"{title}, {channel}: {rows[channel].state if channel in rows else 'no row'}"
            verdict.count("duplicates", max(0, shown[channel] - 1), where)
            verdict.count("lost", int(shown[channel] == 0), where)
            up = (
                channel in rows and rows[channel].state == "published" and results.get(channel) == "published"
            )
            verdict.count("false_failures", int(shown[channel] > 0 and not up), where)
        if state != "success":
            tasks = task_states(people["admin"], run_id)
            open_tasks = {k: t["state"] for k, t in tasks.items() if t["state"] not in ("success", "skipped")}
            kind = "false_failures" if state == "failed" else "stuck"
            verdict.count(kind, 1, f"{title}: run is {state}, {open_tasks}")
        in_between = [
            c for c, row in rows.items() if row.state in ("new", "prepared", "committing", "unknown")
        ]
        verdict.count("stuck", len(in_between), f"{title}: {in_between}")
        held = [c for c, row in rows.items() if row.lease_holder and row.state != "published"]
        verdict.count("stuck", len(held), f"{title}: held {held}")
    return verdict
