"""Which notices a waiting form calls for at an instant: the pure core of the reminders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from medsos.offices.model import NoticeRules

FormKey = tuple[int, str, datetime]
"""Cycle, task and beginning of a wait."""

Kind = Literal["reminder", "escalation"]


@dataclass(frozen=True)
class WaitingForm:
    """One form that waits. `since`: from when its time counts; a new round or a new asking starts anew.

    `target_minutes` is that of the form's step, `people` the usernames for whom it was made.
    """

    cycle_id: int
    title: str
    kahar: bool
    dag_id: str
    run_id: str
    task_id: str
    round_no: int
    since: datetime
    target_minutes: float
    people: tuple[str, ...] = ()

    @property
    def key(self) -> FormKey:
        """Names this wait and no other."""
        return self.cycle_id, self.task_id, self.since


@dataclass(frozen=True)
class DueNotice:
    """A threshold that a form has reached. `covered`: a higher one is due as well and says it all."""

    form: WaitingForm
    kind: Kind
    percent: float
    due_at: datetime
    covered: bool = False

    @property
    def threshold(self) -> str:
        """The percent as the record keeps it."""
        return f"{self.percent:g}"


class CountsMinutes(Protocol):
    """What counts the minutes: an office's working time, or the clock on the wall."""

    def minutes_between(self, start: datetime, end: datetime) -> float: ...

    def after(self, start: datetime, minutes: float) -> datetime: ...

    def is_working(self, at: datetime) -> bool: ...


class WallClock:
    """Every minute counts, day and night: the time of *kahar* cycles."""

    def minutes_between(self, start: datetime, end: datetime) -> float:
        return (end - start).total_seconds() / 60

    def after(self, start: datetime, minutes: float) -> datetime:
        return start + timedelta(minutes=minutes)

    def is_working(self, at: datetime) -> bool:
        return True


def due_notices(
    form: WaitingForm,
    rules: NoticeRules,
    count: CountsMinutes,
    now: datetime,
    recorded: Collection[tuple[str, str]] = (),
) -> list[DueNotice]:
    """Thresholds that the form has reached by `now` and that are not recorded yet, in order; none at night.

    :param count: the office's working time, or `WallClock` for a *kahar* cycle.
    :param recorded: kind and threshold of the notices that this form's wait has had already.
    """
    if not count.is_working(now):
        return []
    reached = [
        notice
        for notice in all_notices(form, rules, count)
        if notice.due_at <= now and (notice.kind, notice.threshold) not in recorded
    ]
    highest = max((notice.percent for notice in reached if notice.kind == "reminder"), default=0.0)
    return [
        DueNotice(notice.form, notice.kind, notice.percent, notice.due_at, covered=True)
        if notice.kind == "reminder" and notice.percent < highest
        else notice
        for notice in reached
    ]


def all_notices(form: WaitingForm, rules: NoticeRules, count: CountsMinutes) -> list[DueNotice]:
    """Every notice that the form will call for as long as nobody answers it, reminders first.

    :raises ValueError: a threshold lies beyond the years that calendars know.
    """
    wanted: list[tuple[Kind, float]] = [("reminder", percent) for percent in sorted(set(rules.reminders))]
    if rules.escalation is not None:
        wanted.append(("escalation", rules.escalation))
    return [
        DueNotice(form, kind, percent, count.after(form.since, form.target_minutes * percent / 100))
        for kind, percent in wanted
    ]
