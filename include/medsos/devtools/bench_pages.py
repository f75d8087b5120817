"""Measures the page Evaluasi SOP and a month's report over many cycles, as a visitor asks for them."""

from __future__ import annotations

import gc
import io
import os
import time
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from medsos.evaluation.period import Period
from medsos.evaluation.report.pictures import proofs_of_period
from medsos.evaluation.scope import Scope
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.session import reading
from medsos.web.app import create_app
from medsos.web.visitors import Visitor, visitor

SCREENSHOT, PHOTO = (1280, 900), (640, 480)
"""Pixels of the pictures that the report finds in the archive: a page with a photo on it."""


def page_seconds(url: str, home: Path, office: str, month: date) -> dict[str, float]:
    """Seconds until the answer is complete: `page` (the half-year of the last cycles, as one opens it),
    `all_time` (every cycle), `report` (a month as HTML, with its pictures); with those of this process's
    processor as `page_cpu` and so on.

    Each is the first view of these figures in a process that has served other ones before.

    :param home: an empty folder, for the archive.
    """
    archive = (home / "archive").as_uri()
    os.environ.update(MEDSOS_DATABASE_URL=url, MEDSOS_HOME=str(home), MEDSOS_ARCHIVE_URL=archive)
    _hand_in_pictures(url, home, office, month)
    pages = create_app()
    pages.dependency_overrides[visitor] = lambda: Visitor("analis", lambda _: True)
    root = FastAPI()
    root.mount("/medsos", pages)
    with TestClient(root) as browser:

        def seconds(address: str) -> tuple[float, float]:
            # When the collector next walks through all that was ever imported is chance.
            gc.collect()
            gc.freeze()
            wall, processor = time.perf_counter(), time.process_time()
            browser.get(f"/medsos/evaluasi{address}").raise_for_status()
            return time.perf_counter() - wall, time.process_time() - processor

        before = Period.month(date.fromordinal(month.toordinal() - 1)).key
        for other in (f"?masa={before}", f"/laporan/{office}/{before}.html"):
            seconds(other)
        views = {
            "page": "",
            "all_time": "?masa=semua",
            "report": f"/laporan/{office}/{Period.month(month).key}.html",
        }
        told: dict[str, float] = {}
        for name, address in views.items():
            told[name], told[f"{name}_cpu"] = seconds(address)
        return told


def _hand_in_pictures(url: str, home: Path, office: str, month: date) -> None:
    """The invented cycles have no files; those that the report shows get one."""
    picture = io.BytesIO()
    screen = Image.new("RGB", SCREENSHOT, "white")
    screen.paste(Image.effect_noise(PHOTO, 40))
    screen.save(picture, "PNG")
    asked_for: list[str] = []

    def note(path: str) -> bytes:
        asked_for.append(path)
        return b""

    settings = load_settings()
    scope = Scope((load_office(settings.offices_dir, office),), Period.month(month))
    with reading(url) as session:
        proofs_of_period(session, scope, note)
    for path in asked_for:
        target = home / "archive" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture.getvalue())
