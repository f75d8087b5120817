"""Writes the words and decisions of a cycle into the archive, so that it can be read without the database.

SOP, Pencatatan dan Pendataan: what is kept is not only pictures but also request, minutes, texts, approvals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evidence.archive import Archive, StoredFile
from medsos.store.models import Approval, Base, Cycle, Design, Minutes, PlanRow, Publication

NAME = "catatan.json"
FORMAT = 1

_LEFT_OUT = {"lease_holder", "lease_until", "journal"}
"""Columns that only serve the running system."""


def write_dossier(session: Session, archive: Archive, cycle_id: int) -> StoredFile:
    """Put the dossier into the folder of the cycle; a later one gets the next number."""
    cycle = session.get_one(Cycle, cycle_id)
    content = {
        "format": FORMAT,
        "cycle": _row(cycle),
        "minutes": _row(session.get_one(Minutes, cycle.minutes_id)) if cycle.minutes_id else None,
        "plans": _rows(session.scalars(select(PlanRow).where(PlanRow.cycle_id == cycle_id))),
        "designs": _rows(session.scalars(select(Design).where(Design.cycle_id == cycle_id))),
        "approvals": _rows(session.scalars(select(Approval).where(Approval.cycle_id == cycle_id))),
        "publications": _rows(session.scalars(select(Publication).where(Publication.cycle_id == cycle_id))),
    }
    data = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True).encode()
    return archive.put_version(f"{cycle.archive_folder}/{NAME}", data)


def _rows(rows: Iterable[Base]) -> list[dict[str, Any]]:
    return sorted((_row(row) for row in rows), key=lambda row: row["id"])


def _row(row: Base) -> dict[str, Any]:
    return {
        column.key: _plain(getattr(row, column.key))
        for column in row.__table__.columns
        if column.key not in _LEFT_OUT
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
