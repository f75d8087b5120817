"""Keeps drafts: made, found by their author only, saved without checks, sent, come back, done."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from medsos.content.request import CONTENT_TYPES
from medsos.errors import FormError
from medsos.settings import load_settings
from medsos.store.models import Draft, DraftFile

MOST_DRAFTS = 50
"""Open drafts of one person; a slip of a program must not fill the disk."""

TEXTS = (
    "title", "content_type", "body", "activity_date", "place", "upload_at", "document_number",
    "document_date", "kahar", "kahar_reason",
)  # fmt: skip
"""Fields of the form that hold one text each, as the form sends it; `channels` is a list."""


def new_draft(
    session: Session,
    *,
    office: str,
    author: str,
    content_type: str,
    channels: Sequence[str],
    now: datetime,
) -> Draft:
    """A draft with nothing typed yet; the author's untouched one is used again.

    :raises FormError: too many drafts.
    """
    typed: dict[str, Any] = {
        **dict.fromkeys(TEXTS, ""),
        "content_type": content_type if content_type in CONTENT_TYPES else CONTENT_TYPES[0],
        "channels": list(channels),
    }
    open_ones = drafts_of(session, author)
    for draft in open_ones:
        untouched = draft.updated_at == draft.created_at and not files_of(session, draft.id)
        if untouched and draft.office == office and draft.sent_at is None:
            draft.typed, draft.created_at, draft.updated_at = typed, now, now
            return draft
    if len(open_ones) >= MOST_DRAFTS:
        raise FormError(f"Anda sudah mempunyai {MOST_DRAFTS} draf. Hapus yang tidak diperlukan lagi.")
    draft = Draft(
        id=secrets.token_hex(8),
        office=office,
        author=author,
        typed=typed,
        created_at=now,
        updated_at=now,
        attempts=0,
        problems=[],
    )
    session.add(draft)
    session.flush()
    return draft


def drafts_of(session: Session, author: str) -> list[Draft]:
    """The drafts of one person that have not become a cycle, last changed first."""
    return list(
        session.scalars(
            select(Draft)
            .where(Draft.author == author, Draft.cycle_id.is_(None))
            .order_by(Draft.updated_at.desc(), Draft.id)
        )
    )


def draft_of(session: Session, draft_id: str, author: str) -> Draft | None:
    """The draft, if it is this person's; for everybody else it does not exist."""
    return session.scalars(select(Draft).where(Draft.id == draft_id, Draft.author == author)).one_or_none()


def files_of(session: Session, draft_id: str) -> list[DraftFile]:
    """The files of a draft in their order, those still on the way included."""
    return list(
        session.scalars(
            select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(DraftFile.position, DraftFile.id)
        )
    )


def save(session: Session, draft: Draft, typed: Mapping[str, Any], now: datetime) -> None:
    """Keep what was typed, whatever it is.

    :raises FormError: the draft was sent; what is on its way is not changed.
    """
    require_open(draft)
    kept: dict[str, Any] = {name: _text(typed.get(name, draft.typed.get(name))) for name in TEXTS}
    kept["channels"] = [_text(channel) for channel in typed.get("channels", draft.typed.get("channels", []))]
    if kept != draft.typed:
        draft.typed, draft.updated_at = kept, now


def require_open(draft: Draft) -> None:
    """:raises FormError: the draft was sent already."""
    if draft.sent_at is not None or draft.cycle_id is not None:
        raise FormError("Permohonan ini sudah dikirim, jadi tidak dapat diubah lagi.")


def mark_sent(session: Session, draft: Draft, now: datetime) -> str | None:
    """Take the one right to send the draft as it is; the id of the run to start, None when somebody has it.

    Before Airflow is told: a second press finds the draft sent, and whatever happens in between, the run of
    this try can have only this id.
    """
    run_id = f"ajukan-{draft.id}-{draft.attempts + 1}"
    taken: Any = session.execute(
        update(Draft)
        .where(Draft.id == draft.id, Draft.sent_at.is_(None), Draft.cycle_id.is_(None))
        .values(sent_at=now, run_id=run_id, problems=[])
    )
    return run_id if taken.rowcount else None


def not_started(session: Session, draft_id: str, run_id: str, problems: Sequence[str]) -> None:
    """Airflow took no run: the draft is open again, and the next try has the same id."""
    session.execute(
        update(Draft)
        .where(Draft.id == draft_id, Draft.run_id == run_id, Draft.cycle_id.is_(None))
        .values(sent_at=None, run_id=None, problems=list(problems))
    )


def come_back(session: Session, run_id: str, problems: Sequence[str]) -> bool:
    """The run was made, and its request refused: the draft is open again. False: no draft waits for it."""
    back: Any = session.execute(
        update(Draft)
        .where(Draft.run_id == run_id, Draft.sent_at.is_not(None), Draft.cycle_id.is_(None))
        .values(sent_at=None, run_id=None, problems=list(problems), attempts=Draft.attempts + 1)
    )
    return bool(back.rowcount)


def arrived(session: Session, run_id: str, cycle_id: int) -> None:
    """The run has become a cycle: what was typed stands there now."""
    session.execute(update(Draft).where(Draft.run_id == run_id).values(cycle_id=cycle_id))


def remove(session: Session, draft_id: str) -> None:
    """Delete a draft with its files."""
    session.execute(delete(DraftFile).where(DraftFile.draft_id == draft_id))
    session.execute(delete(Draft).where(Draft.id == draft_id))
    shutil.rmtree(load_settings().draft_dir(draft_id), ignore_errors=True)


def title_of(draft: Draft) -> str:
    """What the draft is called in a list."""
    return str(draft.typed.get("title") or "").strip() or "Tanpa judul"


def file_counts(session: Session, drafts: Sequence[Draft]) -> dict[str, int]:
    """Number of files per draft."""
    rows = session.execute(
        select(DraftFile.draft_id, func.count())
        .where(DraftFile.draft_id.in_([draft.id for draft in drafts]))
        .group_by(DraftFile.draft_id)
    )
    return {row[0]: row[1] for row in rows}


def _text(value: object) -> str:
    """PostgreSQL keeps no NUL."""
    return "" if value is None else str(value).replace("\0", "")
