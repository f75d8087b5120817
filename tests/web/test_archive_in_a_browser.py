"""On a phone: a cycle is found by a word, its trail is read and filtered, its package is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from airflow_stand_in import Airflow
from pages_in_browser import chromium, served
from playwright.sync_api import Browser, Page, ViewportSize

from builders import NOW
from medsos.store.audit import append_audit
from medsos.store.session import transaction

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, airflow: Airflow, finished: int) -> Iterator[Page]:
    """The archive, with a cycle in it that has a line in its trail for every kind of thing."""
    with transaction() as session:
        for action, after in (
            ("approval.decided", {"decision": "setuju", "seal": "a" * 64}),
            ("publication.refused", {"reason": "Segel tidak sama. " * 12}),
            ("plan.stored", {"texts": {"facebook": {"caption": "Panjang " * 60}}}),
        ):
            append_audit(
                session, at=NOW, actor="kasubbag", action=action, cycle_id=finished, subject="putaran 1",
                after=after,
            )  # fmt: skip
    with served(airflow, "kasubbag") as address:
        window = browser.new_context(viewport=PHONE, accept_downloads=True)
        opened = window.new_page()
        opened.set_default_timeout(15_000)
        opened.goto(f"{address}/arsip-siklus")
        yield opened
        window.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") == PHONE["width"])


def test_a_cycle_is_found_read_and_taken_along(page: Page, tmp_path: Path) -> None:
    page.get_by_label("Cari kata").fill("pleno")
    page.get_by_role("button", name="Cari").click()
    assert page.get_by_role("status").inner_text() == "1 siklus dengan “pleno”"
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh paket siklus 1").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "siklus-000001-contoh.zip"
    with ZipFile(file) as package:
        assert package.testzip() is None
    page.get_by_role("link", name="Rapat Pleno Terbuka").click()
    assert page.get_by_text("Penyimpangan tercatat").is_visible()
    page.get_by_text("perubahan tercatat").click()
    assert page.locator(".trail > li").count() == 4
    assert fits(page)
    page.get_by_role("link", name="Persetujuan", exact=True).click()
    assert page.locator(".trail > li").all_inner_texts()[0].startswith("Keputusan dicatat · putaran 1")
    assert page.locator(".trail > li").count() == 1
