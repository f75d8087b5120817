"""Walks through uploads by hand and one in doubt, in a browser of a phone's size, and photographs the way.

Its pictures stand in the admin's guide; a test walks the same way.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from medsos.browser import open_browser
from medsos.devtools.guide.second_office import BY_HAND, DAG_ID
from medsos.devtools.guide.tour import DESKTOP, PHONE, SECONDS, Walk
from medsos.devtools.guide.training_app import TrainingApp
from medsos.errors import StackError
from medsos.offices.model import CHANNEL_NAMES
from medsos.settings import load_settings
from medsos.stack.demo import answer_for
from medsos.stack.supervisor import Stack

TITLE = "Simulasi Pemungutan Suara di TPS 04"
BODY = (
    "KPU Kota Bengkulu mengadakan simulasi pemungutan dan penghitungan suara di TPS 04 Kelurahan Bentiring."
    "\n\nWarga dapat melihat tata cara memilih dari awal sampai akhir."
)


def walk_by_hand(stack: Stack, pictures: Path, photo: str) -> str:
    """Facebook and TikTok by hand, X in doubt, the website and Instagram by themselves; returns the run's id.

    :param stack: running and healthy, with the second office.
    :param photo: a file in that office's intake folder.
    :raises StackError: a step did not come in time.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    app = TrainingApp(stack.sandbox_url)
    _lose_the_answer_of_x(app)
    run_id = _until_approved(stack, photo)
    with open_browser(load_settings().chromium) as browser:
        tour = Walk(stack, browser, pictures, photo, title=TITLE)
        with tour.visit("admin", PHONE) as page:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            _all_three_wait(tour, page)
            for channel in BY_HAND:
                _upload(tour, page, app, channel, tell=channel == BY_HAND[0])
            app.mend()
            _settle_the_doubt(tour, page, app)
        with tour.visit("admin", DESKTOP) as page:
            done = page.get_by_role("listitem").filter(has_text=TITLE).filter(has_text="Selesai")
            tour.until(page, "/medsos/siklus", lambda: done.count() > 0)
            page.get_by_role("link", name=TITLE).first.click()
            _to_the_top(page, "Kanal dan bukti")
            tour.shoot(page, "unggah-bukti")
    return run_id


def _lose_the_answer_of_x(app: TrainingApp) -> None:
    """X takes the post, but the answer is lost, and for a while it shows the post to nobody."""
    app.mend()
    app.break_next(kind="process_then_drop", method="POST", path="/x/2/tweets$")
    app.break_next(
        kind="status",
        status=200,
        body={"meta": {"result_count": 0}},
        method="GET",
        path=r"/x/2/users/\d+/tweets",
        times=50,
    )


def _until_approved(stack: Stack, photo: str) -> str:
    """Steps 1 to 3 without a browser; the other guide shows them."""
    request: dict[str, Any] = {
        "title": TITLE,
        "content_type": "foto_kegiatan",
        "body": BODY,
        "place": "TPS 04 Kelurahan Bentiring",
        "materials": [photo],
        "channels": list(CHANNEL_NAMES),
    }
    watcher = stack.api("admin")
    run_id = watcher.trigger(DAG_ID, request)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        stack.check()
        for form in watcher.waiting_forms(DAG_ID, run_id):
            task_id = form["task_instance"]["task_id"]
            if task_id.startswith("upload."):
                return run_id
            person = form["assigned_users"][0]["name"]
            stack.api(person).answer(form, *answer_for(form, "foto_kegiatan"))
        time.sleep(1)
    raise StackError(f"Persetujuan tidak selesai dalam {SECONDS} detik.")


def _all_three_wait(tour: Walk, page: Page) -> None:
    entries = page.get_by_role("listitem").filter(has_text=TITLE)
    tour.until(page, "/medsos/perlu-tindakan", lambda: entries.count() == 3)
    tour.shoot(page, "unggah-perlu-tindakan")


def _upload(tour: Walk, page: Page, app: TrainingApp, channel: str, *, tell: bool) -> None:
    """One channel: take the file and the text, post them in the platform's app, report.

    :param tell: photograph the way, with one mistake on it.
    """
    name = CHANNEL_NAMES[channel]
    tour.open_form(page, f"Unggah sendiri ke {name}")
    page.get_by_role("heading", name="Simpan gambarnya").wait_for()
    if tell:
        tour.shoot(page, "unggah-gambar")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh").first.click()
    picture = tour.pictures.parent / download.value.suggested_filename
    download.value.save_as(picture)
    _to_the_top(page, "Salin teksnya")
    page.get_by_role("button", name="Salin keterangan").click()
    page.get_by_role("button", name="Tersalin").wait_for()
    if tell:
        tour.shoot(page, "unggah-teks")
    text = str(page.evaluate("navigator.clipboard.readText()"))
    permalink = app.upload(channel, picture, text)
    picture.unlink()
    proof = _photograph_the_phone(tour, page, permalink, channel)
    page.locator("[name=berkas]").set_input_files(proof)
    page.get_by_label("Alamat postingan").fill(permalink)
    if tell:
        _to_the_top(page, "Laporkan")
        tour.shoot(page, "unggah-lapor")
        _make_a_mistake(tour, page, app)
        page.get_by_label("Alamat postingan").fill(permalink)
    page.get_by_role("button", name="Sudah tayang").click()
    page.get_by_text(f"{name} sudah tayang").wait_for(timeout=90_000)
    if tell:
        tour.shoot(page, "unggah-selesai")
    proof.unlink()


def _to_the_top(page: Page, heading: str) -> None:
    page.get_by_role("heading", name=heading).evaluate("heading => heading.scrollIntoView({block: 'start'})")


def _photograph_the_phone(tour: Walk, page: Page, permalink: str, channel: str) -> Path:
    """What the admin does with two buttons of the phone, once the post is up."""
    shown = page.context.new_page()
    shown.goto(permalink)
    shown.wait_for_load_state("networkidle")
    proof = tour.pictures.parent / f"layar-{channel}.png"
    shown.screenshot(path=str(proof))
    shown.close()
    return proof


def _make_a_mistake(tour: Walk, page: Page, app: TrainingApp) -> None:
    """The address of another platform: told on the same page, and the picture stays."""
    page.get_by_label("Alamat postingan").fill(app.posts("x")[-1]["permalink"])
    page.get_by_role("button", name="Sudah tayang").click()
    page.get_by_text("Sudah tersimpan").wait_for()
    page.get_by_text("bukan dari facebook.com").wait_for()
    _to_the_top(page, "Laporkan")
    tour.shoot(page, "unggah-salah")


def _settle_the_doubt(tour: Walk, page: Page, app: TrainingApp) -> None:
    """The admin finds the post on the account and says so."""
    tour.open_form(page, "Periksa X")
    page.get_by_role("heading", name="Postingan terbaru").wait_for()
    page.get_by_text("teksnya sama").wait_for()
    tour.shoot(page, "unggah-periksa")
    page.locator(".alike").get_by_role("button", name="Ini postingannya").click()
    tour.shoot(page, "unggah-ditemukan")
    page.get_by_role("button", name="Sudah tayang").click()
    page.get_by_text("X (Twitter) sudah tayang").wait_for(timeout=90_000)
