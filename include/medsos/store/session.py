"""Opens the record: one engine per URL and process, one transaction per `with` block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import medsos.store.models  # noqa: F401  tables refer to each other: all must be known
from medsos.settings import load_settings
from medsos.store.base import Base

BUSY_SECONDS = 30

_ONLY_READS = "medsos_only_reads"


@lru_cache(maxsize=4)
def engine_for(database_url: str) -> Engine:
    """The engine of this process for `database_url`; makes the folder of a SQLite file."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: see _begin.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # Take the write lock at once: a reader that turns writer half-way cannot wait, it fails.
        only_reads = connection.get_execution_options().get(_ONLY_READS, False)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def transaction(database_url: str | None = None) -> Iterator[Session]:
    """One transaction on the record: committed at the end of the block, rolled back on an exception.

    Rows stay readable after the block.
    """
    engine = engine_for(database_url or load_settings().database_url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def take_turns(session: Session, key: int) -> None:
    """Let only one transaction at a time go on from here, until it ends; others with `key` wait.

    On SQLite every writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def reading(database_url: str | None = None) -> Iterator[Session]:
    """One consistent view of the record that holds no write lock, for work that takes its time.

    Nothing may be written in it.
    """
    engine = engine_for(database_url or load_settings().database_url)
    with Session(engine.execution_options(**{_ONLY_READS: True}), expire_on_commit=False) as session:
        yield session


def insert_new(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless its key is taken, also by a worker at this very moment; True when it is new."""
    dialects: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement = dialects[session.get_bind().dialect.name](table).values(**values)
    result: Any = session.execute(statement.on_conflict_do_nothing())
    return bool(result.rowcount)
