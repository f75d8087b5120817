"""Which picture stands for a cycle in lists and in notices."""

from __future__ import annotations

from math import inf, log

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.models import Design


def first_pictures(session: Session, cycle_ids: list[int]) -> dict[int, str]:
    """Archive path of the picture that stands for each cycle: of the newest round the squarest."""
    rows = session.scalars(
        select(Design).where(Design.cycle_id.in_(cycle_ids), Design.kind.in_(("image", "cover")))
    )
    best = sorted(rows, key=lambda row: (row.round, -_distance_from_square(row), -row.id))
    return {row.cycle_id: row.path for row in best}


def _distance_from_square(design: Design) -> float:
    return abs(log(design.width / design.height)) if design.width and design.height else inf
