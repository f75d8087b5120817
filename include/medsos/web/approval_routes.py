"""The approval form: shows a round, asks again before it sends, and passes the answer on to Airflow."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from medsos.approval.decisions import OPTIONS
from medsos.clock import utc_now
from medsos.store.session import transaction
from medsos.web.addresses import addresses_of
from medsos.web.airflow_forms import AirflowForms, AirflowFormsDep, AskedForm, FormRefused
from medsos.web.approval_view import ApprovalView, approval_view
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.page import page
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

NOTE_LENGTH = 4000
NEEDS_NOTE = {
    "Revisi": "Tulis pada catatan apa yang perlu diperbaiki, lalu tekan Revisi lagi.",
    "Tolak": "Tulis pada catatan alasan penolakan, lalu tekan Tolak lagi.",
}


@router.get("/persetujuan/{cycle_id}/{round_no}")
async def show(
    request: Request,
    cycle_id: int,
    round_no: int,
    visitor: VisitorDep,
    forms: AirflowFormsDep,
    terkirim: str = "",
) -> Response:
    """The form of one round. `terkirim` names the decision that the visitor has just sent."""
    view = await _view(cycle_id, round_no, visitor)
    return await _form(request, view, visitor, forms, sent=terkirim if terkirim in OPTIONS else "")


@router.post("/persetujuan/{cycle_id}/{round_no}")
async def decide(
    request: Request,
    cycle_id: int,
    round_no: int,
    visitor: VisitorDep,
    forms: AirflowFormsDep,
    keputusan: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form()] = "",
    segel: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
    yakin: Annotated[str, Form()] = "",
) -> Response:
    """First press: ask to confirm. Confirmed: send to Airflow, whose word on permission is final."""
    view = await _view(cycle_id, round_no, visitor)
    note = catatan.replace("\r\n", "\n").strip()
    if keputusan == "kembali":
        return await _form(request, view, visitor, forms, note=note)
    if not is_same_origin(request) or not is_genuine(token, visitor.username, _purpose(view)):
        problem = (
            "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi."
        )
        return await _form(request, view, visitor, forms, note=note, problem=problem, status=403)
    if problem := _problem(view, keputusan, note, segel):
        return await _form(request, view, visitor, forms, note=note, problem=problem, status=422)
    if not view.is_approver(visitor.username):
        problem = "Anda tidak berhak memutuskan materi ini. Keputusan tidak dikirim."
        return await _form(request, view, visitor, forms, note=note, problem=problem, status=403)
    if yakin != "ya":
        return page(
            request,
            "konfirmasi",
            username=visitor.username,
            offices=[view.office],
            view=view,
            names=view.name_of,
            decision=keputusan,
            note=note,
            token=form_token(visitor.username, _purpose(view)),
            urgent=view.asked.upload_at is None or view.asked.upload_at <= utc_now(),
        )
    try:
        await forms.answer(
            view.cycle.dag_id,
            view.cycle.run_id,
            view.task_id,
            keputusan,
            {"catatan": note or None, "segel": view.seal},
        )
    except FormRefused as error:
        return await _form(
            request, view, visitor, forms, note=note, problem=str(error), status=max(error.status, 400)
        )
    return RedirectResponse(
        addresses_of(request).approval(cycle_id, round_no) + f"?terkirim={keputusan}", status_code=303
    )


def _problem(view: ApprovalView, decision: str, note: str, seal: str) -> str:
    """A sentence when the decision cannot be sent as it is."""
    if view.decision is not None:
        return "Putaran ini sudah diputuskan. Keputusan tidak dapat diganti."
    if decision not in view.options:
        return "Pilih salah satu keputusan: " + ", ".join(view.options) + "."
    if decision in NEEDS_NOTE and not note:
        return NEEDS_NOTE[decision]
    if len(note) > NOTE_LENGTH:
        return f"Catatan {len(note)} karakter; paling banyak {NOTE_LENGTH}. Ringkas catatannya."
    if seal != view.seal:
        return "Materi berubah sejak halaman ini dibuka. Periksa materi yang baru sebelum memutuskan."
    return ""


async def _view(cycle_id: int, round_no: int, visitor: Visitor) -> ApprovalView:
    def read() -> ApprovalView | None:
        with transaction() as session:
            return approval_view(session, cycle_id, round_no, now=utc_now())

    view = await run_in_threadpool(read)
    if view is None or not visitor.may_read(view.cycle.dag_id):
        raise HTTPException(
            404, f"Siklus {cycle_id} putaran {round_no} tidak ada, atau desainnya belum dibuat."
        )
    return view


async def _form(
    request: Request,
    view: ApprovalView,
    visitor: Visitor,
    forms: AirflowForms,
    *,
    note: str = "",
    problem: str = "",
    sent: str = "",
    status: int = 200,
) -> Response:
    asked = await forms.one(view.cycle.dag_id, view.cycle.run_id, view.task_id)
    state = _state(view, asked)
    return page(
        request,
        "persetujuan",
        username=visitor.username,
        offices=[view.office],
        status=status,
        view=view,
        names=view.name_of,
        state=state,
        may_decide=state == "waiting" and view.is_approver(visitor.username),
        asked_at=asked.asked_at if asked else None,
        note=note or _typed_before(view, visitor),
        problem=problem,
        sent=sent,
        token=form_token(visitor.username, _purpose(view)),
    )


def _state(view: ApprovalView, asked: AskedForm | None) -> str:
    """decided, waiting, processing (answered, not yet recorded) or not_asked."""
    if view.decision is not None:
        return "decided"
    if asked is None:
        return "not_asked"
    return "waiting" if asked.waiting else "processing"


def _typed_before(view: ApprovalView, visitor: Visitor) -> str:
    """The note of a refused answer, so that nobody types it twice."""
    if view.refused is None or view.refused.answered_by != visitor.username:
        return ""
    answers: dict[str, Any] = view.refused.answers
    return str(answers.get("catatan") or "")


def _purpose(view: ApprovalView) -> str:
    return f"persetujuan/{view.cycle.id}/{view.round_no}"
