"""First steps of the walks of the guides: content is requested, on its page or on the trigger form."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from medsos.clock import utc_now
from medsos.devtools.guide.tour import ZONE, Walk

PLACE = "Aula KPU Kota Bengkulu"


def show_trigger_form(tour: Walk, page: Page, dag_id: str, *, title: str, body: str) -> None:
    """Fill in Airflow's own form far enough for its pictures; nothing is started."""
    tour.open(page, f"/dags/{dag_id}")
    page.get_by_role("button", name="Trigger").first.click()
    page.locator("[name=element_title]").fill(title)
    page.locator("[name=element_body]").fill(body)
    page.locator("[name=element_place]").fill(PLACE)
    tour.shoot(page, "admin-permohonan")
    page.locator("[name=element_materials]").fill(tour.photo)
    page.locator("[name=element_materials]").scroll_into_view_if_needed()
    tour.shoot(page, "admin-permohonan-bahan")


def request_content(tour: Walk, page: Page, photo: Path, *, title: str, body: str) -> None:
    """Request content as the admin does: type, words, file, preview, send; ends when it is on its way.

    :param photo: a picture on this machine.
    """
    tour.open(page, "/medsos/ajukan")
    page.get_by_role("button", name="Foto kegiatan").wait_for()
    tour.shoot(page, "admin-ajukan")
    write_request(page, photo, title=title, body=body)
    wait_for_preview(page)
    page.evaluate("scrollTo(0, 0)")
    tour.shoot(page, "admin-ajukan-isi")
    page.get_by_role("heading", name="Bahan").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('f-materials').scrollIntoView({ behavior: 'instant' })")
    tour.shoot(page, "admin-ajukan-bahan")
    send_request(page)


def write_request(page: Page, photo: Path, *, title: str, body: str) -> None:
    """Fill in an empty *Ajukan konten*, until its draft is stored."""
    page.get_by_role("button", name="Foto kegiatan").click()
    page.get_by_label("Judul").fill(title)
    page.locator("#body").fill(body)
    page.get_by_label("Tempat").fill(PLACE)
    page.locator("#berkas").set_input_files(photo)
    page.locator("[data-file]").wait_for()
    page.get_by_text(re.compile("Draf tersimpan")).wait_for()


def wait_for_preview(page: Page) -> None:
    """Until the preview of every channel is drawn."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('#kanal-pratinjau img')]"
        ".every(image => image.complete && image.naturalWidth > 0)"
    )


def send_request(page: Page) -> None:
    page.get_by_role("button", name="Kirim permohonan").click()
    page.wait_for_url(re.compile(r"/ajukan/[0-9a-f]+$|/siklus/\d+$"))


def fill_in_minutes(page: Page, decision: str) -> None:
    """Fill in the form *Notula rapat* for a meeting that ended ten minutes ago.

    :param decision: what the meeting decided.
    """
    ended = utc_now().astimezone(ZONE) - timedelta(minutes=10)
    page.get_by_label("Rapat mulai").fill(f"{ended - timedelta(minutes=95):%Y-%m-%dT%H:%M}")
    page.get_by_label("Rapat selesai").fill(f"{ended:%Y-%m-%dT%H:%M}")
    page.get_by_label("Peserta").fill("Ketua Divisi Sosdiklih\nKasubbag Teknis PP, Parhubmas\nAdmin Medsos")
    page.get_by_label("Keputusan rapat").fill(decision)


def press(page: Page, button: str) -> None:
    """Press a form's button and wait until the page says that the answer is stored."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("status").filter(has_text=re.compile("Tersimpan|Selesai")).first.wait_for()
