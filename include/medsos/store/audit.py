"""The audit trail: rows that carry the hash of the one before, so that a later change shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.models import AuditEntry
from medsos.store.session import take_turns

FIRST_HASH = "0" * 64
_TURN = 4_0771_2_2023
"""Any fixed number: writers of the chain queue under it."""


@dataclass(frozen=True)
class ChainCheck:
    """How the audit trail stands.

    A trail whose newest rows were all taken away still fits together: compare `rows` and `last_hash` with
    what an earlier check showed.

    :param problem: Indonesian sentence about the first row that does not fit; None when all do.
    """

    rows: int
    last_hash: str
    broken_row: int | None = None
    problem: str | None = None


def hold_chain(session: Session) -> None:
    """Wait for other writers of the chain and keep them out until this transaction ends."""
    take_turns(session, _TURN)


def append_audit(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    cycle_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add a row to the chain within the caller's transaction.

    :param actor: username, or the name of the task that acted by itself.
    :param before, after: JSON values of what changed; no secrets.
    """
    hold_chain(session)
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or FIRST_HASH
    entry = AuditEntry(
        # The store gives times back in UTC; the hash must be of what will be read.
        at=at.astimezone(UTC),
        actor=actor,
        action=action,
        cycle_id=cycle_id,
        subject=subject,
        before=before or {},
        after=after or {},
        previous_hash=previous,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of a row, with the hash of the row before."""
    content = {
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "cycle_id": entry.cycle_id,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "previous_hash": entry.previous_hash,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_chain(session: Session) -> ChainCheck:
    """Compute the hash of every row again and follow the chain from its beginning to the first break."""
    previous, rows = FIRST_HASH, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(500):
        if entry.previous_hash != previous:
            problem = "baris sebelumnya dihapus atau diganti, karena rantainya tidak bersambung"
        elif entry.hash != entry_hash(entry):
            problem = "isinya diubah, karena tidak sesuai lagi dengan hash-nya"
        else:
            previous, rows = entry.hash, rows + 1
            continue
        return ChainCheck(rows, previous, entry.id, f"{problem} ({entry.action}, {entry.subject}).")
    return ChainCheck(rows, previous)
