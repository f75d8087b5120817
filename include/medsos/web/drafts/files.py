"""Uploads for a request that is being written: in pieces, each going on where the last one stopped."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from medsos.clock import utc_now
from medsos.drafts.book import require_open
from medsos.drafts.uploads import Part, UploadElsewhere, begin, finish, offset_of, picture_path, writing
from medsos.errors import FormError, MaterialError
from medsos.store.models import DraftFile
from medsos.store.session import transaction
from medsos.web.drafts.form import forget
from medsos.web.drafts.view import read_view, request_view
from medsos.web.drafts.workshop import at_work
from medsos.web.forgery import is_genuine, is_same_origin
from medsos.web.thumbnails import MEDIA_TYPE, thumbnail
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter(prefix="/ajukan/{draft_id}/berkas")

LARGEST_PIECE = 16_000_000
"""Bytes of one request; the page sends smaller pieces."""

_ANNOUNCEMENT = 4_000
_BUFFER = 1 << 19
_SMALL = 160

STALE = "Halaman ini sudah terlalu lama terbuka. Muat ulang halaman; berkas yang sudah masuk tidak hilang."


@router.post("")
async def announce(request: Request, draft_id: str, visitor: VisitorDep) -> Response:
    """Announce a file by name, size and the browser's stamp; the answer says how much of it is there."""
    _require_own_page(request, draft_id, visitor)
    name, size, stamp = await _announced(request)

    def enter() -> DraftFile:
        with transaction() as session:
            view = request_view(session, draft_id, visitor)
            return begin(session, view.draft, name=name, size=size, stamp=stamp, now=utc_now())

    try:
        file = await run_in_threadpool(enter)
    except (MaterialError, FormError) as error:
        return _refused(error)
    return _standing(file, offset_of(file), status=201)


@router.get("/{file_id}")
@router.head("/{file_id}")
async def standing(draft_id: str, file_id: str, visitor: VisitorDep) -> Response:
    """How much of an upload is there."""
    file = await run_in_threadpool(_file, draft_id, file_id, visitor)
    return _standing(file, offset_of(file))


@router.patch("/{file_id}")
async def piece(request: Request, draft_id: str, file_id: str, visitor: VisitorDep) -> Response:
    """Add the next piece. What has come stays, also when the connection breaks in the middle of it."""
    _require_own_page(request, draft_id, visitor)
    file = await run_in_threadpool(_file, draft_id, file_id, visitor, True)
    if file.whole:
        return _standing(file, file.size_bytes)
    length, offset = request.headers.get("content-length", ""), request.headers.get("upload-offset", "")
    if not (length.isdigit() and offset.isdigit() and len(offset) < 16) or int(length) > LARGEST_PIECE:
        raise HTTPException(400, "Potongan berkas ini tidak dapat diterima. Muat ulang halaman.")
    try:
        with writing(file, int(offset)) as part:
            await _receive(request, part)
            if part.complete:
                await at_work("berkas", finish, file)
                return JSONResponse({"selesai": True, "nama": file.name})
    except UploadElsewhere as elsewhere:
        return _standing(file, elsewhere.offset, status=409)
    except MaterialError as error:
        await run_in_threadpool(forget, file)
        return _refused(error)
    return _standing(file, offset_of(file))


@router.delete("/{file_id}")
async def remove(request: Request, draft_id: str, file_id: str, visitor: VisitorDep) -> Response:
    """Give an upload up."""
    _require_own_page(request, draft_id, visitor)
    await run_in_threadpool(forget, await run_in_threadpool(_file, draft_id, file_id, visitor, True))
    return Response(status_code=204)


@router.get("/{file_id}/kecil")
async def small_picture(draft_id: str, file_id: str, visitor: VisitorDep) -> Response:
    """A small copy of a picture, or of a frame of a video."""
    file = await run_in_threadpool(_file, draft_id, file_id, visitor)
    if not file.whole or file.kind == "document":
        raise HTTPException(404)

    def small() -> bytes:
        data = picture_path(file).read_bytes()
        return thumbnail(data, sha256=hashlib.sha256(data).hexdigest(), width=_SMALL)

    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(await at_work("gambar", small), media_type=MEDIA_TYPE, headers=headers)


async def _receive(request: Request, part: Part) -> None:
    """Write the body as it comes; half a megabyte is the most that is ever held."""
    waiting = bytearray()
    try:
        async for data in request.stream():
            waiting += data
            if len(waiting) >= _BUFFER:
                full, waiting = bytes(waiting), bytearray()
                await run_in_threadpool(part.write, full)
    except ClientDisconnect:
        part.write(bytes(waiting))
        raise
    await run_in_threadpool(part.write, bytes(waiting))


async def _announced(request: Request) -> tuple[str, int, str]:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _ANNOUNCEMENT:
        raise HTTPException(400, "Pengumuman berkas ini tidak dapat dibaca. Muat ulang halaman.")
    try:
        told: Any = await request.json()
        return str(told["nama"]), int(told["ukuran"]), str(told.get("cap") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise HTTPException(400, "Pengumuman berkas ini tidak dapat dibaca. Muat ulang halaman.") from None


def _require_own_page(request: Request, draft_id: str, visitor: Visitor) -> None:
    token = request.headers.get("x-medsos-token", "")
    if not is_same_origin(request) or not is_genuine(token, visitor.username, f"ajukan/{draft_id}"):
        raise HTTPException(403, STALE)


def _file(draft_id: str, file_id: str, visitor: Visitor, to_change: bool = False) -> DraftFile:
    view = read_view(draft_id, visitor)
    for line in view.files:
        if line.file.id == file_id:
            if to_change:
                try:
                    require_open(view.draft)
                except FormError as error:
                    raise HTTPException(409, str(error)) from error
            return line.file
    raise HTTPException(404)


def _standing(file: DraftFile, offset: int, status: int = 200) -> Response:
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(file.size_bytes)}
    return JSONResponse({"id": file.id, "sudah": offset}, status_code=status, headers=headers)


def _refused(error: MaterialError | FormError) -> Response:
    problems = error.problems if isinstance(error, MaterialError) else [str(error)]
    return JSONResponse({"masalah": " ".join(problems)}, status_code=422)
