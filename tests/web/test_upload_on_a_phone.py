"""The page of an upload in a phone's browser: copying, picking, sharing, also without any script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow_stand_in import Airflow
from pages_in_browser import PHONE, chromium, on_a_port, pages_for
from playwright.sync_api import Browser, Page
from upload_page_kit import proofs, screenshot, waits_for
from web_samples import CAPTIONS, upload_under_way

from builders import NOW
from medsos.channels.base import FoundPost
from medsos.evidence.archive import Archive
from medsos.web.visitors import Visitor

OFFICE_NETWORK = "medsos.kantor.test"
"""A plain http address that is not this machine itself: browsers offer it neither clipboard nor sharing."""

Visits = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {OFFICE_NETWORK} 127.0.0.1") as running:
        yield running


@pytest.fixture
def port(home: Path, airflow: Airflow) -> Iterator[int]:
    """The pages as the admin sees them, on a port of this machine."""
    admin = Visitor("admin", lambda _: True)
    with on_a_port(pages_for(airflow, lambda: admin)) as port:
        yield port


@contextmanager
def opened(
    browser: Browser, port: int, path: str, *, host: str = OFFICE_NETWORK, stub: str = "", **context: Any
) -> Iterator[Page]:
    """A page of ours on the phone.

    :param stub: script that runs before those of the page.
    """
    window = browser.new_context(viewport=PHONE, **context)
    page = window.new_page()
    page.set_default_timeout(15_000)
    if stub:
        page.add_init_script(stub)
    page.goto(f"http://{host}:{port}/medsos/{path}")
    try:
        yield page
    finally:
        window.close()


def pasted(page: Page) -> str:
    """What the clipboard holds, as pasting shows it."""
    page.evaluate(
        "() => { const area = document.createElement('textarea'); area.id = 'tempel';"
        " document.body.append(area); area.focus(); }"
    )
    page.keyboard.press("Control+V")
    return page.locator("#tempel").input_value()


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_texts_are_copied_letter_by_letter_over_plain_http_too(
    browser: Browser, port: int, by_hand: int
) -> None:
    with opened(browser, port, f"unggahan/{by_hand}/facebook") as page:
        assert page.evaluate("window.isSecureContext") is False
        page.get_by_role("button", name="Salin keterangan").click()
        page.get_by_role("button", name="Tersalin").wait_for()
        assert pasted(page) == CAPTIONS["facebook"].replace("Selengkapnya: {tautan_web}\n\n", "")
        assert width(page) == PHONE["width"]


def test_a_design_is_saved_under_a_name_that_says_what_it_is(
    browser: Browser, port: int, by_hand: int, archive: Archive
) -> None:
    with opened(browser, port, f"unggahan/{by_hand}/facebook") as page:
        with page.expect_download() as download:
            page.get_by_role("link", name="Unduh").click()
        assert download.value.suggested_filename == f"siklus-{by_hand}-facebook-1.jpg"
        saved = Path(download.value.path()).read_bytes()
    assert saved == archive.read("kota-bengkulu/2026/11/000001-contoh/desain/putaran-1/facebook.jpg")


def test_sharing_is_offered_only_where_the_phone_can_and_hands_over_the_file(
    browser: Browser, port: int, by_hand: int
) -> None:
    path = f"unggahan/{by_hand}/facebook"
    with opened(browser, port, path) as page:
        page.get_by_role("button", name="Salin keterangan").wait_for()
        assert not page.get_by_role("button", name="Bagikan").is_visible()
    able = (
        "navigator.canShare = data => data.files.length === 1;"
        "navigator.share = async data => { window.shared = data.files.map(f => [f.name, f.type, f.size]) };"
    )
    with opened(browser, port, path, host="127.0.0.1", stub=able) as page:
        page.get_by_role("button", name="Bagikan").click()
        page.wait_for_function("() => window.shared")
        ((name, media_type, size),) = page.evaluate("window.shared")
    assert (name, media_type) == (f"siklus-{by_hand}-facebook-1.jpg", "image/jpeg")
    assert size > 1000


def test_a_picked_screenshot_is_shown_and_one_that_is_too_large_is_told_at_once(
    browser: Browser, port: int, by_hand: int, airflow: Airflow, platform: str, tmp_path: Path
) -> None:
    good, huge = tmp_path / "layar.jpg", tmp_path / "besar.jpg"
    good.write_bytes(screenshot())
    huge.write_bytes(b"0" * 40_000_001)
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    with opened(browser, port, f"unggahan/{by_hand}/facebook") as page:
        page.locator("[name=berkas]").set_input_files(huge)
        page.get_by_text("“besar.jpg” terlalu besar").wait_for()
        page.locator("[name=berkas]").set_input_files(good)
        page.get_by_alt_text("Pratinjau tangkapan layar").wait_for()
        page.get_by_label("Alamat postingan").fill("https://www.instagram.com/p/1/")
        page.get_by_role("button", name="Sudah tayang").click()
        page.get_by_text("Sudah tersimpan").wait_for()
        # The page opens where the mistake is.
        assert page.evaluate("scrollY") > 0
        assert width(page) == PHONE["width"]
        page.get_by_label("Alamat postingan").fill(address)
        assert page.get_by_text("bukan dari facebook.com").count() == 0
        page.get_by_role("button", name="Sudah tayang").click()
        page.get_by_text("Terkirim: Sudah tayang").wait_for()
    (proof,) = proofs()
    assert airflow.answers[0][2] == {"tautan": address, "tangkapan_layar": f"bukti:{proof.id}"}


def test_without_any_script_the_upload_can_be_reported_all_the_same(
    browser: Browser, port: int, by_hand: int, airflow: Airflow, platform: str, tmp_path: Path
) -> None:
    good = tmp_path / "layar.jpg"
    good.write_bytes(screenshot())
    with opened(browser, port, f"unggahan/{by_hand}/facebook", java_script_enabled=False) as page:
        assert not page.get_by_role("button", name="Salin keterangan").is_visible()
        assert page.get_by_role("link", name="Unduh").is_visible()
        page.locator("[name=berkas]").set_input_files(good)
        page.get_by_label("Alamat postingan").fill(f"{platform}/facebook.com/kpukotabengkulu/posts/77")
        page.get_by_role("button", name="Sudah tayang").click()
        page.get_by_text("Terkirim: Sudah tayang").wait_for()
    assert len(airflow.answers) == 1


def test_the_post_that_was_found_on_the_account_is_taken_with_one_tap(
    browser: Browser,
    port: int,
    archive: Archive,
    airflow: Airflow,
    platform: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent_at = NOW + timedelta(minutes=21)
    address = f"{platform}/x.com/kpukotabengkulu/status/9"
    cycle_id = upload_under_way(
        archive, channel="x", state="needs_person", mode="api", commit_started_at=sent_at,
        journal={"text": CAPTIONS["x"]},
    )  # fmt: skip
    airflow.forms.append(waits_for(cycle_id, "x"))

    class Account:
        def recent_posts(self, since: Any) -> list[FoundPost]:
            return [
                FoundPost("9", CAPTIONS["x"], sent_at, address),
                FoundPost("8", "Lain", NOW, f"{address}8"),
            ]

    monkeypatch.setattr("medsos.web.uploads.recent_posts.client_for", lambda *args, **kwargs: Account())
    with opened(browser, port, f"unggahan/{cycle_id}/x") as page:
        page.locator(".alike").get_by_role("button", name="Ini postingannya").click()
        assert page.get_by_label("Alamat postingan").input_value() == address
        assert width(page) == PHONE["width"]
        page.get_by_role("button", name="Sudah tayang").click()
        page.get_by_text("Terkirim: Sudah tayang").wait_for()
    assert airflow.answers[0][2]["tautan"] == address
