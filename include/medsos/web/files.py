"""Hands out files of the archive, and our own stylesheet and icons; only to people who are logged in."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from sqlalchemy import select

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive
from medsos.evidence.editions import FOLDER as PERIODS
from medsos.store.models import Cycle
from medsos.store.session import reading
from medsos.web.addresses import STATIC
from medsos.web.thumbnails import MEDIA_TYPE, WIDTHS, thumbnail
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

FOLDER_DEPTH = 4
"""Parts of a cycle's folder: office, year, month, cycle."""

_PICTURE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
_WITHIN_AIRFLOW = "frame-ancestors 'self'"
# Our own reports and link pages carry their style, pictures and one script inside. The sandbox gives them an
# origin of their own: even a page that somebody slipped into the archive reaches neither session nor API.
_PAGE = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-modals; default-src 'none'; "
    "img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
)

TYPES: dict[str, tuple[str, str]] = {
    ".jpg": ("image/jpeg", _PICTURE),
    ".jpeg": ("image/jpeg", _PICTURE),
    ".png": ("image/png", _PICTURE),
    ".webp": ("image/webp", _PICTURE),
    ".mp4": ("video/mp4", _PICTURE),
    ".mov": ("video/quicktime", _PICTURE),
    ".pdf": ("application/pdf", ""),
    ".html": ("text/html; charset=utf-8", _PAGE),
    ".json": ("application/json", _PICTURE),
    ".txt": ("text/plain; charset=utf-8", _PICTURE),
}
"""Suffix → content type and content security policy. Anything else is only offered for download."""

STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
DOWNLOAD_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\.[a-z0-9]{1,5}")
_FOR_EVER = "private, max-age=31536000, immutable"


@router.get("/arsip/{path:path}")
async def archived_file(
    request: Request, path: str, visitor: VisitorDep, lebar: int | None = None, unduh: str = ""
) -> Response:
    """A file of a cycle's folder; `?lebar=400` gives a small copy, `?unduh=nama.jpg` saves it as that."""
    if lebar is not None and lebar not in WIDTHS:
        raise HTTPException(404)
    if unduh and not DOWNLOAD_NAME.fullmatch(unduh):
        raise HTTPException(404)
    return await run_in_threadpool(_answer, request, path, visitor, lebar, unduh)


@router.get("/statis/{name}")
async def static_file(name: str, visitor: VisitorDep) -> Response:
    """Stylesheet, script or icon."""
    known = {item.name for item in STATIC.iterdir()}
    if name not in known:
        raise HTTPException(404)
    return Response(
        (STATIC / name).read_bytes(),
        media_type=STATIC_TYPES[PurePosixPath(name).suffix],
        headers={"Cache-Control": _FOR_EVER},
    )


def open_archive() -> Archive:
    """The archive of this installation."""
    from medsos.hooks.archive import open_archive_root

    return Archive(open_archive_root())


def _answer(request: Request, path: str, visitor: Visitor, width: int | None, save_as: str) -> Response:
    if not _is_known(path, visitor):
        raise HTTPException(404)
    archive = open_archive()
    suffix = PurePosixPath(path).suffix.lower()
    media_type, policy = TYPES.get(suffix, ("application/octet-stream", _PICTURE))
    # In the archive a name always holds the same bytes, so the name itself can be the tag.
    tag = f'"{hashlib.sha256(f"{path}?{width}".encode()).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": _FOR_EVER,
        "ETag": tag,
        "Content-Security-Policy": policy + _WITHIN_AIRFLOW,
        "Content-Disposition": "inline" if suffix in TYPES else "attachment",
    }
    if save_as:
        headers["Content-Disposition"] = f'attachment; filename="{save_as}"'
    try:
        if not archive.exists(path):
            raise HTTPException(404)
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        local = _local_file(archive, path)
        if width is not None:
            if not media_type.startswith("image/"):
                raise HTTPException(404)
            data = archive.read(path)
            small = thumbnail(data, sha256=hashlib.sha256(data).hexdigest(), width=width)
            return Response(small, media_type=MEDIA_TYPE, headers=headers)
        if local is not None:
            # Sends ranges, which players of long videos ask for.
            return FileResponse(local, media_type=media_type, headers=headers)
        return Response(archive.read(path), media_type=media_type, headers=headers)
    except (EvidenceError, OSError) as error:
        raise HTTPException(404) from error


def _is_known(path: str, visitor: Visitor) -> bool:
    """Is this a plain path below the folder of a cycle or a period that the visitor may read?"""
    parts = path.split("/")
    if "\\" in path or "\0" in path or any(part == "" or part.startswith(".") for part in parts):
        return False
    if len(parts) == FOLDER_DEPTH and parts[1] == PERIODS:
        # The papers of a month or a half-year: for whoever may see the office's cycles.
        return visitor.may_read(f"content_cycle__{parts[0].replace('-', '_')}")
    folder = "/".join(parts[:FOLDER_DEPTH])
    with reading() as session:
        dag_id = session.scalars(select(Cycle.dag_id).where(Cycle.archive_folder == folder)).first()
    return len(parts) > FOLDER_DEPTH and dag_id is not None and visitor.may_read(dag_id)


def _local_file(archive: Archive, path: str) -> Path | None:
    """The file itself, when the archive is a folder; a link that leads out of it is refused."""
    if not isinstance(archive.root, Path):
        return None
    root, file = archive.root.resolve(), (archive.root / path).resolve()
    if not file.is_file() or not file.is_relative_to(root):
        raise HTTPException(404)
    return file
