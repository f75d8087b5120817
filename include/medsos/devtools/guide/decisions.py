"""Walks through the days that are not as usual: a delegation, an approval in force majeure, and a rejection.

The Sekretaris acts for the Kasubbag, who is away, and decides on a phone; back at work, the Kasubbag rejects
a content on a phone. The guides' pictures of this come from here; a test walks the same way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from medsos.browser import open_browser
from medsos.clock import utc_now
from medsos.devtools.guide.request import (
    fill_in_minutes,
    press,
    send_request,
    wait_for_preview,
    write_request,
)
from medsos.devtools.guide.tour import DESKTOP, OFFICE, PHONE, ZONE, Walk
from medsos.settings import load_settings
from medsos.stack.config import OPERATOR
from medsos.stack.supervisor import Stack

URGENT = "Penundaan Layanan Tatap Muka karena Banjir"
URGENT_BODY = (
    "Layanan tatap muka KPU Kota Bengkulu ditunda karena banjir di Bentiring. Layanan daring tetap dibuka."
    "\n\nPemberitahuan berikutnya ditayangkan di semua kanal resmi."
)
FORCE_MAJEURE = "Banjir memutus jalan ke kantor; masyarakat harus segera tahu."

REJECTED = "Kuis Pengetahuan Pemilu Akhir Pekan"
REJECTED_BODY = "Jawab lima pertanyaan tentang pemilu dan menangkan suvenir dari KPU Kota Bengkulu."
REASON = "Belum ada dasar anggaran untuk suvenir."

LETTER = "123/SDM.05.5/1771/2026"


def walk_decisions(stack: Stack, pictures: Path, photo: str) -> None:
    """Delegation, force majeure approved by the delegate, end of the delegation, rejection by the Kasubbag.

    :param stack: running and healthy.
    :raises StackError: a step did not come in time.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    with open_browser(load_settings().chromium) as browser:
        urgent = Walk(stack, browser, pictures, photo, title=URGENT)
        _operator_records_a_delegation(urgent)
        _admin_requests_in_force_majeure(urgent)
        _delegate_approves(urgent)
        _everybody_sees_the_deviation(urgent)
        _operator_ends_the_delegation(urgent)
        rejected = replace(urgent, title=REJECTED)
        _admin_requests_on_a_phone(rejected)
        _kasubbag_rejects(rejected)
        _admin_sees_the_reason(rejected)


def _operator_records_a_delegation(tour: Walk) -> None:
    today = utc_now().astimezone(ZONE).date()
    with tour.visit(OPERATOR, DESKTOP) as page:
        tour.open(page, f"/medsos/pejabat?kantor={OFFICE}")
        page.get_by_role("link", name="Catat delegasi").click()
        page.get_by_label("Kasubbag", exact=False).first.check()
        page.get_by_label("Plh.").check()
        page.get_by_label("Orang").select_option("sekretaris")
        page.get_by_label("Nomor surat").fill(LETTER)
        page.get_by_label("Tanggal surat").fill(f"{today:%Y-%m-%d}")
        page.get_by_label("Mulai berlaku").fill(f"{today:%Y-%m-%d}")
        page.get_by_label("Hari terakhir berlaku").fill(f"{today + timedelta(days=4):%Y-%m-%d}")
        tour.shoot(page, "pejabat-delegasi", whole=True)
        page.get_by_role("button", name="Lanjut").click()
        page.get_by_role("button", name="Ya, catat").wait_for()
        tour.shoot(page, "pejabat-pastikan")
        page.get_by_role("button", name="Ya, catat").click()
        page.get_by_role("status").first.wait_for()
        tour.shoot(page, "pejabat")


def _admin_requests_in_force_majeure(tour: Walk) -> None:
    with tour.visit("admin", DESKTOP) as page:
        _write(tour, page, URGENT_BODY)
        page.get_by_text("Keadaan kahar").first.click()
        page.get_by_label("Ini keadaan kahar").check()
        page.get_by_label("Alasan kahar").fill(FORCE_MAJEURE)
        wait_for_preview(page)
        page.locator("#f-kahar").scroll_into_view_if_needed()
        tour.shoot(page, "kahar-permohonan")
        send_request(page)
        _meet_and_plan(tour, page, "Pemberitahuan segera ditayangkan di semua kanal.")


