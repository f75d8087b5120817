"""PostgreSQL, Celery and two schedulers: whatever is killed while posts go out, each is public once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from duties import Duties
from installations import Production, patient_office

from compose_on_wheels import ComposeOnWheels
from driver import DAG_ID
from medsos.store.session import engine_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    data = patient_office(tmp_path_factory.mktemp("data"))
    project = ComposeOnWheels(
        tmp_path_factory.mktemp("compose"),
        profiles={"latihan"},
        twice=["scheduler"],
        also={"MEDSOS_DATA_DIR": str(data)},
    )
    project.settings["MEDSOS_WORKER_CONCURRENCY"] = "6"
    try:
        project.up()
        running = Production(project)
        _wait_for_dag(running)
        yield running
        engine_for(running.database_url).dispose()
    finally:
        project.down()


def _wait_for_dag(installation: Production) -> None:
    api = installation.api("pengelola")
    deadline = time.monotonic() + 120
    while DAG_ID not in api.dag_ids():
        assert time.monotonic() < deadline, api.import_errors()
        time.sleep(1)


@pytest.fixture(scope="module")
def deck() -> dict[str, int]:
    return {"task": 11, "watcher": 6, "worker": 2, "scheduler": 4, "other": 2}


class TestInProduction(Duties):
    """Every duty, and no other."""
