"""The page of one upload: what to upload by hand or to look for, and the way to report it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from medsos.clock import utc_now
from medsos.errors import FormError
from medsos.offices.model import CHANNELS
from medsos.operators.evidence import SEND, WITHOUT
from medsos.operators.handed_in import (
    ADDRESS,
    PICTURE,
    checked_address,
    keep_screenshot_of_person,
    kept_name,
)
from medsos.operators.publish_forms import ABSENT, CANCEL, UP, question_about
from medsos.store.session import reading
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import AirflowForms, AirflowFormsDep, AskedForm
from medsos.web.airflow.lost_answers import note_lost_answers
from medsos.web.airflow.sending import pass_on, send_answer, stored_answer
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.page import page
from medsos.web.thumbnails import MEDIA_TYPE, thumbnail
from medsos.web.uploads.recent_posts import recent_posts
from medsos.web.uploads.typed import RequestTooLarge, Typed, read_typed, waiting_screenshot
from medsos.web.uploads.view import UploadView, capture_task, publish_task, upload_view
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter(prefix="/unggahan/{cycle_id}/{channel}")

PREVIEW = 400

BUTTONS: dict[str, tuple[str, ...]] = {
    "upload": (UP, CANCEL),
    "doubt": (UP, ABSENT, CANCEL),
    "proof": (SEND, WITHOUT),
}
"""What may be answered in each situation."""

CONFIRMED = (ABSENT, CANCEL, WITHOUT)
"""Answers that are asked once more."""


@dataclass(frozen=True)
class Situation:
    """What is waited for. `kind`: upload, doubt, proof, processing, done, cancelled, running."""

    kind: str
    form: AskedForm | None = None

    @property
    def buttons(self) -> tuple[str, ...]:
        return BUTTONS.get(self.kind, ())


@dataclass(frozen=True)
class Problems:
    """What stands in the way of the answer: in general, at the address, at the screenshot."""

    general: str = ""
    address: str = ""
    picture: str = ""
    status: int = 422

    def __bool__(self) -> bool:
        return bool(self.general or self.address or self.picture)


@router.get("")
async def show(
    request: Request,
    cycle_id: int,
    channel: str,
    visitor: VisitorDep,
    forms: AirflowFormsDep,
    terkirim: str = "",
) -> Response:
    """The page. `terkirim` names the answer that the visitor has just sent."""
    view = await _view(cycle_id, channel, visitor)
    situation = await _situation(view, forms, visitor)
    if await note_lost_answers(forms, view.cycle, situation.form):
        view = await _view(cycle_id, channel, visitor)
    sent = terkirim if any(terkirim in buttons for buttons in BUTTONS.values()) else ""
    return await _show(request, view, visitor, forms, situation=situation, sent=sent)


@router.get("/terbaru")
async def newest_posts(request: Request, cycle_id: int, channel: str, visitor: VisitorDep) -> Response:
    """The account's recent posts; a page of their own, from which the upload's page takes the list."""
    view = await _view(cycle_id, channel, visitor)
    if not view.is_team(visitor.username):
        raise HTTPException(403, "Postingan terbaru hanya diperlihatkan kepada Tim Medsos.")
    recent = await run_in_threadpool(recent_posts, view)
    return page(
        request,
        "unggahan_terbaru",
        username=visitor.username,
        offices=[view.office],
        view=view,
        recent=recent,
    )


@router.get("/tangkapan/{sha256}")
async def waiting_picture(cycle_id: int, channel: str, sha256: str, visitor: VisitorDep) -> Response:
    """A small copy of a screenshot that waits to be sent."""
    view = await _view(cycle_id, channel, visitor)
    path = waiting_screenshot(cycle_id, channel, sha256)
    if path is None or not view.is_team(visitor.username):
        raise HTTPException(404)

    def small() -> bytes:
        data = path.read_bytes()
        return thumbnail(data, sha256=hashlib.sha256(data).hexdigest(), width=PREVIEW)

    return Response(await run_in_threadpool(small), media_type=MEDIA_TYPE)


@router.post("")
async def answer(
    request: Request, cycle_id: int, channel: str, visitor: VisitorDep, forms: AirflowFormsDep
) -> Response:
    """Check everything that the task would check, keep the screenshot, then answer Airflow's form."""
    view = await _view(cycle_id, channel, visitor)
    if not view.is_team(visitor.username):
        problems = Problems("Hanya Tim Medsos yang dapat melaporkan unggahan.", status=403)
        return await _show(request, view, visitor, forms, problems=problems)
    try:
        typed = await read_typed(request, cycle_id, channel)
    except RequestTooLarge:
        told = "Berkasnya terlalu besar. Pilih tangkapan layar biasa, bukan video."
        return await _show(request, view, visitor, forms, problems=Problems(picture=told, status=413))
    situation = await _situation(view, forms, visitor)
    problems = _obstacle(request, view, visitor, situation, typed)
    if typed.button == "kembali" or problems:
        return await _show(request, view, visitor, forms, typed=typed, problems=problems)
    if typed.button in CONFIRMED and not typed.sure:
        return page(
            request,
            "konfirmasi_unggahan",
            username=visitor.username,
            offices=[view.office],
            view=view,
            typed=typed,
            token=form_token(visitor.username, _purpose(view)),
        )
    values, problems = await run_in_threadpool(_values, view, situation, typed, visitor.username)
    if not problems:
        problems = await _send(view, situation, forms, visitor, typed.button, values)
    if problems:
        return await _show(request, view, visitor, forms, typed=typed, problems=problems)
    here = addresses_of(request).upload(cycle_id, channel, terkirim=typed.button)
    return RedirectResponse(here, status_code=303)


