"""Fills the evaluation tables of a cycle and of a month from the record (SOP step 6)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import SupportsFloat

import pandas as pd
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import (
    PUBLISHED,
    channel_results,
    cycle_status,
    evidence_complete,
)
from medsos.evaluation.durations import (
    Event,
    Meeting,
    StepTimes,
    WorkingMinutes,
    step_times,
    wall_clock_minutes,
)
from medsos.offices.model import Office
from medsos.sop.model import Sop, SopStep
from medsos.store.audit import append_audit
from medsos.store.models import (
    Approval,
    ChannelResult,
    Cycle,
    CycleScorecard,
    Minutes,
    MonthlyRecap,
    StepDuration,
    StepEvent,
)
from medsos.store.session import take_turns

REJECTED = "tolak"
APPROVED = "setuju"

_TURN = 4_0771_2_2025


@dataclass(frozen=True)
class CycleEvaluation:
    """The rows that were written."""

    steps: tuple[StepDuration, ...]
    channels: tuple[ChannelResult, ...]
    scorecard: CycleScorecard


def evaluate_cycle(
    session: Session,
    cycle_id: int,
    *,
    sop: Sop,
    office: Office,
    now: datetime,
    working_minutes: WorkingMinutes = wall_clock_minutes,
) -> CycleEvaluation:
    """Compute all rows of a cycle and set its status. Evaluating again gives the same rows.

    :param sop: the version that the cycle ran under.
    :param now: aware; the end of step 6 while its task is still running, and the time of completion.
    """
    cycle = session.get_one(Cycle, cycle_id)
    times = step_times(
        _events(session, cycle_id), meeting=_meeting(session, cycle), now=now, working_minutes=working_minutes
    )
    steps = [_step_row(cycle, step, times[step.key]) for step in sop.steps]
    channels = channel_results(session, cycle, office)
    approvals = session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id).order_by(Approval.round)
    ).all()
    last = approvals[-1] if approvals else None
    before = {"status": cycle.status}
    cycle.status = cycle_status(rejected=last is not None and last.decision == REJECTED, channels=channels)
    cycle.completed_at = cycle.completed_at or now
    scorecard = _scorecard(cycle, sop, steps, channels, rounds=len(approvals), last=last)

    if before["status"] != cycle.status:
        append_audit(
            session,
            at=now,
            actor="sistem",
            action="cycle.evaluated",
            cycle_id=cycle_id,
            subject=cycle.title,
            before=before,
            after={
                "status": cycle.status,
                "channels_published": scorecard.channels_published,
                "channels_total": scorecard.channels_total,
            },
        )

    kept_steps = tuple(session.merge(row) for row in steps)
    kept_channels = tuple(session.merge(row) for row in channels)
    session.execute(
        delete(ChannelResult).where(
            ChannelResult.cycle_id == cycle_id,
            ChannelResult.channel.not_in([row.channel for row in channels]),
        )
    )
    kept_scorecard = session.merge(scorecard)
    session.flush()
    return CycleEvaluation(kept_steps, kept_channels, kept_scorecard)


def monthly_recap(session: Session, *, office: Office, month: date, sop: Sop) -> list[MonthlyRecap]:
    """Write and return six rows: each step over the cycles that ended in that month, local to the office.

    `cycles` counts the cycles in which the step has a verdict; the figures are of working minutes.
    """
    # Cycles that end at the same moment write the same six rows.
    take_turns(session, _TURN)
    first = month.replace(day=1)
    begin = datetime.combine(first, time(), office.zone)
    end = datetime.combine((pd.Timestamp(first) + pd.offsets.MonthBegin()).date(), time(), office.zone)
    query = (
        select(StepDuration.step_no, StepDuration.working_minutes, StepDuration.on_time)
        .join(CycleScorecard, CycleScorecard.cycle_id == StepDuration.cycle_id)
        .where(
            StepDuration.office == office.slug,
            StepDuration.on_time.is_not(None),
            CycleScorecard.completed_at >= begin,
            CycleScorecard.completed_at < end,
        )
    )
    frame = pd.DataFrame(
        [tuple(row) for row in session.execute(query)], columns=["step_no", "working_minutes", "on_time"]
    )
    rows = []
    for step in sop.steps:
        of_step = frame[frame["step_no"] == step.number]
        minutes = of_step["working_minutes"].astype(float)
        row = MonthlyRecap(
            office=office.slug,
            month=first,
            step_no=step.number,
            cycles=len(of_step),
            on_time_rate=_number(of_step["on_time"].astype(float).mean()),
            median_minutes=_number(minutes.median()),
            p90_minutes=_number(minutes.quantile(0.9)),
            max_minutes=_number(minutes.max()),
            target_minutes=float(step.target_minutes),
        )
        rows.append(session.merge(row))
    session.flush()
    return rows


def _events(session: Session, cycle_id: int) -> list[Event]:
    rows = session.scalars(
        select(StepEvent).where(StepEvent.cycle_id == cycle_id).order_by(StepEvent.at, StepEvent.id)
    )
    return [Event(row.task_id, row.event, row.at, row.channel) for row in rows]


def _meeting(session: Session, cycle: Cycle) -> Meeting | None:
    minutes = session.get(Minutes, cycle.minutes_id) if cycle.minutes_id is not None else None
    if minutes is None:
        return None
    return Meeting(minutes.started_at, minutes.ended_at, shared=minutes.cycle_id != cycle.id)


def _step_row(cycle: Cycle, step: SopStep, times: StepTimes) -> StepDuration:
    target = float(step.target_minutes)
    judged = times.working_minutes if times.counted else None
    return StepDuration(
        cycle_id=cycle.id,
        office=cycle.office,
        content_type=cycle.content_type,
        sop_version=cycle.sop_version,
        step_no=step.number,
        step_key=step.key,
        started_at=times.started_at,
        finished_at=times.finished_at,
        target_minutes=target,
        elapsed_minutes=times.elapsed_minutes,
        working_minutes=times.working_minutes,
        waiting_minutes=times.waiting_minutes,
        rework_minutes=times.rework_minutes,
        rounds=times.rounds,
        on_time=None if judged is None else judged <= target,
        deviation_minutes=None if judged is None else judged - target,
        kahar=cycle.kahar,
    )


def _scorecard(
    cycle: Cycle,
    sop: Sop,
    steps: list[StepDuration],
    channels: list[ChannelResult],
    *,
    rounds: int,
    last: Approval | None,
) -> CycleScorecard:
    """`steps_total` counts the steps that have a verdict."""
    approved = last if last is not None and last.decision == APPROVED else None
    measured = [step.working_minutes for step in steps if step.working_minutes is not None]
    return CycleScorecard(
        cycle_id=cycle.id,
        office=cycle.office,
        title=cycle.title,
        content_type=cycle.content_type,
        status=cycle.status,
        requested_at=cycle.requested_at,
        completed_at=cycle.completed_at,
        rounds=rounds,
        approved_by=approved.decided_by if approved else None,
        on_behalf_of=approved.on_behalf_of if approved else None,
        working_minutes=sum(measured) if measured else None,
        target_minutes=float(sop.total_minutes),
        steps_on_time=sum(step.on_time is True for step in steps),
        steps_total=sum(step.on_time is not None for step in steps),
        channels_published=sum(channel.state == PUBLISHED for channel in channels),
        channels_total=len(channels),
        evidence_complete=evidence_complete(channels),
        kahar=cycle.kahar,
    )


def _number(value: SupportsFloat) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number
