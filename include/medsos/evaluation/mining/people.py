"""Who acted: usernames or pseudonyms of one export, and the role that somebody held at a moment."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.mining.text import clean
from medsos.offices.model import ROLE_NAMES, Office
from medsos.store.actions import acted_by_itself
from medsos.store.models import Delegation, Official

SYSTEM = "sistem"
UNRECORDED = "tidak dicatat"
"""Stands for a person whom the record does not name, such as those of a meeting."""
NO_ROLE = "tanpa peran"

_KINDS = {"plh": "Plh.", "plt": "Plt."}
_ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, order=True)
class _Term:
    """A role from one instant up to, not including, another."""

    begin: datetime
    end: datetime
    role: str


class People:
    """The people of the offices in one export.

    :param pseudonyms: show keyed pseudonyms instead of usernames. The key is made anew for each export and
        kept nowhere: within an export the same person has the same pseudonym, between two nothing can be
        joined.
    """

    def __init__(self, session: Session, offices: Sequence[Office], *, pseudonyms: bool = False) -> None:
        self.pseudonymous = pseudonyms
        self._key = secrets.token_bytes(32)
        self._shown: dict[str, str] = {}
        self._terms: dict[str, list[_Term]] = {}
        for office in offices:
            for username, term in _terms(session, office):
                self._terms.setdefault(username, []).append(term)

    def shown(self, username: str) -> str:
        """What stands for this person in the export; the system is no person and keeps its name."""
        if not is_person(username):
            return username or SYSTEM
        if username not in self._shown:
            digest = hmac.new(self._key, username.encode(errors="replace"), hashlib.sha256).hexdigest()
            self._shown[username] = f"orang-{digest[:12]}" if self.pseudonymous else clean(username)
        return self._shown[username]

    def named(self) -> list[str]:
        """Usernames of everybody who was shown so far."""
        return list(self._shown)

    def is_known(self, name: str) -> bool:
        """Whether somebody of this name ever held a role; a vacant post has a name, too, but no person."""
        return name in self._terms

    def role_at(self, username: str, at: datetime) -> str:
        """The roles held then, in the order of the office's file, or `NO_ROLE`; empty for the system."""
        if not is_person(username):
            return ""
        held = {term.role for term in self._terms.get(username, ()) if term.begin <= at < term.end}
        return "; ".join(sorted(held, key=_rank)) or NO_ROLE

    def roles_over_time(self, username: str) -> Iterator[tuple[datetime, str]]:
        """Each change of the roles: from when on, and which."""
        terms = self._terms.get(username, ())
        before = None
        for at in sorted({moment for term in terms for moment in (term.begin, term.end)} - {_ALWAYS}):
            role = self.role_at(username, at)
            if role != before:
                yield at, role
            before = role


def is_person(actor: str) -> bool:
    """Whether a name in the record is a person's, not that of a task, a worker, the system or nobody."""
    return actor not in ("", SYSTEM, UNRECORDED) and not acted_by_itself(actor)


def _terms(session: Session, office: Office) -> Iterator[tuple[str, _Term]]:
    """Terms from the office's file and from the record, which has the same ones and those added since."""
    zone = office.zone
    for person in office.people:
        for own_role in person.roles:
            yield person.username, _term(ROLE_NAMES[own_role], person.valid_from, person.valid_until, zone)
    officials = session.execute(
        select(
            Official.username, Official.role, Official.valid_from, Official.valid_until, Official.ended_at
        ).where(Official.office == office.slug)
    )
    for username, role, begin, end, ended_at in officials:
        yield username, _term(ROLE_NAMES.get(role, role), begin, end, zone, ended_at=ended_at)
    delegations = session.execute(
        select(
            Delegation.username,
            Delegation.role,
            Delegation.kind,
            Delegation.valid_from,
            Delegation.valid_until,
            Delegation.recorded_at,
            Delegation.ended_at,
        ).where(Delegation.office == office.slug)
    )
    for username, role, kind, begin, end, recorded_at, ended_at in delegations:
        name = f"{_KINDS.get(kind, kind)} {ROLE_NAMES.get(role, role)}"
        yield username, _term(name, begin, end, zone, recorded_at=recorded_at, ended_at=ended_at)


def _term(
    role: str,
    first: date,
    last: date | None,
    zone: ZoneInfo,
    *,
    recorded_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> _Term:
    """Both days are whole ones of the office; what was recorded later or ended earlier narrows them."""
    begin = datetime.combine(first, time(), zone)
    end = _ALWAYS if last is None else datetime.combine(last + timedelta(days=1), time(), zone)
    return _Term(max(begin, recorded_at or begin), min(end, ended_at or end), role)


def _rank(role: str) -> tuple[int, str]:
    names = list(ROLE_NAMES.values())
    return names.index(role) if role in names else len(names), role
