"""Stores answers before Airflow is told, and hands them to the task: the first one counts, and once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.models import StoredAnswer
from medsos.store.session import insert_new

OUTDATED = "Keadaannya berubah sesudah jawaban ini diberikan, jadi jawaban itu tidak dipakai. Periksa lagi."


def store_answer(
    session: Session,
    *,
    cycle_id: int,
    task_id: str,
    round_no: int,
    option: str,
    values: dict[str, Any],
    by: str,
    at: datetime,
    about: str = "",
) -> StoredAnswer:
    """Store an answer, unless one is open already; returns the one that counts.

    :param values: the form's fields, JSON values.
    :param about: what exactly is answered; a task that asks about something else does not take it.
    """
    before = open_answer(session, cycle_id, task_id, round_no)
    if before is not None and before.about != about:
        before.settled_at, before.outcome = at, OUTDATED
        session.flush()
    insert_new(
        session,
        StoredAnswer,
        cycle_id=cycle_id,
        task_id=task_id,
        round=round_no,
        about=about,
        option=option,
        answers=values,
        answered_by=by,
        answered_at=at,
        outcome="",
        failures=0,
    )
    counts = open_answer(session, cycle_id, task_id, round_no)
    if counts is None:  # It was dealt with at this very moment.
        counts = session.scalars(
            select(StoredAnswer)
            .where(StoredAnswer.cycle_id == cycle_id, StoredAnswer.task_id == task_id)
            .order_by(StoredAnswer.id.desc())
        ).first()
    assert counts is not None  # noqa: S101  either inserted or in the way of the insertion
    return counts


def open_answer(session: Session, cycle_id: int, task_id: str, round_no: int) -> StoredAnswer | None:
    """The answer that waits for its task, or None."""
    return session.scalars(
        select(StoredAnswer).where(
            StoredAnswer.cycle_id == cycle_id,
            StoredAnswer.task_id == task_id,
            StoredAnswer.round == round_no,
            StoredAnswer.settled_at.is_(None),
        )
    ).one_or_none()


def open_answers(session: Session, cycle_ids: list[int]) -> dict[tuple[int, str], StoredAnswer]:
    """All open answers of these cycles, by cycle and task."""
    rows = session.scalars(
        select(StoredAnswer).where(StoredAnswer.cycle_id.in_(cycle_ids), StoredAnswer.settled_at.is_(None))
    )
    return {(row.cycle_id, row.task_id): row for row in rows}


def settle_answer(session: Session, answer_id: int, *, at: datetime, outcome: str = "") -> None:
    """Note that a try has dealt with the answer. `outcome`: why it was not accepted."""
    row = session.get_one(StoredAnswer, answer_id)
    row.settled_at, row.outcome = at, outcome
