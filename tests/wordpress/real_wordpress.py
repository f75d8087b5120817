"""Installs a real WordPress into a folder and serves it on 127.0.0.1 for the length of a test run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from wordpress_tools import SQLITE_PLUGIN, WORDPRESS, archive, php

SITE_FILES = Path(__file__).with_name("site")
PHP_OPTIONS = {
    "display_errors": "0",
    "log_errors": "1",
    "memory_limit": "256M",
    "opcache.enable_cli": "1",
    "post_max_size": "64M",
    "upload_max_filesize": "64M",
}
START_SECONDS = 30
START_TRIES = 3


@dataclass(frozen=True)
class RunningWordPress:
    """:param passwords: application password of each user.
    :param log: what PHP and WordPress complained about; made at the first complaint.
    """

    url: str
    passwords: Mapping[str, str]
    log: Path


@contextmanager
def running_wordpress(folder: Path, users: Mapping[str, tuple[str, str]]) -> Iterator[RunningWordPress]:
    """:param users: role and display name by login."""
    program = php()
    site = _unpacked(folder / "situs")
    for attempt in range(START_TRIES):
        url = f"http://127.0.0.1:{_free_port()}"
        environment = {**os.environ, "SITE_URL": url, "PHP_CLI_SERVER_WORKERS": "2"}
        if attempt == 0:
            passwords = _set_up(program, site, users, environment)
        server = _start(program, site, url, environment, folder / "server.log")
        try:
            if _answers(server, url):
                yield RunningWordPress(url, passwords, folder / "wordpress.log")
                return
        finally:
            _stop(server)
    raise AssertionError(f"WordPress tidak menyala: {(folder / 'server.log').read_text()[-2000:]}")


def _unpacked(site: Path) -> Path:
    """WordPress with the SQLite plugin as its database, and our configuration."""
    with zipfile.ZipFile(archive(WORDPRESS)) as core:
        core.extractall(site)
    # The archive brings a site of its own, already filled.
    shutil.rmtree(site / "wp-content" / "database")
    plugins = site / "wp-content" / "plugins"
    with zipfile.ZipFile(archive(SQLITE_PLUGIN)) as plugin:
        plugin.extractall(plugins)
    sqlite = (plugins / "plugin-sqlite-database-integration").rename(plugins / "sqlite-database-integration")
    shutil.copy(sqlite / "db.copy", site / "wp-content" / "db.php")
    shutil.copy(SITE_FILES / "wp-config.php", site)
    return site


def _set_up(
    program: str, site: Path, users: Mapping[str, tuple[str, str]], environment: Mapping[str, str]
) -> dict[str, str]:
    command = [
        program,
        "-d",
        "display_errors=stderr",
        str(SITE_FILES / "setup.php"),
        str(site),
        json.dumps(users),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def _start(
    program: str, site: Path, url: str, environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    options = [part for name, value in PHP_OPTIONS.items() for part in ("-d", f"{name}={value}")]
    address = url.removeprefix("http://")
    command = [program, *options, "-S", address, "-t", str(site), str(SITE_FILES / "router.php")]
    with log.open("ab") as out:
        return subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return requests.get(f"{url}/wp-json/", timeout=START_SECONDS).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """The server's workers are processes of their own, in its group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, sign)
        except ProcessLookupError:
            break
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            continue
    server.wait(5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
