"""The two sizes of an installation, as one who tries to walk around the approval meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from compose_on_wheels import ComposeOnWheels
from driver import DAG_ID
from medsos.stack.api import AirflowApi
from medsos.stack.config import StackConfig
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack
from medsos.store.session import engine_for

OPERATORS = ("pengelola", "admin")
"""Whoever of these exists may do most in Airflow."""


@dataclass
class Place:
    """A running installation.

    :param environment: what its own processes get, for commands beside them.
    :param archive: folder of the archive.
    """

    url: str
    sandbox_url: str
    database_url: str
    passwords: Mapping[str, str]
    environment: Mapping[str, str]
    archive: Path

    def api(self, name: str) -> AirflowApi:
        return AirflowApi(self.url, name, self.passwords[name])

    def browser(self, name: str) -> requests.Session:
        """A session of that person for our own pages."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/auth/token",
            json={"username": name, "password": self.passwords[name]},
            timeout=30,
        )
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session

    @property
    def operator(self) -> str:
        return next(name for name in OPERATORS if name in self.passwords)

    def command(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m module …` as an operator types it on the machine."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


@contextmanager
def one_machine(folder: Path) -> Iterator[Place]:
    """SimpleAuthManager and SQLite."""
    stack = Stack(
        StackConfig(home=folder, port=free_port(), sandbox_port=free_port(), parallelism=4), dict(os.environ)
    )
    try:
        stack.start()
        stack.wait_healthy()
        place = Place(
            url=stack.config.local_url,
            sandbox_url=stack.sandbox_url,
            database_url=f"sqlite:///{folder / 'medsos.db'}",
            passwords=stack.passwords,
            environment=stack.env,
            archive=folder / "archive",
        )
        _wait_for_dag(place)
        yield place
        engine_for(place.database_url).dispose()
    finally:
        stack.stop()


@contextmanager
def production(folder: Path) -> Iterator[Place]:
    """FAB and PostgreSQL, with Celery, as docker-compose.yaml has it."""
    project = ComposeOnWheels(folder, profiles={"latihan"})
    try:
        project.up()
        environment = project.environment("worker")
        place = Place(
            url=project.api_url,
            sandbox_url=project.sandbox_url,
            database_url=environment["MEDSOS_DATABASE_URL"],
            passwords=json.loads((project.state / "rahasia" / "sandi-awal.json").read_text()),
            environment=environment,
            archive=folder / "archive",
        )
        _wait_for_dag(place)
        yield place
        engine_for(place.database_url).dispose()
    finally:
        project.down()


PLACES = {"SimpleAuthManager and SQLite": one_machine, "FAB and PostgreSQL": production}


def _wait_for_dag(place: Place) -> None:
    api = place.api(place.operator)
    deadline = time.monotonic() + 120
    while DAG_ID not in api.dag_ids():
        assert time.monotonic() < deadline, api.import_errors()
        time.sleep(1)
