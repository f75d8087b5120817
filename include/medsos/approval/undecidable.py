"""Cycles that wait for a decision which nobody may take now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.approval.officials import APPROVES, Deciders, cycles_made_by, holders
from medsos.offices.model import Office
from medsos.store.models import Approval, Cycle, Design


def undecidable(session: Session, office: Office, now: datetime) -> list[tuple[Cycle, Deciders]]:
    """Running cycles whose newest round waits, and that everybody in the role has had a hand in.

    Asks the record a handful of questions, however many cycles wait. `Deciders.sentence` says why.
    """
    found = holders(session, office.slug, APPROVES, now.astimezone(office.zone).date(), at=now)
    made = [{cycle.id for cycle in cycles_made_by(session, office.slug, h.username)} for h in found]
    nobody = Deciders(entitled=(), excluded=tuple(found))
    return [
        (cycle, nobody)
        for cycle in _waiting(session, office.slug)
        if all(cycle.id in theirs for theirs in made)
    ]


def _waiting(session: Session, office_slug: str) -> list[Cycle]:
    newest = (
        select(Design.cycle_id, func.max(Design.round).label("round")).group_by(Design.cycle_id).subquery()
    )
    decided = select(Approval.id).where(
        Approval.cycle_id == newest.c.cycle_id, Approval.round == newest.c.round
    )
    return list(
        session.scalars(
            select(Cycle)
            .join(newest, newest.c.cycle_id == Cycle.id)
            .where(Cycle.office == office_slug, Cycle.status == "berjalan", ~decided.exists())
            .order_by(Cycle.id)
        )
    )
