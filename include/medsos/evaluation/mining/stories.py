"""Reads the cycles of a period from the record, some hundreds at a time and never as objects of the ORM."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.models import (
    Approval,
    Cycle,
    Design,
    Evidence,
    Link,
    Minutes,
    PlanRow,
    Publication,
    PublicationAttempt,
    StepEvent,
)

BATCH = 500
"""Cycles that are in memory at once."""

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Rows = list[AnyRow]


@dataclass
class Story:
    """All that the record tells of one cycle, as rows of the columns that the logs need.

    `attempts` and `evidence` belong to the publication that their row names. `events` is empty where they
    were not asked for.
    """

    cycle: AnyRow
    minutes: AnyRow | None
    events: Rows = field(default_factory=list)
    plans: Rows = field(default_factory=list)
    designs: Rows = field(default_factory=list)
    approvals: Rows = field(default_factory=list)
    publications: Rows = field(default_factory=list)
    attempts: Rows = field(default_factory=list)
    evidence: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)

    @property
    def rounds(self) -> list[int]:
        """Numbers of the rounds of which the record has a plan, a design or a decision."""
        return sorted({row.round for rows in (self.plans, self.designs, self.approvals) for row in rows})


@dataclass(frozen=True)
class Gathering:
    """A meeting and the cycles of the period that came of it; `sop_version` is that of the first one."""

    minutes: AnyRow
    cycle_ids: tuple[int, ...]
    sop_version: str


def stories(
    session: Session, offices: Sequence[Office], period: Period, *, events: bool = True
) -> Iterator[Story]:
    """The cycles that were completed in the period, by number.

    :param period: in each office's own calendar.
    :param events: read the step events, too, which are most of the record.
    """
    chosen = _completed(offices, period)
    ids = list(session.scalars(select(Cycle.id).where(chosen).order_by(Cycle.id)))
    for begin in range(0, len(ids), BATCH):
        yield from _batch(session, ids[begin : begin + BATCH], events)


def gatherings(session: Session, offices: Sequence[Office], period: Period) -> Iterator[Gathering]:
    """The meetings behind the cycles of the period, each once, by number."""
    pairs = session.execute(
        select(Cycle.minutes_id, Cycle.id, Cycle.sop_version)
        .where(_completed(offices, period), Cycle.minutes_id.is_not(None))
        .order_by(Cycle.minutes_id, Cycle.id)
    ).all()
    cycles = {key: tuple(rows) for key, rows in groupby(pairs, lambda row: row.minutes_id)}
    ids = list(cycles)
    for begin in range(0, len(ids), BATCH):
        for minutes in _minutes(session, ids[begin : begin + BATCH]):
            rows = cycles[minutes.id]
            yield Gathering(minutes, tuple(row.id for row in rows), rows[0].sop_version)


def _completed(offices: Sequence[Office], period: Period) -> ColumnElement[bool]:
    bounds = {office.slug: period.bounds(office.zone) for office in offices}
    return or_(
        false(),
        *(
            and_(Cycle.office == slug, Cycle.completed_at >= begin, Cycle.completed_at < end)
            for slug, (begin, end) in bounds.items()
        ),
    )


def _batch(session: Session, ids: Sequence[int], events: bool) -> Iterator[Story]:
    cycles = session.execute(
        select(
            Cycle.id,
            Cycle.office,
            Cycle.title,
            Cycle.content_type,
            Cycle.requester,
            Cycle.requested_at,
            Cycle.sop_version,
            Cycle.kahar,
            Cycle.kahar_reason,
            Cycle.status,
            Cycle.completed_at,
            Cycle.request,
            Cycle.minutes_id,
        )
        .where(Cycle.id.in_(ids))
        .order_by(Cycle.id)
    ).all()
    meetings = {row.id: row for row in _minutes(session, sorted({c.minutes_id for c in cycles} - {None}))}
    of_cycle = {name: _grouped(session, query(ids)) for name, query in _QUERIES.items()}
    if events:
        of_cycle["events"] = _grouped(session, _events(ids))
    for cycle in cycles:
        rows = {name: found[cycle.id] for name, found in of_cycle.items() if cycle.id in found}
        yield Story(cycle, meetings.get(cycle.minutes_id), **rows)


def _grouped(session: Session, query: AnySelect) -> dict[int, Rows]:
    """Rows by their column `cycle_id`."""
    found: dict[int, Rows] = defaultdict(list)
    for row in session.execute(query):
        found[row.cycle_id].append(row)
    return found


def _minutes(session: Session, ids: Sequence[int]) -> Sequence[AnyRow]:
    return session.execute(
        select(
            Minutes.id,
            Minutes.cycle_id,
            Minutes.office,
            Minutes.started_at,
            Minutes.ended_at,
            Minutes.recorded_by,
        )
        .where(Minutes.id.in_(ids))
        .order_by(Minutes.id)
    ).all()


def _events(ids: Sequence[int]) -> AnySelect:
    return (
        select(
            StepEvent.cycle_id,
            StepEvent.id,
            StepEvent.task_id,
            StepEvent.event,
            StepEvent.round,
            StepEvent.channel,
            StepEvent.actor,
            StepEvent.at,
            StepEvent.detail,
        )
        .where(StepEvent.cycle_id.in_(ids))
        .order_by(StepEvent.cycle_id, StepEvent.at, StepEvent.id)
    )


def _plans(ids: Sequence[int]) -> AnySelect:
    return (
        select(PlanRow.cycle_id, PlanRow.round, PlanRow.author)
        .where(PlanRow.cycle_id.in_(ids))
        .order_by(PlanRow.cycle_id, PlanRow.round)
    )


def _designs(ids: Sequence[int]) -> AnySelect:
    return (
        select(Design.cycle_id, Design.round, Design.channel)
        .where(Design.cycle_id.in_(ids))
        .order_by(Design.cycle_id, Design.round, Design.id)
    )


def _approvals(ids: Sequence[int]) -> AnySelect:
    return (
        select(
            Approval.cycle_id,
            Approval.id,
            Approval.round,
            Approval.seal,
            Approval.decision,
            Approval.decided_by,
            Approval.on_behalf_of,
            Approval.decided_at,
            Approval.note,
        )
        .where(Approval.cycle_id.in_(ids))
        .order_by(Approval.cycle_id, Approval.round)
    )


def _publications(ids: Sequence[int]) -> AnySelect:
    return (
        select(
            Publication.cycle_id,
            Publication.id,
            Publication.channel,
            Publication.seal,
            Publication.mode,
            Publication.state,
            Publication.created_at,
            Publication.published_at,
            Publication.post_id,
            Publication.permalink,
        )
        .where(Publication.cycle_id.in_(ids))
        .order_by(Publication.cycle_id, Publication.id)
    )


def _attempts(ids: Sequence[int]) -> AnySelect:
    return (
        select(
            Publication.cycle_id,
            PublicationAttempt.publication_id,
            PublicationAttempt.started_at,
            PublicationAttempt.finished_at,
            PublicationAttempt.state_after,
        )
        .join(Publication, Publication.id == PublicationAttempt.publication_id)
        .where(Publication.cycle_id.in_(ids))
        .order_by(Publication.cycle_id, PublicationAttempt.publication_id, PublicationAttempt.number)
    )


def _evidence(ids: Sequence[int]) -> AnySelect:
    return (
        select(
            Publication.cycle_id,
            Evidence.id,
            Evidence.publication_id,
            Publication.channel,
            Evidence.kind,
            Evidence.sha256,
            Evidence.size_bytes,
            Evidence.captured_at,
        )
        .join(Publication, Publication.id == Evidence.publication_id)
        .where(Publication.cycle_id.in_(ids))
        .order_by(Publication.cycle_id, Evidence.id)
    )


def _links(ids: Sequence[int]) -> AnySelect:
    return (
        select(Link.cycle_id, Link.id, Link.kind, Link.channel, Link.address, Link.made_at)
        .where(Link.cycle_id.in_(ids))
        .order_by(Link.cycle_id, Link.id)
    )


_QUERIES: dict[str, Callable[[Sequence[int]], AnySelect]] = {
    "plans": _plans,
    "designs": _designs,
    "approvals": _approvals,
    "publications": _publications,
    "attempts": _attempts,
    "evidence": _evidence,
    "links": _links,
}
