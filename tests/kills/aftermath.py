"""What people do with cycles that have ended: clear a task, clear a run, ask for the same again."""

from __future__ import annotations

import time
from collections import Counter

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


def assert_a_cleared_publishing_task_sends_nothing(installation: Installation, people: People) -> None:
    run_id, title = next(iter(people.titles.items()))
    before = visible_posts(installation, title), writing_requests(installation)
    tries = task_states(people["admin"], run_id)["upload.publish_x"]["try_number"]
    _clear(people, run_id, task_ids=["upload.publish_x"])
    _wait(people, run_id)
    assert task_states(people["admin"], run_id)["upload.publish_x"]["try_number"] > tries
    assert (visible_posts(installation, title), writing_requests(installation)) == before


def assert_a_cleared_run_asks_nobody_and_sends_nothing(installation: Installation, people: People) -> None:
    run_id, title = list(people.titles.items())[1]
    before = visible_posts(installation, title), writing_requests(installation)
    rows = {channel: (row.state, row.post_id) for channel, row in publications(installation, run_id).items()}
    _clear(people, run_id)
    _wait(people, run_id, nobody_is_asked=True)
    assert (visible_posts(installation, title), writing_requests(installation)) == before
    now = {channel: (row.state, row.post_id) for channel, row in publications(installation, run_id).items()}
    assert now == rows


def assert_the_same_request_twice_is_one_cycle(installation: Installation, people: People) -> None:
    """A double click, and a client that repeats its request: two runs at most, one cycle, one post each."""
    title = "Ditekan dua kali"
    first, second = (people["admin"].trigger(DAG_ID, request_for(title, ["web", "x"])) for _ in range(2))
    again = people["admin"].call(
        "POST", f"/dags/{DAG_ID}/dagRuns",
        json={"dag_run_id": first, "logical_date": None, "conf": request_for(title, ["web", "x"])},
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
    assert Counter(post["platform"] for post in visible_posts(installation, title)) == {"web": 1, "x": 1}
    del people.titles[refused]
    assert judge(installation, people).problems == []


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
