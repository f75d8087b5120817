"""Who is told: those who may fill the form now, or the Sekretaris; and by which ways each can be reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from medsos.approval.officials import Holder, entitled_approvers, holders
from medsos.approval.sop_review import entitled_to_review
from medsos.notices.due import DueNotice
from medsos.notices.reviews import KIND
from medsos.offices.model import Office

NO_WAY = "Belum ada cara mengirim yang diatur: Connection untuk surel atau Apprise belum dibuat."
NO_ADDRESS = "{name} belum punya alamat (email atau notify) di office.yaml untuk cara kirim yang diatur."
NOBODY = "Belum ada pejabat yang berhak, dan Sekretaris juga belum tercatat."


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told by one way; without one, `problem` says why."""

    username: str
    name: str
    way: str = ""
    address: str = ""
    problem: str = ""


def recipients_of(
    session: Session, office: Office, notice: DueNotice, now: datetime, ways: Collection[str]
) -> list[Recipient]:
    """Each person and way once, in the order of the office's people.

    Approvals are for those who may decide today, as at the moment of deciding; other forms for those whom
    they were made for. Where nobody is entitled, only the Sekretaris can change that and is told instead.

    :param ways: those that are configured, of `mail` and `apprise`.
    """
    return _reached(office, _people(session, office, notice, now), ways)


def recipients_of_finding(
    session: Session, office: Office, kind: str, now: datetime, ways: Collection[str]
) -> list[Recipient]:
    """Who is told of a finding: of dead links and of tokens the Admin Medsos of today, of a review that waits
    those who may decide on it. Without the one, the other.

    :param kind: of the finding.
    """
    today = now.astimezone(office.zone).date()
    keepers = holders(session, office.slug, "admin_medsos", today)
    deciders = entitled_to_review(session, office.slug, now, office.zone)
    found = deciders or keepers if kind == KIND else keepers or deciders
    return _reached(office, {holder.username: holder.name for holder in found}, ways)


def _reached(office: Office, people: dict[str, str], ways: Collection[str]) -> list[Recipient]:
    """:param people: names by username."""
    if not people:
        return [Recipient("", "", problem=NOBODY)]
    found = []
    for username, name in people.items():
        addresses = _addresses(office, username)
        usable = [Recipient(username, name, way, addresses[way]) for way in ways if way in addresses]
        problem = NO_ADDRESS.format(name=name) if ways else NO_WAY
        found += usable or [Recipient(username, name, problem=problem)]
    return found


def address_of(office: Office, username: str, way: str) -> str | None:
    """Where a person is reached by one way today; None when the office's file no longer says."""
    return _addresses(office, username).get(way)


def _addresses(office: Office, username: str) -> dict[str, str]:
    person = office.person(username)
    given = {"mail": person.email, "apprise": person.notify} if person else {}
    return {way: address for way, address in given.items() if address}


def _people(session: Session, office: Office, notice: DueNotice, now: datetime) -> dict[str, str]:
    """Names by username."""
    today = now.astimezone(office.zone).date()
    form = notice.form
    secretaries = holders(session, office.slug, "sekretaris", today)
    if notice.kind == "escalation":
        found = secretaries
    elif form.task_id.endswith(".await_decision"):
        found = entitled_approvers(session, form.cycle_id, today)
    else:
        known = {person.username: person.name for person in office.people}
        found = [Holder(name, name, known.get(name, name)) for name in form.people]
    return {holder.username: holder.name for holder in found or secretaries}
