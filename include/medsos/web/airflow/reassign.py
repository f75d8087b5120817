"""After a change of officials: whoever may answer now is assigned to the forms that already wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from sqlalchemy import select

from medsos.approval.sop_review import open_papers
from medsos.offices.model import Office
from medsos.store.models import Cycle
from medsos.store.session import reading
from medsos.web.airflow.assignees import deciding_now, entitled_now, refresh_assignees

Reassign = Callable[[Office], int]
"""For an office; returns how many forms changed hands."""


def reassign_waiting_forms(office: Office) -> int:
    """Bring every unanswered form of the office's running cycles and reviews in line with who may answer now.

    Without it a new Plh. could open a form that waits, and Airflow would refuse the answer.
    """
    with reading() as session:
        cycles = {
            (cycle.dag_id, cycle.run_id): cycle
            for cycle in session.scalars(
                select(Cycle).where(Cycle.office == office.slug, Cycle.status == "berjalan")
            )
        }
        wanted = [
            (dag_id, run_id, task_id, entitled_now(session, cycles[dag_id, run_id], task_id))
            for dag_id, run_id, task_id in _unanswered(office)
            if (dag_id, run_id) in cycles
        ]
        deciders = deciding_now(session, office.slug)
        reviews = {(paper.dag_id, paper.run_id) for paper in open_papers(session)}
        wanted += [
            (dag_id, run_id, task_id, deciders)
            for dag_id, run_id, task_id in _unanswered(office)
            if (dag_id, run_id) in reviews
        ]
    return sum(refresh_assignees(*form) for form in wanted)


def _unanswered(office: Office) -> list[tuple[str, str, str]]:
    """Forms of the office that nobody has answered: DAG, run, task."""
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.execute(
            select(TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id)
            .join(HITLDetail, HITLDetail.ti_id == TaskInstance.id)
            .where(
                TaskInstance.dag_id.in_(
                    (f"content_cycle__{office.dag_suffix}", f"sop_review__{office.dag_suffix}")
                ),
                HITLDetail.responded_at.is_(None),
            )
        )
        return [(row.dag_id, row.run_id, row.task_id) for row in rows]


def reassign() -> Reassign:
    """Dependency: what makes a change count at once."""
    return reassign_waiting_forms


ReassignDep = Annotated[Reassign, Depends(reassign)]
