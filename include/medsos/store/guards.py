"""Asks the database whether the triggers that keep rows from being changed are in place (0007, 0011)."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

GUARDED_TABLES = ("audit_log", "approvals", "sop_reviews")
"""Rows of these are only ever added."""

_GUARDS = {
    "sqlite": ("updated", "deleted", "replaced"),
    "postgresql": ("changed", "emptied"),
}

_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # 'D' and 'R' are triggers that somebody switched off for ordinary sessions.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def unguarded_tables(session: Session) -> list[str]:
    """Tables of `GUARDED_TABLES` that have lost a trigger, or whose trigger is switched off."""
    dialect = session.get_bind().dialect.name
    present = set(session.scalars(text(_PRESENT[dialect])))
    return [
        table
        for table in GUARDED_TABLES
        if any(f"{table}_never_{kind}" not in present for kind in _GUARDS[dialect])
    ]
