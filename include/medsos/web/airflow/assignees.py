"""Brings the assigned users of a waiting form in line with who may answer it now.

Airflow takes an answer only from the users that were assigned when the form was made, and has no way to
change them. Its row is changed here: the pages live in the API server, which has Airflow's database at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import Holder, entitled_approvers, holders
from medsos.approval.sop_review import DECIDES, entitled_to_review
from medsos.clock import utc_now
from medsos.offices.model import Role
from medsos.store.models import Cycle
from medsos.web.office_view import local_day, office_of

ANSWERING: tuple[Role, ...] = ("kasubbag", "tim_medsos", "admin_medsos")
"""Roles whose holders answer forms."""

NOBODY = {"id": "-", "name": "-"}
"""Without assigned users Airflow would take an answer from anybody."""


def entitled_now(session: Session, cycle: Cycle, task_id: str) -> list[Holder]:
    """Who may answer the form of this task at this moment, each once.

    :raises ConfigError: the office has no valid file.
    """
    today = local_day(office_of(cycle.office), utc_now())
    if task_id.endswith(".await_decision"):
        found = entitled_approvers(session, cycle.id, today)
    else:
        found = holders(session, cycle.office, "tim_medsos", today)
        found += holders(session, cycle.office, "admin_medsos", today)
    return list({holder.username: holder for holder in found}.values())


def messengers(session: Session, cycle: Cycle, task_id: str, username: str) -> tuple[Holder, ...]:
    """Who may pass an answer of the record on to Airflow: those who may answer, and whoever looks at it now.

    The visitor only wakes the task, which takes the answer from the record; empty when he is nobody of the
    office's who answers forms.
    """
    return _with_visitor(
        session, cycle.office, ANSWERING, username, lambda: entitled_now(session, cycle, task_id)
    )


def review_messengers(session: Session, office: str, username: str) -> tuple[Holder, ...]:
    """Who may pass a decision on a review of the SOP on to Airflow; as `messengers`.

    :param office: slug.
    """
    return _with_visitor(
        session, office, (*ANSWERING, DECIDES), username, lambda: deciding_now(session, office)
    )


def deciding_now(session: Session, office: str) -> list[Holder]:
    """Who may decide on a review of the SOP at this moment.

    :raises ConfigError: the office has no valid file.
    """
    return entitled_to_review(session, office, utc_now(), office_of(office).zone)


def _with_visitor(
    session: Session,
    office: str,
    roles: Sequence[Role],
    username: str,
    entitled: Callable[[], list[Holder]],
) -> tuple[Holder, ...]:
    today = local_day(office_of(office), utc_now())
    everybody = [holder for role in roles for holder in holders(session, office, role, today)]
    visitor = [holder for holder in everybody if holder.username == username][:1]
    if not visitor:
        return ()
    return tuple({holder.username: holder for holder in (*entitled(), *visitor)}.values())


def refresh_assignees(dag_id: str, run_id: str, task_id: str, people: Sequence[Holder]) -> bool:
    """Assign the unanswered form of a task to `people`; True when that changed something.

    Only for code that runs in Airflow's API server. A form that is answered keeps who was assigned to it.
    """
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    wanted = [{"id": p.airflow_user_id, "name": p.username} for p in people] or [NOBODY]
    with create_session() as session:
        form = session.scalar(
            select(HITLDetail)
            .join(TaskInstance, HITLDetail.ti_id == TaskInstance.id)
            .where(
                TaskInstance.dag_id == dag_id,
                TaskInstance.run_id == run_id,
                TaskInstance.task_id == task_id,
                HITLDetail.responded_at.is_(None),
            )
        )
        if form is None or form.assignees == wanted:
            return False
        form.assignees = wanted
    return True
