"""The page *Pejabat*: who holds which role, and the forms by which the Sekretaris changes that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from medsos.approval.appointment_rules import DELEGABLE, KIND_NAMES, is_over
from medsos.approval.officials import follow_account_ids
from medsos.clock import utc_now
from medsos.errors import FormError
from medsos.offices.model import ROLE_NAMES, Office
from medsos.store.models import Delegation, Official
from medsos.store.names import known_people
from medsos.store.session import reading, transaction
from medsos.web.addresses import addresses_of
from medsos.web.airflow.reassign import Reassign, ReassignDep
from medsos.web.forgery import form_token, is_genuine, is_same_origin
from medsos.web.office_view import all_offices, local_day
from medsos.web.officials.accounts import Accounts, AccountsDep
from medsos.web.officials.forms import DelegationForm, EndForm, Form, OfficialForm, typed_of
from medsos.web.officials.view import (
    OfficialsView,
    find_term,
    may_manage,
    officials_view,
    table_of,
)
from medsos.web.page import page
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter(prefix="/pejabat")

FORMS: dict[str, type[Form]] = {"delegasi": DelegationForm, "jabatan": OfficialForm}
SAVED = {
    "delegasi": "Delegasi tercatat dan langsung berlaku sesuai tanggalnya.",
    "jabatan": "Pejabat tercatat.",
    "akhiri": "Masa jabatan diakhiri.",
    "akun": "Akun Airflow diperiksa lagi.",
}
NOT_YOURS = "Hanya Sekretaris kantor ini dan pengelola sistem yang dapat mengubah pejabat."
STALE = "Halaman ini sudah terlalu lama terbuka atau tidak dikirim dari sini. Periksa, lalu tekan lagi."


@router.get("")
async def show(
    request: Request, visitor: VisitorDep, accounts: AccountsDep, kantor: str = "", tersimpan: str = ""
) -> Response:
    """Who holds which role; everybody who may read the office's cycles may read this."""
    offices = _readable(visitor)
    office = _office(offices, kantor or offices[0].slug if offices else kantor)
    now = utc_now()

    def read() -> tuple[OfficialsView, bool]:
        with reading() as session:
            manages = _manages(session, office, visitor)
            return officials_view(session, office, now=now, accounts=accounts if manages else None), manages

    view, manages = await run_in_threadpool(read)
    return page(
        request,
        "pejabat",
        username=visitor.username,
        offices=[office],
        view=view,
        all_offices=offices,
        manages=manages,
        kinds=KIND_NAMES,
        role_names=ROLE_NAMES,
        saved=SAVED.get(tersimpan, ""),
        token=form_token(visitor.username, _purpose(office)),
    )


@router.get("/{name}")
async def new(
    request: Request, name: str, visitor: VisitorDep, accounts: AccountsDep, kantor: str = ""
) -> Response:
    """An empty form: `delegasi` or `jabatan`."""
    office = _office(_readable(visitor), kantor)
    today = local_day(office, utc_now()).isoformat()
    form = _form(name, office, visitor, {"mulai": today}, accounts)
    await _require_manager(office, visitor)
    return await _typed_page(request, name, form, visitor)


@router.post("/akun")
async def look_up_accounts(
    request: Request, visitor: VisitorDep, accounts: AccountsDep, reassign: ReassignDep
) -> Response:
    """Note the accounts that the system's admin has made since."""
    given = await request.form()
    office = _office(_readable(visitor), str(given.get("kantor", "")))
    await _require_manager(office, visitor)
    if not _was_sent_from_here(request, given, office, visitor):
        raise HTTPException(403, STALE)

    def save() -> None:
        with reading() as session:
            names = known_people(session, office)
        found = {username: account for username in names if (account := accounts(username))}
        with transaction() as session:
            follow_account_ids(session, office.slug, {name: a.user_id for name, a in found.items()})

    await run_in_threadpool(save)
    await run_in_threadpool(reassign, office)
    return _back(request, office, "akun")


@router.post("/{name}")
async def send(
    request: Request, name: str, visitor: VisitorDep, accounts: AccountsDep, reassign: ReassignDep
) -> Response:
    """First press: check and ask to confirm. Confirmed: record."""
    given = await request.form()
    office = _office(_readable(visitor), str(given.get("kantor", "")))
    form = _form(name, office, visitor, given, accounts)
    return await _answer(request, name, form, visitor, given, reassign)


@router.get("/akhiri/{name}/{row_id}")
async def end(
    request: Request, name: str, row_id: int, visitor: VisitorDep, accounts: AccountsDep
) -> Response:
    """The form by which a term is ended."""
    form = await _end_form(name, row_id, visitor, {}, accounts)
    await _require_manager(form.office, visitor)
    return await _typed_page(request, "akhiri", form, visitor)


