"""The evaluation tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.clock import utc_now
from medsos.evaluation.export import MEDIA_TYPES, ExportFile, Selection, table_file, workbook_file
from medsos.evaluation.export.columns import TABLES
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.models import Cycle, CycleScorecard
from medsos.store.session import reading
from medsos.web.cycles.routes import readable_dags
from medsos.web.office_view import all_offices
from medsos.web.periods import period_of
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()


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
    """A file of what the visitor may read, completed in that month or half-year."""
    offices, period = all_offices(), period_of(bulan)

    def read() -> ExportFile:
        with reading() as session:
            return make(session, _selection(session, visitor, offices, period))

    file = await run_in_threadpool(read)
    return Response(
        file.content,
        media_type=MEDIA_TYPES[file.format],
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


def _selection(
    session: Session, visitor: Visitor, offices: Sequence[Office], period: Period | None
) -> Selection:
    mine = Cycle.dag_id.in_(readable_dags(session, visitor))
    slugs = set(session.scalars(select(Cycle.office).where(mine).distinct()))
    return Selection(
        [office for office in offices if office.slug in slugs],
        period,
        among=CycleScorecard.cycle_id.in_(select(Cycle.id).where(mine)),
    )
