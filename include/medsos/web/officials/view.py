"""Gathers what the page *Pejabat* shows: who holds which role now and in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.appointment_rules import is_over
from medsos.approval.officials import APPROVES, Holder, cycles_made_by, holders
from medsos.offices.model import ROLE_NAMES, Office, Role
from medsos.store.models import Cycle, Delegation, Official
from medsos.store.names import known_people
from medsos.web.office_view import local_day
from medsos.web.officials.accounts import Accounts

MANAGES: Role = "sekretaris"
"""Who keeps the officials of an office, besides the system's admin."""


@dataclass(frozen=True)
class TermLine:
    """A term of an official or a delegate. `state`: berlaku, akan_berlaku, berakhir.

    `own_cycles` are running cycles on which a delegate who would decide may not, having made them.
    """

    row: Official | Delegation
    state: str
    principal: str
    own_cycles: tuple[Cycle, ...]
    account: str

    @property
    def is_delegation(self) -> bool:
        return isinstance(self.row, Delegation)


@dataclass(frozen=True)
class OfficialsView:
    """Everything on the page for one office."""

    office: Office
    today: date
    roles: tuple[tuple[str, tuple[Holder, ...]], ...]
    delegations: tuple[TermLine, ...]
    officials: tuple[TermLine, ...]
    past: tuple[TermLine, ...]
    names: dict[str, str]

    def name_of(self, username: str) -> str:
        return self.names.get(username, username)


def may_manage(session: Session, office: Office, username: str, at: datetime) -> bool:
    """Whether this person is the office's Sekretaris, or stands in for them, at this moment."""
    return any(
        holder.username == username
        for holder in holders(session, office.slug, MANAGES, local_day(office, at), at=at)
    )


def table_of(row: Official | Delegation) -> str:
    """The word for the kind of a term in addresses."""
    return "delegasi" if isinstance(row, Delegation) else "jabatan"


def find_term(session: Session, table: str, row_id: int) -> Official | Delegation | None:
    """The term with this number, as `table_of` names its kind."""
    if table == "delegasi":
        return session.get(Delegation, row_id)
    return session.get(Official, row_id) if table == "jabatan" else None


def officials_view(
    session: Session, office: Office, *, now: datetime, accounts: Accounts | None
) -> OfficialsView:
    """:param accounts: looks up accounts for those who may do something about a missing one."""
    today = local_day(office, now)
    names = known_people(session, office)
    lines = [
        _line(session, office, row, today, names, accounts)
        for row in (
            *session.scalars(
                select(Delegation).where(Delegation.office == office.slug).order_by(Delegation.valid_from)
            ),
            *session.scalars(
                select(Official).where(Official.office == office.slug).order_by(Official.valid_from)
            ),
        )
    ]
    order = list(ROLE_NAMES)
    standing = sorted(
        (line for line in lines if line.state != "berakhir"), key=lambda line: order.index(line.row.role)
    )
    past = [line for line in lines if line.state == "berakhir"]
    return OfficialsView(
        office=office,
        today=today,
        roles=tuple(
            (name, tuple(holders(session, office.slug, role, today, at=now)))  # type: ignore[arg-type]
            for role, name in ROLE_NAMES.items()
        ),
        delegations=tuple(line for line in standing if line.is_delegation),
        officials=tuple(line for line in standing if not line.is_delegation),
        past=tuple(sorted(past, key=lambda line: line.row.valid_until or today, reverse=True)),
        names=names,
    )


def account_note(username: str, role: str, accounts: Accounts) -> str:
    """A sentence when this person cannot log in, or cannot answer forms; empty otherwise."""
    account = accounts(username)
    if account is None:
        return (
            f"Nama masuk “{username}” belum ada di Airflow. Mintalah pengelola sistem membuatnya; "
            "sampai saat itu orang ini belum dapat memutuskan."
        )
    if role != "analis" and not account.may_answer:
        return (
            f"Peran “{username}” di Airflow hanya boleh melihat. Mintalah pengelola sistem memberinya peran "
            f"{ROLE_NAMES.get(role, role)}; sampai saat itu formulirnya tidak dapat dijawab."
        )
    return ""


def _line(
    session: Session,
    office: Office,
    row: Official | Delegation,
    today: date,
    names: dict[str, str],
    accounts: Accounts | None,
) -> TermLine:
    state = "berakhir" if is_over(row, today) else "akan_berlaku" if row.valid_from > today else "berlaku"
    stands = state != "berakhir"
    decides = stands and isinstance(row, Delegation) and row.role == APPROVES
    principal = row.principal if isinstance(row, Delegation) else ""
    return TermLine(
        row=row,
        state=state,
        principal=names.get(principal, principal),
        own_cycles=tuple(cycles_made_by(session, office.slug, row.username)) if decides else (),
        account=account_note(row.username, row.role, accounts) if accounts and stands else "",
    )
