"""Walk through a half-year that is over: the analyst reads it, the Sekretaris signs its review on a phone.

The guides' pictures of this come from here; a test of the review walks the same way.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from medsos.browser import open_browser
from medsos.clock import utc_now
from medsos.devtools.guide.tour import DESKTOP, OFFICE, PHONE, ZONE, Walk
from medsos.devtools.synthetic import Inventor, last_ids
from medsos.evaluation.period import Period
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_period
from medsos.settings import load_settings
from medsos.stack.supervisor import Stack
from medsos.store.session import transaction

HALF_YEAR = Period.half_year(2026, 1)
CYCLES = 60
APPROVAL_MINUTES = "240"
"""What the Sekretaris makes the target of step 3."""


def invent_half_year(stack: Stack) -> None:
    """Enter invented cycles of the half-year and evaluate them, so that there is something to read.

    :param stack: running and healthy.
    """
    settings = load_settings(stack.env)
    rules = Rules(settings)
    first, last = HALF_YEAR.bounds(ZONE)
    with transaction(settings.database_url) as session:
        inventor = Inventor(
            OFFICE, rules.calendar(OFFICE), first=first, last=last, seed=26, ids=last_ids(session)
        )
        inventor.invent(session, CYCLES)
    evaluate_period(
        HALF_YEAR, offices=[OFFICE], rules=rules, now=utc_now(), database_url=settings.database_url
    )


def walk_evaluation(stack: Stack, pictures: Path) -> None:
    """The half-year's page and report on both screens, then its review.

    :param stack: running and healthy; the half-year has finished cycles.
    :raises StackError: a step did not come in time.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    with open_browser(load_settings().chromium) as browser:
        tour = Walk(stack, browser, pictures, photo="")
        read_half_year(tour)
        stack.api("admin").trigger(f"sop_review__{OFFICE.replace('-', '_')}", {"semester": HALF_YEAR.key})
        sign_review(tour)
        see_decision(tour)


def read_half_year(tour: Walk, office: str = OFFICE) -> None:
    """The analyst reads the page and the report, on a desk and on a phone."""
    shown = f"/medsos/evaluasi?masa={HALF_YEAR.key}&kantor={office}"
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, shown)
        tour.shoot(page, "evaluasi-semester")
        _shoot_from(tour, page, "Perkembangan per bulan", "evaluasi-bulan")
        _shoot_from(tour, page, "Kanal dan bukti", "evaluasi-kanal")
        tour.open(page, f"/medsos/evaluasi/laporan/{office}/{HALF_YEAR.key}.html")
        tour.shoot(page, "evaluasi-laporan")
    with tour.visit("analis", PHONE) as page:
        tour.open(page, shown)
        tour.shoot(page, "evaluasi-telepon")


def sign_review(tour: Walk) -> None:
    """The Sekretaris on a phone: reads, changes a target, presses, makes sure."""
    heading = f"Tinjauan SOP {HALF_YEAR.name}"
    with tour.visit("sekretaris", PHONE) as page:
        tour.open_form(page, heading, picture="tinjauan-tindakan")
        page.get_by_role("heading", name=heading).wait_for()
        tour.shoot(page, "tinjauan-formulir")
        _shoot_from(tour, page, "Waktu yang diperlukan", "tinjauan-usulan")
        page.get_by_label("3 · Persetujuan Kasubbag").fill(APPROVAL_MINUTES)
        _shoot_from(tour, page, "Keputusan Anda", "tinjauan-keputusan")
        page.get_by_role("button", name="Ditetapkan").click()
        page.get_by_text(f"menjadi {APPROVAL_MINUTES} menit kerja").wait_for()
        tour.shoot(page, "tinjauan-pastikan", whole=True)
        page.get_by_role("button", name="Ya, tetapkan").click()
        page.get_by_text("Keputusan tersimpan: Ditetapkan").wait_for()
        tour.shoot(page, "tinjauan-selesai")


def see_decision(tour: Walk, office: str = OFFICE) -> None:
    """The analyst finds what was decided."""
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, f"/medsos/tinjauan-sop/{office}/{HALF_YEAR.key}")
        page.get_by_text("Ditetapkan").first.wait_for()
        tour.shoot(page, "tinjauan-dilihat")


def _shoot_from(tour: Walk, page: Page, heading: str, name: str) -> None:
    """A picture that begins at a heading."""
    place = page.get_by_role("heading", name=heading).first
    place.evaluate("node => node.scrollIntoView({ behavior: 'instant' })")
    tour.shoot(page, name)
