"""What a form's task has been answered: on our own page, where it lies in the record, or through Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from medsos.operators.cycle import CycleRun

if TYPE_CHECKING:
    from medsos.store.models import StepEvent, StoredAnswer

TRIES_WITH_ONE_ANSWER = 10
"""How often a try may break while it deals with one answer, before the person is asked again."""


@dataclass(frozen=True)
class Answer:
    """What a person answered. `at` is aware, UTC. `stored` is its number where our page stored it."""

    option: str
    values: dict[str, Any]
    by: str
    at: datetime
    stored: int | None = None


def answer_of_event(event: dict[str, Any]) -> Answer:
    """The answer as Airflow tells it."""
    user = event["responded_by_user"] or {}
    return Answer(
        option=event["chosen_options"][0],
        values=dict(event["params_input"] or {}),
        by=user.get("name") or user.get("id") or "",
        at=event["responded_at"],
    )


def waiting_answer(run: CycleRun, about: str) -> Answer | None:
    """The answer that our page has stored for this task and that no try has dealt with yet.

    :param about: what the task would ask about now; an answer about anything else is put away.
    """
    from medsos.store.answering import OUTDATED, open_answer
    from medsos.store.session import reading

    with reading() as session:
        row = open_answer(session, run.cycle_id, run.task_id, run.round_no)
    if row is None:
        return None
    answer = _answer_of_row(row)
    if row.about == about:
        return answer
    keep_answer(run, answer, problem=OUTDATED)
    settle(run, answer, OUTDATED)
    return None


def _answer_of_row(row: StoredAnswer) -> Answer:
    return Answer(row.option, dict(row.answers), row.answered_by, row.answered_at, stored=row.id)


def same_press(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same. Who passes a stored answer on to Airflow need not have given it."""
    return (one.option, _given(one.values)) == (other.option, _given(other.values))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def settle(run: CycleRun, answer: Answer, outcome: str = "") -> None:
    """Note that a stored answer has been dealt with; `outcome` says why it was not accepted."""
    if answer.stored is None:
        return
    from medsos.store.answering import settle_answer
    from medsos.store.session import transaction

    with transaction() as session:
        settle_answer(session, answer.stored, at=run.clock(), outcome=outcome)


def may_try_again(answer: Answer) -> bool:
    """Count one more try that broke over a stored answer; whether the next may take it once more."""
    if answer.stored is None:
        return False
    from medsos.store.models import StoredAnswer
    from medsos.store.session import transaction

    with transaction() as session:
        row = session.get_one(StoredAnswer, answer.stored)
        row.failures += 1
        return row.failures < TRIES_WITH_ONE_ANSWER


def keep_answer(run: CycleRun, answer: Answer, *, problem: str) -> None:
    """Enter an answer among those that were dealt with. `problem`: why it was not accepted."""
    from medsos.store.models import FormAnswer
    from medsos.store.session import transaction

    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=run.cycle_id,
                task_id=run.task_id,
                round=run.round_no,
                option=answer.option,
                answers=answer.values,
                answered_by=answer.by,
                answered_at=answer.at,
                accepted=not problem,
                problem=problem,
            )
        )


def last_event(run: CycleRun) -> StepEvent | None:
    """What was written down last about this task."""
    from sqlalchemy import select

    from medsos.store.models import StepEvent
    from medsos.store.session import reading

    with reading() as session:
        return session.scalars(
            select(StepEvent)
            .where(StepEvent.cycle_id == run.cycle_id, StepEvent.task_id == run.task_id)
            .order_by(StepEvent.id.desc())
            .limit(1)
        ).first()
