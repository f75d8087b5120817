"""The approval form: shows a round, asks again before it counts, and records the decision at once.

The decision is judged and recorded at the moment of the press (who, which bytes, which words); Airflow is
told afterwards, and only to go on (ADR 5).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from medsos.approval.decisions import OPTIONS, record_decision
from medsos.clock import utc_now
from medsos.errors import EvidenceError, FormError, NotApproved
from medsos.operators.cycle import CycleRun
from medsos.operators.sealing import seal_now
from medsos.store.session import reading, transaction
from medsos.web.addresses import addresses_of
from medsos.web.airflow.assignees import messengers
from medsos.web.airflow.forms import AWAITING, OPEN, AirflowForms, AirflowFormsDep, AskedForm, FormRefused
from medsos.web.airflow.lost_answers import note_lost_answers
from medsos.web.airflow.telling import News, tell
from medsos.web.approval.view import ApprovalView, approval_view
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
    await _tell(view, visitor, forms)
    asked = await _asked(view, forms)
    if await note_lost_answers(forms, view.cycle, asked):
        view = await _view(cycle_id, round_no, visitor)
    return await _form(request, view, visitor, asked, sent=terkirim if terkirim in OPTIONS else "")


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
    """First press: ask to confirm. Confirmed: record the decision, then tell Airflow."""
    view = await _view(cycle_id, round_no, visitor)
    asked = await _asked(view, forms)
    note = catatan.replace("\r\n", "\n").strip()

    async def again(problem: str = "", status: int = 200) -> Response:
        return await _form(request, view, visitor, asked, note=note, problem=problem, status=status)

    if keputusan == "kembali":
        return await again()
    if not is_same_origin(request) or not is_genuine(token, visitor.username, _purpose(view)):
        return await again(
            "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi.",
            403,
        )
    if not _is_same_decision(view, visitor, keputusan, segel):
        if problem := _problem(view, asked, keputusan, note, segel):
            return await again(problem, 422)
        if not view.is_approver(visitor.username):
            return await again("Anda tidak berhak memutuskan materi ini. Keputusan tidak dicatat.", 403)
        if yakin != "ya":
            return _confirmation(request, view, visitor, keputusan, note)
        if problem := await run_in_threadpool(_record, view, visitor, keputusan, note):
            return await again(problem, 409)
    await _tell(await _view(cycle_id, round_no, visitor), visitor, forms)
    there = addresses_of(request).approval(cycle_id, round_no, terkirim=keputusan)
    return RedirectResponse(there, status_code=303)


def _confirmation(
    request: Request, view: ApprovalView, visitor: Visitor, decision: str, note: str
) -> Response:
    return page(
        request,
        "konfirmasi",
        username=visitor.username,
        offices=[view.office],
        view=view,
        names=view.name_of,
        decision=decision,
        note=note,
        token=form_token(visitor.username, _purpose(view)),
        urgent=view.asked.upload_at is None or view.asked.upload_at <= utc_now(),
    )


def _record(view: ApprovalView, visitor: Visitor, option: str, note: str) -> str:
    """Record the decision over the bytes that lie in the archive now; a sentence when it cannot count."""
    run = CycleRun(view.cycle.id, view.office.slug, view.task_id, round_no=view.round_no)
    try:
        seal = seal_now(run, view.round_no)
        if seal != view.seal:
            return (
                "Berkas di arsip tidak lagi sama dengan yang dicatat saat desain dibuat, jadi keputusan "
                "tidak dicatat. Hubungi admin sistem."
            )
        with transaction() as session:
            record_decision(
                session,
                cycle_id=view.cycle.id,
                round_no=view.round_no,
                seal=seal,
                decision=OPTIONS[option],
                by=visitor.username,
                at=utc_now(),
                note=note,
                zone=view.office.zone,
            )
    except (FormError, NotApproved, EvidenceError) as error:
        return str(error)
    return ""


async def _tell(view: ApprovalView, visitor: Visitor, forms: AirflowForms) -> None:
    """Let the waiting task know that this round is decided."""
    decision = view.decision
    if decision is None or view.cycle.completed_at is not None or view.newest_round > view.round_no:
        return

    def people() -> Any:
        with reading() as session:
            return messengers(session, view.cycle, view.task_id, visitor.username)

    option = next(word for word, stored in OPTIONS.items() if stored == decision.decision)
    if found := await run_in_threadpool(people):
        values = {"catatan": decision.note or None, "segel": decision.seal}
        news = News(view.cycle.dag_id, view.cycle.run_id, view.task_id, option, values, found)
        await tell(forms, news)


async def _asked(view: ApprovalView, forms: AirflowForms) -> AskedForm | None:
    try:
        return await forms.one(view.cycle.dag_id, view.cycle.run_id, view.task_id)
    except FormRefused:
        # Airflow is busy at this moment; the record knows whether the round began to wait, too.
        return _asked_by_the_record(view)


def _asked_by_the_record(view: ApprovalView) -> AskedForm | None:
    if view.waiting is None:
        return None
    return AskedForm(
        dag_id=view.cycle.dag_id,
        run_id=view.cycle.run_id,
        task_id=view.task_id,
        subject="",
        options=view.options,
        assigned=(),
        asked_at=view.waiting.at,
        tried_at=view.waiting.at,
        try_number=1,
        state=AWAITING,
        answered=False,
    )


def _is_same_decision(view: ApprovalView, visitor: Visitor, option: str, seal: str) -> bool:
    """The button was pressed twice, or the page sent again."""
    made = view.decision
    return made is not None and (made.decision, made.decided_by, made.seal) == (
        OPTIONS.get(option),
        visitor.username,
        seal,
    )


def _problem(view: ApprovalView, asked: AskedForm | None, decision: str, note: str, seal: str) -> str:
    """A sentence when the decision cannot be taken as it is."""
    if view.decision is not None:
        return (
            f"Putaran ini sudah diputuskan oleh {view.name_of(view.decision.decided_by)}. Keputusan yang "
            "pertama berlaku dan tidak dapat diganti."
        )
    if _state(view, asked) != "waiting":
        return "Putaran ini tidak menunggu keputusan. Muat ulang halaman untuk melihat keadaannya."
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
        with reading() as session:
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
    asked: AskedForm | None,
    *,
    note: str = "",
    problem: str = "",
    sent: str = "",
    status: int = 200,
) -> Response:
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
        asked_at=asked.asked_at if asked else view.waiting_since,
        note=note or _typed_before(view, visitor),
        problem=problem,
        sent=sent,
        token=form_token(visitor.username, _purpose(view)),
    )


def _state(view: ApprovalView, asked: AskedForm | None) -> str:
    """decided, waiting, processing (answered in Airflow, not yet recorded) or not_asked."""
    if view.decision is not None:
        return "decided"
    if asked is None:
        return "waiting" if view.waits_for_official else "not_asked"
    if asked.takes_answers:
        return "waiting"
    return "processing" if asked.answered and asked.state in OPEN else "not_asked"


def _typed_before(view: ApprovalView, visitor: Visitor) -> str:
    """The note of a refused answer, so that nobody types it twice."""
    if view.refused is None or view.refused.answered_by != visitor.username:
        return ""
    answers: dict[str, Any] = view.refused.answers
    return str(answers.get("catatan") or "")


def _purpose(view: ApprovalView) -> str:
    return f"persetujuan/{view.cycle.id}/{view.round_no}"
