"""Walks through one whole cycle as the three people: request, revision, approval, posts, evaluation.

A test walks the same way, so the guides cannot show what no longer works.
"""

from __future__ import annotations

from pathlib import Path

from medsos.browser import open_browser
from medsos.devtools.guide.request import fill_in_minutes, press, request_content, show_trigger_form
from medsos.devtools.guide.tour import DESKTOP, OFFICE, PHONE, Walk
from medsos.settings import load_settings
from medsos.stack.supervisor import Stack

DAG_ID = "content_cycle__kota_bengkulu"

TITLE = "Rapat Koordinasi Pemutakhiran Data Pemilih"
BODY = (
    "KPU Kota Bengkulu melaksanakan rapat koordinasi pemutakhiran data pemilih bersama Bawaslu dan Dinas "
    "Kependudukan dan Pencatatan Sipil.\n\nRapat menyepakati jadwal pencocokan data pada Desember 2026."
)


def walk(stack: Stack, pictures: Path, photo: str) -> None:
    """Request, minutes, plan, one revision, approval in the second round, posts, links, report.

    :param stack: running and healthy.
    :raises StackError: a step did not come in time.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    with open_browser(load_settings().chromium) as browser:
        tour = Walk(stack, browser, pictures, photo, TITLE)
        _admin_requests(tour)
        _kasubbag_asks_for_a_revision(tour)
        _admin_revises(tour)
        _kasubbag_approves(tour)
        _admin_sees_the_result(tour)
        _analyst_reads(tour)


def _admin_requests(tour: Walk) -> None:
    with tour.visit("admin", DESKTOP) as page:
        show_trigger_form(tour, page, DAG_ID, title=TITLE, body=BODY)
        photo = tour.stack.config.home / "masuk" / OFFICE / tour.photo
        request_content(tour, page, photo, title=TITLE, body=BODY)
        tour.open_form(page, "Notula rapat", picture="admin-perlu-tindakan")
        fill_in_minutes(page, "Hasil rapat koordinasi ditayangkan di semua kanal.")
        page.get_by_text("Langkah 1").first.scroll_into_view_if_needed()
        tour.shoot(page, "admin-notula")
        press(page, "Simpan notula")
        tour.open_form(page, "Rencana materi")
        page.get_by_label("Judul pada desain").wait_for()
        tour.shoot(page, "admin-rencana")
        press(page, "Simpan rencana")


def _kasubbag_asks_for_a_revision(tour: Walk) -> None:
    with tour.visit("kasubbag", PHONE) as page:
        tour.open_form(page, "Persetujuan", picture="kasubbag-perlu-tindakan")
        page.locator("[name=catatan]").wait_for()
        tour.shoot(page, "kasubbag-persetujuan")
        page.locator("[name=catatan]").fill("Tambahkan kata “Triwulan IV” pada judul desain.")
        page.locator("[name=catatan]").scroll_into_view_if_needed()
        tour.shoot(page, "kasubbag-tombol")
        page.get_by_role("button", name="Revisi").click()
        page.get_by_role("button", name="Ya, kembalikan").wait_for()
        tour.shoot(page, "kasubbag-revisi")
        page.get_by_role("button", name="Ya, kembalikan").click()
        page.locator("main").wait_for()


def _admin_revises(tour: Walk) -> None:
    with tour.visit("admin", DESKTOP) as page:
        tour.open_form(page, "Revisi putaran 1")
        heading = page.get_by_label("Judul pada desain")
        heading.fill(f"{TITLE} Triwulan IV")
        tour.shoot(page, "admin-revisi")
        press(page, "Kirim revisi")


def _kasubbag_approves(tour: Walk) -> None:
    with tour.visit("kasubbag", PHONE) as page:
        tour.open_form(page, "Persetujuan putaran 2")
        page.get_by_role("heading", name="Yang berubah").scroll_into_view_if_needed()
        tour.shoot(page, "kasubbag-putaran-2")
        page.get_by_role("button", name="Setuju").click()
        page.get_by_role("button", name="Ya, setujui dan unggah").wait_for()
        tour.shoot(page, "kasubbag-setuju")
        page.get_by_role("button", name="Ya, setujui dan unggah").click()
        page.locator("main").wait_for()
        tour.shoot(page, "kasubbag-selesai")


def _admin_sees_the_result(tour: Walk) -> None:
    with tour.visit("admin", DESKTOP) as page:
        entry = page.get_by_role("listitem").filter(has_text=TITLE).filter(has_text="Selesai")
        tour.until(page, "/medsos/siklus", lambda: entry.count() > 0)
        tour.shoot(page, "admin-siklus")
        address = str(page.get_by_role("link", name=TITLE).first.get_attribute("href"))
        # The report comes some seconds after the evaluation.
        report = page.get_by_role("link", name="Laporan evaluasi")
        tour.until(page, address, lambda: report.count() > 0)
        tour.shoot(page, "admin-hasil", whole=True)
        page.get_by_role("link", name="Halaman tautan").click()
        page.get_by_text("Kode QR").wait_for()
        tour.shoot(page, "admin-tautan")
        tour.open(page, f"/dags/{DAG_ID}")
        page.get_by_text("6 · Rekap & Evaluasi").first.wait_for()
        tour.shoot(page, "admin-enam-langkah")


def _analyst_reads(tour: Walk) -> None:
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, "/medsos/evaluasi")
        page.locator("main h1").wait_for()
        page.get_by_role("link", name=TITLE).first.click()
        page.get_by_role("link", name="Laporan evaluasi").click()
        page.get_by_text("Realisasi dan target per langkah").first.wait_for()
        tour.shoot(page, "analis-laporan")
        page.get_by_text("Realisasi dan target per langkah").first.scroll_into_view_if_needed()
        tour.shoot(page, "analis-laporan-grafik")
