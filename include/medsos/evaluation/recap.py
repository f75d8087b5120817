"""Recaps months: each SOP step over the cycles that were completed in one."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.period import Period
from medsos.evaluation.rules import Rules
from medsos.store.columns import read_columns, write_columns
from medsos.store.models import CycleScorecard, MonthlyRecap, StepDuration
from medsos.store.session import take_turns

_TURN = 4_0771_2_2026


def monthly_recap(session: Session, *, office: str, period: Period, rules: Rules) -> pd.DataFrame:
    """Write and return the six rows of each month that a period touches; in the calendar of the office.

    `cycles` counts the cycles in which the step has a verdict; the figures are of working minutes. Where the
    month saw two versions of the SOP, the target is that of the cycle completed last.

    :param office: slug.
    """
    # Cycles that end at the same moment write the same six rows.
    take_turns(session, _TURN)
    months = list(period.months())
    rows = recap(_judged(session, office, Period(months[0].first, months[-1].last), rules))
    steps = pd.DataFrame(
        [
            (office, month.first, step.number, float(step.target_minutes))
            for month in months
            for step in rules.sop_on(office, month.last).steps
        ],
        columns=["office", "month", "step_no", "usual"],
    )
    rows = steps.merge(rows, on=["month", "step_no"], how="left")
    rows["cycles"] = rows["cycles"].fillna(0).astype("int64")
    rows["target_minutes"] = rows["target_minutes"].fillna(rows.pop("usual"))
    write_columns(session, MonthlyRecap, rows)
    return rows


def recap(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per month and step: `month, step_no, cycles, on_time_rate, median_minutes, p90_minutes,
    max_minutes, target_minutes`.

    :param judged: `month, step_no, working_minutes, on_time, target_minutes`, one row per cycle and step that
        has a verdict, in the order of completion.
    """
    by_step = judged.astype({"on_time": "float64"}).groupby(["month", "step_no"])
    minutes = by_step["working_minutes"]
    return pd.DataFrame(
        {
            "cycles": by_step.size(),
            "on_time_rate": by_step["on_time"].mean(),
            "median_minutes": minutes.median(),
            "p90_minutes": minutes.quantile(0.9),
            "max_minutes": minutes.max(),
            "target_minutes": by_step["target_minutes"].last(),
        }
    ).reset_index()


def _judged(session: Session, office: str, period: Period, rules: Rules) -> pd.DataFrame:
    zone = rules.office(office).zone
    begin, end = period.bounds(zone)
    names: list[Any] = [
        StepDuration.step_no, StepDuration.working_minutes, StepDuration.on_time, StepDuration.target_minutes,
        CycleScorecard.completed_at, CycleScorecard.cycle_id,
    ]  # fmt: skip
    query = (
        select(*names)
        .join(CycleScorecard, CycleScorecard.cycle_id == StepDuration.cycle_id)
        .where(
            # The scorecard's office: SQLite then begins with the month's cycles, not with every step.
            CycleScorecard.office == office,
            StepDuration.on_time.is_not(None),
            CycleScorecard.completed_at >= begin,
            CycleScorecard.completed_at < end,
        )
    )
    rows = read_columns(session, query).sort_values(["completed_at", "cycle_id"])
    ended = rows["completed_at"].dt.tz_convert(zone).dt.tz_localize(None)
    return rows.assign(month=ended.dt.to_period("M").dt.start_time.dt.date)
