"""Packs the files of a cycle into one ZIP, as they are sent, with checksums to check it by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session
from zipstream import ZipStream

from medsos.clock import utc_now
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import build_manifest, written_manifests
from medsos.store.models import Cycle
from medsos.store.session import reading
from medsos.web.files import open_archive
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

SUMS = "SHA256SUMS"
README = "BACA-SAYA.txt"

_UNSAFE = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f]')
"""Characters by which a program that unpacks could be led elsewhere."""

_EXPLANATION = """Paket siklus {number}: {title}

Folder ini memuat semua berkas siklus dari arsip: bahan, desain, bukti, tautan, laporan, catatan, dan manifes.
SHA256SUMS memuat hash yang tercatat saat tiap berkas disimpan. Memeriksa paket ini, di dalam foldernya:

    sha256sum --check SHA256SUMS

Berkas yang tidak cocok telah berubah setelah disimpan. Pemeriksaan menyeluruh, termasuk jejak audit,
dilakukan pada sistemnya: medsos verify --cycle {number}
"""


@router.get("/siklus/{cycle_id}/paket.zip")
async def package(cycle_id: int, visitor: VisitorDep) -> StreamingResponse:
    """All files of a cycle; nothing is held in memory or on the disk."""
    name, stream = await run_in_threadpool(_open, cycle_id, visitor)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Content-Length": str(len(stream)),
    }
    return StreamingResponse(iter(stream), media_type="application/zip", headers=headers)


def _open(cycle_id: int, visitor: Visitor) -> tuple[str, ZipStream]:
    with reading() as session:
        cycle = session.get(Cycle, cycle_id)
        if cycle is None or not visitor.may_read(cycle.dag_id):
            raise HTTPException(404, f"Siklus {cycle_id} tidak ada.")
        name = PurePosixPath(cycle.archive_folder).name
        return f"siklus-{name}", pack(session, open_archive(), cycle, now=utc_now())


def pack(session: Session, archive: Archive, cycle: Cycle, *, now: datetime) -> ZipStream:
    """The package of a cycle, not yet read: files are opened one after the other as it is sent."""
    folder = cycle.archive_folder
    top = PurePosixPath(folder).name
    stream = ZipStream(sized=True)
    for path in archive.files(folder):
        if is_plain(path):
            size = archive.size(path) or 0
            stream.add(_pieces(archive, path), f"{top}/{path.removeprefix(folder + '/')}", size=size)
    stream.add(_sums(session, archive, cycle, now=now).encode(), f"{top}/{SUMS}")
    stream.add(_EXPLANATION.format(number=cycle.id, title=cycle.title).encode(), f"{top}/{README}")
    return stream


def is_plain(path: str) -> bool:
    """Whether a path of the archive can only mean a file below the folder into which it is unpacked."""
    return not _UNSAFE.search(path) and not any(part in ("", ".", "..") for part in path.split("/"))


def _sums(session: Session, archive: Archive, cycle: Cycle, *, now: datetime) -> str:
    """What `sha256sum --check` reads: for every file the checksum of the moment when it was stored."""
    sums = {e.file: e.sha256 for e in build_manifest(session, archive, cycle.id, now=now).entries}
    sums |= written_manifests(session, cycle.id)
    start = cycle.archive_folder + "/"
    return "".join(
        f"{sha256}  {path.removeprefix(start)}\n"
        for path, sha256 in sorted(sums.items())
        if sha256 and path.startswith(start) and is_plain(path)
    )


def _pieces(archive: Archive, path: str) -> Iterator[bytes]:
    yield from archive.pieces(path)
