"""The first steps of the walk of the guides: content is requested on its page, beside it the trigger form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page

if TYPE_CHECKING:
    from medsos.devtools.guide_walk import Walk

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
    page.get_by_role("button", name="Foto kegiatan").click()
    page.get_by_label("Judul").fill(title)
    page.locator("#body").fill(body)
    page.get_by_label("Tempat").fill(PLACE)
    page.locator("#berkas").set_input_files(photo)
    page.locator("[data-file]").wait_for()
    page.get_by_text(re.compile("Draf tersimpan")).wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('#kanal-pratinjau img')]"
        ".every(image => image.complete && image.naturalWidth > 0)"
    )
    page.evaluate("scrollTo(0, 0)")
    tour.shoot(page, "admin-ajukan-isi")
    page.get_by_role("heading", name="Bahan").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('f-materials').scrollIntoView({ behavior: 'instant' })")
    tour.shoot(page, "admin-ajukan-bahan")
    page.get_by_role("button", name="Kirim permohonan").click()
    page.wait_for_url(re.compile(r"/ajukan/[0-9a-f]+$|/siklus/\d+$"))
