"""A walk through a running installation in a real browser: who looks, on which screen, and the pictures."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from medsos.errors import StackError
from medsos.stack.supervisor import Stack

OFFICE = "kota-bengkulu"
ZONE = ZoneInfo("Asia/Jakarta")
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
SECONDS = 240
"""How long a step of Airflow may take before the walk gives up."""

_LOAD_ALL_PICTURES = "for (const image of document.images) image.loading = 'eager'"
_TO_THE_TOP = "scrollTo({top: 0, behavior: 'instant'})"


@dataclass
class Walk:
    """One walk. `pictures` gets the screenshots as PNG, `photo` is a file in the intake folder.

    :param title: of the cycle that the walk is about; "" for any.
    """

    stack: Stack
    browser: Browser
    pictures: Path
    photo: str
    title: str = ""

    @contextmanager
    def visit(self, username: str, viewport: ViewportSize) -> Iterator[Page]:
        """A browser window of one person, logged in."""
        context = self.browser.new_context(
            viewport=viewport,
            locale="id-ID",
            timezone_id=ZONE.key,
            device_scale_factor=2 if viewport is PHONE else 1,
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(self.stack.config.local_url)
        page.get_by_label("Username").fill(username)
        page.locator("input[type=password]").fill(self.stack.passwords[username])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Dags").first.wait_for()
        try:
            yield page
        finally:
            context.close()

    def shoot(self, page: Page, name: str, *, whole: bool = False) -> None:
        page.wait_for_timeout(700)
        if whole:
            page.evaluate(_LOAD_ALL_PICTURES)
            page.wait_for_timeout(700)
        shot = page.screenshot(full_page=whole)
        if whole:
            # Else Chromium goes back to where the page was in the middle of the next press, which is lost.
            page.evaluate(_TO_THE_TOP)
            page.wait_for_timeout(300)
        with Image.open(io.BytesIO(shot)) as picture:
            # A palette keeps the repository small; screens have few colours.
            picture.convert("RGB").quantize(256).save(self.pictures / f"{name}.png", optimize=True)

    def open(self, page: Page, path: str) -> None:
        page.goto(self.stack.config.local_url + path)

    def open_form(self, page: Page, heading: str, *, picture: str = "") -> None:
        """Wait on *Perlu tindakan* until a form with this heading waits for the visitor; open it."""
        entry = page.get_by_role("listitem").filter(has_text=heading).filter(has_text=self.title)
        self.until(page, "/medsos/perlu-tindakan", lambda: entry.count() > 0)
        if picture:
            self.shoot(page, picture)
        entry.get_by_role("link").click()

    def until(self, page: Page, path: str, there: Callable[[], bool]) -> None:
        """Look at a page of ours again and again until it shows something."""
        deadline = time.monotonic() + SECONDS
        while True:
            self.open(page, path)
            page.locator("main").wait_for()
            if there():
                return
            if time.monotonic() > deadline:
                raise StackError(f"Halaman {path} tidak menampilkan yang ditunggu dalam {SECONDS} detik.")
            page.wait_for_timeout(2000)