def _delegate_approves(tour: Walk) -> None:
    with tour.visit("sekretaris", PHONE) as page:
        tour.open_form(page, "Persetujuan")
        page.locator("[name=catatan]").wait_for()
        tour.shoot(page, "kahar-persetujuan")
        page.get_by_role("button", name="Setuju").click()
        page.get_by_role("button", name="Ya, setujui dan unggah").click()
        page.get_by_text("atas nama").first.wait_for()
        tour.shoot(page, "plh-selesai")


def _everybody_sees_the_deviation(tour: Walk) -> None:
    with tour.visit("analis", DESKTOP) as page:
        _open_ended_cycle(tour, page, "Selesai")
        report = page.get_by_role("link", name="Laporan evaluasi")
        here = page.url.removeprefix(tour.stack.config.local_url)
        tour.until(page, here, lambda: report.count() > 0)
        tour.shoot(page, "kahar-siklus")
        report.click()
        page.get_by_text("Keadaan kahar").first.wait_for()
        tour.shoot(page, "kahar-laporan")


def _operator_ends_the_delegation(tour: Walk) -> None:
    with tour.visit(OPERATOR, DESKTOP) as page:
        tour.open(page, f"/medsos/pejabat?kantor={OFFICE}")
        page.get_by_role("link", name="Akhiri masa Sekretaris (contoh) sebagai Plh.").click()
        page.get_by_label("Sekarang juga").check()
        page.get_by_role("button", name="Lanjut").click()
        page.get_by_role("button", name="Ya, akhiri").click()
        page.get_by_text("Tidak ada delegasi yang berlaku").wait_for()


def _admin_requests_on_a_phone(tour: Walk) -> None:
    with tour.visit("admin", PHONE) as page:
        _write(tour, page, REJECTED_BODY)
        page.evaluate("scrollTo(0, 0)")
        tour.shoot(page, "telepon-ajukan")
        send_request(page)
        _meet_and_plan(tour, page, "Kuis diajukan untuk akhir pekan.")


def _kasubbag_rejects(tour: Walk) -> None:
    with tour.visit("kasubbag", PHONE) as page:
        tour.open_form(page, "Persetujuan")
        page.locator("[name=catatan]").fill(REASON)
        page.get_by_role("button", name="Tolak").click()
        page.get_by_role("button", name="Ya, tolak").wait_for()
        tour.shoot(page, "kasubbag-tolak")
        page.get_by_role("button", name="Ya, tolak").click()
        page.get_by_role("status").or_(page.locator(".notice")).first.wait_for()


def _admin_sees_the_reason(tour: Walk) -> None:
    with tour.visit("admin", PHONE) as page:
        _open_ended_cycle(tour, page, "Ditolak")
        page.get_by_text(REASON).first.wait_for()
        tour.shoot(page, "telepon-ditolak")


def _write(tour: Walk, page: Page, body: str) -> None:
    tour.open(page, "/medsos/ajukan")
    photo = tour.stack.config.home / "masuk" / OFFICE / tour.photo
    write_request(page, photo, title=tour.title, body=body)


def _meet_and_plan(tour: Walk, page: Page, decision: str) -> None:
    tour.open_form(page, "Notula rapat")
    fill_in_minutes(page, decision)
    press(page, "Simpan notula")
    tour.open_form(page, "Rencana materi")
    press(page, "Simpan rencana")


def _open_ended_cycle(tour: Walk, page: Page, status: str) -> None:
    entry = page.get_by_role("listitem").filter(has_text=tour.title).filter(has_text=status)
    tour.until(page, "/medsos/siklus", lambda: entry.count() > 0)
    page.get_by_role("link", name=tour.title).first.click()
    page.get_by_role("heading", name="Enam langkah SOP").wait_for()
