"""Finds the Chromium that takes the screenshots, or installs it as root on Debian and Ubuntu."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from medsos.browser import find_chromium
from medsos.settings import load_settings

_PACKAGE = "chromium"


def available_chromium() -> str | None:
    """Path of the Chromium that screenshots will use: the chosen one, the system's, or Playwright's own."""
    path = find_chromium(load_settings().chromium) or _of_playwright()
    return path if path and os.access(path, os.X_OK) else None


def _of_playwright() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def install() -> str | None:
    """Install the distribution's package when this is root on Debian or Ubuntu; returns the path."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update"],
        ["install", "--yes", "--no-install-recommends", _PACKAGE, "fonts-liberation"],
    ):
        result = subprocess.run(
            ["apt-get", "--quiet=2", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if result.returncode != 0:
            return None
    return available_chromium()


def main(arguments: list[str]) -> int:
    """`python -m medsos.stack.chromium [--install]`: 0 when a Chromium is there afterwards."""
    if available_chromium():
        return 0
    if chosen := os.environ.get("MEDSOS_CHROMIUM"):
        sys.stderr.write(f"MEDSOS_CHROMIUM={chosen} bukan program yang dapat dijalankan.\n")
        return 2
    if "--install" in arguments:
        sys.stdout.write("Memasang Chromium untuk tangkapan layar (sekali saja) …\n")
        sys.stdout.flush()
        if install():
            return 0
    sys.stderr.write(
        "Chromium untuk tangkapan layar tidak ditemukan. Ketik: sudo apt-get install chromium\n"
        "(di Ubuntu: sudo snap install chromium), atau tunjuk program yang sudah ada dengan "
        "MEDSOS_CHROMIUM=/jalur/ke/chromium.\n"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
