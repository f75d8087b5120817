"""What became of the cycles of a period: counts, month by month, force majeure and overrides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, select
from sqlalchemy.orm import Session

from medsos.evaluation.figures.steps import month_number
from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope, frame
from medsos.store.actions import action_of, standing_out
from medsos.store.models import AuditEntry, Cycle, CycleScorecard

_COUNTS = (
    "cycles", "finished", "incomplete", "rejected", "kahar", "revised", "without_proof", "with_posts",
    "steps_on_time", "steps_total", "posts", "posts_asked",
)  # fmt: skip


@dataclass(frozen=True)
class CycleCounts:
    """Cycles by what became of them. `revised`: more than one round; `with_posts`: something is up;
    `without_proof`: of those, where a picture is missing. `steps_…` are verdicts, `posts…` channels."""

    cycles: int = 0
    finished: int = 0
    incomplete: int = 0
    rejected: int = 0
    kahar: int = 0
    revised: int = 0
    without_proof: int = 0
    with_posts: int = 0
    steps_on_time: int = 0
    steps_total: int = 0
    posts: int = 0
    posts_asked: int = 0

    @property
    def on_time_rate(self) -> float | None:
        """Of all verdicts on steps, those within the target."""
        return _rate(self.steps_on_time, self.steps_total)

    @property
    def revised_rate(self) -> float | None:
        return _rate(self.revised, self.cycles)

    @property
    def without_proof_rate(self) -> float | None:
        return _rate(self.without_proof, self.with_posts)

    @property
    def posts_rate(self) -> float | None:
        return _rate(self.posts, self.posts_asked)


@dataclass(frozen=True)
class KaharCycle:
    """A cycle under force majeure."""

    cycle_id: int
    title: str
    reason: str
    completed_at: datetime


@dataclass(frozen=True)
class OverrideCount:
    """One sort of deviation from the ordinary course: how often, and in which cycles."""

    name: str
    times: int
    cycle_ids: tuple[int, ...]


@dataclass(frozen=True)
class CycleLine:
    """One cycle of the list."""

    cycle_id: int
    office: str
    title: str
    content_type: str
    status: str
    completed_at: datetime
    rounds: int
    working_minutes: float | None
    steps_on_time: int
    steps_total: int
    channels_published: int
    channels_total: int
    evidence_complete: bool
    kahar: bool


def cycle_counts(session: Session, scope: Scope) -> CycleCounts:
    """All cycles of the scope together."""
    row = session.execute(select(*_counted()).where(*scope.cycles())).one()
    return CycleCounts(*(int(value or 0) for value in row))


def cycle_counts_by_month(session: Session, scope: Scope, months: Sequence[Period]) -> list[CycleCounts]:
    """The cycles of each of the months; `scope` covers them all."""
    number = month_number(scope, months)
    query = select(number, *_counted()).where(*scope.cycles()).group_by(number)
    found = {row[0]: CycleCounts(*(int(value or 0) for value in row[1:])) for row in session.execute(query)}
    return [found.get(place, CycleCounts()) for place in range(len(months))]


def together(counts: Iterable[CycleCounts]) -> CycleCounts:
    """The sums of cycles that were counted apart."""
    return CycleCounts(*map(sum, zip(*map(astuple, counts), strict=True)))


def kahar_cycles(session: Session, scope: Scope) -> list[KaharCycle]:
    """Cycles under force majeure (SOP, Pengesahan 4), in the order of completion."""
    query: Select[*tuple[Any, ...]] = (
        select(Cycle.id, Cycle.title, Cycle.kahar_reason, CycleScorecard.completed_at)
        .join(CycleScorecard, CycleScorecard.cycle_id == Cycle.id)
        .where(*scope.cycles(), CycleScorecard.kahar.is_(True))
        .order_by(CycleScorecard.completed_at, Cycle.id)
    )
    return [KaharCycle(*row) for row in session.execute(query)]


def overrides(session: Session, scope: Scope) -> list[OverrideCount]:
    """What stands out in the audit trail of these cycles, the most frequent first; without *kahar*."""
    query: Select[*tuple[Any, ...]] = (
        select(AuditEntry.action, AuditEntry.cycle_id, func.count())
        .join(CycleScorecard, CycleScorecard.cycle_id == AuditEntry.cycle_id)
        .where(*scope.cycles(), AuditEntry.action.in_(standing_out()), AuditEntry.action != "cycle.kahar")
        .group_by(AuditEntry.action, AuditEntry.cycle_id)
        .order_by(AuditEntry.cycle_id)
    )
    rows = frame(session, query, ("action", "cycle_id", "times"))
    counts = [
        OverrideCount(
            action_of(str(action)).name, int(part["times"].sum()), tuple(map(int, part["cycle_id"]))
        )
        for action, part in rows.groupby("action")
    ]
    return sorted(counts, key=lambda count: (-count.times, count.name))


def cycle_lines(
    session: Session, scope: Scope, *, limit: int, offset: int = 0, newest_first: bool = False
) -> list[CycleLine]:
    """The cycles one by one, in the order of completion."""
    names = list(CycleLine.__dataclass_fields__)
    order: list[ColumnElement[Any]] = [CycleScorecard.completed_at.asc(), CycleScorecard.cycle_id.asc()]
    if newest_first:
        order = [CycleScorecard.completed_at.desc(), CycleScorecard.cycle_id.desc()]
    query = select(*(getattr(CycleScorecard, name) for name in names)).where(*scope.cycles())
    return [CycleLine(*row) for row in session.execute(query.order_by(*order).limit(limit).offset(offset))]


def _counted() -> list[ColumnElement[Any]]:
    """The columns of `CycleCounts`."""
    status, posts = CycleScorecard.status, CycleScorecard.channels_published
    flags: list[ColumnElement[bool]] = [
        status == "selesai",
        status == "tidak_lengkap",
        status == "ditolak",
        CycleScorecard.kahar.is_(True),
        CycleScorecard.rounds > 1,
        and_(posts > 0, CycleScorecard.evidence_complete.is_(False)),
        posts > 0,
    ]
    sums = (CycleScorecard.steps_on_time, CycleScorecard.steps_total, posts, CycleScorecard.channels_total)
    return [func.count(), *(func.sum(cast(item, Integer)) for item in flags), *map(func.sum, sums)]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
