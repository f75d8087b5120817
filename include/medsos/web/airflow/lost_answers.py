"""Finds answers that Airflow took and lost, and keeps what was typed, with the reason why it is asked again.

An answer given on Airflow's own page within about a second after the form opened fails that try before the
task has seen it (LocalExecutor). Only Airflow's history of the try still holds it.
"""

from __future__ import annotations

import re
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select

from medsos.store.models import Cycle, FormAnswer, ReviewPaper
from medsos.store.session import reading, transaction
from medsos.web.airflow.forms import AirflowForms, AskedForm, LostAnswer

LOST = (
    "Jawaban ini dikirim di Airflow tepat saat formulirnya dibuka, sehingga Airflow kehilangannya. Jawaban "
    "itu tidak berlaku dan formulirnya ditanyakan lagi; yang sudah diketik tersimpan di sini."
)
_ROUND = re.compile(r"\.round_(\d+)\.")
_SAME = timedelta(milliseconds=1)


async def note_lost_answers(forms: AirflowForms, cycle: Cycle, asked: AskedForm | None) -> bool:
    """Keep what the earlier tries of a form that waits again were answered; True when something was new."""
    return await _note(forms, {"cycle_id": cycle.id}, asked)


async def note_lost_answers_of_review(
    forms: AirflowForms, paper: ReviewPaper, asked: AskedForm | None
) -> bool:
    """As `note_lost_answers`, for the form of a half-yearly review."""
    return await _note(forms, {"paper_id": paper.id}, asked)


async def _note(forms: AirflowForms, owner: dict[str, int], asked: AskedForm | None) -> bool:
    if asked is None or asked.try_number < 2 or not asked.takes_answers:
        return False
    lost = await forms.lost(asked)
    return bool(lost) and await run_in_threadpool(_keep, owner, asked.task_id, lost)


def _keep(owner: dict[str, int], task_id: str, lost: list[LostAnswer]) -> bool:
    """:param owner: the column that says whose form it is, and its value."""
    of_task = [FormAnswer.task_id == task_id]
    of_task += [getattr(FormAnswer, column) == value for column, value in owner.items()]
    with reading() as session:
        known = session.scalars(select(FormAnswer.answered_at).where(*of_task)).all()
    # What came before an answer that the task has dealt with is of no use to anybody any more.
    newest = max(known, default=None)
    new = [answer for answer in reversed(lost) if newest is None or answer.at - newest > _SAME]
    found = _ROUND.search(task_id)
    with transaction() as session:
        for answer in new:
            session.add(
                FormAnswer(
                    **owner,
                    task_id=task_id,
                    round=int(found[1]) if found else 0,
                    option=answer.option,
                    answers=answer.values,
                    answered_by=answer.by,
                    answered_at=answer.at,
                    accepted=False,
                    problem=LOST,
                )
            )
    return bool(new)
