"""Plays the people of the office on a real Airflow: answers forms until the runs have ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from medsos.stack.api import AirflowApi
from medsos.stack.demo import answer_for
from medsos.stack.supervisor import Stack

DAG_ID = "content_cycle__kota_bengkulu"
OFFICE = "kota-bengkulu"
Script = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]
"""Given a form as Airflow's API shows it, what the person answers."""


def approve_everything(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A quiet day: minutes, plan as drafted, *Setuju*."""
    return answer_for(form, "quiet")


def start(stack: Stack, dag_id: str = DAG_ID, **values: Any) -> str:
    """Start a cycle as the admin; returns the run's id."""
    request = {
        "title": "Sosialisasi pemilih pemula",
        "content_type": "sosialisasi_tahapan",
        "body": "KPU Kota Bengkulu mengajak pemilih pemula mengenali tahapan pemilu.",
        "channels": ["web", "facebook", "instagram", "x", "tiktok"],
        **values,
    }
    return stack.api("admin").trigger(dag_id, request)


def carry_through(
    stack: Stack, scripts: dict[str, Script], *, dag_id: str = DAG_ID, minutes: float = 12
) -> dict[str, str]:
    """Answer each form as the person it is assigned to; returns the final state of each run."""
    watcher = stack.api("admin")
    people: dict[str, AirflowApi] = {}
    states: dict[str, str] = {}
    deadline = time.monotonic() + minutes * 60
    while len(states) < len(scripts):
        assert time.monotonic() < deadline, f"not ended: {set(scripts) - set(states)}"
        stack.check()
        for form in watcher.waiting_forms(dag_id):
            script = scripts.get(form["task_instance"]["dag_run_id"])
            if script is None:
                continue
            person = form["assigned_users"][0]["name"]
            option, values = script(form)
            people.setdefault(person, stack.api(person)).answer(form, option, values)
        for run_id in set(scripts) - set(states):
            state = watcher.run(dag_id, run_id)["state"]
            if state in ("success", "failed"):
                states[run_id] = state
        time.sleep(1)
    return states


def run_once(stack: Stack, dag_id: str, *, seconds: float = 400) -> None:
    """One run of a DAG, from its start to its end."""
    api = stack.api("admin")
    run_id = api.trigger(dag_id, {})
    deadline = time.monotonic() + seconds
    while (state := api.run(dag_id, run_id)["state"]) not in ("success", "failed"):
        assert time.monotonic() < deadline, state
        time.sleep(1)
    assert state == "success"


def wait_for_form(stack: Stack, run_id: str, task_id: str, *, seconds: float = 180) -> dict[str, Any]:
    """The form of a task once it waits."""
    api = stack.api("admin")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for form in api.waiting_forms(DAG_ID, run_id):
            if form["task_instance"]["task_id"] == task_id:
                return form
        time.sleep(1)
    raise AssertionError(f"{task_id} never waited")


def break_platform(stack: Stack, **fault: Any) -> None:
    """Let something go wrong with the next requests; keys as in the sandbox's faults."""
    requests.post(f"{stack.sandbox_url}/_inspect/faults", json=fault, timeout=30).raise_for_status()


def visible_posts(stack: Stack, containing: str = "") -> list[dict[str, Any]]:
    """What the public sees on all platforms."""
    posts = requests.get(f"{stack.sandbox_url}/_inspect/posts", timeout=30).json()
    return [post for post in posts if containing in str(post)]
