"""Stores an answer given on a page of ours and lets Airflow know: for every form but the decision itself."""

from __future__ import annotations

from typing import Any

from fastapi.concurrency import run_in_threadpool

from medsos.clock import utc_now
from medsos.store.answering import open_answer, store_answer
from medsos.store.models import Cycle, StoredAnswer
from medsos.store.session import reading, transaction
from medsos.web.airflow.assignees import messengers
from medsos.web.airflow.forms import AirflowForms
from medsos.web.airflow.telling import News, tell
from medsos.web.visitors import Visitor

FIRST_COUNTS = "{first} sudah menjawab formulir ini lebih dulu; jawaban yang pertama berlaku."


async def send_answer(
    forms: AirflowForms,
    cycle: Cycle,
    visitor: Visitor,
    *,
    task_id: str,
    round_no: int,
    option: str,
    values: dict[str, Any],
    about: str = "",
) -> str:
    """Store the answer, which counts from now on, and pass it on.

    :param about: what exactly is answered, as the form's task would name it.
    :returns: an Indonesian sentence when somebody else was first; empty when this answer counts.
    """
    now = utc_now()

    def store() -> StoredAnswer:
        with transaction() as session:
            return store_answer(
                session,
                cycle_id=cycle.id,
                task_id=task_id,
                round_no=round_no,
                option=option,
                values=values,
                by=visitor.username,
                at=now,
                about=about,
            )

    counts = await run_in_threadpool(store)
    await pass_on(forms, cycle, visitor, counts)
    mine = (counts.answered_by, counts.option, counts.answers) == (visitor.username, option, values)
    return "" if mine else FIRST_COUNTS.format(first=counts.answered_by)


async def pass_on(forms: AirflowForms, cycle: Cycle, visitor: Visitor, answer: StoredAnswer) -> None:
    """Let the waiting task know of a stored answer, as far as this visitor may."""

    def news() -> News | None:
        with reading() as session:
            people = messengers(session, cycle, answer.task_id, visitor.username)
        if not people:
            return None
        return News(cycle.dag_id, cycle.run_id, answer.task_id, answer.option, dict(answer.answers), people)

    if (found := await run_in_threadpool(news)) is not None:
        await tell(forms, found)


def stored_answer(cycle_id: int, task_id: str, round_no: int) -> StoredAnswer | None:
    """The answer that lies in the record and that its task has not dealt with yet."""
    with reading() as session:
        return open_answer(session, cycle_id, task_id, round_no)
