"""Who holds a role on a date, and who may approve a given cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from medsos.indonesian import list_text
from medsos.offices.model import ROLE_NAMES, Office, Role
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Delegation, FormAnswer, Official, PlanRow
from medsos.store.people import FROM_FILE

APPROVES: Role = "kasubbag"
"""SOP step 3: whose decision it is."""

CONTENT_FORMS = ("plan_content", "revise_content")
"""Tasks whose forms make the content; who answers one is a maker."""
_ON_CONTENT = or_(*(FormAnswer.task_id.like(f"%{task}") for task in CONTENT_FORMS))


@dataclass(frozen=True)
class Holder:
    """Somebody who may act in a role. `on_behalf_of` names the principal for a Plh. or Plt.

    `kind`: plh, plt; empty for an official.
    """

    username: str
    airflow_user_id: str
    name: str
    on_behalf_of: str | None = None
    kind: str = ""


def sync_officials(
    session: Session, office: Office, *, now: datetime, user_ids: Mapping[str, str] | None = None
) -> list[str]:
    """Bring the record in line with the people of `office.yaml`; every change leaves an audit row.

    Who is new is added, who left the file or whose `valid_until` was entered ends, names and positions
    follow. Rows are never deleted: they tell who was entitled when. Rows that somebody added or ended on
    the page *Pejabat* stay as they are; only Airflow's ids follow there.

    :param user_ids: username → id in Airflow's auth manager; a username that is missing stands for itself.
    :returns: one line per change, for the log.
    """
    ids = user_ids or {}
    follow_account_ids(session, office.slug, ids)
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
            "ended_at": None,
        }
        for person in office.people
        for role in person.roles
    }
    changes = []
    for key, values in wanted.items():
        row = rows.get(key)
        if row is None:
            role, username, valid_from = key
            row = Official(
                office=office.slug, role=role, username=username, valid_from=valid_from, source=FROM_FILE
            )
            session.add(row)
        if row.source == FROM_FILE:
            changes += _set(session, row, values, now)
    today = now.astimezone(office.zone).date()
    for key in rows.keys() - wanted.keys():
        row = rows[key]
        if row.source == FROM_FILE and row.ended_at is None and not _is_over(row, today):
            changes += _set(session, row, {"valid_until": today, "ended_at": now}, now)
    return changes


def _is_over(row: Official, today: date) -> bool:
    return row.valid_until is not None and row.valid_until < today


def follow_account_ids(session: Session, office_slug: str, user_ids: Mapping[str, str]) -> None:
    """Note the ids under which Airflow knows people now; no change of anybody's entitlement."""
    rows: list[Official | Delegation] = [
        *session.scalars(select(Official).where(Official.office == office_slug)),
        *session.scalars(select(Delegation).where(Delegation.office == office_slug)),
    ]
    for row in rows:
        row.airflow_user_id = user_ids.get(row.username, row.airflow_user_id)


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


def holders(
    session: Session, office_slug: str, role: Role, on: date, *, at: datetime | None = None
) -> list[Holder]:
    """Who holds `role` on that date (local to the office): officials and delegates, each once.

    :param at: a moment of that date: what was recorded later does not count yet, what was ended later
        still does. Without it, whatever was ended on the date counts as ended all day.
    """
    # The day's end everywhere on earth: more cautious than any office's own midnight.
    moment = at or datetime.combine(on, time.max, UTC) + timedelta(hours=12)
    officials = session.scalars(
        select(Official)
        .where(
            Official.office == office_slug,
            Official.role == role,
            Official.valid_from <= on,
            or_(Official.valid_until.is_(None), Official.valid_until >= on),
            or_(Official.ended_at.is_(None), Official.ended_at > moment),
        )
        .order_by(Official.id)
    )
    delegates = session.scalars(
        select(Delegation)
        .where(
            Delegation.office == office_slug,
            Delegation.role == role,
            Delegation.valid_from <= on,
            Delegation.valid_until >= on,
            or_(Delegation.ended_at.is_(None), Delegation.ended_at > moment),
            Delegation.recorded_at <= moment,
        )
        .order_by(Delegation.id)
    )
    found = [Holder(row.username, row.airflow_user_id, row.name) for row in officials]
    found += [
        Holder(row.username, row.airflow_user_id, row.name, row.principal, row.kind) for row in delegates
    ]
    once: dict[str, Holder] = {}
    for holder in found:
        # Officials come first: who holds the role in their own right needs nobody's letter.
        once.setdefault(holder.username, holder)
    return list(once.values())


