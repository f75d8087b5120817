"""Small look-ups that several forms need: who makes content, and what a cycle is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medsos.operators.cycle import CycleRun

if TYPE_CHECKING:
    from medsos.approval.officials import Holder


def team(run: CycleRun) -> list[Holder]:
    """Those who make content: Tim Medsos and Admin Medsos of today, each once."""
    from medsos.approval.officials import holders
    from medsos.store.session import transaction

    today = run.clock().astimezone(run.office.zone).date()
    with transaction() as session:
        found = holders(session, run.office_slug, "tim_medsos", today)
        found += holders(session, run.office_slug, "admin_medsos", today)
    return list({holder.username: holder for holder in found}.values())


def title_of(run: CycleRun) -> str:
    """Number and title of the cycle, for headings."""
    from medsos.store.models import Cycle
    from medsos.store.session import transaction

    with transaction() as session:
        cycle = session.get_one(Cycle, run.cycle_id)
        return f"Siklus {cycle.id}: {cycle.title}"
