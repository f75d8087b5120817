"""Reads the evaluation tables of a period as columns, for figures and charts: never one object per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.models import ChannelResult, CycleScorecard, StepDuration


@dataclass(frozen=True)
class Scope:
    """Which finished cycles are looked at. A cycle belongs to the period in which it was completed, by the
    calendar of its office; None leaves nothing out."""

    offices: tuple[Office, ...]
    period: Period | None = None
    content_type: str | None = None
    channel: str | None = None

    def during(self, period: Period | None) -> Scope:
        """The same cycles, of another period."""
        return replace(self, period=period)

    def conditions(self) -> list[ColumnElement[bool]]:
        """On `cycle_scorecards`."""
        found: list[ColumnElement[bool]] = [
            CycleScorecard.completed_at.is_not(None),
            or_(*(self._of_office(office) for office in self.offices))
            if self.offices
            else CycleScorecard.cycle_id.is_(None),
        ]
        if self.content_type is not None:
            found.append(CycleScorecard.content_type == self.content_type)
        if self.channel is not None:
            asked_for = select(ChannelResult.cycle_id).where(ChannelResult.channel == self.channel)
            found.append(CycleScorecard.cycle_id.in_(asked_for))
        return found

    def _of_office(self, office: Office) -> ColumnElement[bool]:
        of_office = CycleScorecard.office == office.slug
        if self.period is None:
            return of_office
        begin, end = self.period.bounds(office.zone)
        return and_(of_office, CycleScorecard.completed_at >= begin, CycleScorecard.completed_at < end)


def step_columns(
    session: Session, scope: Scope, *columns: InstrumentedAttribute[Any], judged: bool = True
) -> pd.DataFrame:
    """Columns of `step_durations`, named as in the table.

    :param columns: of `StepDuration` or `CycleScorecard`.
    :param judged: only steps that have a verdict.
    """
    query = select(*columns).join(CycleScorecard, CycleScorecard.cycle_id == StepDuration.cycle_id)
    if judged:
        query = query.where(StepDuration.on_time.is_not(None))
    return frame(session, query.where(*scope.conditions()), columns)


def cycle_columns(session: Session, scope: Scope, *columns: InstrumentedAttribute[Any]) -> pd.DataFrame:
    """Columns of `cycle_scorecards`, in the order of completion."""
    query = select(*columns).where(*scope.conditions())
    return frame(session, query.order_by(CycleScorecard.completed_at, CycleScorecard.cycle_id), columns)


def channel_columns(session: Session, scope: Scope, *columns: InstrumentedAttribute[Any]) -> pd.DataFrame:
    """Columns of `channel_results`; with a channel in the scope only its rows."""
    query = select(*columns).join(CycleScorecard, CycleScorecard.cycle_id == ChannelResult.cycle_id)
    if scope.channel is not None:
        query = query.where(ChannelResult.channel == scope.channel)
    return frame(session, query.where(*scope.conditions()), columns)


def frame(
    session: Session, query: Select[Any], columns: Sequence[InstrumentedAttribute[Any]]
) -> pd.DataFrame:
    """The rows of a query as a frame; without rows it has its columns all the same."""
    rows = session.execute(query).all()
    return pd.DataFrame.from_records(rows, columns=[column.key for column in columns])
