"""The page Evaluasi SOP and its charts: steps, development, spread, channels, causes, cycles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session

from medsos.evaluation.charts import shares, steps, trend
from medsos.evaluation.charts.canvas import Chart
from medsos.evaluation.figures.causes import CAUSE_RULES, CAUSES
from medsos.evaluation.figures.cycles import CycleLine, cycle_lines
from medsos.evaluation.figures.months import months_until
from medsos.evaluation.figures.overview import Overview
from medsos.evaluation.period import Period
from medsos.evaluation.report.period_data import TREND_MONTHS, trend_months
from medsos.evaluation.report.recommendations import Outcome, load_rules, recommend
from medsos.offices.model import Brand, load_brand
from medsos.settings import load_settings
from medsos.store.session import reading
from medsos.web.evaluation.chosen import ALL_TIME, AskedDep, Chosen, choose
from medsos.web.evaluation.remembered import remembered_overview
from medsos.web.evaluation.routes import TABLES
from medsos.web.page import page
from medsos.web.visitors import VisitorDep

router = APIRouter()

PAGE_SIZE = 25
LAST_PAGE = 1_000_000

# A chart opened by itself keeps its styles inside.
_CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@dataclass(frozen=True)
class View:
    """All that the page shows; without a cycle only the filters."""

    chosen: Chosen
    found: Overview | None
    lines: tuple[CycleLine, ...]
    outcomes: tuple[Outcome, ...]
    words: dict[str, str]


@router.get("/evaluasi")
async def evaluation(request: Request, visitor: VisitorDep, asked: AskedDep, halaman: int = 1) -> Response:
    """Figures and charts of the cycles that were completed in the period, and these one by one."""
    number = max(1, min(halaman, LAST_PAGE))

    def read() -> View:
        with reading() as session:
            return _view(session, choose(session, visitor, asked), number)

    view = await run_in_threadpool(read)
    total = view.found.counts.cycles if view.found else 0
    return page(
        request,
        "evaluasi",
        username=visitor.username,
        view=view,
        chosen=view.chosen,
        found=view.found,
        all_time=ALL_TIME,
        filters={
            "masa": view.chosen.masa,
            "jenis": asked.jenis,
            "kanal": asked.kanal,
            "kantor": asked.kantor,
        },
        tables=TABLES,
        causes=CAUSES,
        cause_rules=CAUSE_RULES,
        offices_by_slug={office.slug: office for office in view.chosen.offices},
        number=number,
        pages=max(1, -(-total // PAGE_SIZE)),
    )


@router.get("/evaluasi/grafik/{name}.svg")
async def chart(name: str, visitor: VisitorDep, asked: AskedDep) -> Response:
    """One chart of the page, with the same filters."""
    draw = CHARTS.get(name)
    if draw is None:
        raise HTTPException(404)

    def read() -> Chart:
        with reading() as session:
            chosen = choose(session, visitor, asked)
            found = _figures(session, chosen)
        if found is None:
            raise HTTPException(404)
        return draw(found, load_brand(load_settings().offices_dir, chosen.scope.offices[0].slug))

    drawn = await run_in_threadpool(read)
    return Response(drawn.svg, media_type="image/svg+xml", headers={"Content-Security-Policy": _CHART_POLICY})


def _view(session: Session, chosen: Chosen, number: int) -> View:
    found = _figures(session, chosen)
    if found is None:
        return View(chosen, None, (), (), {})
    offset = (number - 1) * PAGE_SIZE
    lines = cycle_lines(session, chosen.scope, limit=PAGE_SIZE, offset=offset, newest_first=True)
    words = {
        "langkah": steps.steps_in_words(found.steps),
        "perkembangan": trend.months_in_words(found.months),
        "sebaran": steps.spreads_in_words(found.spreads),
        "kanal": shares.channels_in_words(found.channels),
        "sebab": shares.causes_in_words(found.causes),
    }
    return View(chosen, found, tuple(lines), recommend(found, load_rules(load_settings().data_dir)), words)


def _figures(session: Session, chosen: Chosen) -> Overview | None:
    """None when there is no cycle to be shown."""
    if chosen.sop is None or not chosen.months:
        return None
    found = remembered_overview(session, chosen.scope, chosen.sop, _months(chosen))
    return found if found.counts.cycles else None


def _months(chosen: Chosen) -> tuple[Period, ...]:
    """Of all time, the last twelve months."""
    if chosen.period is not None:
        return trend_months(chosen.period)
    return months_until(chosen.months[0].first, 2 * TREND_MONTHS)


CHARTS: dict[str, Callable[[Overview, Brand], Chart]] = {
    "langkah": lambda found, brand: steps.steps_chart(found.steps, brand),
    "perkembangan": lambda found, brand: trend.trend_chart(found.months, brand),
    "sebaran": lambda found, brand: steps.distribution_chart(found.spreads, brand),
    "kanal": lambda found, brand: shares.channels_chart(found.channels, brand),
    "sebab": lambda found, brand: shares.causes_chart(found.causes, brand),
}
"""By the name in the address."""
