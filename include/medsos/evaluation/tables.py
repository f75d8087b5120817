"""Brings the evaluation tables of cycles in line with the record (SOP step 6).

Computing again changes nothing. Where the record has become another one since (an event that came late, a
decree on working time), only the rows concerned are corrected, and the audit keeps what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import channel_results, cycle_statuses
from medsos.evaluation.corrections import Correction, bring_in_line
from medsos.evaluation.durations import StepTimes, six_steps, times
from medsos.evaluation.log import Log, read_log
from medsos.evaluation.period import Period
from medsos.evaluation.rules import Rules
from medsos.store.audit import append_audit
from medsos.store.columns import among, read_columns
from medsos.store.models import Approval, ChannelResult, Cycle, CycleScorecard, StepDuration
from medsos.store.session import take_turns, transaction

REJECTED = "tolak"
APPROVED = "setuju"

AT_A_TIME = 5_000
"""Cycles in one transaction: it keeps other writers waiting for half a second or so."""

_TURN = 4_0771_2_2025


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation did."""

    cycles: int
    corrections: tuple[Correction, ...]


def evaluate_cycle(session: Session, cycle_id: int, *, rules: Rules, now: datetime) -> Evaluated:
    """End a cycle: note when it was completed, compute its rows and set its status.

    :param now: aware; the time of completion, unless the cycle was completed before.
    :raises ConfigError: a file of the office or of its SOP version is missing or wrong.
    """
    cycle = session.get_one(Cycle, cycle_id)
    cycle.completed_at = cycle.completed_at or now
    session.flush()
    return evaluate_cycles(session, [cycle_id], rules=rules, now=now, at_work=True)


def evaluate_period(
    period: Period, *, offices: Sequence[str], rules: Rules, now: datetime, database_url: str | None = None
) -> Evaluated:
    """Compute all cycles again that were completed in the period, in transactions of their own.

    :param offices: slugs.
    """
    done = 0
    corrections: list[Correction] = []
    for slug in offices:
        with transaction(database_url) as session:
            cycle_ids = completed_in(session, slug, period, rules)
        for some in _some_at_a_time(cycle_ids):
            with transaction(database_url) as session:
                evaluated = evaluate_cycles(session, some, rules=rules, now=now)
            done += evaluated.cycles
            corrections += evaluated.corrections
    return Evaluated(done, tuple(corrections))


def completed_in(session: Session, office: str, period: Period, rules: Rules) -> list[int]:
    """Cycles of an office that were completed in the period, by the office's calendar; in order."""
    begin, end = period.bounds(rules.office(office).zone)
    query = select(Cycle.id).where(
        Cycle.office == office, Cycle.completed_at >= begin, Cycle.completed_at < end
    )
    return list(session.scalars(query.order_by(Cycle.id)))


def evaluate_cycles(
    session: Session, cycle_ids: Sequence[int], *, rules: Rules, now: datetime, at_work: bool = False
) -> Evaluated:
    """Bring the rows of completed cycles in line with the record, and their statuses.

    :param cycle_ids: of a few thousand cycles at most.
    :param now: aware; when corrections are noted.
    :param at_work: whether the task of step 6 is calling; its step then ends now.
    """
    # Who computes the same rows at this moment waits, and finds then that nothing is left to do.
    take_turns(session, _TURN)
    cycles, log = _cycles(session, cycle_ids), read_log(session, cycle_ids)
    ids = pd.Index(cycles["id"], name="cycle_id")
    until = one_moment(ids, now) if at_work else cycles.set_index(ids)["completed_at"]
    steps = step_rows(cycles, log, rules, until=until)
    channels = channel_results(session, cycles, log, rules)
    cards = _scorecards(session, cycles, steps, channels, rules)
    _set_statuses(session, cycles, cards, now)
    corrections = [
        *bring_in_line(session, StepDuration, steps, cycle_ids),
        *bring_in_line(session, ChannelResult, channels, cycle_ids),
        *bring_in_line(session, CycleScorecard, cards, cycle_ids),
    ]
    _note(session, corrections, cycles, now)
    return Evaluated(len(cycles), tuple(corrections))


def steps_of(session: Session, cycle: Cycle, *, rules: Rules, now: datetime) -> dict[str, StepTimes]:
    """Times of the steps of one cycle as far as it has come, by their keys."""
    ids = pd.Index([cycle.id], name="cycle_id")
    working = rules.working(pd.Series([cycle.office], index=ids))
    steps = six_steps(read_log(session, [cycle.id]), one_moment(ids, cycle.completed_at or now))
    return {key: StepTimes.of(times(step, ids, working).iloc[0]) for key, step in steps.items()}


def one_moment(cycle_ids: pd.Index, at: datetime) -> pd.Series:
    """The same moment for every cycle."""
    return pd.Series(pd.Timestamp(at).tz_convert("UTC").as_unit("us"), index=cycle_ids)


