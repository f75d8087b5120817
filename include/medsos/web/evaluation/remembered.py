"""Keeps the figures that were computed last: the page and its five charts ask for the same ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.evaluation.figures.overview import Overview, overview
from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope
from medsos.sop.model import Sop
from medsos.store.models import AuditEntry, CycleScorecard

KEPT = 16

_lock = threading.Lock()
_known: OrderedDict[Hashable, Overview] = OrderedDict()


def remembered_overview(session: Session, scope: Scope, sop: Sop, months: Sequence[Period]) -> Overview:
    """`overview`, computed anew when anything was evaluated or entered in the audit trail since."""
    key = (
        str(session.get_bind().engine.url),
        _state_of_the_record(session),
        tuple(office.slug for office in scope.offices),
        (scope.period, scope.content_type, scope.channel, scope.hidden_dags),
        (sop.version, tuple(months)),
    )
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = overview(session, scope, sop, months)
    with _lock:
        _known[key] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def _state_of_the_record(session: Session) -> Hashable:
    last = session.scalar(select(func.max(AuditEntry.id)))
    cards = session.execute(select(func.count(), func.max(CycleScorecard.completed_at))).one()
    return last, tuple(cards)
