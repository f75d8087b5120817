"""Which finished cycles an evaluation is about, and how their tables are read: as columns, not as objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.models import ChannelResult, Cycle, CycleScorecard, StepDuration


@dataclass(frozen=True)
class Scope:
    """Finished cycles of these offices; None leaves nothing out.

    A cycle belongs to the period in which it was completed, by the calendar of its office.

    :param channel: cycles that were asked to go out there.
    :param hidden_dags: ids of the DAGs that the reader may not see.
    """

    offices: tuple[Office, ...]
    period: Period | None = None
    content_type: str | None = None
    channel: str | None = None
    hidden_dags: tuple[str, ...] = ()

    def during(self, period: Period | None) -> Scope:
        """The same cycles, of another period."""
        return replace(self, period=period)

    def cycles(self) -> list[ColumnElement[bool]]:
        """Conditions on `cycle_scorecards`."""
        found: list[ColumnElement[bool]] = [
            CycleScorecard.completed_at.is_not(None),
            or_(CycleScorecard.cycle_id.is_(None), *(self._of_office(office) for office in self.offices)),
        ]
        if self.content_type is not None:
            found.append(CycleScorecard.content_type == self.content_type)
        if self.channel is not None:
            asked_for = select(ChannelResult.cycle_id).where(ChannelResult.channel == self.channel)
            found.append(CycleScorecard.cycle_id.in_(asked_for))
        if self.hidden_dags:
            hidden = select(Cycle.id).where(Cycle.dag_id.in_(self.hidden_dags))
            found.append(CycleScorecard.cycle_id.not_in(hidden))
        return found

    def _of_office(self, office: Office) -> ColumnElement[bool]:
        of_office = CycleScorecard.office == office.slug
        if self.period is None:
            return of_office
        begin, end = self.period.bounds(office.zone)
        return and_(of_office, CycleScorecard.completed_at >= begin, CycleScorecard.completed_at < end)


def of_steps(query: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """The query, over the steps of these cycles that have a verdict."""
    return query.where(StepDuration.cycle_id.in_(_ids(scope)), StepDuration.on_time.is_not(None))


def of_channels(query: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """The query, over the channels of these cycles; with a channel in the scope only over that one."""
    if scope.channel is not None:
        query = query.where(ChannelResult.channel == scope.channel)
    return query.where(ChannelResult.cycle_id.in_(_ids(scope)))


def _ids(scope: Scope) -> Select[*tuple[Any, ...]]:
    return select(CycleScorecard.cycle_id).where(*scope.cycles())


def frame(session: Session, query: Select[*tuple[Any, ...]], names: Sequence[str]) -> pd.DataFrame:
    """The rows of a query as a frame; without rows it has its columns all the same."""
    rows = [tuple(row) for row in session.execute(query)]
    return pd.DataFrame.from_records(rows, columns=list(names))


def flag(column: InstrumentedAttribute[bool] | InstrumentedAttribute[bool | None]) -> ColumnElement[int]:
    """1, 0 or null, which databases can add up."""
    return cast(column, Integer)


def whole_seconds(minutes: InstrumentedAttribute[float | None]) -> ColumnElement[float]:
    """Minutes as whole seconds, so that equal ones can be counted."""
    return func.round(minutes * 60)
