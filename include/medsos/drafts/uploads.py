"""Takes in the files of a draft, piece by piece: an upload that broke off goes on where it stopped."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from medsos.content.documents import check_pdf
from medsos.content.handed_over import fitting_name, harmless_name
from medsos.content.materials import KINDS, MB, Kind, refused
from medsos.content.pictures import clean_picture
from medsos.content.recognise import HEAD_BYTES, check_size, recognise
from medsos.content.video import cover_frame, probe
from medsos.drafts.book import files_of, require_open
from medsos.indonesian import size_text
from medsos.settings import load_settings
from medsos.store.models import Draft, DraftFile
from medsos.store.session import transaction

MOST_FILES = 8
QUOTA = 700 * MB
"""Bytes of all files of one draft: a video and all pictures that a request may bring."""
LARGEST_FILE = max(rules.max_bytes for rules in KINDS.values())
KEEP_FREE = 1000 * MB
"""Bytes of the disk that uploads leave alone."""


class UploadElsewhere(Exception):
    """The upload stands elsewhere than the sender thinks, or another sender is at it.

    :param offset: bytes that are there.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(f"offset {offset}")
        self.offset = offset


@dataclass(frozen=True)
class Facts:
    """What was found in a whole file."""

    kind: Kind
    media_type: str
    sha256: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    pages: int | None = None


def begin(session: Session, draft: Draft, *, name: str, size: int, stamp: str, now: datetime) -> DraftFile:
    """Announce a file; the same one announced again is the same upload.

    :param stamp: what the browser knows about the file besides name and size, for example when it changed.
    :raises MaterialError: it is too large, or the draft is full. :raises FormError: the draft was sent.
    """
    require_open(draft)
    name, stamp = harmless_name(name), stamp[:40]
    files = files_of(session, draft.id)
    for file in files:
        if not file.whole and (file.name, file.size_bytes, file.stamp) == (name, size, stamp):
            return file
    _check_room(files, name, size)
    file = DraftFile(
        id=secrets.token_hex(8),
        draft_id=draft.id,
        position=max((file.position for file in files), default=0) + 1,
        name=name,
        stamp=stamp,
        size_bytes=size,
        added_at=now,
    )
    session.add(file)
    session.flush()
    return file


def _check_room(files: list[DraftFile], name: str, size: int) -> None:
    if size <= 0:
        raise refused(name, "kosong (0 byte). Salin ulang dari sumbernya.")
    if size > LARGEST_FILE:
        raise refused(
            name,
            f"berukuran {size_text(size)}; paling besar {size_text(LARGEST_FILE)}. Perkecil lalu kirim lagi.",
        )
    if len(files) >= MOST_FILES:
        raise refused(name, f"tidak disimpan: sudah ada {MOST_FILES} berkas. Hapus sebagian dahulu.")
    if sum(file.size_bytes for file in files) + size > QUOTA:
        raise refused(
            name,
            f"tidak disimpan: semua berkas satu draf paling besar {size_text(QUOTA)}. Hapus sebagian dahulu.",
        )
    if shutil.disk_usage(_existing(load_settings().home)).free < size + KEEP_FREE:
        raise refused(name, "tidak disimpan: ruang penyimpanan server hampir habis. Beri tahu admin sistem.")


def part_path(file: DraftFile) -> Path:
    return _folder(file) / f"{file.id}.bagian"


def file_path(file: DraftFile) -> Path:
    """The whole file, as it was sent."""
    return _folder(file) / f"{file.id}.asli"


def picture_path(file: DraftFile) -> Path:
    """The clean picture, or the frame that stands for a video; documents have none."""
    return _folder(file) / f"{file.id}.jpg"


def offset_of(file: DraftFile) -> int:
    """Bytes that are there."""
    if file.whole:
        return file.size_bytes
    try:
        return part_path(file).stat().st_size
    except FileNotFoundError:
        return 0


