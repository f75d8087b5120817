"""Plays somebody who owns the database: goes past the triggers that keep rows from being changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from medsos.store.session import transaction


@contextmanager
def as_database_owner(database_url: str | None = None) -> Iterator[Session]:
    """A transaction in which audit trail and approvals can be changed; the triggers are back after it."""
    with transaction(database_url) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        guards = session.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(name, '_never_')")
        ).all()
        for name, _ in guards:
            session.execute(text(f"DROP TRIGGER {name}"))
        yield session
        session.flush()
        for _, sql in guards:
            session.connection().exec_driver_sql(sql)
