"""What people do with cycles that have ended: clear a task, clear a run, ask for the same again."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from cycles import ENDED, People, attempts, publications, request_for, task_states, visible_posts
from installations import Installation

from driver import DAG_ID

LONGEST_SECONDS = 420
CLEARED_TASK = "upload.publish_x"
X_COMMIT = "/x/2/tweets$"


@dataclass(frozen=True)
class Standing:
    """How a cycle stands: what the public sees, what the ledger says, and how often it was tried."""

    visible: list[dict[str, Any]]
    posts: dict[str, tuple[str, str | None]]
    attempts: int

    @classmethod
    def of(cls, installation: Installation, run_id: str, title: str) -> Standing:
        rows = publications(installation, run_id)
        return cls(
            visible_posts(installation, title),
            {channel: (row.state, row.post_id) for channel, row in rows.items()},
            attempts(installation, run_id),
        )


class Aftermath:
    """Does it all in the cycles of `people`, and waits for the end.

    :param troubled: also start a cycle on platforms that want to be waited for.
    """

    def __init__(self, installation: Installation, people: People, *, troubled: bool = False) -> None:
        self.installation, self.people = installation, people
        ended = list(people.titles.items())
        self.cleared_task, self.cleared_run = ended[0], ended[1]
        self.before = {
            run_id: Standing.of(installation, run_id, title)
            for run_id, title in (self.cleared_task, self.cleared_run)
        }
        self.tries_before = self._tries()
        people.answered.clear()
        self.troubled = self._start_troubled() if troubled else None
        self.twice = self._trigger_twice("Ditekan dua kali")
        self._clear(self.cleared_task[0], task_ids=[CLEARED_TASK])
        self._clear(self.cleared_run[0])
        self.states = self._wait()

    @property
    def tried_again(self) -> bool:
        return self._tries() > self.tries_before

    def now(self, run_id: str) -> Standing:
        return Standing.of(self.installation, run_id, self.people.titles[run_id])

    def asked_in(self, run_id: str) -> list[str]:
        """Tasks of the run whose forms somebody had to answer."""
        return [task_id for asked, task_id in self.people.answered if asked == run_id]

    def x_commits(self) -> list[tuple[datetime, int]]:
        """When X was asked to post, and with what it answered, from the answer 429 on."""
        entries = requests.get(f"{self.installation.sandbox_url}/_inspect/requests", timeout=30).json()
        commits = [
            (datetime.fromisoformat(entry["time"]), entry["status"])
            for entry in entries
            if entry["method"] == "POST" and re.search(X_COMMIT, entry["path"])
        ]
        return commits[[status for _, status in commits].index(429) :]

    def _tries(self) -> int:
        run_id, _ = self.cleared_task
        return int(task_states(self.people["admin"], run_id)[CLEARED_TASK]["try_number"])

    def _start_troubled(self) -> str:
        """X asks for two minutes of rest, and TikTok is down for a while before anything is sent."""
        faults = [
            {"preset": "retry_after_429", "method": "POST", "path": X_COMMIT},
            {"preset": "html_503", "method": "POST", "path": "/creator_info/query/$", "times": 3},
        ]
        address = f"{self.installation.sandbox_url}/_inspect/faults"
        requests.post(address, json=faults, timeout=30).raise_for_status()
        return self.people.start("Platform yang minta waktu", channels=["x", "tiktok"])

    def _trigger_twice(self, title: str) -> tuple[str, str]:
        """A double click; and a client that repeats its request word for word, which Airflow refuses."""
        wanted = request_for(title, ["web", "instagram"])
        first, second = (self.people["admin"].trigger(DAG_ID, wanted) for _ in range(2))
        again = {"dag_run_id": first, "logical_date": None, "conf": wanted}
        assert self.people["admin"].call("POST", f"/dags/{DAG_ID}/dagRuns", json=again).status_code == 409
        self.people.titles |= {first: title, second: title}
        return first, second

    def _clear(self, run_id: str, **which: object) -> None:
        order = {"dry_run": False, "dag_run_id": run_id, "only_failed": False, "reset_dag_runs": True}
        self.people["pengelola"].request(
            "POST", f"/dags/{DAG_ID}/clearTaskInstances", json={**order, **which}
        )

    def _wait(self) -> dict[str, str]:
        """Final state of every run; a run that does not end stays as it is."""
        wanted = [self.cleared_task[0], self.cleared_run[0], *self.twice, self.troubled]
        open_runs = {run_id for run_id in wanted if run_id is not None}
        states: dict[str, str] = {}
        deadline = time.monotonic() + LONGEST_SECONDS
        while open_runs - states.keys() and time.monotonic() < deadline:
            self.people.answer()
            for run_id in open_runs - states.keys():
                state = self.people["admin"].run(DAG_ID, run_id)["state"]
                if state in ENDED:
                    states[run_id] = state
            time.sleep(0.7)
        return states