def makers(session: Session, cycle_id: int) -> set[str]:
    """Usernames of those who requested, planned, designed or revised a cycle; none of them may approve it.

    Every round counts, also one that was sent back, and every answer on the forms of the content, also one
    that was refused: it may have shaped what came after it.
    """
    requester = session.scalars(select(Cycle.requester).where(Cycle.id == cycle_id))
    planners = session.scalars(select(PlanRow.author).where(PlanRow.cycle_id == cycle_id))
    writers = session.scalars(
        select(FormAnswer.answered_by).where(FormAnswer.cycle_id == cycle_id, _ON_CONTENT)
    )
    return {*requester, *planners, *writers} - {""}


def cycles_made_by(session: Session, office_slug: str, username: str) -> list[Cycle]:
    """Running cycles on which this person may not decide: those with them among the `makers`."""
    planned = select(PlanRow.cycle_id).where(PlanRow.author == username)
    wrote = select(FormAnswer.cycle_id).where(FormAnswer.answered_by == username, _ON_CONTENT)
    return list(
        session.scalars(
            select(Cycle)
            .where(Cycle.office == office_slug, Cycle.status == "berjalan")
            .where(or_(Cycle.requester == username, Cycle.id.in_(planned), Cycle.id.in_(wrote)))
            .order_by(Cycle.id)
        )
    )


def entitled_approvers(
    session: Session, cycle_id: int, on: date, *, at: datetime | None = None
) -> list[Holder]:
    """Who may decide on this cycle on that date: the Kasubbag or a delegate, minus its makers.

    :param at: as in `holders`.
    """
    office = session.scalars(select(Cycle.office).where(Cycle.id == cycle_id)).one()
    excluded = makers(session, cycle_id)
    found = holders(session, office, APPROVES, on, at=at)
    return [holder for holder in found if holder.username not in excluded]


@dataclass(frozen=True)
class Deciders:
    """Who may decide on a cycle at a moment, and who holds the role but made the content.

    `sentence` says why the cycle waits, in Indonesian, when nobody may decide; empty otherwise.
    """

    entitled: tuple[Holder, ...]
    excluded: tuple[Holder, ...]

    @property
    def sentence(self) -> str:
        if self.entitled:
            return ""
        if not self.excluded:
            return (
                f"Saat ini tidak ada {ROLE_NAMES[APPROVES]} yang menjabat, juga tidak ada Plh. atau Plt., "
                f"jadi belum ada yang berhak memutuskan. {UNTIL_THEN}"
            )
        names = list_text([holder.name for holder in self.excluded])
        return (
            f"{names} berwenang memutuskan, tetapi ikut membuat materi ini dan karena itu tidak boleh "
            f"menyetujuinya. {UNTIL_THEN}"
        )


UNTIL_THEN = "Siklus menunggu sampai Sekretaris mencatat Plh. atau Plt. lain di halaman Pejabat."


def who_may_decide(session: Session, cycle: Cycle, at: datetime, zone: ZoneInfo) -> Deciders:
    """Who may decide on `cycle` at this very moment, and why not those who may not.

    :param at: aware.
    :param zone: time zone of the office, whose date counts.
    """
    made = makers(session, cycle.id)
    found = holders(session, cycle.office, APPROVES, at.astimezone(zone).date(), at=at)
    return Deciders(
        entitled=tuple(holder for holder in found if holder.username not in made),
        excluded=tuple(holder for holder in found if holder.username in made),
    )