async def _view(cycle_id: int, channel: str, visitor: Visitor) -> UploadView:
    def read() -> UploadView | None:
        with reading() as session:
            return upload_view(session, cycle_id, channel)

    view = await run_in_threadpool(read) if channel in CHANNELS else None
    if view is None or not visitor.may_read(view.cycle.dag_id):
        raise HTTPException(404, f"Siklus {cycle_id} belum sampai pada unggahan ke kanal ini.")
    return view


async def _situation(view: UploadView, forms: AirflowForms, visitor: Visitor) -> Situation:
    """What the ledger and Airflow together say; the ledger knows what is true, Airflow who is asked."""
    task_id = (capture_task if view.published else publish_task)(view.channel)
    form = await forms.one(view.cycle.dag_id, view.cycle.run_id, task_id)
    answered = await run_in_threadpool(stored_answer, view.cycle.id, task_id, 0)
    if answered is not None and answered.about == _about(view, task_id):
        await pass_on(forms, view.cycle, visitor, answered)
        return Situation("processing")
    if form is not None and form.waiting:
        kind = "proof" if view.published else "doubt" if view.in_doubt else "upload"
        return Situation(kind, form)
    if view.published:
        return Situation("done")
    if view.cancelled:
        return Situation("cancelled")
    return Situation("processing" if form is not None else "running")


def _obstacle(
    request: Request, view: UploadView, visitor: Visitor, situation: Situation, typed: Typed
) -> Problems:
    """What stands in the way whatever was typed."""
    if not is_same_origin(request) or not is_genuine(typed.token, visitor.username, _purpose(view)):
        return Problems(
            "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi.",
            status=403,
        )
    if typed.button == "kembali":
        return Problems()
    if situation.form is None:
        return Problems(
            "Unggahan ini tidak lagi menunggu jawaban, mungkin sudah dijawab dari perangkat lain."
        )
    if typed.button not in situation.buttons or typed.button not in situation.form.options:
        return Problems("Pilih salah satu: " + ", ".join(situation.buttons) + ".")
    return Problems()


def _values(
    view: UploadView, situation: Situation, typed: Typed, username: str
) -> tuple[dict[str, Any], Problems]:
    """The fields for Airflow's form, once all is in order; the screenshot has become evidence by then."""
    if typed.button not in (UP, SEND):
        return {ADDRESS: None, PICTURE: None}, Problems()
    address, address_problem = _address(view, typed)
    picture_problem = typed.picture_problem
    if not picture_problem and not typed.picture and situation.kind != "doubt":
        picture_problem = "Tangkapan layar belum dipilih. Potret layar postingannya, lalu pilih gambarnya."
    if address_problem or picture_problem:
        return {}, Problems(address=address_problem, picture=picture_problem)
    path = waiting_screenshot(view.cycle.id, view.channel, typed.picture)
    if path is None:
        return {ADDRESS: address, PICTURE: None}, Problems()
    evidence = keep_screenshot_of_person(
        view.run, view.publication, path.read_bytes(), address=address, by=username, at=utc_now()
    )
    return {ADDRESS: address, PICTURE: kept_name(evidence)}, Problems()


def _address(view: UploadView, typed: Typed) -> tuple[str, str]:
    """The address that counts, and what is wrong with the one that was typed."""
    if view.published and view.publication.permalink:
        return view.publication.permalink, ""
    try:
        return checked_address(view.run, view.publication, typed.address), ""
    except FormError as error:
        return "", str(error)


async def _send(
    view: UploadView,
    situation: Situation,
    forms: AirflowForms,
    visitor: Visitor,
    option: str,
    values: dict[str, Any],
) -> Problems:
    assert situation.form is not None  # noqa: S101  `_obstacle` has looked
    task_id = situation.form.task_id
    told = await send_answer(
        forms,
        view.cycle,
        visitor,
        task_id=task_id,
        round_no=0,
        option=option,
        values=values,
        about=_about(view, task_id),
    )
    return Problems(told, status=409) if told else Problems()


def _about(view: UploadView, task_id: str) -> str:
    """What the task would say that it asks about, now."""
    return question_about(view.run) if task_id == publish_task(view.channel) else ""


async def _show(
    request: Request,
    view: UploadView,
    visitor: Visitor,
    forms: AirflowForms,
    *,
    typed: Typed | None = None,
    problems: Problems | None = None,
    situation: Situation | None = None,
    sent: str = "",
) -> Response:
    situation = situation or await _situation(view, forms, visitor)
    return page(
        request,
        "unggahan",
        username=visitor.username,
        offices=[view.office],
        status=problems.status if problems else 200,
        view=view,
        names=view.name_of,
        situation=situation,
        may_answer=bool(situation.buttons) and view.is_team(visitor.username),
        typed=typed or _typed_before(view, visitor),
        problems=problems or Problems(),
        sent=sent,
        token=form_token(visitor.username, _purpose(view)),
    )


def _typed_before(view: UploadView, visitor: Visitor) -> Typed:
    """What came with a refused answer, so that nobody types or chooses it twice."""
    if view.refused is None or view.refused.answered_by != visitor.username:
        return Typed()
    waits = waiting_screenshot(view.cycle.id, view.channel, view.refused_picture) is not None
    return Typed(
        address=str(view.refused.answers.get(ADDRESS) or ""), picture=view.refused_picture if waits else ""
    )


def _purpose(view: UploadView) -> str:
    return f"unggahan/{view.cycle.id}/{view.channel}"
