"""The pages on which content is requested: the drafts, the form, and the wait for the cycle."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from medsos.clock import utc_now
from medsos.content.request import BODY_LENGTH, LINE_LENGTH, TITLE_LENGTH
from medsos.drafts.book import come_back, new_draft, not_started, remove, save
from medsos.drafts.handover import clean_drafts
from medsos.drafts.uploads import LARGEST_FILE, MOST_FILES, drop, shift
from medsos.errors import FormError
from medsos.store.models import Cycle
from medsos.store.session import reading, transaction
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import FormRefused
from medsos.web.airflow.runs import AirflowRuns, AirflowRunsDep
from medsos.web.drafts.form import SentForm, keep_files, sent_form
from medsos.web.drafts.preview import preview_of
from medsos.web.drafts.sending import send_request
from medsos.web.drafts.view import (
    HINTS,
    Faults,
    RequestView,
    my_drafts,
    offices_for,
    read_view,
    request_view,
)
from medsos.web.drafts.workshop import at_work
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.page import page
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter(prefix="/ajukan")

NOT_FROM_HERE = (
    "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa isiannya, lalu tekan lagi."
)
NEVER_STARTED = "Airflow tidak mencatat permohonan ini. Kirim sekali lagi."
FAILED = (
    "Tugas “Terima permohonan” gagal di Airflow sebelum siklusnya ada. Kirim sekali lagi; bila berulang, "
    "beri tahu admin sistem."
)
LOST_AFTER = timedelta(seconds=60)
"""So long a run that was sent may still be on its way into Airflow."""

_START = "ajukan"


@router.get("")
async def overview(request: Request, visitor: VisitorDep) -> Response:
    """What is it about? And the drafts that are there already."""
    return await _overview(request, visitor)


@router.post("")
async def begin_request(request: Request, visitor: VisitorDep) -> Response:
    """Begin a draft of the chosen type."""
    async with request.form(max_files=0, max_fields=5) as form:
        token, content_type, slug = (str(form.get(name) or "") for name in ("token", "jenis", "kantor"))
    if not is_same_origin(request) or not is_genuine(token, visitor.username, _START):
        return await _overview(request, visitor, NOT_FROM_HERE, status=403)
    office = next((office for office in offices_for(visitor) if office.slug == slug), None)
    if office is None:
        raise HTTPException(403, "Peran Anda di Airflow tidak boleh mengajukan konten untuk kantor ini.")

    def make() -> str:
        with transaction() as session:
            clean_drafts(session, utc_now())
            return new_draft(
                session,
                office=office.slug,
                author=visitor.username,
                content_type=content_type,
                channels=office.offered_channels,
                now=utc_now(),
            ).id

    try:
        draft_id = await run_in_threadpool(make)
    except FormError as error:
        return await _overview(request, visitor, str(error), status=422)
    return RedirectResponse(addresses_of(request).request(draft_id), status_code=303)


@router.get("/{draft_id}")
async def show(request: Request, draft_id: str, visitor: VisitorDep, runs: AirflowRunsDep) -> Response:
    """The form; once sent, the way to the cycle."""
    view = await run_in_threadpool(read_view, draft_id, visitor)
    if view.draft.cycle_id is not None:
        return RedirectResponse(addresses_of(request).cycle(view.draft.cycle_id), status_code=303)
    if view.draft.sent_at is not None:
        return await _on_its_way(request, view, visitor, runs)
    return await _form(request, view, visitor)


@router.post("/{draft_id}")
async def press(request: Request, draft_id: str, visitor: VisitorDep, runs: AirflowRunsDep) -> Response:
    """Keep what was typed, whatever it is; then do what the button says."""
    view = await run_in_threadpool(read_view, draft_id, visitor)
    here = addresses_of(request).request(draft_id)
    async with sent_form(request) as sent:
        if not is_same_origin(request) or not is_genuine(sent.token, visitor.username, _purpose(view)):
            raise HTTPException(403, NOT_FROM_HERE)
        if view.draft.sent_at is not None:
            return RedirectResponse(here, status_code=303)
        await run_in_threadpool(_keep, draft_id, visitor, sent)
        problems = await at_work("berkas", keep_files, draft_id, sent.files) if sent.files else []
    view = await run_in_threadpool(read_view, draft_id, visitor)
    if problems:
        return await _form(request, view, visitor, Faults({"materials": problems}))
    if sent.button == "kirim":
        faults = await send_request(view, visitor, runs)
        if faults:
            return await _form(
                request, await run_in_threadpool(read_view, draft_id, visitor), visitor, faults
            )
        return RedirectResponse(here, status_code=303)
    if sent.button == "draf":
        return RedirectResponse(addresses_of(request).page("ajukan"), status_code=303)
    return RedirectResponse(here + _place(sent.button), status_code=303)


@router.get("/{draft_id}/hapus")
async def ask_to_delete(request: Request, draft_id: str, visitor: VisitorDep) -> Response:
    """Really?"""
    view = await run_in_threadpool(read_view, draft_id, visitor)
    return page(
        request,
        "ajukan_hapus",
        username=visitor.username,
        offices=[view.office],
        view=view,
        token=form_token(visitor.username, _purpose(view)),
    )


@router.post("/{draft_id}/hapus")
async def delete(request: Request, draft_id: str, visitor: VisitorDep) -> Response:
    """Delete a draft and its files; one that is on its way stays."""
    async with request.form(max_files=0, max_fields=5) as form:
        token = str(form.get("token") or "")

    def take_away() -> None:
        with transaction() as session:
            view = request_view(session, draft_id, visitor)
            if not is_same_origin(request) or not is_genuine(token, visitor.username, _purpose(view)):
                raise HTTPException(403, NOT_FROM_HERE)
            if view.draft.sent_at is not None:
                raise HTTPException(409, "Permohonan ini sudah dikirim, jadi tidak dapat dihapus lagi.")
            remove(session, draft_id)

    await run_in_threadpool(take_away)
    return RedirectResponse(addresses_of(request).page("ajukan"), status_code=303)


def _keep(draft_id: str, visitor: Visitor, sent: SentForm) -> None:
    with transaction() as session:
        view = request_view(session, draft_id, visitor)
        if view.draft.sent_at is not None:
            return
        save(session, view.draft, sent.typed, utc_now())
        action, _, file_id = sent.button.partition(":")
        if action in ("naik", "turun"):
            shift(session, view.draft, file_id, -1 if action == "naik" else 1)
        elif action == "hapus":
            for line in view.files:
                if line.file.id == file_id:
                    drop(session, line.file)


def _place(button: str) -> str:
    """Where on the page the button stood."""
    return "#bahan" if button.partition(":")[0] in ("naik", "turun", "hapus", "unggah") else "#pratinjau"


async def _overview(request: Request, visitor: Visitor, problem: str = "", status: int = 200) -> Response:
    def read() -> list[object]:
        with reading() as session:
            return list(my_drafts(session, visitor))

    return page(
        request,
        "ajukan",
        username=visitor.username,
        status=status,
        mine=offices_for(visitor),
        drafts=await run_in_threadpool(read),
        hints=HINTS,
        problem=problem,
        token=form_token(visitor.username, _START),
    )


async def _form(
    request: Request, view: RequestView, visitor: Visitor, faults: Faults | None = None
) -> Response:
    return page(
        request,
        "ajukan_isi",
        username=visitor.username,
        offices=[view.office],
        status=faults.status if faults else 200,
        view=view,
        typed=view.draft.typed,
        faults=faults or Faults({"": view.draft.problems} if view.draft.problems else {}),
        came_back=bool(view.draft.problems) and not faults,
        preview=await run_in_threadpool(preview_of, view),
        token=form_token(visitor.username, _purpose(view)),
        hints=HINTS,
        most={
            "title": TITLE_LENGTH, "body": BODY_LENGTH, "line": LINE_LENGTH,
            "file": LARGEST_FILE, "files": MOST_FILES,
        },
    )  # fmt: skip


async def _on_its_way(request: Request, view: RequestView, visitor: Visitor, runs: AirflowRuns) -> Response:
    """To the cycle once it is there; back to the form when there will be none."""
    run_id = str(view.draft.run_id)

    def look() -> int | None:
        with reading() as session:
            return session.scalar(select(Cycle.id).where(Cycle.dag_id == view.dag_id, Cycle.run_id == run_id))

    cycle_id = await run_in_threadpool(look)
    if cycle_id is not None:
        return RedirectResponse(addresses_of(request).cycle(cycle_id), status_code=303)
    try:
        run = await runs.look(view.dag_id, run_id)
    except FormRefused as error:
        return _waiting(request, view, visitor, str(error))
    age = utc_now() - view.draft.sent_at if view.draft.sent_at else LOST_AFTER
    if not run.state and age > LOST_AFTER:
        await run_in_threadpool(_reopen, view, run_id, NEVER_STARTED, False)
    elif run.state == "failed":
        await run_in_threadpool(_reopen, view, run_id, FAILED, True)
    else:
        return _waiting(request, view, visitor, paused=run.paused)
    return RedirectResponse(addresses_of(request).request(view.draft.id), status_code=303)


def _reopen(view: RequestView, run_id: str, problem: str, there_was_a_run: bool) -> None:
    """The task may have given it back with a better sentence a moment ago; then that one stays."""
    with transaction() as session:
        if there_was_a_run:
            come_back(session, run_id, [problem])
        else:
            not_started(session, view.draft.id, run_id, [problem])


def _waiting(
    request: Request, view: RequestView, visitor: Visitor, problem: str = "", *, paused: bool = False
) -> Response:
    return page(
        request,
        "ajukan_terkirim",
        username=visitor.username,
        offices=[view.office],
        view=view,
        problem=problem,
        paused=paused,
    )


def _purpose(view: RequestView) -> str:
    return f"ajukan/{view.draft.id}"
