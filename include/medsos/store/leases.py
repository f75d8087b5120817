"""Gives a thing to one worker at a time, on whatever machine, for a limited time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from medsos.store.models import Lease
from medsos.store.session import insert_new, transaction


def acquire(
    name: str, holder: str, *, until: datetime, now: datetime, database_url: str | None = None
) -> bool:
    """Take the lease, if nobody holds it or its time has run out.

    :param holder: names this try; no two are the same.
    """
    with transaction(database_url) as session:
        if insert_new(session, Lease, name=name, holder=holder, until=until):
            return True
        inherited: Any = session.execute(
            update(Lease).where(Lease.name == name, Lease.until < now).values(holder=holder, until=until)
        )
        return bool(inherited.rowcount)


def release(name: str, holder: str, database_url: str | None = None) -> None:
    """Give the lease back, unless it ran out and somebody else has it."""
    with transaction(database_url) as session:
        session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