def step_rows(cycles: pd.DataFrame, log: Log, rules: Rules, *, until: pd.Series) -> pd.DataFrame:
    """The rows of `step_durations` for these cycles.

    :param cycles: `id, office, content_type, sop_version, kahar`.
    :param until: by cycle, the end of a step 6 that is at work.
    """
    ids = pd.Index(cycles["id"], name="cycle_id")
    of_cycle = cycles.set_index(ids)
    working = rules.working(of_cycle["office"])
    versions = {version: rules.sop(version) for version in cycles["sop_version"].unique()}
    parts = []
    for number, (key, step) in enumerate(six_steps(log, until).items(), start=1):
        taken = times(step, ids, working)
        targets = {version: float(sop.step(key).target_minutes) for version, sop in versions.items()}
        taken["target_minutes"] = of_cycle["sop_version"].map(targets)
        judged = taken["working_minutes"].where(taken["counted"])
        taken["deviation_minutes"] = judged - taken["target_minutes"]
        taken["on_time"] = (taken["deviation_minutes"] <= 0).astype("boolean").where(judged.notna())
        parts.append(taken.assign(step_no=number, step_key=key))
    rows = pd.concat(parts).drop(columns="counted")
    return rows.join(of_cycle[["office", "content_type", "sop_version", "kahar"]]).reset_index()


def _cycles(session: Session, cycle_ids: Sequence[int]) -> pd.DataFrame:
    names = (
        Cycle.id, Cycle.office, Cycle.title, Cycle.content_type, Cycle.requested_at, Cycle.completed_at,
        Cycle.sop_version, Cycle.kahar, Cycle.status, Cycle.request["channels"].label("channels"),
    )  # fmt: skip
    found = read_columns(session, select(*names).where(among(session, Cycle.id, cycle_ids)))
    return found.sort_values("id", ignore_index=True)


def _scorecards(
    session: Session, cycles: pd.DataFrame, steps: pd.DataFrame, channels: pd.DataFrame, rules: Rules
) -> pd.DataFrame:
    """`steps_total` counts the steps that have a verdict."""
    ids = pd.Index(cycles["id"], name="cycle_id")
    query = select(
        Approval.cycle_id, Approval.round, Approval.decision, Approval.decided_by, Approval.on_behalf_of
    )
    approvals = read_columns(session, query.where(Approval.cycle_id.in_(cycles["id"].tolist())))
    last = approvals.sort_values("round").drop_duplicates("cycle_id", keep="last").set_index("cycle_id")
    approved = last[last["decision"] == APPROVED].reindex(ids)
    by_cycle = steps.groupby("cycle_id")
    cards = cycles.set_index(ids)[
        ["office", "title", "content_type", "requested_at", "completed_at", "kahar"]
    ]
    cards = cards.join(cycle_statuses(channels, ids, last["decision"] == REJECTED))
    totals = {version: float(rules.sop(version).total_minutes) for version in cycles["sop_version"].unique()}
    return cards.assign(
        rounds=approvals.groupby("cycle_id").size().reindex(ids, fill_value=0),
        approved_by=approved["decided_by"],
        on_behalf_of=approved["on_behalf_of"],
        working_minutes=by_cycle["working_minutes"].sum(min_count=1),
        target_minutes=cycles.set_index(ids)["sop_version"].map(totals),
        steps_on_time=by_cycle["on_time"].sum().astype("int64"),
        steps_total=by_cycle["on_time"].count(),
    ).reset_index()


def _set_statuses(session: Session, cycles: pd.DataFrame, cards: pd.DataFrame, now: datetime) -> None:
    new = cards.set_index("cycle_id")
    differs = cycles.set_index("id")["status"] != new["status"]
    for cycle_id, card in new[differs].iterrows():
        cycle = session.get_one(Cycle, cycle_id)
        before, cycle.status = cycle.status, str(card["status"])
        append_audit(
            session,
            at=now,
            actor="sistem",
            action="cycle.evaluated",
            cycle_id=cycle.id,
            subject=cycle.title,
            before={"status": before},
            after={
                "status": cycle.status,
                "channels_published": int(card["channels_published"]),
                "channels_total": int(card["channels_total"]),
            },
        )
    session.flush()


def _note(session: Session, corrections: Sequence[Correction], cycles: pd.DataFrame, now: datetime) -> None:
    """Keep in the audit what corrected rows were; one entry for each cycle."""
    titles = cycles.set_index("id")["title"]
    for cycle_id in sorted({correction.cycle_id for correction in corrections}):
        own = [correction for correction in corrections if correction.cycle_id == cycle_id]
        append_audit(
            session,
            at=now,
            actor="sistem",
            action="evaluation.corrected",
            cycle_id=cycle_id,
            subject=titles[cycle_id],
            before={correction.row: correction.before for correction in own},
            after={correction.row: correction.after for correction in own},
        )


def _some_at_a_time(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(numbers), AT_A_TIME):
        yield numbers[begin : begin + AT_A_TIME]
