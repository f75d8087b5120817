"""How cycles and steps developed from month to month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from medsos.evaluation.figures.cycles import CycleCounts, cycle_counts_by_month, together
from medsos.evaluation.figures.steps import StepFigures, step_counts, step_figures
from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope
from medsos.sop.model import Sop


@dataclass(frozen=True)
class MonthFigures:
    """The cycles completed in one calendar month."""

    period: Period
    counts: CycleCounts
    steps: tuple[StepFigures, ...]


def months_until(last: date, number: int) -> tuple[Period, ...]:
    """So many calendar months, the last one with that day."""
    months = [Period.month(last)]
    while len(months) < number:
        months.append(Period.month(date.fromordinal(months[-1].first.toordinal() - 1)))
    return tuple(reversed(months))


@dataclass(frozen=True)
class PeriodCounts:
    """What was counted of some cycles. `steps` as `step_counts` has them."""

    cycles: CycleCounts
    steps: pd.DataFrame


@dataclass(frozen=True)
class MonthCounts:
    """What was counted of each of some months, `steps` of all of them together."""

    months: tuple[Period, ...]
    cycles: tuple[CycleCounts, ...]
    steps: pd.DataFrame

    def figures(self, sop: Sop) -> tuple[MonthFigures, ...]:
        """Each of the months, in order."""
        numbers = self.steps["month_no"]
        return tuple(
            MonthFigures(month, self.cycles[number], step_figures(self.steps[numbers == number], sop))
            for number, month in enumerate(self.months)
        )

    def of(self, period: Period | None) -> PeriodCounts | None:
        """The same of a period, when it is made of whole months that were counted; otherwise None."""
        if period is None:
            return None
        own = [number for number, month in enumerate(self.months) if month in period.months()]
        if not own or (self.months[own[0]].first, self.months[own[-1]].last) != (period.first, period.last):
            return None
        steps = self.steps[self.steps["month_no"].isin(own)]
        return PeriodCounts(together([self.cycles[number] for number in own]), steps)


def month_counts(session: Session, scope: Scope, months: Sequence[Period]) -> MonthCounts:
    """Count each of the months, between which there is no gap; the scope's own period does not matter."""
    scope = scope.during(Period(months[0].first, months[-1].last))
    cycles, steps = cycle_counts_by_month(session, scope, months), step_counts(session, scope, months)
    return MonthCounts(tuple(months), tuple(cycles), steps)