class Part:
    """An upload that somebody is writing to. Wrong types and sizes are refused at the first bytes."""

    def __init__(self, file: DraftFile, stream: BinaryIO) -> None:
        self._file, self._stream, self._looked = file, stream, stream.tell() >= HEAD_BYTES

    @property
    def complete(self) -> bool:
        return self._stream.tell() == self._file.size_bytes

    def write(self, data: bytes) -> None:
        """:raises MaterialError: more than was announced, or nothing that may be published."""
        name, size = self._file.name, self._file.size_bytes
        if self._stream.tell() + len(data) > size:
            raise refused(name, "lebih besar daripada yang diumumkan peramban. Pilih ulang berkasnya.")
        self._stream.write(data)
        if not self._looked and self._stream.tell() >= min(HEAD_BYTES, size):
            self._stream.flush()
            kind, _ = recognise(part_path(self._file), name=name)
            check_size(size, kind, name)
            self._looked = True


@contextmanager
def writing(file: DraftFile, offset: int) -> Iterator[Part]:
    """Open an upload for the next piece. What was written stays, also when the sender goes away half-way.

    :raises UploadElsewhere: it does not stand at `offset`, or another sender is at it.
    """
    path = part_path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadElsewhere(path.stat().st_size) from None
        if stream.tell() != offset:
            raise UploadElsewhere(stream.tell())
        yield Part(file, stream)


def finish(file: DraftFile) -> None:
    """Look at a file that is all there; from now on it belongs to the draft. Takes seconds for a large one.

    :raises MaterialError: it is damaged, unsafe, of a foreign type, or there already.
    """
    part = part_path(file)
    facts = _look(part, file)
    with transaction() as session:
        for other in files_of(session, file.draft_id):
            if other.sha256 == facts.sha256 and other.id != file.id:
                raise refused(file.name, f"sama persis dengan “{other.name}”, jadi tidak disimpan dua kali.")
        part.replace(file_path(file))
        session.execute(
            update(DraftFile)
            .where(DraftFile.id == file.id)
            .values(
                name=fitting_name(file.name, facts.media_type),
                kind=facts.kind,
                sha256=facts.sha256,
                width=facts.width,
                height=facts.height,
                duration_seconds=facts.duration_seconds,
                pages=facts.pages,
            )
        )


def _look(path: Path, file: DraftFile) -> Facts:
    """The same checks by which the cycle takes a file in, and a small picture of it."""
    name = file.name
    kind, media_type = recognise(path, name=name)
    check_size(path.stat().st_size, kind, name)
    with path.open("rb") as stream:
        facts = Facts(kind, media_type, hashlib.file_digest(stream, "sha256").hexdigest())
    if kind == "picture":
        clean = clean_picture(path, media_type, name=name)
        picture_path(file).write_bytes(clean.jpeg)
        return replace(facts, width=clean.width, height=clean.height)
    if kind == "video":
        seen = probe(path, name=name)
        picture_path(file).write_bytes(cover_frame(path, name=name))
        return replace(facts, width=seen.width, height=seen.height, duration_seconds=seen.duration_seconds)
    return replace(facts, pages=check_pdf(path, name=name).pages)


def drop(session: Session, file: DraftFile) -> None:
    """Take a file out of its draft."""
    session.execute(delete(DraftFile).where(DraftFile.id == file.id))
    for path in (part_path(file), file_path(file), picture_path(file)):
        path.unlink(missing_ok=True)


def shift(session: Session, draft: Draft, file_id: str, step: int) -> None:
    """Move a file one place up (-1) or down (+1)."""
    files = files_of(session, draft.id)
    places = [file.id for file in files]
    if file_id not in places:
        return
    here = places.index(file_id)
    there = min(max(here + step, 0), len(files) - 1)
    files.insert(there, files.pop(here))
    for number, file in enumerate(files, start=1):
        file.position = number


def _folder(file: DraftFile) -> Path:
    return load_settings().draft_dir(file.draft_id)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
