"""What happened in many cycles, as columns: the events of their tasks and the minutes of their meetings."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.columns import among, read_columns
from medsos.store.models import Approval, Cycle, Minutes, StepEvent

FAR_AWAY = pd.Timestamp("2200-01-01", tz="UTC").as_unit("us")

_ROUND = re.compile(r"approval\.round_(?P<part>\d+)\.(?P<task>\w+)")
_CHANNEL = re.compile(r"upload\.(?P<task>publish|capture)_(?P<part>\w+)")


@dataclass(frozen=True)
class Log:
    """What happened, in the order in which it happened.

    :param events: `id, cycle_id, task, part, event, at`. `task` is the task's own name without its group;
        `part` is the round or the channel where there are several of them, else "".
    :param meetings: `cycle_id, start, end, shared`; shared means written down in another cycle.
    :param decisions: `cycle_id, part`: the rounds that were decided.
    """

    events: pd.DataFrame
    meetings: pd.DataFrame
    decisions: pd.DataFrame

    def of(self, tasks: Collection[str], *names: str) -> pd.DataFrame:
        """The events of some tasks, by name if names are given."""
        found = self.events["task"].isin(tasks)
        if names:
            found &= self.events["event"].isin(names)
        return self.events[found]

    def first(self, tasks: Collection[str], name: str, by: Sequence[str] = ("cycle_id",)) -> pd.DataFrame:
        """The first event of that name, for each cycle or for each part of each cycle."""
        return self.of(tasks, name).drop_duplicates([*by])

    def spans(self, begin: Collection[str], end: str) -> pd.DataFrame:
        """From the first start of one task to the first finish of another, for each part of each cycle.

        Tries in between belong to it; what comes after the first finish was a re-run and does not.

        :returns: `cycle_id, part, start, end, first_event, last_event`.
        """
        by = ["cycle_id", "part"]
        started = self.first(begin, "started", by).rename(columns={"at": "start", "id": "first_event"})
        finished = self.first([end], "finished", by).rename(columns={"at": "end", "id": "last_event"})
        pairs = started[[*by, "start", "first_event"]].merge(finished[[*by, "end", "last_event"]], on=by)
        return pairs[pairs["end"] >= pairs["start"]]

    def waits(self, tasks: Collection[str], *, without_end: bool = False) -> pd.DataFrame:
        """Stretches in which a form waited for a person, as `spans`, with the task in `task`.

        Asked again before the answer is still one wait. A task that fails or finishes ends its wait.

        :param without_end: whether waits are among them that nothing has ended; they end `FAR_AWAY`.
        """
        by = ["cycle_id", "task", "part"]
        rows = self.of(tasks, "waiting", "resumed", "failed", "finished").sort_values(
            [*by, "at", "id"], kind="stable"
        )
        opens = rows["event"].eq("waiting")
        same = rows[by].eq(rows[by].shift()).all(axis=1)
        # Only what opens a closed wait, or closes an open one, counts.
        turns = opens != (opens.shift(fill_value=False) & same)
        rows, opens = rows[turns], opens[turns]
        ends = rows.shift(-1)
        closed = rows[by].eq(ends[by]).all(axis=1)
        found = rows[by].assign(
            start=rows["at"],
            end=ends["at"].where(closed, FAR_AWAY),
            first_event=rows["id"],
            last_event=ends["id"].where(closed, 0).astype("int64"),
        )
        return found[opens if without_end else opens & closed]


def read_log(session: Session, cycle_ids: Sequence[int]) -> Log:
    """The log of these cycles."""
    events = select(StepEvent.id, StepEvent.cycle_id, StepEvent.task_id, StepEvent.event, StepEvent.at)
    meetings = select(
        Cycle.id.label("cycle_id"),
        Minutes.started_at.label("start"),
        Minutes.ended_at.label("end"),
        Minutes.cycle_id.label("written_in"),
    ).join(Minutes, Cycle.minutes_id == Minutes.id)
    decided = read_columns(
        session, select(Approval.cycle_id, Approval.round).where(among(session, Approval.cycle_id, cycle_ids))
    )
    met = read_columns(session, meetings.where(among(session, Cycle.id, cycle_ids)))
    met["shared"] = met["written_in"] != met["cycle_id"]
    return Log(
        log_of(read_columns(session, events.where(among(session, StepEvent.cycle_id, cycle_ids)))),
        met.drop(columns="written_in"),
        decided.rename(columns={"round": "part"}).astype({"part": "str"}),
    )


def log_of(events: pd.DataFrame) -> pd.DataFrame:
    """`Log.events` of rows `id, cycle_id, task_id, event, at` in any order."""
    codes, ids = pd.factorize(events["task_id"])
    names = [_task_and_part(task_id) for task_id in ids]
    categories = pd.Index(sorted({part for _, part in names} | {""}))
    rows = pd.DataFrame(
        {
            "id": events["id"],
            "cycle_id": events["cycle_id"],
            "task": pd.Categorical(np.array([task for task, _ in names], dtype=object)[codes]),
            "part": pd.Categorical(np.array([part for _, part in names], dtype=object)[codes], categories),
            "event": pd.Categorical(events["event"]),
            "at": events["at"],
        }
    )
    return rows.sort_values(["cycle_id", "at", "id"], ignore_index=True)


def _task_and_part(task_id: str) -> tuple[str, str]:
    match = _ROUND.fullmatch(task_id) or _CHANNEL.fullmatch(task_id)
    return (match["task"], match["part"]) if match else (task_id.rpartition(".")[2], "")
