"""Content is requested on the page of a real Airflow: what is typed and dropped there becomes a cycle."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page
from sqlalchemy import select

from driver import DAG_ID, OFFICE, wait_for_form
from medsos.browser import open_browser
from medsos.devtools.guide.tour import DESKTOP, Walk
from medsos.settings import load_settings
from medsos.stack.demo_files import write_photo
from medsos.stack.supervisor import Stack
from medsos.store.models import Cycle, Draft, Material
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

BODY = "KPU Kota Bengkulu melaksanakan rapat pleno terbuka."


@pytest.fixture
def tour(stack: Stack, tmp_path: Path) -> Iterator[Walk]:
    with open_browser(load_settings().chromium) as browser:
        yield Walk(stack, browser, tmp_path, "rapat.jpg")


def write_request(tour: Walk, page: Page, title: str, photo: Path) -> str:
    """Fill in the page up to the last button; returns the draft's id."""
    tour.open(page, "/medsos/ajukan")
    if page.locator("#kantor").count():
        page.locator("#kantor").select_option(OFFICE)
    page.get_by_role("button", name="Foto kegiatan").click()
    page.get_by_label("Judul").fill(title)
    page.locator("#body").fill(BODY)
    page.locator("#berkas").set_input_files(photo)
    page.locator("[data-file]").wait_for()
    return page.url.split("#")[0].rsplit("/", 1)[1]


def record(stack: Stack) -> str:
    return f"sqlite:///{stack.config.home / 'medsos.db'}"


def test_from_the_page_to_a_cycle_in_the_record_with_the_very_bytes_of_the_photo(
    stack: Stack, tour: Walk, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_0001.jpg"
    write_photo(photo)
    photo.write_bytes(photo.read_bytes() + b"milik permohonan ini")
    with tour.visit("admin", DESKTOP) as page:
        draft_id = write_request(tour, page, "Rapat pleno dari halaman", photo)
        page.get_by_role("button", name="Kirim permohonan").click()
        page.wait_for_url(re.compile(r"/medsos/siklus/\d+$"), timeout=240_000)
        cycle_id = int(page.url.rsplit("/", 1)[1])
        tour.open(page, "/medsos/ajukan")
        assert page.get_by_text("Rapat pleno dari halaman").count() == 0
    run_id = f"ajukan-{draft_id}-1"
    wait_for_form(stack, run_id, "meeting.record_minutes")
    with transaction(record(stack)) as session:
        cycle = session.get_one(Cycle, cycle_id)
        (material,) = session.scalars(select(Material).where(Material.cycle_id == cycle_id))
        assert session.get_one(Draft, draft_id).cycle_id == cycle_id
    assert (cycle.run_id, cycle.requester, cycle.title) == (run_id, "admin", "Rapat pleno dari halaman")
    assert material.original_name == "IMG_0001.jpg"
    assert material.original_sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert stack.api("admin").run(DAG_ID, run_id)["triggering_user_name"] == "admin"
    assert not (stack.config.home / "draf" / draft_id).exists()


def test_what_the_run_refuses_comes_back_to_the_page_with_its_reason(
    stack: Stack, tour: Walk, tmp_path: Path
) -> None:
    photo = tmp_path / "rapat.jpg"
    write_photo(photo)
    photo.write_bytes(photo.read_bytes() + b"akan ditukar")
    api = stack.api("admin")
    api.request("PATCH", f"/dags/{DAG_ID}", json={"is_paused": True})
    try:
        with tour.visit("admin", DESKTOP) as page:
            draft_id = write_request(tour, page, "Rapat yang ditolak", photo)
            page.get_by_role("button", name="Kirim permohonan").click()
            page.get_by_text("alurnya dijeda").wait_for()
            # Somebody who can write on the server exchanges the photo before the run looks at it.
            sha256 = hashlib.sha256(photo.read_bytes()).hexdigest()
            laid_out = stack.config.home / "unggahan" / OFFICE / sha256
            laid_out.unlink()
            write_photo(laid_out.with_suffix(".jpg"))
            laid_out.with_suffix(".jpg").rename(laid_out)
            api.unpause(DAG_ID)
            page.get_by_text("bukan lagi berkas yang diajukan").wait_for(timeout=240_000)
            assert page.get_by_label("Judul").input_value() == "Rapat yang ditolak"
            # The draft still has the photo, so it can be sent again as it was meant.
            page.get_by_role("button", name="Kirim permohonan").click()
            page.wait_for_url(re.compile(r"/medsos/siklus/\d+$"), timeout=240_000)
    finally:
        api.unpause(DAG_ID)
    with transaction(record(stack)) as session:
        runs = session.scalars(select(Cycle.run_id).where(Cycle.title == "Rapat yang ditolak")).all()
    assert runs == [f"ajukan-{draft_id}-2"]


def test_a_viewer_gets_no_form_and_no_run(stack: Stack, tour: Walk) -> None:
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, "/medsos/ajukan")
        page.get_by_text("Peran Anda di Airflow tidak boleh memulai siklus").wait_for()
        assert page.locator("form").count() == 0


def test_the_server_goes_on_answering_while_previews_are_drawn(
    stack: Stack, tour: Walk, tmp_path: Path
) -> None:
    photo = tmp_path / "rapat.jpg"
    write_photo(photo)
    with tour.visit("admin", DESKTOP) as page:
        write_request(tour, page, "Awal", photo)
        waits = []
        for number in range(10):
            page.get_by_label("Judul").fill(f"Judul nomor {number} dari pratinjau")
            began = time.monotonic()
            health = requests.get(f"{stack.config.local_url}/api/v2/monitor/health", timeout=60)
            waits.append(time.monotonic() - began)
            assert health.status_code == 200
            page.wait_for_timeout(900)
    assert sorted(waits)[len(waits) // 2] < 1, waits
    assert max(waits) < 10, waits
