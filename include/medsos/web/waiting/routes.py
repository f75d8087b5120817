"""The list of what waits for whom, and the way from a task in Airflow to its form."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from medsos.approval.sop_review import paper_of_run
from medsos.clock import utc_now
from medsos.store.models import Cycle, ReviewPaper
from medsos.store.session import reading
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import AirflowFormsDep
from medsos.web.airflow.telling import tell
from medsos.web.drafts.view import offices_for
from medsos.web.page import page
from medsos.web.visitors import VisitorDep
from medsos.web.waiting.reviews import reviews_waiting
from medsos.web.waiting.view import APPROVAL_TASK, Everything, everything_waiting, form_page

router = APIRouter()

SHOWN = 100
"""How many entries of each list are shown, the most urgent first; a longer page would not load on a phone."""


@router.get("/")
async def start(request: Request, visitor: VisitorDep) -> Response:
    """The first page is the list of what has to be done."""
    return RedirectResponse(addresses_of(request).page("perlu-tindakan"), status_code=303)


@router.get("/perlu-tindakan")
async def waiting_for_me(request: Request, visitor: VisitorDep, forms: AirflowFormsDep) -> Response:
    """What waits for the visitor first, then for others; Airflow is told what it has missed."""
    asked = [form for form in await forms.waiting() if visitor.may_read(form.dag_id)]

    def read() -> Everything:
        with reading() as session:
            at, now = addresses_of(request), utc_now()
            ids = {*session.scalars(select(Cycle.dag_id)), *session.scalars(select(ReviewPaper.dag_id))}
            dags = [dag for dag in sorted(ids) if visitor.may_read(dag)]
            cycles = everything_waiting(session, asked, visitor.username, dags, at, now=now)
            reviews = reviews_waiting(session, asked, visitor.username, dags, at, now=now)
            return Everything(
                tuple(sorted((*cycles.items, *reviews.items), key=lambda item: -item.used)),
                (*cycles.news, *reviews.news),
            )

    found = await run_in_threadpool(read)
    for news in found.news:
        await tell(forms, news)
    return page(
        request,
        "tindakan",
        username=visitor.username,
        mine=[item for item in found.items if item.is_for(visitor.username)],
        others=[item for item in found.items if not item.is_for(visitor.username)],
        shown=SHOWN,
        may_request=bool(offices_for(visitor)),
    )


@router.get("/formulir")
async def form_of_task(
    request: Request, visitor: VisitorDep, forms: AirflowFormsDep, dag_id: str, run_id: str, task_id: str
) -> Response:
    """From a task's tab in Airflow to its form."""

    def read() -> Cycle | None:
        with reading() as session:
            return session.scalars(
                select(Cycle).where(Cycle.dag_id == dag_id, Cycle.run_id == run_id)
            ).one_or_none()

    paper = await run_in_threadpool(_paper, dag_id, run_id)
    if paper is not None and visitor.may_read(dag_id):
        return RedirectResponse(addresses_of(request).review(paper.office, paper.period), status_code=303)
    cycle = await run_in_threadpool(read)
    if cycle is not None and not visitor.may_read(dag_id):
        raise HTTPException(404)
    asked = await forms.one(dag_id, run_id, task_id) if cycle is not None else None
    if cycle is not None and asked is not None:
        ours = form_page(addresses_of(request), cycle.id, task_id)
        if ours is not None:
            return RedirectResponse(ours, status_code=303)
    return page(
        request,
        "formulir",
        username=visitor.username,
        cycle=cycle,
        is_approval=APPROVAL_TASK.fullmatch(task_id) is not None,
        form=asked,
    )


def _paper(dag_id: str, run_id: str) -> ReviewPaper | None:
    with reading() as session:
        return paper_of_run(session, dag_id, run_id)
