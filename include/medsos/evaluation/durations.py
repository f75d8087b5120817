"""From the events of a cycle to the times of the six SOP steps: one function per step.

Spans are stretches of time in which a step was worked on. Elapsed minutes are their length on the wall
clock; working, waiting and rework minutes go through the one function `WorkingMinutes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Span = tuple[datetime, datetime]
WorkingMinutes = Callable[[datetime, datetime], float]
"""Minutes of working time from the first instant to the second."""

_ROUND_TASK = re.compile(r"approval\.round_(\d+)\.(\w+)")


def wall_clock_minutes(start: datetime, end: datetime) -> float:
    """Every minute counts, day and night."""
    return (end - start).total_seconds() / 60


WALL_CLOCK_NOTE = "Waktu dihitung menurut jam dinding, termasuk malam hari dan hari libur."


@dataclass(frozen=True)
class Event:
    """One row of `step_events`, as far as durations need it."""

    task_id: str
    event: str
    at: datetime
    channel: str = ""


@dataclass(frozen=True)
class Meeting:
    """The meeting behind a cycle. `shared` means: its minutes were written in an earlier cycle."""

    started_at: datetime
    ended_at: datetime
    shared: bool


@dataclass(frozen=True)
class StepTimes:
    """Times of one step; minutes are None when the step did not come to its end.

    `counted` is False where the minutes are known but belong to another cycle: there is no verdict here.
    """

    started_at: datetime | None = None
    finished_at: datetime | None = None
    elapsed_minutes: float | None = None
    working_minutes: float | None = None
    waiting_minutes: float | None = None
    rework_minutes: float | None = None
    rounds: int = 0
    counted: bool = True


def step_times(
    events: Sequence[Event], *, meeting: Meeting | None, now: datetime, working_minutes: WorkingMinutes
) -> dict[str, StepTimes]:
    """Times of all six steps by key.

    :param events: of one cycle, in any order.
    :param now: stands for the end of step 6 while it is running.
    """
    events = sorted(events, key=lambda event: event.at)
    return {
        "meeting": meeting_times(meeting, working_minutes),
        "design": design_times(events, working_minutes),
        "approval": approval_times(events, working_minutes),
        "upload": upload_times(events, working_minutes),
        "link": link_times(events, working_minutes),
        "evaluation": evaluation_times(events, now, working_minutes),
    }


def meeting_times(meeting: Meeting | None, working: WorkingMinutes) -> StepTimes:
    """Step 1: the meeting itself, from the minutes. A shared one was counted in the cycle that wrote them."""
    if meeting is None:
        return StepTimes()
    if meeting.shared:
        return StepTimes(meeting.started_at, meeting.ended_at, 0.0, 0.0, 0.0, 0.0, counted=False)
    return _times([(meeting.started_at, meeting.ended_at)], working)


def design_times(events: Sequence[Event], working: WorkingMinutes) -> StepTimes:
    """Step 2: from the plan to the first rendered designs, and the rework that later rounds asked for."""
    plan, render = "design.plan_content", "design.render_designs"
    begin, end = _first(events, plan, "started"), _first(events, render, "finished")
    if begin is None or end is None:
        return StepTimes(started_at=begin)
    revisions = _tasks_of_rounds(events, "revise_content")
    renders = _tasks_of_rounds(events, "render_designs")
    rework = [
        span
        for number, task in revisions.items()
        if (span := _span(events, task, renders.get(number, ""))) is not None
    ]
    return _times(
        [(begin, end), *rework],
        working,
        waits=_waits(events, [plan, *revisions.values()]),
        rework=rework,
        rounds=1 + len(rework),
    )


def approval_times(events: Sequence[Event], working: WorkingMinutes) -> StepTimes:
    """Step 3: from asking the Kasubbag to the answer, summed over the rounds."""
    decided = [
        waits
        for task in _tasks_of_rounds(events, "await_decision").values()
        if (waits := _waits(events, [task])) and _first(events, task, "resumed") is not None
    ]
    if not decided:
        asked = [e.at for e in events if e.event == "waiting" and e.task_id.endswith(".await_decision")]
        return StepTimes(started_at=min(asked, default=None))
    waits = [wait for waits in decided for wait in waits]
    return _times(waits, working, waits=waits, rounds=len(decided))


def upload_times(events: Sequence[Event], working: WorkingMinutes) -> StepTimes:
    """Step 4: from the first upload to the last screenshot; waiting for the agreed hour is not part of it.

    A channel without a screenshot counts up to its upload; one that was never up does not count.
    """
    publish, capture = "upload.publish_", "upload.capture_"
    begins = [e.at for e in events if e.task_id.startswith(publish) and e.event == "started"]
    ends = []
    for channel in {e.task_id.removeprefix(publish) for e in events if e.task_id.startswith(publish)}:
        uploaded = _first(events, publish + channel, "finished")
        ends.append(_first(events, capture + channel, "finished") or uploaded)
    done = [end for end in ends if end is not None]
    if not begins or not done:
        return StepTimes(started_at=min(begins, default=None))
    forms = {e.task_id for e in events if e.task_id.startswith((publish, capture))}
    return _times([(min(begins), max(done))], working, waits=_waits(events, sorted(forms)))


def link_times(events: Sequence[Event], working: WorkingMinutes) -> StepTimes:
    """Step 5: the task that builds the links."""
    task = "link.build_links"
    span = _span(events, task, task)
    return _times([span], working) if span else StepTimes(started_at=_first(events, task, "started"))


def evaluation_times(events: Sequence[Event], now: datetime, working: WorkingMinutes) -> StepTimes:
    """Step 6: the task that evaluates; it ends `now` unless its end is already known."""
    task = "evaluation.evaluate_cycle"
    begin = _first(events, task, "started")
    if begin is None:
        return StepTimes()
    return _times([(begin, _first(events, task, "finished") or now)], working)


def _times(
    spans: Iterable[Span],
    working: WorkingMinutes,
    *,
    waits: Iterable[Span] = (),
    rework: Iterable[Span] = (),
    rounds: int = 0,
) -> StepTimes:
    spans = list(spans)
    return StepTimes(
        started_at=min(start for start, _ in spans),
        finished_at=max(end for _, end in spans),
        elapsed_minutes=sum(wall_clock_minutes(*span) for span in spans),
        working_minutes=sum(working(*span) for span in spans),
        waiting_minutes=float(sum(working(*span) for span in _merged(waits))),
        rework_minutes=float(sum(working(*span) for span in rework)),
        rounds=rounds,
    )


def _first(events: Sequence[Event], task_id: str, name: str) -> datetime | None:
    return next((e.at for e in events if e.task_id == task_id and e.event == name), None)


def _span(events: Sequence[Event], first_task: str, last_task: str) -> Span | None:
    """From the first start of one task to the first finish of another; tries in between are part of it."""
    begin, end = _first(events, first_task, "started"), _first(events, last_task, "finished")
    return (begin, end) if begin is not None and end is not None else None


def _waits(events: Sequence[Event], task_ids: Sequence[str]) -> list[Span]:
    """Stretches in which a form waited for a person.

    Asked again before the answer: still one wait. A task that fails ends its wait.
    """
    spans = []
    for task_id in task_ids:
        since: datetime | None = None
        for event in events:
            if event.task_id != task_id:
                continue
            if event.event == "waiting":
                since = since or event.at
            elif event.event in ("resumed", "failed", "finished") and since is not None:
                spans.append((since, event.at))
                since = None
    return spans


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same stretches without overlap: two channels that wait at once wait only once."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _tasks_of_rounds(events: Sequence[Event], name: str) -> dict[int, str]:
    """Task ids `approval.round_N.<name>` by N, in order."""
    found = {}
    for event in events:
        match = _ROUND_TASK.fullmatch(event.task_id)
        if match and match[2] == name:
            found[int(match[1])] = event.task_id
    return dict(sorted(found.items()))
