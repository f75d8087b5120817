"""A whole installation on one machine: Airflow, its databases and the training platforms, started as one."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

from medsos.clock import utc_now
from medsos.errors import NotStarted, ServiceEnded, StackError
from medsos.settings import Settings, load_settings
from medsos.stack import ports, secret_files
from medsos.stack.airflow_env import airflow_environment
from medsos.stack.api import AirflowApi
from medsos.stack.config import LOOPBACK, OPERATOR, PROJECT_ROOT, USERS, StackConfig
from medsos.stack.connections import enter_sandbox_connections
from medsos.stack.group import Service, ServiceGroup
from medsos.stack.health import sandbox_healthy, unhealthy_airflow

MIGRATION_SECONDS = 300
HEALTHY_SECONDS = 240

SOON_SECONDS = 15
MOST_SOON_ENDS = 3
"""A service that ends so soon after its start, so often in a row, would only go on doing so."""

# The API server and the executor share one machine, so logs are read from the folder; without
# `--skip-serve-logs` two more ports would be open, to every host of the network.
_AIRFLOW_SERVICES = {
    "api-server": ("Halaman Airflow", ["api-server"]),
    "scheduler": ("Penjadwal Airflow", ["scheduler", "--skip-serve-logs"]),
    "dag-processor": ("Pembaca alur Airflow", ["dag-processor"]),
    "triggerer": ("Penunggu Airflow", ["triggerer", "--skip-serve-logs"]),
}


class Stack:
    """One installation in one state folder.

    `start()`, `wait_healthy()`, then `check()` from time to time, and `stop()`. However this process
    ends, nothing of the stack stays behind.

    :param environ: base of the services' environment.
    :param say: receives one Indonesian sentence per step of the start.
    """

    def __init__(
        self,
        config: StackConfig,
        environ: Mapping[str, str] = os.environ,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.config = config
        self._environ = environ
        self._say = say
        self._lock: IO[str] | None = None
        self._group: ServiceGroup | None = None
        self._started_at: datetime | None = None
        self._works = False
        self._last_start: dict[str, float] = {}
        self._soon_ends: Counter[str] = Counter()
        self.env: dict[str, str] = {}

    @property
    def group(self) -> ServiceGroup:
        """The running services."""
        if self._group is None:
            raise StackError("Layanan belum dijalankan.")
        return self._group

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.config.sandbox_port}"

    @property
    def passwords(self) -> dict[str, str]:
        """Password per log-in name."""
        return secret_files.passwords(self.config.secrets_dir / "sandi.json", list(USERS))

    def api(self, username: str = OPERATOR) -> AirflowApi:
        """Airflow as `username`."""
        return AirflowApi(self.config.local_url, username, self.passwords[username])

    def start(self) -> None:
        """Check ports and folder, migrate the databases, start every service.

        :raises NotStarted: a port or the state folder is in use; nothing was started.
        :raises StackError: a service or a migration failed; what had been started was stopped again.
        """
        self._take_lock()
        try:
            port, sandbox_port = ports.choose(self.config)
            self.config = replace(self.config, port=port, sandbox_port=sandbox_port)
            self._start_services()
        except BaseException:
            self.stop()
            raise

    def wait_healthy(self, timeout: float = HEALTHY_SECONDS) -> None:
        """Return when every service works, the DAGs have been read and the training connections exist.

        :raises StackError: a service ended, or not all work within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while missing := self.unhealthy() or self._unread():
            self.check()
            if time.monotonic() > deadline:
                raise StackError(
                    f"Belum siap dalam {timeout:.0f} detik: {', '.join(missing)}. "
                    f"Periksa catatan di {self.config.log_dir}."
                )
            time.sleep(0.5)
        if self.config.sandbox:
            enter_sandbox_connections(
                self.api(), self.sandbox_url, self.config.home / "platform-latihan.json"
            )
        self._works = True

    def unhealthy(self) -> list[str]:
        """Indonesian names of the services that do not work at this moment."""
        missing = unhealthy_airflow(self.config.local_url, self._started_at)
        if self.config.sandbox and not sandbox_healthy(self.sandbox_url):
            missing.append("platform latihan")
        return missing

    def _unread(self) -> list[str]:
        """Whether Airflow has yet to read its DAG files for the first time."""
        api = self.api()
        if not any(self.config.dags_dir.glob("*.py")) or api.dag_ids() or api.import_errors():
            return []
        return ["pembacaan alur"]

    def check(self) -> None:
        """Return when all services run; one that ended after all had worked is started again.

        :raises StackError: one ended before all worked, or ends again and again; shows the end of its log.
        """
        while True:
            try:
                self.group.check()
            except ServiceEnded as ended:
                if not self._works or self._keeps_ending(ended.name):
                    raise
                self._say(f"{ended}\nLayanan itu dijalankan lagi.")
                self.group.start_again(ended.name)
            else:
                return

    def _keeps_ending(self, name: str) -> bool:
        now = time.monotonic()
        soon = now - self._last_start.get(name, -SOON_SECONDS) < SOON_SECONDS
        self._last_start[name] = now
        self._soon_ends[name] = self._soon_ends[name] + 1 if soon else 0
        return self._soon_ends[name] >= MOST_SOON_ENDS

    def stop(self) -> None:
        """End every service; returns when no process is left."""
        if self._group is not None:
            self._group.stop()
            self._group = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _start_services(self) -> None:
        config = self.config
        config.airflow_home.mkdir(parents=True, exist_ok=True)
        self.env = airflow_environment(config, self._environ)
        # Task processes look for `airflow` and the project's tools beside this Python.
        self.env["PATH"] = os.pathsep.join(
            [str(Path(sys.executable).parent), self.env.get("PATH", os.defpath)]
        )
        if config.sandbox:
            self.env["MEDSOS_SANDBOX_URL"] = self.sandbox_url
        settings = load_settings(self.env)
        lock = [] if self._lock is None else [self._lock.fileno()]
        self._group = ServiceGroup(config.log_dir, PROJECT_ROOT, inherited=lock)
        if config.sandbox:
            self._group.start(self._service("sandbox", "Platform latihan", self._sandbox_command()))
        self._say("Menyiapkan basis data …")
        migrate = self._service("db-migrate", "Penyiapan basis data Airflow", _airflow("db", "migrate"))
        self._group.run(migrate, MIGRATION_SECONDS)
        _prepare_record(settings)
        self._say("Menjalankan Airflow …")
        self._started_at = utc_now()
        for name, (title, arguments) in _AIRFLOW_SERVICES.items():
            self._group.start(self._service(name, title, _airflow(*arguments)))

    def _service(self, name: str, title: str, argv: list[str]) -> Service:
        return Service(name=name, title=title, argv=argv, env=self.env)

    def _sandbox_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "medsos.sandbox"),
            *("--host", LOOPBACK, "--port", str(self.config.sandbox_port)),
            *("--state", str(self.config.home / "sandbox")),
        ]

    def _take_lock(self) -> None:
        self.config.home.mkdir(parents=True, exist_ok=True)
        lock = (self.config.home / "kunci-layanan").open("w")
        deadline = time.monotonic() + 15
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # After a kill the old services need a few seconds to go.
                if time.monotonic() > deadline:
                    lock.close()
                    raise NotStarted(
                        f"Layanan dengan folder {self.config.home} sudah berjalan: hentikan dahulu "
                        "dengan Ctrl-C di terminalnya, atau pilih folder lain dengan MEDSOS_HOME."
                    ) from None
                time.sleep(0.3)
        self._lock = lock


def _airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _prepare_record(settings: Settings) -> None:
    from medsos.stack.officials import sync_all_offices
    from medsos.store.migrate import upgrade

    upgrade(settings.database_url)
    sync_all_offices(settings.database_url, settings.offices_dir)
