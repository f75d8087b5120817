"""Who holds a role on a date, and who may approve a given cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from medsos.offices.model import Office, Role
from medsos.store.models import Cycle, Delegation, FormAnswer, Official, PlanRow


@dataclass(frozen=True)
class Holder:
    """Somebody who may act in a role. `on_behalf_of` names the principal for a Plh. or Plt."""

    username: str
    airflow_user_id: str
    name: str
    on_behalf_of: str | None = None


def seed_officials(session: Session, office: Office, user_ids: Mapping[str, str] | None = None) -> int:
    """Enter the people of `office.yaml` who are not in the record yet; existing rows stay as they are,
    except for the id under which Airflow knows the person.

    :param user_ids: username → id in Airflow's auth manager; a username that is missing stands for itself.
    :returns: number of rows added.
    """
    ids = user_ids or {}
    known = {
        (row.role, row.username, row.valid_from): row
        for row in session.scalars(select(Official).where(Official.office == office.slug))
    }
    added = 0
    for person in office.people:
        for role in person.roles:
            user_id = ids.get(person.username, person.username)
            row = known.get((role, person.username, person.valid_from))
            if row is not None:
                row.airflow_user_id = user_id
                continue
            session.add(
                Official(
                    office=office.slug,
                    role=role,
                    username=person.username,
                    airflow_user_id=user_id,
                    name=person.name,
                    position=person.position,
                    valid_from=person.valid_from,
                    valid_until=person.valid_until,
                )
            )
            added += 1
    return added


def holders(session: Session, office_slug: str, role: Role, on: date) -> list[Holder]:
    """Who holds `role` on that date (local to the office): officials and delegates."""
    officials = session.scalars(
        select(Official).where(
            Official.office == office_slug,
            Official.role == role,
            Official.valid_from <= on,
            or_(Official.valid_until.is_(None), Official.valid_until >= on),
        )
    )
    delegates = session.scalars(
        select(Delegation).where(
            Delegation.office == office_slug,
            Delegation.role == role,
            Delegation.valid_from <= on,
            Delegation.valid_until >= on,
        )
    )
    found = [Holder(row.username, row.airflow_user_id, row.name) for row in officials]
    found += [Holder(row.username, row.airflow_user_id, row.name, row.principal) for row in delegates]
    return found


def makers(session: Session, cycle_id: int) -> set[str]:
    """Usernames of those who requested, planned or revised a cycle; none of them may approve it."""
    requester = session.scalars(select(Cycle.requester).where(Cycle.id == cycle_id))
    planners = session.scalars(select(PlanRow.author).where(PlanRow.cycle_id == cycle_id))
    revisers = session.scalars(
        select(FormAnswer.answered_by).where(
            FormAnswer.cycle_id == cycle_id,
            FormAnswer.accepted,
            or_(FormAnswer.task_id.like("%plan_content"), FormAnswer.task_id.like("%revise_content")),
        )
    )
    return {*requester, *planners, *revisers}


def entitled_approvers(session: Session, cycle_id: int, on: date) -> list[Holder]:
    """Who may decide on this cycle on that date: the Kasubbag or a delegate, minus its makers."""
    office = session.scalars(select(Cycle.office).where(Cycle.id == cycle_id)).one()
    excluded = makers(session, cycle_id)
    return [holder for holder in holders(session, office, "kasubbag", on) if holder.username not in excluded]
