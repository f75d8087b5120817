"""The Chromium of this machine: finds it, opens it, and lets it print a page as PDF."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from medsos.errors import BrowserError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
]

PRINT_SECONDS = 120


def find_chromium(preferred: str | None = None) -> str | None:
    """Path of the Chromium to use, or None for the one that Playwright may have installed itself."""
    if preferred:
        return preferred
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@contextmanager
def open_browser(chromium: str | None) -> Iterator[Browser]:
    """A Chromium of its own that keeps to itself; closed at the end of the block.

    :param chromium: path of the program (`settings.chromium`); None looks for it.
    :raises BrowserError: Chromium cannot be started.
    """
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(chromium), args=flags)
        except PlaywrightError as error:
            raise BrowserError(
                "Chromium tidak dapat dijalankan. Pasang Chromium atau isi MEDSOS_CHROMIUM dengan letak "
                f"programnya ({first_line(error)})."
            ) from None
        try:
            yield browser
        finally:
            browser.close()


def print_pdf(html: str, *, chromium: str | None = None) -> bytes:
    """A page that needs no other file, printed as its own `@page` rules say; with bookmarks and tags.

    Nothing is fetched and no script runs.

    :raises BrowserError: Chromium cannot be started or does not finish in `PRINT_SECONDS`.
    """
    with open_browser(chromium) as browser:
        try:
            context = browser.new_context(java_script_enabled=False, offline=True, locale="id-ID")
            page = context.new_page()
            page.set_default_timeout(PRINT_SECONDS * 1000)
            page.set_content(html, wait_until="load")
            return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        except PlaywrightError as error:
            raise BrowserError(
                f"Chromium tidak selesai mencetak PDF ({first_line(error)}). Coba lagi; bila berulang, "
                "periksa sisa memori komputer ini."
            ) from None


def first_line(error: PlaywrightError) -> str:
    """The name of the fault, such as net::ERR_CONNECTION_REFUSED, without the address after it."""
    return str(error.message).splitlines()[0].split(" at http")[0]
