"""What was handed in with a request, for the pages that show it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.models import Material


def materials_of(session: Session, cycle_id: int) -> tuple[Material, ...]:
    """The files as they were handed in, in order."""
    return tuple(
        session.scalars(select(Material).where(Material.cycle_id == cycle_id).order_by(Material.position))
    )
