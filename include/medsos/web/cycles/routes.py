"""The list of cycles and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.clock import utc_now
from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.store.models import Cycle, CycleScorecard
from medsos.store.pictures import first_pictures
from medsos.store.session import reading
from medsos.web import words
from medsos.web.airflow.forms import AirflowForms, AirflowFormsDep
from medsos.web.airflow.lost_answers import note_lost_answers
from medsos.web.cycles.engagement import HEADINGS, ChannelNumbers, FindingView, findings_view, numbers_view
from medsos.web.cycles.notices import NoticesView, notices_view
from medsos.web.cycles.trail import TrailView, trail_view
from medsos.web.cycles.view import CycleFiles, CycleView, cycle_files, cycle_view
from medsos.web.drafts.view import offices_for
from medsos.web.files import open_archive
from medsos.web.office_view import all_offices
from medsos.web.page import page
from medsos.web.periods import month_of, months_with
from medsos.web.visitors import Visitor, VisitorDep
from medsos.web.waiting.view import form_page

router = APIRouter()

PAGE_SIZE = 20
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class CycleLine:
    """One line of the list."""

    cycle: Cycle
    office: Office
    scorecard: CycleScorecard | None
    picture: str | None


@dataclass(frozen=True)
class CycleList:
    """One page of the list, newest first, and what may be filtered by."""

    lines: tuple[CycleLine, ...]
    total: int
    months: tuple[Period, ...]


@dataclass(frozen=True)
class _Page:
    """Everything that the page of one cycle shows."""

    view: CycleView
    files: CycleFiles
    notices: NoticesView
    trail: TrailView
    numbers: tuple[ChannelNumbers, ...]
    findings: tuple[FindingView, ...]


@router.get("/siklus")
async def list_cycles(
    request: Request,
    visitor: VisitorDep,
    bulan: str = "",
    jenis: str = "",
    status: str = "",
    halaman: int = 1,
) -> Response:
    """All cycles that the visitor may read, by month, type and status."""
    offices = all_offices()
    chosen = {
        "bulan": month_of(bulan),
        "jenis": jenis if jenis in CONTENT_TYPE_NAMES else "",
        "status": status if status in words.STATUS else "",
    }
    number = max(1, min(halaman, LAST_PAGE))

    def read() -> CycleList:
        with reading() as session:
            return _list(session, visitor, offices, chosen, number)

    found = await run_in_threadpool(read)
    return page(
        request,
        "siklus",
        username=visitor.username,
        offices=offices,
        found=found,
        chosen=chosen,
        number=number,
        pages=max(1, -(-found.total // PAGE_SIZE)),
        may_request=bool(offices_for(visitor)),
    )


@router.get("/siklus/{cycle_id}")
async def show_cycle(
    request: Request, cycle_id: int, visitor: VisitorDep, forms: AirflowFormsDep, jejak: str = ""
) -> Response:
    """One cycle: timeline, rounds, channels, evidence, files, audit trail; `?jejak=` filters the trail."""

    def read() -> _Page | None:
        now, settings = utc_now(), load_settings()
        with reading() as session:
            view = cycle_view(session, cycle_id, now=now)
        if view is None:
            return None
        with reading() as session:
            notices = notices_view(
                session,
                cycle_id,
                view.office,
                now=now,
                sop_dirs=settings.sop_dirs,
                data_dir=settings.data_dir,
            )
            trail = trail_view(session, cycle_id, view.office, kind=jejak)
            numbers = numbers_view(session, cycle_id, view.office)
            findings = findings_view(session, cycle_id)
        return _Page(view, cycle_files(open_archive(), view), notices, trail, numbers, findings)

    found = await run_in_threadpool(read)
    if found is None or not visitor.may_read(found.view.cycle.dag_id):
        raise HTTPException(404, f"Siklus {cycle_id} tidak ada.")
    if await _answers_were_lost(forms, found.view.cycle):
        found = await run_in_threadpool(read) or found
    view = found.view
    return page(
        request,
        "siklus_satu",
        username=visitor.username,
        offices=[view.office],
        view=view,
        names=view.name_of,
        form_page=form_page,
        archive=found.files,
        notices=found.notices,
        trail=found.trail,
        numbers=found.numbers,
        number_headings=HEADINGS,
        findings=found.findings,
    )


async def _answers_were_lost(forms: AirflowForms, cycle: Cycle) -> bool:
    """Keep what Airflow has lost of a running cycle; True when there was something new."""
    if cycle.completed_at is not None:
        return False
    asked = await forms.of_run(cycle.dag_id, cycle.run_id)
    return any([await note_lost_answers(forms, cycle, form) for form in asked])


def readable_dags(session: Session, visitor: Visitor) -> list[str]:
    """DAGs with cycles that the visitor may read."""
    return [dag_id for dag_id in session.scalars(select(Cycle.dag_id).distinct()) if visitor.may_read(dag_id)]


def _list(
    session: Session, visitor: Visitor, offices: list[Office], chosen: dict[str, Any], number: int
) -> CycleList:
    by_slug = {office.slug: office for office in offices}
    readable = (Cycle.dag_id.in_(readable_dags(session, visitor)), Cycle.office.in_(by_slug))
    query = select(Cycle).where(*readable)
    zone = offices[0].zone if offices else None
    if chosen["jenis"]:
        query = query.where(Cycle.content_type == chosen["jenis"])
    if chosen["status"]:
        query = query.where(Cycle.status == chosen["status"])
    if chosen["bulan"] and zone:
        begin, end = chosen["bulan"].bounds(zone)
        query = query.where(Cycle.requested_at >= begin, Cycle.requested_at < end)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    cycles = session.scalars(
        query.order_by(Cycle.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    ids = [cycle.id for cycle in cycles]
    pictures = first_pictures(session, ids)
    scorecards = {
        row.cycle_id: row
        for row in session.scalars(select(CycleScorecard).where(CycleScorecard.cycle_id.in_(ids)))
    }
    instants = session.scalars(select(Cycle.requested_at).where(*readable))
    return CycleList(
        lines=tuple(
            CycleLine(cycle, by_slug[cycle.office], scorecards.get(cycle.id), pictures.get(cycle.id))
            for cycle in cycles
        ),
        total=total,
        months=tuple(months_with(instants, zone)) if zone else (),
    )
