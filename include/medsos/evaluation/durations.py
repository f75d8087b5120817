"""From the log of many cycles to the times of the six SOP steps: one function per step.

A span is a stretch of time in which a step was worked on, a wait the part of it in which a form waited for a
person. The definitions stand in `docs/evaluasi.md`, each with an example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from medsos.evaluation.log import Log

WorkingMinutes = Callable[[pd.Series, pd.Series, pd.Series], np.ndarray]
"""Working minutes for columns: numbers of the cycles, first instants, last instants."""

WORK, REWORK, WAIT = "kerja", "perbaikan", "menunggu"
"""Kinds of spans, as people read them."""

WORKING_TIME_NOTE = (
    "Waktu dihitung dalam menit kerja kantor: di luar jam kerja, pada hari libur, dan pada cuti bersama "
    "tidak ada menit yang berjalan."
)

_SECONDS_OF_A_MINUTE = 60


@dataclass(frozen=True)
class Step:
    """Where the time of a step went, in every cycle.

    :param spans: `cycle_id, part, kind, start, end, first_event, last_event`; without overlap in a cycle but
        for waits, which lie within the others.
    :param begun: `cycle_id, at`: the first start, also of a step that did not come to its end.
    :param rounds: per cycle, where rounds make sense.
    :param not_counted: cycles in which the minutes are known but belong to another one.
    """

    spans: pd.DataFrame
    begun: pd.DataFrame
    rounds: pd.Series | None = None
    not_counted: frozenset[int] = frozenset()


def meeting(log: Log) -> Step:
    """Step 1: the meeting itself, from its minutes. A shared one counts in the cycle that wrote them."""
    met = log.meetings.assign(part="", kind=WORK, first_event=0, last_event=0)
    return Step(
        spans=met.drop(columns="shared"),
        begun=met[["cycle_id", "start"]].rename(columns={"start": "at"}),
        not_counted=frozenset(met.loc[met["shared"], "cycle_id"]),
    )


def design(log: Log) -> Step:
    """Step 2: from the plan to the first rendered designs, and the rework that later rounds asked for."""
    forms = ["plan_content", "revise_content"]
    begun = log.first(["plan_content"], "started")
    spans = log.spans(forms, "render_designs")
    first = spans.loc[spans["part"] == "", "cycle_id"]
    spans = spans[spans["cycle_id"].isin(first)]
    spans["kind"] = np.where(spans["part"] == "", WORK, REWORK)
    waits = _within(log.waits(forms, without_end=True), spans, ["cycle_id", "part"])
    return Step(pd.concat([spans, waits]), begun, rounds=spans.groupby("cycle_id").size())


def approval(log: Log) -> Step:
    """Step 3: from asking the Kasubbag to the decision, summed over the rounds."""
    task = ["await_decision"]
    waits = log.waits(task).astype({"part": "str"}).merge(log.decisions, on=["cycle_id", "part"])
    rounds = waits.drop_duplicates(["cycle_id", "part"]).groupby("cycle_id").size()
    spans = pd.concat([waits.assign(kind=WORK), waits.assign(kind=WAIT)])
    return Step(spans, log.first(task, "waiting"), rounds=rounds)


def upload(log: Log) -> Step:
    """Step 4: from the first upload to the last screenshot; waiting for the agreed hour is not part of it.

    A channel without a screenshot counts up to its upload; one that was never up does not count.
    """
    by = ["cycle_id", "part"]
    begun = log.first(["publish"], "started")
    up = log.first(["publish"], "finished", by)
    shown = log.first(["capture"], "finished", by).merge(up[by], on=by)
    done = pd.concat([up[~_keys(up, by).isin(_keys(shown, by))], shown])
    last = done.sort_values(["cycle_id", "at", "id"]).drop_duplicates("cycle_id", keep="last")
    spans = _joined(begun, last).assign(part="", kind=WORK)
    waits = log.waits(["publish", "capture"], without_end=True)
    return Step(pd.concat([spans, _within(_merged(waits), spans, ["cycle_id"])]), begun)


def link(log: Log) -> Step:
    """Step 5: the task that builds the links."""
    task = "build_links"
    return Step(log.spans([task], task).assign(kind=WORK), log.first([task], "started"))


def evaluation(log: Log, completed: pd.Series) -> Step:
    """Step 6: the task that evaluates; while it is at work, `completed` stands for its end.

    :param completed: by cycle, when it was completed; now, for one that is being evaluated.
    """
    task = "evaluate_cycle"
    begun = log.first([task], "started")
    finished = log.first([task], "finished")
    last = log.of([task]).drop_duplicates("cycle_id", keep="last")
    at_work = last[(last["event"] == "started") & ~last["cycle_id"].isin(finished["cycle_id"])]
    ends = pd.concat([finished, at_work.assign(at=at_work["cycle_id"].map(completed), id=0)])
    return Step(_joined(begun, ends).assign(part="", kind=WORK), begun)


def six_steps(log: Log, completed: pd.Series) -> dict[str, Step]:
    """All steps by their keys, in the order of the SOP.

    :param completed: as in `evaluation`.
    """
    return {
        "meeting": meeting(log),
        "design": design(log),
        "approval": approval(log),
        "upload": upload(log),
        "link": link(log),
        "evaluation": evaluation(log, completed),
    }


def times(step: Step, cycle_ids: pd.Index, working: WorkingMinutes) -> pd.DataFrame:
    """What a step took in each of these cycles; a row for every one of them.

    :returns: by cycle: `started_at, finished_at, elapsed_minutes, working_minutes, waiting_minutes,
        rework_minutes` (empty where the step did not come to its end), `rounds`, `counted`.
    """
    spans = step.spans
    minutes = pd.DataFrame(
        {
            "cycle_id": spans["cycle_id"],
            "wait": spans["kind"] == WAIT,
            "rework": spans["kind"] == REWORK,
            "start": spans["start"],
            "end": spans["end"],
            "elapsed": (spans["end"] - spans["start"]).dt.total_seconds() / _SECONDS_OF_A_MINUTE,
            "working": working(spans["cycle_id"], spans["start"], spans["end"]),
        }
    )
    worked = minutes[~minutes["wait"]].groupby("cycle_id")
    result = worked.agg(
        started_at=("start", "min"),
        finished_at=("end", "max"),
        elapsed_minutes=("elapsed", "sum"),
        working_minutes=("working", "sum"),
    ).reindex(cycle_ids)
    known = result["working_minutes"].notna()
    for name, chosen in (("waiting_minutes", "wait"), ("rework_minutes", "rework")):
        sums = minutes[minutes[chosen]].groupby("cycle_id")["working"].sum().reindex(cycle_ids)
        result[name] = sums.fillna(0.0).where(known)
    begun = step.begun.groupby("cycle_id")["at"].min().reindex(cycle_ids)
    result["started_at"] = result["started_at"].fillna(begun)
    result["rounds"] = _whole(step.rounds, cycle_ids)
    result["counted"] = ~result.index.isin(list(step.not_counted))
    amounts = ["elapsed_minutes", "working_minutes"]
    result.loc[~result["counted"], amounts] = 0.0
    return result


@dataclass(frozen=True)
class StepTimes:
    """Times of one step in one cycle; minutes are None when the step did not come to its end.

    `counted` is False where the minutes belong to another cycle: there is no verdict here.
    """

    started_at: datetime | None
    finished_at: datetime | None
    working_minutes: float | None
    counted: bool

    @classmethod
    def of(cls, row: pd.Series) -> StepTimes:
        """:param row: of what `times` returns."""
        minutes = row["working_minutes"]
        return cls(
            started_at=_instant(row["started_at"]),
            finished_at=_instant(row["finished_at"]),
            working_minutes=None if pd.isna(minutes) else float(minutes),
            counted=bool(row["counted"]),
        )


def _instant(value: pd.Timestamp) -> datetime | None:
    return None if pd.isna(value) else value.to_pydatetime()


def _whole(counts: pd.Series | None, cycle_ids: pd.Index) -> pd.Series:
    empty = pd.Series(0, index=cycle_ids)
    return empty if counts is None else counts.reindex(cycle_ids, fill_value=0)


def _joined(begun: pd.DataFrame, ended: pd.DataFrame) -> pd.DataFrame:
    """Spans from one event of each cycle to another one of it."""
    first = begun[["cycle_id", "at", "id"]].rename(columns={"at": "start", "id": "first_event"})
    last = ended[["cycle_id", "at", "id"]].rename(columns={"at": "end", "id": "last_event"})
    return first.merge(last, on="cycle_id")


def _keys(frame: pd.DataFrame, by: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[by].astype({"part": "str"}))


def _merged(waits: pd.DataFrame) -> pd.DataFrame:
    """The same stretches without overlap: two channels that wait at once wait only once."""
    rows = waits.sort_values(["cycle_id", "start", "end"])
    latest = rows.groupby("cycle_id")["end"].cummax()
    before = latest.groupby(rows["cycle_id"]).shift()
    number = (before.isna() | (rows["start"] > before)).cumsum()
    grouped = rows.assign(end=latest).groupby(number)
    return grouped.agg(
        cycle_id=("cycle_id", "first"),
        start=("start", "first"),
        end=("end", "last"),
        first_event=("first_event", "first"),
        last_event=("last_event", "last"),
    )


def _within(waits: pd.DataFrame, spans: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """What of the waits lies within the span of the same part."""
    found = waits.merge(spans[[*by, "start", "end"]], on=by, suffixes=("", "_of_span"))
    found["start"] = found[["start", "start_of_span"]].max(axis=1)
    found["end"] = found[["end", "end_of_span"]].min(axis=1)
    found = found[found["end"] > found["start"]]
    return found.drop(columns=["start_of_span", "end_of_span"]).assign(kind=WAIT)
