"""How long each SOP step took over many cycles, against its target, and month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope, flag, frame, of_steps, whole_seconds
from medsos.sop.model import Sop
from medsos.store.models import CycleScorecard, StepDuration

_COUNTED = ("month_no", "step_no", "seconds", "cycles", "on_time", "target_minutes")


@dataclass(frozen=True)
class StepFigures:
    """One SOP step over all cycles that have a verdict on it. Working minutes; rates from 0 to 1.

    Figures are None without a cycle. `target_minutes` is what most of these cycles were held against.
    """

    number: int
    key: str
    name: str
    cycles: int
    on_time_rate: float | None
    median_minutes: float | None
    p90_minutes: float | None
    longest_minutes: float | None
    target_minutes: float


@dataclass(frozen=True)
class Spread:
    """All durations of one step: working minutes, in ascending order, each as often as it occurred."""

    step: StepFigures
    minutes: np.ndarray


def step_counts(
    session: Session, scope: Scope, months: Sequence[Period] = (), *, without_kahar: bool = False
) -> pd.DataFrame:
    """How many cycles needed how many seconds for a step: one row per step, second and month.

    :param months: in order; `month_no` is the place in them, or 0 where there are none.
    :param without_kahar: leave cycles under *kahar* out.
    """
    month_no, seconds = month_number(scope, months), whole_seconds(StepDuration.working_minutes)
    query: Select[*tuple[Any, ...]] = select(
        month_no, StepDuration.step_no, seconds, func.count(), func.sum(flag(StepDuration.on_time)),
        StepDuration.target_minutes,
    )  # fmt: skip
    query = of_steps(query, scope)
    if months:
        query = query.join(CycleScorecard, CycleScorecard.cycle_id == StepDuration.cycle_id)
    if without_kahar:
        query = query.where(StepDuration.kahar.is_(False))
    groups = [StepDuration.step_no, seconds, StepDuration.target_minutes]
    return frame(session, query.group_by(*([month_no] if months else []), *groups), _COUNTED)


def step_figures(counts: pd.DataFrame, sop: Sop) -> tuple[StepFigures, ...]:
    """Each step of `sop`, in order."""
    return tuple(spread.step for spread in spreads(counts, sop))


def spreads(counts: pd.DataFrame, sop: Sop) -> tuple[Spread, ...]:
    """Each step of `sop` with all its durations."""
    found = []
    for step in sop.steps:
        rows = counts[counts["step_no"] == step.number]
        minutes = np.sort(np.repeat(rows["seconds"].to_numpy(float) / 60, rows["cycles"].to_numpy(int)))
        cycles = len(minutes)
        target = float(step.target_minutes)
        if cycles:
            by_target = rows.groupby("target_minutes")["cycles"].sum()
            target = float(by_target.index.to_numpy(float)[by_target.to_numpy().argmax()])
        figures = StepFigures(
            number=step.number,
            key=step.key,
            name=step.name,
            cycles=cycles,
            on_time_rate=float(rows["on_time"].sum()) / cycles if cycles else None,
            median_minutes=float(np.quantile(minutes, 0.5)) if cycles else None,
            p90_minutes=float(np.quantile(minutes, 0.9)) if cycles else None,
            longest_minutes=float(minutes[-1]) if cycles else None,
            target_minutes=target,
        )
        found.append(Spread(figures, minutes))
    return tuple(found)


def month_number(scope: Scope, months: Sequence[Period]) -> ColumnElement[int]:
    """In which of the months, by the calendar of its office, a cycle was completed."""
    branches = []
    for number, month in enumerate(months):
        for office in scope.offices:
            _, end = month.bounds(office.zone)
            before = and_(CycleScorecard.office == office.slug, CycleScorecard.completed_at < end)
            branches.append((before, literal(number, Integer)))
    return case(*branches, else_=len(months)) if branches else literal(0, Integer)
