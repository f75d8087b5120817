"""The form of the half-yearly review: shows report and proposals, asks again, records the decision at once.

The decision is judged and recorded at the moment of the press; Airflow is told afterwards, and only to go on
(ADR 5).
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from medsos.approval.sop_review import OPTIONS, check_wish, record_review
from medsos.clock import utc_now
from medsos.errors import FormError, NotApproved
from medsos.operators.review_form import BEGINS, NOTE, SEAL, TASK, target_field, wish_of
from medsos.sop.renewal import changed_targets
from medsos.store.models import ReviewPaper
from medsos.store.session import reading, transaction
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import AirflowForms, AirflowFormsDep, FormRefused
from medsos.web.airflow.lost_answers import note_lost_answers_of_review
from medsos.web.airflow.telling import News, tell_all
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.page import page
from medsos.web.sop_review.view import ReviewEntry, ReviewView, all_reviews, review_view
from medsos.web.visitors import Visitor, VisitorDep
from medsos.web.waiting.reviews import news_of_review

router = APIRouter()

NOTE_LENGTH = 4000
MOST_FIELDS = 20
STALE = "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi."


@router.get("/tinjauan-sop")
async def list_reviews(request: Request, visitor: VisitorDep) -> Response:
    """Every half-year that was laid before a Sekretaris."""

    def read() -> list[ReviewEntry]:
        with reading() as session:
            ids = set(session.scalars(select(ReviewPaper.dag_id)))
            return all_reviews(session, {dag_id for dag_id in ids if visitor.may_read(dag_id)})

    entries = await run_in_threadpool(read)
    return page(request, "tinjauan_semua", username=visitor.username, entries=entries)


@router.get("/tinjauan-sop/{kantor}/{periode}")
async def show(
    request: Request,
    kantor: str,
    periode: str,
    visitor: VisitorDep,
    forms: AirflowFormsDep,
    terkirim: str = "",
) -> Response:
    """The form of one half-year. `terkirim` says that the visitor has just decided."""
    view = await _view(kantor, periode, visitor)
    if view.decision is not None:
        await _tell(view, visitor, forms)
    elif await _note_lost(view, forms):
        view = await _view(kantor, periode, visitor)
    return _form(request, view, visitor, sent=bool(terkirim))


@router.post("/tinjauan-sop/{kantor}/{periode}")
async def decide(
    request: Request, kantor: str, periode: str, visitor: VisitorDep, forms: AirflowFormsDep
) -> Response:
    """First press: ask to confirm. Confirmed: record the decision, then tell Airflow."""
    view = await _view(kantor, periode, visitor)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as given:
        typed = {name: str(value).replace("\r\n", "\n").strip() for name, value in given.multi_items()}
    option = typed.get("keputusan", "")
    if option == "kembali":
        return _form(request, view, visitor, typed=typed)
    if not is_same_origin(request) or not is_genuine(
        typed.get("token", ""), visitor.username, _purpose(view)
    ):
        return _form(request, view, visitor, typed=typed, problem=STALE, status=403)
    if not any(holder.username == visitor.username for holder in view.deciders):
        problem = "Anda tidak berhak memutuskan tinjauan ini. Keputusan tidak dicatat."
        return _form(request, view, visitor, typed=typed, problem=problem, status=403)
    if problem := _problem(view, option, typed):
        return _form(request, view, visitor, typed=typed, problem=problem, status=422)
    if typed.get("yakin") != "ya":
        return _confirmation(request, view, visitor, option, typed)
    if problem := await run_in_threadpool(_record, view, visitor, option, typed):
        view = await _view(kantor, periode, visitor)
        return _form(request, view, visitor, typed=typed, problem=problem, status=409)
    await _tell(await _view(kantor, periode, visitor), visitor, forms)
    there = addresses_of(request).review(kantor, periode, terkirim="ya")
    return RedirectResponse(there, status_code=303)


def _problem(view: ReviewView, option: str, typed: dict[str, str]) -> str:
    """A sentence when the decision cannot be taken as it is."""
    if option not in OPTIONS:
        return "Pilih salah satu keputusan: " + " atau ".join(OPTIONS) + "."
    if view.decision is not None:
        return "" if typed.get("yakin") == "ya" else "Tinjauan ini sudah diputuskan dan tidak dapat diganti."
    if typed.get(SEAL) != view.paper.report_sha256:
        return "Laporannya berubah sejak halaman ini dibuka. Periksa laporan yang baru sebelum memutuskan."
    if len(typed.get(NOTE, "")) > NOTE_LENGTH:
        return f"Catatan paling banyak {NOTE_LENGTH} karakter. Ringkas catatannya."
    try:
        check_wish(OPTIONS[option], wish_of(typed, view.sop), view.sop, view.today)
    except FormError as error:
        return str(error)
    return ""


def _record(view: ReviewView, visitor: Visitor, option: str, typed: dict[str, str]) -> str:
    """Record the decision; a sentence when it cannot count."""
    try:
        with transaction() as session:
            record_review(
                session,
                view.paper,
                report_sha256=typed.get(SEAL, ""),
                sop=view.sop,
                decision=OPTIONS[option],
                wish=wish_of(typed, view.sop),
                by=visitor.username,
                at=utc_now(),
                zone=view.office.zone,
            )
    except (FormError, NotApproved) as error:
        return str(error)
    return ""


def _confirmation(
    request: Request, view: ReviewView, visitor: Visitor, option: str, typed: dict[str, str]
) -> Response:
    wish = wish_of(typed, view.sop)
    changes = changed_targets(view.sop, wish.targets) if option == "Ditetapkan" else {}
    return page(
        request,
        "tinjauan_pastikan",
        username=visitor.username,
        offices=[view.office],
        view=view,
        option=option,
        note=typed.get(NOTE, ""),
        changes=[(view.sop.step(key), minutes) for key, minutes in changes.items()],
        effective_from=wish.effective_from,
        carried={
            name: typed.get(name, "")
            for name in (NOTE, BEGINS, *(target_field(line.step.key) for line in view.lines))
        },
        token=form_token(visitor.username, _purpose(view)),
    )


def _form(
    request: Request,
    view: ReviewView,
    visitor: Visitor,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    sent: bool = False,
    status: int = 200,
) -> Response:
    values = typed if typed is not None else _typed_before(view, visitor)
    return page(
        request,
        "tinjauan",
        username=visitor.username,
        offices=[view.office],
        status=status,
        view=view,
        names=view.name_of,
        may_decide=view.may_decide(visitor.username),
        problem=problem,
        sent=sent,
        note=values.get(NOTE, ""),
        begins=values.get(BEGINS, ""),
        targets={
            line.step.key: values.get(target_field(line.step.key)) or line.step.target_minutes
            for line in view.lines
        },
        task_id=TASK,
        token=form_token(visitor.username, _purpose(view)),
    )


def _typed_before(view: ReviewView, visitor: Visitor) -> dict[str, str]:
    """What a refused answer held, so that nobody types it twice."""
    if view.refused is None or view.refused.answered_by != visitor.username:
        return {}
    return {name: "" if value is None else str(value) for name, value in view.refused.answers.items()}


async def _note_lost(view: ReviewView, forms: AirflowForms) -> bool:
    try:
        asked = await forms.one(view.paper.dag_id, view.paper.run_id, TASK)
    except FormRefused:
        return False
    return await note_lost_answers_of_review(forms, view.paper, asked)


async def _tell(view: ReviewView, visitor: Visitor, forms: AirflowForms) -> None:
    """Let the waiting tasks know that the review is decided."""

    def news() -> list[News]:
        with reading() as session:
            return news_of_review(session, view.paper, visitor.username)

    await tell_all(forms, await run_in_threadpool(news))


async def _view(office: str, period: str, visitor: Visitor) -> ReviewView:
    def read() -> ReviewView | None:
        with reading() as session:
            return review_view(session, office, period, now=utc_now())

    view = await run_in_threadpool(read)
    if view is None or not visitor.may_read(view.paper.dag_id):
        raise HTTPException(404, "Tinjauan ini tidak ada, atau laporannya belum diajukan.")
    return view


def _purpose(view: ReviewView) -> str:
    return f"tinjauan/{view.paper.office}/{view.paper.period}"
