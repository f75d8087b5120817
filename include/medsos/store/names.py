"""What the people of an office are called, whoever wrote them down: its file, or the page Pejabat."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.offices.model import Office
from medsos.store.models import Delegation, Official


def known_people(session: Session, office: Office) -> dict[str, str]:
    """Log-in name → name of everybody who ever had to do with the office, by name."""
    found = {person.username: person.name for person in office.people}
    for table in (Official, Delegation):
        rows = session.execute(select(table.username, table.name).where(table.office == office.slug))
        for username, name in rows:
            found.setdefault(username, name)
    return dict(sorted(found.items(), key=lambda item: item[1].casefold()))
