"""Hands a draft over to the cycle that it becomes: the values of the trigger form, and the files.

The files are laid into a folder of the office under their SHA-256, and the request names them by it: the run
takes exactly the bytes that the author saw, whatever else is called the same.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.content.handed_over import sealed_name
from medsos.drafts.book import arrived, remove
from medsos.drafts.uploads import file_path
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.store.models import Cycle, Draft, DraftFile, StepEvent

KEPT_FOR = timedelta(days=30)
"""So long an untouched draft waits for its author."""

LEFT_ALONE = timedelta(hours=1)
"""Files laid out more recently than this may belong to a request that is being sent right now."""

LEGAL_PRODUCT = ("document_number", "document_date")
"""Fields that the form shows for legal products only."""


def request_values(draft: Draft, files: Sequence[DraftFile], office: Office) -> dict[str, Any]:
    """What the trigger form would hold: the same keys, and nothing else.

    A time is typed in the office's zone. What cannot be understood stays as it was typed, so that the checks
    can say so.
    """
    typed = draft.typed
    legal = typed["content_type"] == "produk_hukum"
    kahar = typed["kahar"] == "ya"
    return {
        "title": typed["title"],
        "content_type": typed["content_type"],
        "body": typed["body"],
        "activity_date": typed["activity_date"].strip() or None,
        "place": typed["place"],
        "materials": [sealed_name(file.name, file.sha256) for file in files if file.sha256],
        "channels": list(typed["channels"]),
        "upload_at": _instant(typed["upload_at"].strip(), office),
        "document_number": typed["document_number"] if legal else "",
        "document_date": (typed["document_date"].strip() or None) if legal else None,
        "kahar": kahar,
        "kahar_reason": typed["kahar_reason"] if kahar else "",
    }


def _instant(text: str, office: Office) -> str | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=office.zone)).isoformat()


def lay_out(files: Sequence[DraftFile], office_slug: str) -> None:
    """Put the files where the run finds them. They stay in the draft too, in case it comes back."""
    folder = load_settings().uploads_dir(office_slug)
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if file.sha256 is None:
            continue
        target = folder / file.sha256
        if not _holds(target, file.sha256):
            # Whole or not at all: the run may look at any moment.
            partial = folder / f".{file.id}"
            partial.unlink(missing_ok=True)
            _same_file(file_path(file), partial)
            partial.replace(target)
        os.utime(target)


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _same_file(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Some file systems have no hard links.
        shutil.copyfile(source, target)


def settle(session: Session, run_id: str, cycle_id: int) -> None:
    """The run has become a cycle that has all files in its archive: those of the draft may go."""
    draft = session.scalars(select(Draft).where(Draft.run_id == run_id)).one_or_none()
    if draft is None:
        return
    arrived(session, run_id, cycle_id)
    shutil.rmtree(load_settings().draft_dir(draft.id), ignore_errors=True)


def clean_drafts(session: Session, now: datetime) -> int:
    """Delete drafts that nobody has touched for long and files that no draft needs; returns how many drafts.

    To be called from time to time, by anything. A draft whose cycle is there goes at once, so does what a
    killed process left.

    :param now: aware.
    """
    _settle_what_arrived(session)
    gone = 0
    for draft in session.scalars(select(Draft)).all():
        if draft.cycle_id is None and draft.updated_at > now - KEPT_FOR:
            continue
        if draft.cycle_id is not None and (draft.sent_at or now) > now - KEPT_FOR:
            # The address of the draft leads its author to the cycle for a while.
            continue
        remove(session, draft.id)
        gone += 1
    settings = load_settings()
    _clear(
        settings.home / "draf", set(session.scalars(select(Draft.id).where(Draft.cycle_id.is_(None)))), now
    )
    for folder in (settings.home / "unggahan").glob("*"):
        _clear(folder, _still_needed(session, folder.name), now)
    return gone


def _settle_what_arrived(session: Session) -> None:
    rows = session.execute(
        select(Draft.run_id, Cycle.id)
        .join(Cycle, Cycle.run_id == Draft.run_id)
        .join(StepEvent, StepEvent.cycle_id == Cycle.id)
        .where(Draft.cycle_id.is_(None), StepEvent.task_id == "accept_request", StepEvent.event == "finished")
    )
    for run_id, cycle_id in rows.all():
        assert run_id is not None  # noqa: S101  it was joined by it
        settle(session, run_id, cycle_id)


def _still_needed(session: Session, office_slug: str) -> set[str]:
    """SHA-256 of the files that a request on its way will ask for."""
    rows = session.scalars(
        select(DraftFile.sha256)
        .join(Draft, Draft.id == DraftFile.draft_id)
        .where(Draft.office == office_slug, Draft.sent_at.is_not(None), Draft.cycle_id.is_(None))
    )
    return {sha256 for sha256 in rows if sha256}


def _clear(folder: Path, needed: set[str], now: datetime) -> None:
    """Delete what is in `folder`, is not needed, and was not put there just now."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name in needed or entry.stat().st_mtime > (now - LEFT_ALONE).timestamp():
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
