"""How cycles and steps developed from month to month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from medsos.evaluation.figures.cycles import CycleCounts, cycle_counts_by_month
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


def month_figures(
    session: Session, scope: Scope, sop: Sop, months: Sequence[Period]
) -> tuple[MonthFigures, ...]:
    """Each of the months, in order and without a gap between them; the scope's own period does not matter."""
    scope = scope.during(Period(months[0].first, months[-1].last))
    counts = step_counts(session, scope, months)
    cycles = cycle_counts_by_month(session, scope, months)
    return tuple(
        MonthFigures(month, cycles[number], step_figures(counts[counts["month_no"] == number], sop))
        for number, month in enumerate(months)
    )
