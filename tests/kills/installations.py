"""A whole Airflow with the training platforms, as one who kills its processes sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psutil

from compose_on_wheels import ComposeOnWheels
from medsos.errors import ServiceEnded
from medsos.settings import DEFAULT_DATA_DIR
from medsos.stack.api import AirflowApi
from medsos.stack.supervisor import Stack


def patient_office(target: Path) -> Path:
    """The project's data; where a post cannot be found, a person is asked after seconds, not six minutes."""
    for part in ("sop", "offices"):
        shutil.copytree(DEFAULT_DATA_DIR / part, target / part)
    file = target / "offices" / "kota-bengkulu" / "office.yaml"
    lines = [
        line.replace(" }", ", read_back_seconds: [0, 2, 2] }") if "mode: api" in line else line
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


class OneMachine:
    """SQLite and the LocalExecutor; the supervisor of `medsos up` starts again what was killed."""

    schedulers = ("scheduler",)

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sandbox_url = stack.sandbox_url
        self.database_url = f"sqlite:///{stack.config.home / 'medsos.db'}"

    def api(self, name: str) -> AirflowApi:
        return self.stack.api(name)

    def keep_running(self) -> None:
        """Start again whatever has ended."""
        self.stack.check()

    def scheduler(self, name: str) -> list[psutil.Process]:
        """The scheduler itself; the processes of its tasks live on."""
        pid = self.stack.group.pids.get(name)
        return [psutil.Process(pid)] if pid else []

    def worker_of(self, task_process: psutil.Process, watcher: psutil.Process | None) -> list[psutil.Process]:
        """The task and the executor's process that watches over it."""
        return [watcher, task_process] if watcher else []


class Production:
    """PostgreSQL, Redis, FAB, the CeleryExecutor and two schedulers; restarts as compose's `restart:`."""

    schedulers = ("scheduler", "scheduler-2")

    def __init__(self, project: ComposeOnWheels) -> None:
        self.project = project
        self.sandbox_url = project.sandbox_url
        self.database_url = project.environment("worker")["MEDSOS_DATABASE_URL"]
        self._passwords = json.loads((project.state / "rahasia" / "sandi-awal.json").read_text())

    def api(self, name: str) -> AirflowApi:
        return AirflowApi(self.project.api_url, name, self._passwords[name])

    def keep_running(self) -> None:
        """Start again whatever has ended, as `restart: unless-stopped` does."""
        while True:
            try:
                self.project.group.check()
            except ServiceEnded as ended:
                self.project.group.start_again(ended.name)
            else:
                return

    def scheduler(self, name: str) -> list[psutil.Process]:
        """All of a scheduler's container."""
        return self._whole(name)

    def worker_of(self, task_process: psutil.Process, watcher: psutil.Process | None) -> list[psutil.Process]:
        """All of the worker's container, and with it every task that runs there."""
        return self._whole("worker")

    def _whole(self, name: str) -> list[psutil.Process]:
        if name not in self.project.group.pids:
            return []
        first = psutil.Process(self.project.group.pids[name])
        return [first, *first.children(recursive=True)]


Installation = OneMachine | Production
