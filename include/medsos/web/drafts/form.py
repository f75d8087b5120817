"""Reads the form of a request as it was sent: the texts, and files chosen without any script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException as StarletteHTTPException

from medsos.clock import utc_now
from medsos.drafts.book import TEXTS
from medsos.drafts.uploads import MOST_FILES, QUOTA, begin, drop, finish, offset_of, writing
from medsos.errors import FormError, MaterialError
from medsos.offices.model import CHANNELS
from medsos.store.models import Draft, DraftFile
from medsos.store.session import transaction

LARGEST_FORM = QUOTA + 2_000_000
"""Bytes. Larger ones are not even read."""

_GO_BACK = "Kembali ke halaman sebelumnya; isian Anda masih ada di sana."
_FIELDS = 60
_LONGEST_FIELD = 1_000_000
_PIECE = 1 << 20


@dataclass(frozen=True)
class SentForm:
    """One press on a button. `files` are those that came with it, not taken in yet."""

    typed: dict[str, Any]
    button: str
    token: str
    files: tuple[UploadFile, ...]


@asynccontextmanager
async def sent_form(request: Request) -> AsyncIterator[SentForm]:
    """The form, while its files can be read.

    :raises HTTPException: 413, more than could ever be a request, nothing of which was read; 400, no form.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM:
        raise HTTPException(413, f"Berkasnya terlalu besar, jadi tidak diterima. {_GO_BACK}")
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=_FIELDS, max_part_size=_LONGEST_FIELD)
    except StarletteHTTPException as error:
        told = f"Isian ini tidak dapat dibaca: paling banyak {MOST_FILES} berkas sekaligus. {_GO_BACK}"
        raise HTTPException(400, told) from error
    try:
        yield SentForm(
            typed=_typed(form),
            button=str(form.get("aksi") or "simpan"),
            token=str(form.get("token") or ""),
            files=tuple(f for f in form.getlist("berkas") if isinstance(f, UploadFile) and f.filename),
        )
    finally:
        await form.close()


def _typed(form: FormData) -> dict[str, Any]:
    """The fields that were on the page. An unticked box is not sent, so the lists of boxes always count."""
    typed: dict[str, Any] = {name: str(form[name]) for name in TEXTS if name in form}
    typed["channels"] = [channel for channel in CHANNELS if channel in form.getlist("channels")]
    typed["kahar"] = "ya" if form.get("kahar") == "ya" else ""
    return typed


def keep_files(draft_id: str, files: tuple[UploadFile, ...]) -> list[str]:
    """Take the files in one after the other; the sentences about those that were refused."""
    problems: list[str] = []
    for file in files:
        try:
            _keep(draft_id, file)
        except MaterialError as error:
            problems += error.problems
        except FormError as error:
            problems.append(str(error))
    return problems


def _keep(draft_id: str, sent: UploadFile) -> None:
    with transaction() as session:
        draft = session.get_one(Draft, draft_id)
        name, size = sent.filename or "", sent.size or 0
        file = begin(session, draft, name=name, size=size, stamp="", now=utc_now())
    try:
        with writing(file, offset_of(file)) as part:
            sent.file.seek(offset_of(file))
            while piece := sent.file.read(_PIECE):
                part.write(piece)
            finish(file)
    except MaterialError:
        forget(file)
        raise


def forget(file: DraftFile) -> None:
    """Drop a file that was refused."""
    with transaction() as session:
        drop(session, file)
