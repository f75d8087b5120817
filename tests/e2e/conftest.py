"""A real Airflow with SQLite and the LocalExecutor, and the training platforms, for all tests here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver import DAG_ID
from medsos.devtools.guide.second_office import two_offices
from medsos.stack.config import StackConfig
from medsos.stack.demo_files import write_photo
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack
from quick_office import add_quick_office
from rooms import when_left


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home: Path = tmp_path_factory.mktemp("stack")
    data = two_offices(tmp_path_factory.mktemp("data") / "include")
    add_quick_office(data)
    running = Stack(
        StackConfig(home=home, port=free_port(), sandbox_port=free_port()),
        {**os.environ, "MEDSOS_DATA_DIR": str(data)},
    )
    for office in ("kota-bengkulu", "kota-manual", "kota-cepat"):
        intake = home / "masuk" / office
        intake.mkdir(parents=True)
        write_photo(intake / "rapat.jpg")
    when_left(request.config, running.stop)
    try:
        running.start()
        running.wait_healthy()
        deadline = time.monotonic() + 120
        while DAG_ID not in running.api().dag_ids():
            assert time.monotonic() < deadline, running.api().import_errors()
            time.sleep(1)
        yield running
    finally:
        running.stop()
