"""The page for the analyst: the steps against their targets, and the tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.evaluation.export import MEDIA_TYPES, ExportFile, Selection, table_file, workbook_file
from medsos.evaluation.export.columns import TABLES
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.sop.model import load_sop
from medsos.store.models import Cycle, CycleScorecard, StepDuration
from medsos.store.session import reading, transaction
from medsos.web.cycles.routes import readable_dags
from medsos.web.office_view import all_offices
from medsos.web.page import page
from medsos.web.periods import Month, month_of, months_with
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()


@dataclass(frozen=True)
class StepSummary:
    """One SOP step over all cycles of the period that have a verdict on it. Rates from 0 to 1."""

    number: int
    name: str
    cycles: int
    median_minutes: float | None
    p90_minutes: float | None
    target_minutes: float
    on_time_rate: float | None


@dataclass(frozen=True)
class Recap:
    """The page of a period."""

    steps: tuple[StepSummary, ...]
    scorecards: tuple[CycleScorecard, ...]
    months: tuple[Month, ...]


@router.get("/evaluasi")
async def evaluation(request: Request, visitor: VisitorDep, bulan: str = "") -> Response:
    """Summary per step and the scorecards of the period; without a month, of all time."""
    offices, month = all_offices(), month_of(bulan)

    def read() -> Recap:
        with transaction() as session:
            return _recap(session, visitor, offices, month)

    found = await run_in_threadpool(read)
    return page(
        request,
        "evaluasi",
        username=visitor.username,
        offices=offices,
        recap=found,
        month=month,
        tables=TABLES,
        offices_by_slug={office.slug: office for office in offices},
    )


@router.get("/evaluasi/{table}.csv")
async def download_csv(table: str, visitor: VisitorDep, bulan: str = "") -> Response:
    """One evaluation table of the period, for a spreadsheet."""
    return await _table(table, "csv", visitor, bulan)


@router.get("/evaluasi/{table}.parquet")
async def download_parquet(table: str, visitor: VisitorDep, bulan: str = "") -> Response:
    """One evaluation table of the period, for a notebook."""
    return await _table(table, "parquet", visitor, bulan)


@router.get("/evaluasi/tabel.xlsx")
async def download_workbook(visitor: VisitorDep, bulan: str = "") -> Response:
    """All evaluation tables of the period as one workbook."""
    return await _download(
        visitor, bulan, lambda session, chosen: workbook_file(session, chosen, made_at=utc_now())
    )


async def _table(table: str, chosen: Literal["csv", "parquet"], visitor: Visitor, bulan: str) -> Response:
    if table not in TABLES:
        raise HTTPException(404)
    return await _download(
        visitor, bulan, lambda session, selection: table_file(session, TABLES[table], selection, chosen)
    )


async def _download(
    visitor: Visitor, bulan: str, make: Callable[[Session, Selection], ExportFile]
) -> Response:
    """A file of what the visitor may read, completed in that month."""
    offices, month = all_offices(), month_of(bulan)

    def read() -> ExportFile:
        with reading() as session:
            return make(session, _selection(session, visitor, offices, month))

    file = await run_in_threadpool(read)
    return Response(
        file.content,
        media_type=MEDIA_TYPES[file.format],
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


def _selection(
    session: Session, visitor: Visitor, offices: Sequence[Office], month: Month | None
) -> Selection:
    mine = Cycle.dag_id.in_(readable_dags(session, visitor))
    slugs = set(session.scalars(select(Cycle.office).where(mine).distinct()))
    return Selection(
        [office for office in offices if office.slug in slugs],
        Period.month(month.first) if month else None,
        among=CycleScorecard.cycle_id.in_(select(Cycle.id).where(mine)),
    )


def _recap(session: Session, visitor: Visitor, offices: Sequence[Office], month: Month | None) -> Recap:
    everything = _conditions(session, visitor, offices, None)
    conditions = _conditions(session, visitor, offices, month)
    scorecards = session.scalars(
        select(CycleScorecard)
        .join(Cycle, Cycle.id == CycleScorecard.cycle_id)
        .where(*conditions)
        .order_by(CycleScorecard.cycle_id.desc())
    ).all()
    completed = session.scalars(select(Cycle.completed_at).where(*everything))
    months = months_with([at for at in completed if at is not None], offices[0].zone) if offices else []
    query = (
        select(
            StepDuration.step_no,
            StepDuration.working_minutes,
            StepDuration.target_minutes,
            StepDuration.on_time,
        )
        .join(Cycle, Cycle.id == StepDuration.cycle_id)
        .where(*conditions, StepDuration.on_time.is_not(None))
    )
    frame = pd.DataFrame(
        [tuple(row) for row in session.execute(query)], columns=["step_no", "minutes", "target", "on_time"]
    )
    return Recap(_summaries(frame, _step_names(offices)), tuple(scorecards), tuple(months))


def _summaries(frame: pd.DataFrame, names: dict[int, tuple[str, float]]) -> tuple[StepSummary, ...]:
    summaries = []
    for number, (name, target) in names.items():
        rows = frame[frame["step_no"] == number]
        minutes = rows["minutes"].astype(float)
        empty = rows.empty
        summaries.append(
            StepSummary(
                number=number,
                name=name,
                cycles=len(rows),
                median_minutes=None if empty else float(minutes.median()),
                p90_minutes=None if empty else float(minutes.quantile(0.9)),
                # Versions of the SOP may differ in their targets; the newest cycle's counts here.
                target_minutes=target if empty else float(rows["target"].iloc[-1]),
                on_time_rate=None if empty else float(rows["on_time"].astype(float).mean()),
            )
        )
    return tuple(summaries)


def _step_names(offices: Sequence[Office]) -> dict[int, tuple[str, float]]:
    """Name and target of each step in the SOP version that the first readable office follows."""
    for office in offices:
        try:
            sop = load_sop(load_settings().sop_dir, office.sop_version)
        except ConfigError:
            continue
        return {step.number: (step.name, float(step.target_minutes)) for step in sop.steps}
    return {}


def _conditions(
    session: Session, visitor: Visitor, offices: Sequence[Office], month: Month | None
) -> list[ColumnElement[bool]]:
    """What the visitor may read, completed in the month by the calendar of the first office."""
    conditions: list[ColumnElement[bool]] = [
        Cycle.dag_id.in_(readable_dags(session, visitor)),
        Cycle.office.in_([office.slug for office in offices]),
        Cycle.completed_at.is_not(None),
    ]
    if month is not None and offices:
        begin, end = month.bounds(offices[0].zone)
        conditions += [Cycle.completed_at >= begin, Cycle.completed_at < end]
    return conditions
