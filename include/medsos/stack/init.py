"""`medsos init`: brings databases, roles and users of an installation to the present version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from medsos.errors import ConfigError, MedsosError, StackError
from medsos.offices.model import office_slugs
from medsos.settings import Settings, load_settings
from medsos.stack.config import OPERATOR, load_config
from medsos.stack.placeholders import check_environment
from medsos.stack.secret_files import passwords

FIRST_PASSWORDS = "sandi-awal.json"


def initialise(production: bool) -> int:
    """Exit code: 0 done, 1 failed, 2 refused because of a setting. Safe to repeat; overwrites nothing.

    :param production: PostgreSQL, FAB roles and users, as the services of `docker-compose.yaml` need them;
        otherwise only what one machine needs.
    """
    if production and (code := check_environment()):
        return code
    try:
        settings = load_settings()
        make_intake_folders(settings)
        if production:
            _production(settings)
        else:
            _local(settings)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except MedsosError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Siap: basis data, peran, dan pengguna sudah mutakhir.\n")
    return 0


def make_intake_folders(settings: Settings) -> None:
    """One folder per office, into which its admin puts photos, videos and documents."""
    for slug in office_slugs(settings.offices_dir):
        settings.intake_dir(slug).mkdir(parents=True, exist_ok=True)


def _local(settings: Settings) -> None:
    from medsos.stack.airflow_env import airflow_environment
    from medsos.stack.officials import sync_all_offices

    config = load_config(settings.home)
    config.airflow_home.mkdir(parents=True, exist_ok=True)
    _migrate(settings, airflow_environment(config))
    sync_all_offices(settings.database_url, settings.offices_dir)


def _production(settings: Settings) -> None:
    from medsos.stack import analyst, databases, fab_users, officials

    databases.ensure_database(settings.database_url)
    _migrate(settings, None)
    time_zone = analyst.shared_time_zone(settings.offices_dir)
    analyst.ensure_analyst(settings.database_url, os.environ[analyst.PASSWORD], time_zone)
    passwords_file = settings.home / "rahasia" / FIRST_PASSWORDS
    people = fab_users.people_of_all_offices(settings.offices_dir)
    first = passwords(passwords_file, [OPERATOR, *people])
    created, ids = fab_users.sync(people, OPERATOR, first)
    officials.sync_all_offices(settings.database_url, settings.offices_dir, ids)
    if created:
        sys.stdout.write(
            f"Pengguna baru: {', '.join(created)}. Kata sandi awal ada di {passwords_file}; "
            "gantilah setelah masuk pertama kali.\n"
        )


def _migrate(settings: Settings, environment: dict[str, str] | None) -> None:
    from medsos.store.migrate import upgrade

    sys.stdout.write("Memutakhirkan basis data Airflow …\n")
    sys.stdout.flush()
    result = subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=False)
    if result.returncode != 0:
        raise StackError(f"Pemutakhiran basis data Airflow gagal (kode {result.returncode}).")
    sys.stdout.write("Memutakhirkan basis data medsos …\n")
    sys.stdout.flush()
    upgrade(settings.database_url)


def enter_sandbox_connections(sandbox_url: str) -> int:
    """Point the channels to the sandbox at `sandbox_url`, through Airflow's own import command.

    Connections that exist already stay as they are. Returns the exit code.
    """
    import json
    import tempfile

    from medsos.stack.connections import definitions

    try:
        found = definitions(sandbox_url)
    except MedsosError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "connections.json"
        file.write_text(json.dumps(found))
        command = [sys.executable, "-m", "airflow", "connections", "import", str(file)]
        return subprocess.run(command, check=False).returncode
