"""The audit trail: rows that carry the hash of the one before, so that a later change shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.models import AuditEntry
from medsos.store.session import take_turns

FIRST_HASH = "0" * 64
_TURN = 4_0771_2_2023
"""Any fixed number: writers of the chain queue under it."""


@dataclass(frozen=True)
class ChainFinding:
    """One row that is not what it was. `sentence` is Indonesian and names the row."""

    row: int
    sentence: str


@dataclass(frozen=True)
class ChainCheck:
    """How the audit trail stands.

    A trail whose newest rows were all taken away still fits together: the daily heads in the archive know
    better (`evidence.heads`).

    :param rows: how many there are, right or wrong.
    :param last_id, last_hash: of the newest row; 0 and `FIRST_HASH` when there is none.
    """

    rows: int
    last_id: int
    last_hash: str
    findings: tuple[ChainFinding, ...] = ()


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
    last_id, previous = chain_end(session)
    entry = AuditEntry(
        # Numbered here, without gaps, so that it can be said which row is missing.
        id=last_id + 1,
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


def chain_end(session: Session) -> tuple[int, str]:
    """Number and hash of the newest row; 0 and `FIRST_HASH` when there is none."""
    newest = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    row = session.execute(newest).first()
    return (row.id, row.hash) if row else (0, FIRST_HASH)


def check_chain(session: Session, *, after: int = 0) -> ChainCheck:
    """Compute the hash of every row again and follow the chain, naming each row that does not fit.

    :param after: begin behind the row with this number, which is trusted.
    """
    number, previous = _beginning(session, after)
    query = select(AuditEntry).where(AuditEntry.id > number).order_by(AuditEntry.id)
    stream = session.scalars(query.execution_options(yield_per=500))
    rows, findings = 0, []
    for entry, following in pairwise(chain(stream, [None])):
        assert entry is not None  # noqa: S101  narrows the type: only the very last one is
        rows += 1
        finding, inserted = _judge(entry, number, previous, following)
        if finding:
            findings.append(ChainFinding(entry.id, f"{finding} ({entry.action}, {entry.subject})."))
        if not inserted:
            number, previous = entry.id, entry.hash
    return ChainCheck(rows, number, previous, tuple(findings))


def _beginning(session: Session, after: int) -> tuple[int, str]:
    row = session.get(AuditEntry, after) if after else None
    return (row.id, row.hash) if row else (0, FIRST_HASH)


def _judge(
    entry: AuditEntry, number: int, previous: str, following: AuditEntry | None
) -> tuple[str | None, bool]:
    """What is wrong with a row that follows row `number`, and whether it was put in between."""
    own = entry.hash == entry_hash(entry)
    if entry.previous_hash == previous:
        return (None if own else f"baris {entry.id}: isinya diubah, tidak sesuai lagi dengan hash-nya"), False
    if following is not None and following.previous_hash == previous:
        return f"baris {entry.id}: disisipkan, rantainya melewati baris ini", True
    if entry.id > number + 1:
        first, last = number + 1, entry.id - 1
        missing = f"baris {first}" if first == last else f"baris {first} sampai {last}"
        return f"{missing}: dihapus, baris {entry.id} tidak bersambung", False
    if own:
        return f"baris {number}: diganti atau disisipkan, baris {entry.id} tidak bersambung dengannya", False
    return f"baris {entry.id}: ditulis di luar sistem, tidak bersambung dengan baris {number}", False
