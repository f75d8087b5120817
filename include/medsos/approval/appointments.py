"""Changes of who holds a role: delegations by letter, officials who come and go; each with an audit row.

Nothing is ever deleted: the rows tell who was entitled when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from medsos.approval.appointment_rules import (
    Problems,
    WantedDelegation,
    WantedOfficial,
    delegation_problems,
    end_problems,
    given,
    official_problems,
    officials_between,
)
from medsos.errors import FormError
from medsos.offices.model import ROLE_NAMES, Office
from medsos.store.audit import append_audit, hold_chain
from medsos.store.models import Delegation, Official
from medsos.store.people import FROM_PAGE


def record_delegation(
    session: Session,
    office: Office,
    wanted: WantedDelegation,
    *,
    airflow_user_id: str,
    by: str,
    at: datetime,
) -> Delegation:
    """Record a delegation; it counts from this moment on, within its dates.

    :param airflow_user_id: id of the delegate in Airflow's auth manager; the username while it has none.
    :raises FormError: something stands in the way after all, for example a second window was faster.
    """
    hold_chain(session)
    _refuse(delegation_problems(session, office, wanted, by=by, today=_today(office, at)))
    begin, until = given(wanted.valid_from), given(wanted.valid_until)
    officials = officials_between(session, office.slug, wanted.role, begin, until)
    row = Delegation(
        office=office.slug,
        role=wanted.role,
        kind=wanted.kind,
        principal=officials[0].username if officials else ROLE_NAMES[wanted.role],
        username=wanted.username,
        airflow_user_id=airflow_user_id,
        name=wanted.name,
        letter_number=wanted.letter_number,
        letter_date=given(wanted.letter_date),
        valid_from=given(wanted.valid_from),
        valid_until=until,
        recorded_at=at,
        recorded_by=by,
    )
    session.add(row)
    _audit(session, row, "delegation.recorded", by=by, at=at, after=_values(row))
    return row


def add_official(
    session: Session, office: Office, wanted: WantedOfficial, *, airflow_user_id: str, by: str, at: datetime
) -> Official:
    """Enter an official on the page; the office's file does not touch the row.

    :raises FormError: as `record_delegation`.
    """
    hold_chain(session)
    _refuse(official_problems(session, office, wanted, by=by, today=_today(office, at)))
    row = Official(
        office=office.slug,
        role=wanted.role,
        username=wanted.username,
        airflow_user_id=airflow_user_id,
        name=wanted.name,
        position=wanted.position,
        valid_from=given(wanted.valid_from),
        valid_until=wanted.valid_until,
        source=FROM_PAGE,
    )
    session.add(row)
    _audit(session, row, "official.changed", by=by, at=at, after=_values(row))
    return row


def end_term(
    session: Session,
    office: Office,
    row: Official | Delegation,
    last_day: date | None,
    *,
    by: str,
    at: datetime,
) -> None:
    """End a term on `last_day`, or at once. Decisions taken before stay valid; the row stays, too.

    A row from the office's file belongs to the page afterwards, so that the file does not revive it.

    :raises FormError: as `record_delegation`.
    """
    hold_chain(session)
    session.refresh(row)
    today = _today(office, at)
    _refuse(end_problems(row, last_day, today=today))
    before = _values(row)
    if last_day is None:
        row.ended_at = at
        row.valid_until = max(row.valid_from, min(today, row.valid_until or today))
    else:
        row.valid_until = last_day
    if isinstance(row, Official):
        row.source = FROM_PAGE
    after = _values(row)
    changed = [name for name in after if after[name] != before[name]]
    action = "official.changed" if isinstance(row, Official) else "delegation.ended"
    _audit(
        session,
        row,
        action,
        by=by,
        at=at,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _refuse(problems: Problems) -> None:
    if problems:
        raise FormError(" ".join(problems.values()))


def _today(office: Office, at: datetime) -> date:
    return at.astimezone(office.zone).date()


def _values(row: Official | Delegation) -> dict[str, Any]:
    """The row as JSON, for the audit trail."""
    shown = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in shown.items()
        if name not in ("id", "airflow_user_id")
    }


def _audit(
    session: Session,
    row: Official | Delegation,
    action: str,
    *,
    by: str,
    at: datetime,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    append_audit(
        session,
        at=at,
        actor=by,
        action=action,
        subject=f"{row.office}: {row.username} ({row.role})",
        before=dict(before or {}),
        after=dict(after),
    )
