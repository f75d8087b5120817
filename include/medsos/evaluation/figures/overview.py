"""All figures of a period at once, as the reports and the page Evaluasi SOP show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from medsos.evaluation.figures.causes import CauseFigures, cause_figures
from medsos.evaluation.figures.channels import ChannelFigures, channel_figures
from medsos.evaluation.figures.cycles import CycleCounts, cycle_counts
from medsos.evaluation.figures.months import MonthFigures, PeriodCounts, month_counts
from medsos.evaluation.figures.steps import Spread, StepFigures, spreads, step_counts
from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope
from medsos.sop.model import Sop


@dataclass(frozen=True)
class Overview:
    """What many cycles needed. `months` may reach back before the period, so that it can be compared."""

    counts: CycleCounts
    spreads: tuple[Spread, ...]
    months: tuple[MonthFigures, ...]
    channels: tuple[ChannelFigures, ...]
    causes: tuple[CauseFigures, ...]

    @property
    def steps(self) -> tuple[StepFigures, ...]:
        return tuple(spread.step for spread in self.spreads)


def overview(session: Session, scope: Scope, sop: Sop, months: Sequence[Period]) -> Overview:
    """Figures of the scope's period, and of each of the months.

    :param months: in order and without a gap between them.
    """
    by_month = month_counts(session, scope, months)
    own = by_month.of(scope.period)
    if own is None:
        own = PeriodCounts(cycle_counts(session, scope), step_counts(session, scope))
    return Overview(
        counts=own.cycles,
        spreads=spreads(own.steps, sop),
        months=by_month.figures(sop),
        channels=channel_figures(session, scope),
        causes=cause_figures(session, scope, sop),
    )
