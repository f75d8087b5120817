"""Which rows an export holds, and how they are read: in batches of plain tuples, per office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from medsos.evaluation.export.columns import Table
from medsos.evaluation.period import Period
from medsos.indonesian import list_text, moment_text
from medsos.offices.model import Office
from medsos.store.models import CycleScorecard, MonthlyRecap

BATCH = 5_000
"""Rows that are in memory at a time."""

Row = Sequence[Any]
"""The values of one row, in the order of the table's columns."""


@dataclass(frozen=True)
class Batch:
    """Some rows of one office, whose zone their times are shown in."""

    office: Office
    rows: Sequence[Row]


@dataclass(frozen=True)
class Selection:
    """Finished cycles of some offices.

    :param period: days in which they were finished, by the calendar of each office; None: of all time. Of the
        monthly recap, the whole months that it touches.
    :param among: condition on `CycleScorecard`, where not every cycle may be seen.
    """

    offices: Sequence[Office]
    period: Period | None
    among: ColumnElement[bool] | None = None

    @property
    def key(self) -> str:
        """For file names: `kota-bengkulu-2026-11`, `semua-kantor-2026-semester-2`."""
        office = self.offices[0].slug if len(self.offices) == 1 else "semua-kantor"
        return f"{office}-{self.period.key if self.period else 'semua-masa'}"

    @property
    def period_name(self) -> str:
        """“November 2026”."""
        return self.period.name if self.period else "Semua masa"

    @property
    def office_names(self) -> str:
        """“KPU Kota Bengkulu”."""
        return list_text([office.name for office in self.offices])

    @property
    def zone_names(self) -> str:
        """“WIB (Asia/Jakarta)”, each zone once."""
        return list_text(
            list(dict.fromkeys(f"{office.zone_label} ({office.time_zone})" for office in self.offices))
        )

    def moment(self, at: datetime) -> str:
        """An aware instant in words, on the clock of the first office."""
        return moment_text(at, self.offices[0].zone) if self.offices else at.isoformat()


def batches(session: Session, table: Table, selection: Selection) -> Iterator[Batch]:
    """The selected rows of a table, office by office, ordered by its key."""
    order = list(table.model.__table__.primary_key.columns)
    for office in selection.offices:
        query = _rows_of(table, office, selection).order_by(*order)
        found = session.execute(query.execution_options(yield_per=BATCH))
        for rows in found.partitions():
            yield Batch(office, rows)


def count_rows(session: Session, table: Table, selection: Selection) -> int:
    """How many rows `batches` would give."""
    return sum(
        session.scalar(select(func.count()).select_from(_rows_of(table, office, selection).subquery())) or 0
        for office in selection.offices
    )


def _rows_of(table: Table, office: Office, selection: Selection) -> Select[Any]:
    query = select(*(getattr(table.model, column.name) for column in table.columns))
    period = selection.period
    if table.model is MonthlyRecap:
        query = query.where(MonthlyRecap.office == office.slug)
        if period is not None:
            query = query.where(MonthlyRecap.month.in_([month.first for month in period.months()]))
        return query
    if table.model is not CycleScorecard:
        query = query.join(CycleScorecard, CycleScorecard.cycle_id == table.model.cycle_id)
    query = query.where(CycleScorecard.office == office.slug, CycleScorecard.completed_at.is_not(None))
    if selection.among is not None:
        query = query.where(selection.among)
    if period is not None:
        begin, end = period.bounds(office.zone)
        query = query.where(CycleScorecard.completed_at >= begin, CycleScorecard.completed_at < end)
    return query