@router.post("/akhiri/{name}/{row_id}")
async def send_end(
    request: Request,
    name: str,
    row_id: int,
    visitor: VisitorDep,
    accounts: AccountsDep,
    reassign: ReassignDep,
) -> Response:
    """As `send`."""
    given = await request.form()
    form = await _end_form(name, row_id, visitor, given, accounts)
    return await _answer(request, "akhiri", form, visitor, given, reassign)


async def _answer(
    request: Request,
    name: str,
    form: Form,
    visitor: Visitor,
    given: Mapping[str, Any],
    reassign: Reassign,
) -> Response:
    await _require_manager(form.office, visitor)
    if not _was_sent_from_here(request, given, form.office, visitor):
        return await _typed_page(request, name, form, visitor, {"": STALE}, status=403)
    if given.get("langkah") == "kembali":
        return await _typed_page(request, name, form, visitor)
    problems, consequences = await run_in_threadpool(_checked, form)
    if problems:
        return await _typed_page(request, name, form, visitor, problems, status=422)
    if given.get("langkah") != "simpan":
        return page(
            request,
            "pejabat_pastikan",
            username=visitor.username,
            offices=[form.office],
            name=name,
            form=form,
            here_address=_address(request, name, form),
            consequences=consequences,
            token=form_token(visitor.username, _purpose(form.office)),
        )
    try:
        await run_in_threadpool(_save, form)
    except FormError as error:
        return await _typed_page(request, name, form, visitor, {"": str(error)}, status=422)
    await run_in_threadpool(reassign, form.office)
    return _back(request, form.office, name)


def _checked(form: Form) -> tuple[dict[str, str], list[str]]:
    with reading() as session:
        problems = form.problems(session)
        return problems, [] if problems else form.consequences(session)


def _save(form: Form) -> None:
    with transaction() as session:
        form.save(session)


async def _typed_page(
    request: Request,
    name: str,
    form: Form,
    visitor: Visitor,
    problems: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    def people() -> dict[str, str]:
        with reading() as session:
            return known_people(session, form.office)

    return page(
        request,
        "pejabat_isian",
        username=visitor.username,
        offices=[form.office],
        status=status,
        name=name,
        form=form,
        here_address=_address(request, name, form),
        people=await run_in_threadpool(people),
        roles={role: ROLE_NAMES[role] for role in DELEGABLE} if name == "delegasi" else ROLE_NAMES,
        role_names=ROLE_NAMES,
        kinds=KIND_NAMES,
        problems=problems or {},
        token=form_token(visitor.username, _purpose(form.office)),
    )


def _form(name: str, office: Office, visitor: Visitor, given: Mapping[str, Any], accounts: Accounts) -> Form:
    if name not in FORMS:
        raise HTTPException(404)
    return FORMS[name](
        office=office, typed=typed_of(given), by=visitor.username, accounts=accounts, now=utc_now()
    )


async def _end_form(
    name: str, row_id: int, visitor: Visitor, given: Mapping[str, Any], accounts: Accounts
) -> Form:
    def read() -> Official | Delegation | None:
        with reading() as session:
            return find_term(session, name, row_id)

    row = await run_in_threadpool(read)
    offices = {office.slug: office for office in _readable(visitor)}
    if row is None or row.office not in offices:
        raise HTTPException(404)
    office = offices[row.office]
    if is_over(row, local_day(office, utc_now())):
        raise HTTPException(404, "Masa ini sudah berakhir.")
    return EndForm(
        office=office,
        typed=typed_of(given),
        by=visitor.username,
        accounts=accounts,
        now=utc_now(),
        row=row,
    )


def _readable(visitor: Visitor) -> list[Office]:
    """Offices whose cycles the visitor may read."""
    return [office for office in all_offices() if visitor.may_read(f"content_cycle__{office.dag_suffix}")]


def _office(offices: list[Office], slug: str) -> Office:
    for office in offices:
        if office.slug == slug:
            return office
    raise HTTPException(404)


def _manages(session: Session, office: Office, visitor: Visitor) -> bool:
    return visitor.is_system_admin or may_manage(session, office, visitor.username, utc_now())


async def _require_manager(office: Office, visitor: Visitor) -> None:
    def read() -> bool:
        with reading() as session:
            return _manages(session, office, visitor)

    if not await run_in_threadpool(read):
        raise HTTPException(403, NOT_YOURS)


def _was_sent_from_here(request: Request, given: Mapping[str, Any], office: Office, visitor: Visitor) -> bool:
    token = str(given.get("token", ""))
    return is_same_origin(request) and is_genuine(token, visitor.username, _purpose(office))


def _purpose(office: Office) -> str:
    return f"pejabat/{office.slug}"


def _address(request: Request, name: str, form: Form) -> str:
    if form.row is None:
        return addresses_of(request).page(f"pejabat/{name}")
    return addresses_of(request).page(f"pejabat/akhiri/{table_of(form.row)}/{form.row.id}")


def _back(request: Request, office: Office, saved: str) -> Response:
    here = addresses_of(request).page("pejabat", kantor=office.slug, tersimpan=saved)
    return RedirectResponse(here, status_code=303)
