"""The pages of the forms of steps 1 and 2: minutes, plan and revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from medsos.clock import utc_now
from medsos.operators.meeting import SHARED
from medsos.store.session import reading
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import OPEN, AirflowForms, AirflowFormsDep, AskedForm, FormRefused
from medsos.web.airflow.lost_answers import note_lost_answers
from medsos.web.airflow.sending import pass_on, send_answer, stored_answer
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.own_forms.definitions import (
    OwnForm,
    answer_of_typed,
    minutes_sections,
    plan_sections,
    problems_of_answer,
)
from medsos.web.own_forms.view import OwnFormView, own_form_view
from medsos.web.page import page
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

MOST_FIELDS = 40
LONGEST_FIELD = 200_000
"""Bytes of one field; a caption is shorter than this on every platform."""


@dataclass(frozen=True)
class Problems:
    """What stands in the way: in general, and by field."""

    general: str = ""
    fields: Mapping[str, str] | None = None
    status: int = 422


@router.get("/notula/{cycle_id}")
async def show_minutes(
    request: Request, cycle_id: int, visitor: VisitorDep, forms: AirflowFormsDep, terkirim: str = ""
) -> Response:
    """The form of step 1."""
    return await _show(request, cycle_id, OwnForm("notula"), visitor, forms, sent=bool(terkirim))


@router.post("/notula/{cycle_id}")
async def send_minutes(
    request: Request, cycle_id: int, visitor: VisitorDep, forms: AirflowFormsDep
) -> Response:
    return await _take(request, cycle_id, OwnForm("notula"), visitor, forms)


@router.get("/rencana/{cycle_id}")
async def show_plan(
    request: Request, cycle_id: int, visitor: VisitorDep, forms: AirflowFormsDep, terkirim: str = ""
) -> Response:
    """The form of step 2."""
    return await _show(request, cycle_id, OwnForm("rencana"), visitor, forms, sent=bool(terkirim))


@router.post("/rencana/{cycle_id}")
async def send_plan(request: Request, cycle_id: int, visitor: VisitorDep, forms: AirflowFormsDep) -> Response:
    return await _take(request, cycle_id, OwnForm("rencana"), visitor, forms)


@router.get("/revisi/{cycle_id}/{round_no}")
async def show_revision(
    request: Request,
    cycle_id: int,
    round_no: int,
    visitor: VisitorDep,
    forms: AirflowFormsDep,
    terkirim: str = "",
) -> Response:
    """The form of step 2 after the Kasubbag has asked for a revision."""
    form = OwnForm("revisi", round_no)
    return await _show(request, cycle_id, form, visitor, forms, sent=bool(terkirim))


@router.post("/revisi/{cycle_id}/{round_no}")
async def send_revision(
    request: Request, cycle_id: int, round_no: int, visitor: VisitorDep, forms: AirflowFormsDep
) -> Response:
    return await _take(request, cycle_id, OwnForm("revisi", round_no), visitor, forms)


async def _show(
    request: Request, cycle_id: int, form: OwnForm, visitor: Visitor, forms: AirflowForms, *, sent: bool
) -> Response:
    view = await _view(cycle_id, form, visitor)
    asked = await _asked(view, forms)
    if await note_lost_answers(forms, view.cycle, asked):
        view = await _view(cycle_id, form, visitor)
    return await _page(request, view, visitor, forms, asked, sent=sent)


async def _take(
    request: Request, cycle_id: int, form: OwnForm, visitor: Visitor, forms: AirflowForms
) -> Response:
    """Check what the task would check, store the answer, let Airflow know."""
    view = await _view(cycle_id, form, visitor)
    asked = await _asked(view, forms)
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as given:
        typed = {name: str(value).replace("\r\n", "\n") for name, value in given.multi_items()}
    token, option = typed.pop("token", ""), typed.pop("jawaban", "")
    values = answer_of_typed(form, typed, view.office.zone)
    problems = _obstacle(request, view, visitor, asked, token, option)
    if problems is None:
        found = await run_in_threadpool(_field_problems, view, option, values)
        problems = Problems(fields=found) if found else None
    if problems is None:
        told = await send_answer(
            forms,
            view.cycle,
            visitor,
            task_id=form.task_id,
            round_no=form.round_no,
            option=option,
            values=values,
        )
        problems = Problems(told, status=409) if told else None
    if problems is not None:
        return await _page(request, view, visitor, forms, asked, typed=typed, problems=problems)
    return RedirectResponse(addresses_of(request).own_form(cycle_id, form, terkirim="ya"), status_code=303)


def _obstacle(
    request: Request, view: OwnFormView, visitor: Visitor, asked: AskedForm | None, token: str, option: str
) -> Problems | None:
    """What stands in the way whatever was typed."""
    if not is_same_origin(request) or not is_genuine(token, visitor.username, _purpose(view)):
        return Problems(
            "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi.",
            status=403,
        )
    if not view.is_for(visitor.username):
        return Problems("Hanya Tim Medsos yang dapat mengisi formulir ini.", status=403)
    if asked is None or not asked.takes_answers:
        return Problems(
            "Formulir ini tidak lagi menunggu jawaban, mungkin sudah diisi dari perangkat lain.", status=409
        )
    if option not in view.form.options:
        return Problems("Tekan salah satu tombol: " + ", ".join(view.form.options) + ".")
    return None


def _field_problems(view: OwnFormView, option: str, values: Mapping[str, object]) -> dict[str, str]:
    with reading() as session:
        return problems_of_answer(
            session,
            view.form,
            option,
            values,
            office=view.cycle.office,
            plan=view.plan,
            now=utc_now(),
        )


async def _view(cycle_id: int, form: OwnForm, visitor: Visitor) -> OwnFormView:
    def read() -> OwnFormView | None:
        with reading() as session:
            return own_form_view(session, cycle_id, form)

    view = await run_in_threadpool(read)
    if view is None or not visitor.may_read(view.cycle.dag_id):
        raise HTTPException(404, f"Siklus {cycle_id} tidak ada, atau formulir ini tidak diminta.")
    return view


async def _asked(view: OwnFormView, forms: AirflowForms) -> AskedForm | None:
    try:
        return await forms.one(view.cycle.dag_id, view.cycle.run_id, view.form.task_id)
    except FormRefused:
        return None


async def _page(
    request: Request,
    view: OwnFormView,
    visitor: Visitor,
    forms: AirflowForms,
    asked: AskedForm | None,
    *,
    typed: dict[str, str] | None = None,
    problems: Problems | None = None,
    sent: bool = False,
) -> Response:
    found = problems or Problems(status=200)
    state = await _state(view, visitor, forms, asked)
    values, wrong = (view.prefilled if typed is None else typed), found.fields or {}
    sections = (
        minutes_sections(values, wrong) if view.plan is None else plan_sections(view.plan, values, wrong)
    )
    return page(
        request,
        "isian",
        username=visitor.username,
        offices=[view.office],
        status=found.status,
        view=view,
        names=view.name_of,
        state=state,
        may_answer=state == "waiting" and view.is_for(visitor.username),
        asked=asked,
        sections=sections,
        typed=values,
        problems=found,
        wrong=wrong,
        shared_problem=wrong.get("nomor_siklus", ""),
        shared=SHARED,
        sent=sent,
        token=form_token(visitor.username, _purpose(view)),
    )


async def _state(view: OwnFormView, visitor: Visitor, forms: AirflowForms, asked: AskedForm | None) -> str:
    """stored, waiting, processing (answered in Airflow), done or not_asked."""
    form = view.form
    stored = await run_in_threadpool(stored_answer, view.cycle.id, form.task_id, form.round_no)
    if stored is not None:
        await pass_on(forms, view.cycle, visitor, stored)
        return "stored"
    if asked is not None and asked.takes_answers:
        return "waiting"
    if asked is not None and asked.answered and asked.state in OPEN:
        return "processing"
    return "done" if view.done else "not_asked"


def _purpose(view: OwnFormView) -> str:
    return f"isian/{view.form.task_id}/{view.cycle.id}"
