"""The page Evaluasi SOP and its charts: steps, development, spread, channels, causes, cycles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session

from medsos.evaluation.charts import shares, steps, trend
from medsos.evaluation.charts.canvas import Chart
from medsos.evaluation.figures.causes import CAUSE_RULES, CAUSES, cause_figures
from medsos.evaluation.figures.channels import channel_figures
from medsos.evaluation.figures.cycles import CycleLine, cycle_lines
from medsos.evaluation.figures.months import month_figures, months_until
from medsos.evaluation.figures.overview import Overview, overview
from medsos.evaluation.figures.steps import spreads, step_counts, step_figures
from medsos.evaluation.period import Period
from medsos.evaluation.report.period_data import TREND_MONTHS, trend_months
from medsos.evaluation.report.recommendations import Outcome, load_rules, recommend
from medsos.offices.model import Brand, load_brand
from medsos.settings import load_settings
from medsos.sop.model import Sop
from medsos.store.session import reading
from medsos.web.evaluation.chosen import ALL_TIME, AskedDep, Chosen, choose
from medsos.web.evaluation.exports import TABLES
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
        offices=view.chosen.offices,
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

    def read() -> Chart | None:
        with reading() as session:
            chosen = choose(session, visitor, asked)
            if chosen.sop is None:
                return None
            brand = load_brand(load_settings().offices_dir, chosen.scope.offices[0].slug)
            return draw(session, chosen, chosen.sop, brand)

    drawn = await run_in_threadpool(read)
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn.svg, media_type="image/svg+xml", headers={"Content-Security-Policy": _CHART_POLICY})


def _view(session: Session, chosen: Chosen, number: int) -> View:
    if chosen.sop is None:
        return View(chosen, None, (), (), {})
    found = overview(session, chosen.scope, chosen.sop, _months(chosen))
    if not found.counts.cycles:
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


def _months(chosen: Chosen) -> tuple[Period, ...]:
    """Of all time, the last twelve months."""
    if chosen.period is not None:
        return trend_months(chosen.period)
    return months_until(chosen.months[0].first, 2 * TREND_MONTHS)


def _steps(session: Session, chosen: Chosen, sop: Sop, brand: Brand) -> Chart:
    return steps.steps_chart(step_figures(step_counts(session, chosen.scope), sop), brand)


def _trend(session: Session, chosen: Chosen, sop: Sop, brand: Brand) -> Chart:
    return trend.trend_chart(month_figures(session, chosen.scope, sop, _months(chosen)), brand)


def _spread(session: Session, chosen: Chosen, sop: Sop, brand: Brand) -> Chart:
    return steps.distribution_chart(spreads(step_counts(session, chosen.scope), sop), brand)


def _channels(session: Session, chosen: Chosen, sop: Sop, brand: Brand) -> Chart | None:
    found = channel_figures(session, chosen.scope)
    return shares.channels_chart(found, brand) if found else None


def _causes(session: Session, chosen: Chosen, sop: Sop, brand: Brand) -> Chart:
    return shares.causes_chart(cause_figures(session, chosen.scope, sop), brand)


CHARTS: dict[str, Callable[[Session, Chosen, Sop, Brand], Any]] = {
    "langkah": _steps,
    "perkembangan": _trend,
    "sebaran": _spread,
    "kanal": _channels,
    "sebab": _causes,
}
"""By the name in the address."""
