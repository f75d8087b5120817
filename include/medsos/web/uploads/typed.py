"""What a visitor typed and chose on the page of an upload, and the screenshot that waits with it.

A good screenshot is kept, cleaned, in the scratch folder of the cycle until the answer is complete, so that a
mistake in the address costs no second upload. Only then it becomes evidence.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from medsos.errors import FormError
from medsos.evidence.handed_in import clean_screenshot
from medsos.settings import load_settings

LARGEST_REQUEST = 120_000_000
"""Bytes. Larger requests are not even read; smaller ones get to hear how large a picture may be."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Typed:
    """One answer as it came.

    :param picture: SHA-256 of a screenshot that waits in the scratch folder; empty for none.
    :param picture_problem: why the chosen file was not taken.
    """

    address: str = ""
    picture: str = ""
    picture_problem: str = ""
    button: str = ""
    sure: bool = False
    token: str = ""


class RequestTooLarge(Exception):
    """The request is larger than anything that could be a screenshot."""


async def read_typed(request: Request, cycle_id: int, channel: str) -> Typed:
    """Read the form, and take in the screenshot if there is one.

    :raises RequestTooLarge: before anything of it was read.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_REQUEST:
        raise RequestTooLarge
    async with request.form(max_files=1, max_fields=12) as form:
        file = form.get("berkas")
        picture, problem = _waiting(str(form.get("tangkapan") or ""), cycle_id, channel), ""
        if isinstance(file, UploadFile) and file.filename:
            try:
                picture = await run_in_threadpool(_take_in, file, cycle_id, channel)
            except FormError as error:
                problem = str(error)
        return Typed(
            address=str(form.get("tautan") or "").strip(),
            picture=picture,
            picture_problem=problem,
            button=str(form.get("jawaban") or ""),
            sure=form.get("yakin") == "ya",
            token=str(form.get("token") or ""),
        )


def waiting_screenshot(cycle_id: int, channel: str, sha256: str) -> Path | None:
    """The screenshot that waits under this checksum, or None."""
    if not _SHA256.fullmatch(sha256):
        return None
    path = _folder(cycle_id) / f"{channel}-{sha256}.jpg"
    return path if path.is_file() else None


def _waiting(sha256: str, cycle_id: int, channel: str) -> str:
    return sha256 if waiting_screenshot(cycle_id, channel, sha256) else ""


def _take_in(file: UploadFile, cycle_id: int, channel: str) -> str:
    name = Path((file.filename or "").replace("\\", "/")).name[:80]
    folder = _folder(cycle_id)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="medsos-", dir=folder) as scratch:
        copy = Path(scratch) / "berkas"
        with copy.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        jpeg = clean_screenshot(copy, name=name)
        sha256 = hashlib.sha256(jpeg).hexdigest()
        clean = Path(scratch) / "bersih"
        clean.write_bytes(jpeg)
        clean.replace(folder / f"{channel}-{sha256}.jpg")
    return sha256


def _folder(cycle_id: int) -> Path:
    return load_settings().working_dir(cycle_id) / "tangkapan"
