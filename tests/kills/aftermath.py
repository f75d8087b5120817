"""What people do with cycles that have ended: clear a task, clear a run, ask for the same again."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import datetime, timedelta

import requests
from cycles import (
    ENDED,
    People,
    judge,
    publications,
    request_for,
    task_states,
    visible_posts,
    writing_requests,
)
from installations import Installation
from sqlalchemy import select

from driver import DAG_ID
from medsos.store.models import Cycle
from medsos.store.session import transaction

LONGEST_SECONDS = 240
CLEARED = "upload.publish_instagram"
X_COMMIT = "/x/2/tweets$"


def assert_a_cleared_publishing_task_sends_nothing(
    installation: Installation, people: People, *, besides: tuple[str, ...] = ()
) -> None:
    run_id, title = next(iter(people.titles.items()))
    before = visible_posts(installation, title), writing_requests(installation, besides)
    tries = task_states(people["admin"], run_id)[CLEARED]["try_number"]
    _clear(people, run_id, task_ids=[CLEARED])
    _wait(people, run_id)
    assert task_states(people["admin"], run_id)[CLEARED]["try_number"] > tries
    assert (visible_posts(installation, title), writing_requests(installation, besides)) == before


def assert_a_cleared_run_asks_nobody_and_sends_nothing(
    installation: Installation, people: People, *, besides: tuple[str, ...] = ()
) -> None:
    run_id, title = list(people.titles.items())[1]
    before = visible_posts(installation, title), writing_requests(installation, besides)
    rows = _posts_on_record(installation, run_id)
    _clear(people, run_id)
    _wait(people, run_id, nobody_is_asked=True)
    assert (visible_posts(installation, title), writing_requests(installation, besides)) == before
    assert _posts_on_record(installation, run_id) == rows


def assert_the_same_request_twice_is_one_cycle(installation: Installation, people: People) -> None:
    """A double click, and a client that repeats its request: two runs at most, one cycle, one post each."""
    title = "Ditekan dua kali"
    first, second = (
        people["admin"].trigger(DAG_ID, request_for(title, ["web", "instagram"])) for _ in range(2)
    )
    again = people["admin"].call(
        "POST", f"/dags/{DAG_ID}/dagRuns",
        json={"dag_run_id": first, "logical_date": None, "conf": request_for(title, ["web", "instagram"])},
    )  # fmt: skip
    assert again.status_code == 409
    people.titles |= {first: title, second: title}
    states = {run_id: _wait(people, run_id) for run_id in (first, second)}
    assert Counter(states.values()) == {"success": 1, "failed": 1}
    (refused,) = [run_id for run_id, state in states.items() if state == "failed"]
    (kept,) = {first, second} - {refused}
    with transaction(installation.database_url) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.title == title)).one()
    assert cycle.run_id == kept
    assert f"siklus {cycle.id}" in people["admin"].task_log(DAG_ID, refused, "accept_request")
    assert Counter(post["platform"] for post in visible_posts(installation, title)) == {
        "web": 1,
        "instagram": 1,
    }
    del people.titles[refused]
    assert judge(installation, people).problems == []


def start_on_troubled_platforms(installation: Installation) -> People:
    """A cycle that was approved while X asks for two minutes of rest and TikTok is down for a while."""
    faults = [
        {"preset": "retry_after_429", "method": "POST", "path": X_COMMIT, "times": 1},
        {"preset": "html_503", "method": "POST", "path": "/content/init/$", "times": 3},
    ]
    address = f"{installation.sandbox_url}/_inspect/faults"
    requests.post(address, json=faults, timeout=30).raise_for_status()
    people = People(installation)
    run_id = people.start("Platform yang minta waktu", channels=["x", "tiktok"])
    deadline = time.monotonic() + LONGEST_SECONDS
    while task_states(people["admin"], run_id)["upload.wait_until_scheduled"]["state"] != "success":
        assert time.monotonic() < deadline, task_states(people["admin"], run_id)
        people.answer()
        time.sleep(0.7)
    return people


def assert_the_platforms_got_their_time(installation: Installation, people: People) -> None:
    """Both are up once, nobody was asked, and X saw no commit before its two minutes were over."""
    (run_id,) = people.titles
    assert _wait(people, run_id) == "success"
    assert people.asked == []
    assert judge(installation, people).problems == []
    entries = requests.get(f"{installation.sandbox_url}/_inspect/requests", timeout=30).json()
    commits = [e for e in entries if e["method"] == "POST" and re.search(X_COMMIT, e["path"])]
    (refused,) = [number for number, entry in enumerate(commits) if entry["status"] == 429]
    first, second = (datetime.fromisoformat(e["time"]) for e in commits[refused : refused + 2])
    assert second - first >= timedelta(seconds=120)
    down = [e for e in entries if e["status"] == 503]
    assert len(down) == 3


def _posts_on_record(installation: Installation, run_id: str) -> dict[str, tuple[str, str | None]]:
    return {channel: (row.state, row.post_id) for channel, row in publications(installation, run_id).items()}


def _clear(people: People, run_id: str, **which: object) -> None:
    people["admin"].request(
        "POST",
        f"/dags/{DAG_ID}/clearTaskInstances",
        json={
            "dry_run": False,
            "dag_run_id": run_id,
            "only_failed": False,
            "reset_dag_runs": True,
            **which,
        },
    )


def _wait(people: People, run_id: str, *, nobody_is_asked: bool = False) -> str:
    """The run's final state."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while (state := people["admin"].run(DAG_ID, run_id)["state"]) not in ENDED:
        assert time.monotonic() < deadline, task_states(people["admin"], run_id)
        if nobody_is_asked:
            assert people["admin"].waiting_forms(DAG_ID, run_id) == []
        else:
            people.answer()
        time.sleep(0.7)
    return str(state)
