"""The *Laporan Evaluasi* of a month or half-year, made when asked for: HTML, and PDF printed from it."""

from __future__ import annotations

import threading

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.browser import print_pdf
from medsos.clock import utc_now
from medsos.evaluation.period import Period
from medsos.evaluation.report.period import build_period_report, report_name
from medsos.evaluation.report.period_data import period_data
from medsos.evaluation.report.recommendations import load_rules
from medsos.evaluation.rules import Rules
from medsos.offices.model import Office, load_brand
from medsos.settings import load_settings
from medsos.store.models import Cycle
from medsos.store.session import reading
from medsos.web.files import open_archive
from medsos.web.office_view import all_offices, training_mode
from medsos.web.periods import period_of
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

# The report carries its styles, fonts and pictures inside, and no script.
_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-modals; default-src 'none'; img-src data:; "
    "font-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

# A browser takes much memory: whoever comes second waits.
_ONE_PRINTER = threading.Lock()


@router.get("/evaluasi/laporan/{office}/{masa}.html")
async def report_page(office: str, masa: str, visitor: VisitorDep) -> Response:
    """The report as a page to read or print."""
    period = _period(masa)
    html = await run_in_threadpool(_report, visitor, office, period)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})


@router.get("/evaluasi/laporan/{office}/{masa}.pdf")
async def report_file(office: str, masa: str, visitor: VisitorDep) -> Response:
    """The report as it is signed and sent."""
    period = _period(masa)
    pdf = await run_in_threadpool(_printed, visitor, office, period)
    name = f"{report_name(period)}-{office}.pdf"
    return Response(
        pdf, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _period(masa: str) -> Period:
    period = period_of(masa)
    if period is None:
        raise HTTPException(404)
    return period


def _report(visitor: Visitor, slug: str, period: Period) -> str:
    settings = load_settings()
    with reading() as session:
        office = _office(session, visitor, slug)
        data = period_data(
            session,
            office,
            period,
            sop=Rules(settings).sop_on(slug, period.last),
            rules=load_rules(settings.data_dir),
            now=utc_now(),
            training=training_mode(office),
            read_file=open_archive().read,
        )
    return build_period_report(data, load_brand(settings.offices_dir, slug))


def _office(session: Session, visitor: Visitor, slug: str) -> Office:
    """A report is about all cycles of its office: who may not read all of them gets none."""
    dags = session.scalars(select(Cycle.dag_id).where(Cycle.office == slug).distinct()).all()
    office = next((office for office in all_offices() if office.slug == slug), None)
    if office is None or not dags or not all(visitor.may_read(dag_id) for dag_id in dags):
        raise HTTPException(404)
    return office


def _printed(visitor: Visitor, slug: str, period: Period) -> bytes:
    html = _report(visitor, slug, period)
    with _ONE_PRINTER:
        return print_pdf(html, chromium=load_settings().chromium)
