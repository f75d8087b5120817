"""Gathers what the report of a month, a half-year or any days shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from medsos.evaluation.durations import WORKING_TIME_NOTE
from medsos.evaluation.figures.cycles import (
    CycleLine,
    KaharCycle,
    OverrideCount,
    cycle_lines,
    kahar_cycles,
    overrides,
)
from medsos.evaluation.figures.metrics import PostLine, post_lines
from medsos.evaluation.figures.months import months_until
from medsos.evaluation.figures.overview import Overview, overview
from medsos.evaluation.period import Period
from medsos.evaluation.report.pictures import Proof, proofs_of_period
from medsos.evaluation.report.recommendations import Outcome, Rule, recommend
from medsos.evaluation.report.signing import Signatory, signatory_of
from medsos.evaluation.scope import Scope
from medsos.evaluation.targets import TargetProposal, proposed_targets
from medsos.offices.model import Office
from medsos.sop.model import Sop

TREND_MONTHS = 6
MOST_MONTHS = 12
MOST_CYCLES = 500
"""Cycles that the annex lists; the tables have all of them."""


@dataclass(frozen=True)
class PeriodData:
    """Everything that the report of a period says. `training` marks it MODE LATIHAN.

    `lines` are at most `MOST_CYCLES`; `proposals` are there for a half-year only.
    """

    office: Office
    sop: Sop
    period: Period
    found: Overview
    kahar: tuple[KaharCycle, ...]
    overrides: tuple[OverrideCount, ...]
    lines: tuple[CycleLine, ...]
    proofs: tuple[Proof, ...]
    posts: tuple[PostLine, ...]
    proposals: tuple[TargetProposal, ...]
    outcomes: tuple[Outcome, ...]
    signatory: Signatory
    made_at: datetime
    training: bool
    time_note: str = WORKING_TIME_NOTE


def period_data(
    session: Session,
    office: Office,
    period: Period,
    *,
    sop: Sop,
    rules: Sequence[Rule],
    now: datetime,
    training: bool,
    read_file: Callable[[str], bytes],
) -> PeriodData:
    """Read a period from the evaluation tables, which are filled when a cycle ends.

    :param sop: the version whose steps and targets the report names.
    :param rules: of the recommendations (`recommendations.load_rules`).
    :param now: date of the report, aware.
    :param read_file: gives the bytes of a path in the archive.
    """
    scope = Scope((office,), period)
    found = overview(session, scope, sop, trend_months(period))
    return PeriodData(
        office=office,
        sop=sop,
        period=period,
        found=found,
        kahar=tuple(kahar_cycles(session, scope)),
        overrides=tuple(overrides(session, scope)),
        lines=tuple(cycle_lines(session, scope, limit=MOST_CYCLES)),
        proofs=tuple(proofs_of_period(session, scope, read_file)),
        posts=tuple(post_lines(session, scope)),
        proposals=tuple(proposed_targets(session, office, period, sop)) if period.is_half_year else (),
        outcomes=recommend(found, rules),
        signatory=signatory_of(office, now),
        made_at=now,
        training=training,
    )


def trend_months(period: Period) -> tuple[Period, ...]:
    """The months of a period, but at least so many as show a development and at most as fit a chart."""
    number = min(MOST_MONTHS, max(TREND_MONTHS, len(list(period.months()))))
    return months_until(period.last, number)
