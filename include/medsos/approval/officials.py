"""Who holds a role on a date, and who may approve a given cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from medsos.offices.model import Office, Role
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Delegation, FormAnswer, Official, PlanRow


@dataclass(frozen=True)
class Holder:
    """Somebody who may act in a role. `on_behalf_of` names the principal for a Plh. or Plt."""

    username: str
    airflow_user_id: str
    name: str
    on_behalf_of: str | None = None


def sync_officials(
    session: Session, office: Office, *, now: datetime, user_ids: Mapping[str, str] | None = None
) -> list[str]:
    """Bring the record in line with the people of `office.yaml`; every change leaves an audit row.

    Who is new is added, who left the file or whose `valid_until` was entered ends, names and positions
    follow. Rows are never deleted: they tell who was entitled when.

    :param user_ids: username → id in Airflow's auth manager; a username that is missing stands for itself.
    :returns: one line per change, for the log.
    """
    ids = user_ids or {}
    today = now.astimezone(office.zone).date()
    rows: dict[tuple[str, str, date], Official] = {
        (row.role, row.username, row.valid_from): row
        for row in session.scalars(select(Official).where(Official.office == office.slug))
    }
    wanted: dict[tuple[str, str, date], dict[str, Any]] = {
        (role, person.username, person.valid_from): {
            "airflow_user_id": ids.get(person.username, person.username),
            "name": person.name,
            "position": person.position,
            "valid_until": person.valid_until,
        }
        for person in office.people
        for role in person.roles
    }
    changes = []
    for key, values in wanted.items():
        row = rows.get(key)
        if row is None:
            role, username, valid_from = key
            row = Official(office=office.slug, role=role, username=username, valid_from=valid_from)
            session.add(row)
        changes += _set(session, row, values, now)
    for key in rows.keys() - wanted.keys():
        ends = rows[key].valid_until
        if ends is None or ends >= today:
            changes += _set(session, rows[key], {"valid_until": today - timedelta(days=1)}, now)
    return changes


def _set(session: Session, row: Official, values: Mapping[str, Any], now: datetime) -> list[str]:
    """Set what differs, with an audit row; the id that Airflow gave is no change of entitlement."""
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if not changed.keys() - {"airflow_user_id"}:
        return []
    append_audit(
        session,
        at=now,
        actor="office.yaml",
        action="official.changed",
        subject=f"{row.office}: {row.username} ({row.role})",
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(value) for name, value in changed.items()},
    )
    return [f"{row.office}: {row.username} ({row.role}): {', '.join(sorted(changed))}"]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


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
