"""Reads from the record which forms of an office wait for somebody, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.notices.due import WaitingForm
from medsos.sop.model import Folders, load_sop, step_of_form
from medsos.store.answering import open_answers
from medsos.store.models import Approval, Cycle, StepEvent

ENDS_A_WAIT = ("resumed", "failed", "finished")


@dataclass
class _Wait:
    since: datetime
    round_no: int
    people: tuple[str, ...]


def waiting_forms(
    session: Session, office_slug: str, sop_dirs: Folders, *, cycle_id: int | None = None
) -> list[WaitingForm]:
    """Forms of running cycles that nobody has answered, oldest wait first.

    A wait goes on when the form is only shown again; an answer ends it, also one that could not be accepted.
    A round that has its decision waits no more, whatever its task has noticed of that.

    :param cycle_id: only those of this cycle.
    :raises ConfigError: when the SOP version of a cycle cannot be read.
    """
    wanted = [Cycle.office == office_slug, Cycle.status == "berjalan"]
    if cycle_id is not None:
        wanted.append(Cycle.id == cycle_id)
    cycles = {cycle.id: cycle for cycle in session.scalars(select(Cycle).where(*wanted))}
    if not cycles:
        return []
    running = select(Cycle.id).where(*wanted)
    events = session.execute(
        select(
            StepEvent.cycle_id,
            StepEvent.task_id,
            StepEvent.event,
            StepEvent.at,
            StepEvent.round,
            StepEvent.detail,
        )
        .where(StepEvent.cycle_id.in_(running), StepEvent.event.in_(("waiting", *ENDS_A_WAIT)))
        .order_by(StepEvent.at, StepEvent.id)
    )
    rounds = select(Approval.cycle_id, Approval.round).where(Approval.cycle_id.in_(running))
    decided = {(number, round_no) for number, round_no in session.execute(rounds)}
    # Airflow may not have heard of these yet; the people have done their part.
    answered = open_answers(session, list(cycles))
    sops = {
        version: load_sop(sop_dirs, version) for version in {cycle.sop_version for cycle in cycles.values()}
    }
    found = [
        WaitingForm(
            cycle_id=number,
            title=cycles[number].title,
            kahar=cycles[number].kahar,
            dag_id=cycles[number].dag_id,
            run_id=cycles[number].run_id,
            task_id=task_id,
            round_no=wait.round_no,
            since=wait.since,
            target_minutes=sops[cycles[number].sop_version].step(step_of_form(task_id)).target_minutes,
            people=wait.people,
        )
        for (number, task_id), wait in _open_waits(events).items()
        if (number, task_id) not in answered
        and not (task_id.endswith(".await_decision") and (number, wait.round_no) in decided)
    ]
    return sorted(found, key=lambda form: form.since)


def _open_waits(events: Iterable[Any]) -> dict[tuple[int, str], _Wait]:
    """By cycle and task, the waits for people that no later event has ended."""
    open_: dict[tuple[int, str], _Wait] = {}
    for cycle_id, task_id, event, at, round_no, detail in events:
        key = (cycle_id, task_id)
        if event in ENDS_A_WAIT:
            open_.pop(key, None)
        elif "for_people" in detail:
            # Waits without people are for a time or a platform.
            since = open_[key].since if key in open_ else at
            open_[key] = _Wait(since, round_no, tuple(detail["for_people"]))
    return open_
