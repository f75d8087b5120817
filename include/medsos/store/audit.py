"""The audit trail: rows that carry the hash of the one before, so that a later change shows."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from medsos.store.models import AuditEntry

FIRST_HASH = "0" * 64
_LOCK_KEY = 4_0771_2_2023
"""Any fixed number: names the advisory lock that makes writers of the chain queue on PostgreSQL."""


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
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
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
