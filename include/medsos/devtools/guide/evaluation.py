"""Walk through a half-year that is over: the analyst reads it, the Sekretaris signs its review on a phone.

The guides' pictures of this come from here; a test of the review walks the same way.
"""

from __future__ import annotations

from pathlib import Path

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


def walk_evaluation(stack: Stack, pictures: Path, *, office: str = OFFICE) -> str:
    """The half-year's page and report on both screens, then its review; returns the run of the review.

    :param stack: running and healthy; the half-year has finished cycles of this office.
    :raises StackError: a step did not come in time.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    dag_id = f"sop_review__{office.replace('-', '_')}"
    with open_browser(load_settings().chromium) as browser:
        tour = Walk(stack, browser, pictures, photo="")
        _analyst_reads(tour, office)
        run_id = stack.api("admin").trigger(dag_id, {"semester": HALF_YEAR.key})
        _sekretaris_signs(tour)
        _analyst_sees_the_decision(tour, office)
    return run_id


def _analyst_reads(tour: Walk, office: str) -> None:
    page_of_half_year = f"/medsos/evaluasi?masa={HALF_YEAR.key}&kantor={office}"
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, page_of_half_year)
        tour.shoot(page, "evaluasi-semester", whole=True)
        tour.open(page, f"/medsos/evaluasi/laporan/{office}/{HALF_YEAR.key}.html")
        tour.shoot(page, "evaluasi-laporan")
    with tour.visit("analis", PHONE) as page:
        tour.open(page, page_of_half_year)
        tour.shoot(page, "evaluasi-telepon")


def _sekretaris_signs(tour: Walk) -> None:
    """On a phone: read, change a target, press, make sure."""
    with tour.visit("sekretaris", PHONE) as page:
        tour.open_form(page, f"Tinjauan SOP {HALF_YEAR.name}", picture="tinjauan-tindakan")
        page.get_by_role("heading", name=f"Tinjauan SOP {HALF_YEAR.name}").wait_for()
        page.get_by_label("3 · Persetujuan Kasubbag").fill(APPROVAL_MINUTES)
        tour.shoot(page, "tinjauan-formulir", whole=True)
        page.get_by_role("button", name="Ditetapkan").click()
        page.get_by_text(f"menjadi {APPROVAL_MINUTES} menit kerja").wait_for()
        tour.shoot(page, "tinjauan-pastikan", whole=True)
        page.get_by_role("button", name="Ya, tetapkan").click()
        page.get_by_text("Keputusan tersimpan: Ditetapkan").wait_for()
        tour.shoot(page, "tinjauan-selesai")


def _analyst_sees_the_decision(tour: Walk, office: str) -> None:
    with tour.visit("analis", DESKTOP) as page:
        tour.open(page, f"/medsos/tinjauan-sop/{office}/{HALF_YEAR.key}")
        page.get_by_text("Ditetapkan").first.wait_for()
        tour.shoot(page, "tinjauan-dilihat")
