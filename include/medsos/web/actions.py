"""What waits for whom, and the way from a task in Airflow to its form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.sop.model import SopStep, load_sop, step_of_form
from medsos.store.models import Cycle
from medsos.store.pictures import first_pictures
from medsos.store.session import transaction
from medsos.web.addresses import Addresses, addresses_of
from medsos.web.airflow_forms import AirflowFormsDep, AskedForm
from medsos.web.office_view import office_of, person_name
from medsos.web.page import page
from medsos.web.visitors import VisitorDep

router = APIRouter()

_APPROVAL_TASK = re.compile(r"approval\.round_(\d+)\.await_decision")
_UPLOAD_TASK = re.compile(r"upload\.(?:publish|capture)_([a-z]+)")


@dataclass(frozen=True)
class Waiting:
    """One form that waits. `minutes` counts the clock on the wall since it was asked."""

    form: AskedForm
    cycle: Cycle
    office: Office
    step: SopStep
    what: str
    address: str
    inside: bool
    people: tuple[str, ...]
    minutes: float
    picture: str | None

    @property
    def late(self) -> bool:
        return self.minutes > self.step.target_minutes


@router.get("/")
async def start(request: Request, visitor: VisitorDep) -> Response:
    """The first page is the list of what has to be done."""
    return RedirectResponse(addresses_of(request).page("perlu-tindakan"), status_code=303)


@router.get("/perlu-tindakan")
async def waiting_for_me(request: Request, visitor: VisitorDep, forms: AirflowFormsDep) -> Response:
    """Forms that wait for the visitor first, then those of others."""
    asked = [form for form in await forms.waiting() if visitor.may_read(form.dag_id)]

    def read() -> list[Waiting]:
        with transaction() as session:
            return _waiting(session, asked, addresses_of(request))

    found = await run_in_threadpool(read)
    mine = [item for item in found if visitor.username in item.form.assigned]
    others = [item for item in found if visitor.username not in item.form.assigned]
    return page(request, "tindakan", username=visitor.username, mine=mine, others=others)


@router.get("/formulir")
async def form_of_task(
    request: Request, visitor: VisitorDep, forms: AirflowFormsDep, dag_id: str, run_id: str, task_id: str
) -> Response:
    """From a task's tab in Airflow to its form."""

    def read() -> Cycle | None:
        with transaction() as session:
            return session.scalars(
                select(Cycle).where(Cycle.dag_id == dag_id, Cycle.run_id == run_id)
            ).one_or_none()

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
        is_approval=_APPROVAL_TASK.fullmatch(task_id) is not None,
        form=asked,
    )


def _waiting(session: Session, asked: list[AskedForm], at: Addresses) -> list[Waiting]:
    """The forms that belong to cycles of ours, oldest first."""
    keys = {(form.dag_id, form.run_id) for form in asked}
    cycles = {
        (cycle.dag_id, cycle.run_id): cycle
        for cycle in session.scalars(select(Cycle).where(tuple_(Cycle.dag_id, Cycle.run_id).in_(keys)))
    }
    pictures = first_pictures(session, [cycle.id for cycle in cycles.values()])
    found = []
    for form in sorted(asked, key=lambda form: form.asked_at):
        cycle = cycles.get((form.dag_id, form.run_id))
        if cycle is None:
            continue
        try:
            office = office_of(cycle.office)
            step = load_sop(load_settings().sop_dir, cycle.sop_version).step(step_of_form(form.task_id))
        except (ConfigError, StopIteration):
            continue
        found.append(_item(form, cycle, office, step, at, pictures.get(cycle.id)))
    return found


def _item(
    form: AskedForm, cycle: Cycle, office: Office, step: SopStep, at: Addresses, picture: str | None
) -> Waiting:
    ours = form_page(at, cycle.id, form.task_id)
    return Waiting(
        form=form,
        cycle=cycle,
        office=office,
        step=step,
        # Subjects read “Langkah 2 · Rencana materi · Siklus 12: judul”; the middle is what is asked.
        what=form.subject.split(" · ")[1] if form.subject.count(" · ") >= 2 else form.subject,
        address=ours or at.airflow_form(form.dag_id, form.run_id, form.task_id),
        inside=ours is not None,
        people=tuple(person_name(office, username) for username in form.assigned),
        minutes=(utc_now() - form.asked_at).total_seconds() / 60,
        picture=picture,
    )


def form_page(at: Addresses, cycle_id: int, task_id: str) -> str | None:
    """Our own page for a task's form, or None where only Airflow has one."""
    if approval := _APPROVAL_TASK.fullmatch(task_id):
        return at.approval(cycle_id, int(approval[1]))
    if upload := _UPLOAD_TASK.fullmatch(task_id):
        return at.upload(cycle_id, upload[1])
    return None
