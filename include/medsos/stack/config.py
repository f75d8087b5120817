"""What a stack on one machine is made of: folders, addresses, size.

| variable | meaning | default |
| --- | --- | --- |
| `MEDSOS_HOST` | address on which the Airflow UI listens; `0.0.0.0`: the office network | `127.0.0.1` |
| `MEDSOS_PORT` | port of the Airflow UI | `8080` |
| `MEDSOS_SANDBOX_PORT` | port of the training platforms | `8091`, or a free one when that is taken |
| `MEDSOS_SANDBOX` | `off` starts no training platforms | `on` |
| `MEDSOS_PARALLELISM` | tasks that run at the same time | two per core, 2 to 16 |
| `MEDSOS_DAGS_DIR`, `MEDSOS_PLUGINS_DIR` | folders of the DAGs and of the plugin | those of the project |

The state folder, the databases and `MEDSOS_PUBLIC_URL` are `medsos.settings`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medsos.errors import ConfigError
from medsos.settings import PACKAGE_ROOT

PROJECT_ROOT = PACKAGE_ROOT.parent.parent
LOOPBACK = "127.0.0.1"

DEFAULT_PORT = 8080
DEFAULT_SANDBOX_PORT = 8091

OPERATOR = "pengelola"
"""Log-in name of whoever looks after the installation; holds Airflow's role Admin."""

SIMPLE_ROLES: dict[str, str] = {
    "admin_medsos": "user",
    "tim_medsos": "user",
    "kasubbag": "user",
    "sekretaris": "user",
    "analis": "viewer",
}
"""Role in an office's file → the least of SimpleAuthManager's four roles that will do.

Whoever answers forms needs `user`, and every `user` may also start a run and mark a task. That opens
nothing: decisions and publishing go by the record, not by the state of a task. `op` and `admin`, which
edit connections, are for the operator alone. With FAB each role gets less: `roles.json`.
"""

USERS: dict[str, str] = {
    OPERATOR: "admin",
    "admin": SIMPLE_ROLES["admin_medsos"],
    "kasubbag": SIMPLE_ROLES["kasubbag"],
    "sekretaris": SIMPLE_ROLES["sekretaris"],
    "analis": SIMPLE_ROLES["analis"],
}
"""Log-in name and SimpleAuthManager role of the operator and of the training office's people."""


@dataclass(frozen=True)
class StackConfig:
    """One stack. Paths are absolute; ports are TCP ports.

    `port` must be free. `sandbox_port` None means: the default port, or any free one when that is taken.
    """

    home: Path
    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    sandbox_port: int | None = None
    sandbox: bool = True
    parallelism: int = field(default_factory=lambda: default_parallelism(os.cpu_count() or 2))
    dags_dir: Path = PROJECT_ROOT / "dags"
    plugins_dir: Path = PROJECT_ROOT / "plugins"
    public_url: str = ""

    @property
    def airflow_home(self) -> Path:
        return self.home / "airflow"

    @property
    def log_dir(self) -> Path:
        """Logs of the services themselves; those of the tasks are in `airflow/logs`."""
        return self.home / "log"

    @property
    def secrets_dir(self) -> Path:
        """Keys and passwords, readable by the owner only."""
        return self.home / "rahasia"

    @property
    def local_url(self) -> str:
        """Address of the Airflow API from this machine."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def shown_url(self) -> str:
        """Address under which people reach the Airflow UI."""
        return self.public_url or f"http://localhost:{self.port}"


def default_parallelism(cores: int) -> int:
    """Two tasks per core: they mostly wait for a platform or a browser."""
    return max(2, min(16, 2 * cores))


def load_config(home: Path, environ: Mapping[str, str] = os.environ) -> StackConfig:
    """Read the configuration for the state folder `home` from `environ`.

    :raises ConfigError: when a value cannot be understood.
    """
    sandbox_port = environ.get("MEDSOS_SANDBOX_PORT")
    return StackConfig(
        home=home,
        host=environ.get("MEDSOS_HOST", LOOPBACK),
        port=_number(environ, "MEDSOS_PORT", DEFAULT_PORT, 1, 65535),
        sandbox_port=None if sandbox_port is None else _number(environ, "MEDSOS_SANDBOX_PORT", 0, 1, 65535),
        sandbox=_switch(environ, "MEDSOS_SANDBOX", True),
        parallelism=_number(environ, "MEDSOS_PARALLELISM", default_parallelism(os.cpu_count() or 2), 1, 64),
        dags_dir=Path(environ.get("MEDSOS_DAGS_DIR", PROJECT_ROOT / "dags")).resolve(),
        plugins_dir=Path(environ.get("MEDSOS_PLUGINS_DIR", PROJECT_ROOT / "plugins")).resolve(),
        public_url=environ.get("MEDSOS_PUBLIC_URL", "").rstrip("/"),
    )


def _number(environ: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit() or not lowest <= int(text) <= highest:
        raise ConfigError(f"{name}={text}: diharapkan bilangan bulat antara {lowest} dan {highest}.")
    return int(text)


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "on" if default else "off").lower()
    if text not in ("on", "off"):
        raise ConfigError(f"{name}={text}: diharapkan on atau off.")
    return text == "on"
