"""Gathers what waits for people: forms of Airflow, rounds that nobody may decide, and news for Airflow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from medsos.approval.decisions import OPTIONS
from medsos.approval.officials import Holder, holders, makers, who_may_decide
from medsos.errors import ConfigError
from medsos.offices.model import Office, Role
from medsos.settings import load_settings
from medsos.sop.model import SopStep, load_sop, step_of_form
from medsos.sop.worktime import calendar_for
from medsos.store.answering import open_answers
from medsos.store.models import Approval, Cycle, StepEvent
from medsos.store.pictures import first_pictures
from medsos.web.addresses import Addresses
from medsos.web.airflow.assignees import messengers
from medsos.web.airflow.forms import AskedForm
from medsos.web.airflow.telling import News
from medsos.web.office_view import local_day, office_of
from medsos.web.own_forms.definitions import own_form_of

APPROVAL_TASK = re.compile(r"approval\.round_(\d+)\.await_decision")
NO_TEAM = "Belum ada yang berhak mengisi: Tim Medsos belum dicatat di halaman Pejabat."
_UPLOAD_TASK = re.compile(r"upload\.(?:publish|capture)_([a-z]+)")


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person. All minutes are working minutes; `minutes` since it was asked.

    :param mark: a letter or number in the place of a picture.
    :param over, title, under: what is asked, what it is about, and whose it is.
    :param target_minutes: within which it should be done.
    :param people: who may do it now; empty while nobody is entitled.
    :param nobody: then, why; otherwise empty.
    """

    office: Office
    mark: str
    over: str
    title: str
    under: str
    kahar: bool
    target_minutes: float
    address: str
    inside: bool
    people: tuple[Holder, ...]
    nobody: str
    minutes: float
    picture: str | None

    @property
    def late(self) -> bool:
        return self.minutes > self.target_minutes

    @property
    def left(self) -> float:
        """Minutes until the target is used up; negative after that."""
        return self.target_minutes - self.minutes

    @property
    def used(self) -> float:
        """Share of the target that is used up."""
        return self.minutes / self.target_minutes

    def is_for(self, username: str) -> bool:
        return any(holder.username == username for holder in self.people)


@dataclass(frozen=True)
class Everything:
    """What waits, the most urgent first, and what Airflow has to be told."""

    items: tuple[Waiting, ...]
    news: tuple[News, ...]


@dataclass(frozen=True)
class _Asked:
    """A task that waits for a person, from Airflow or from the record."""

    cycle: Cycle
    task_id: str
    since: datetime
    subject: str


def everything_waiting(
    session: Session,
    forms: Sequence[AskedForm],
    username: str,
    readable: Sequence[str],
    at: Addresses,
    *,
    now: datetime,
) -> Everything:
    """All that waits in the cycles of the readable DAGs.

    :param forms: those of Airflow that the visitor may see.
    :param readable: ids of DAGs.
    """
    asked = [*_from_airflow(session, forms), *_waiting_for_nobody(session, readable)]
    pictures = first_pictures(session, [item.cycle.id for item in asked])
    news = _news(session, asked, username)
    told = {item.key for item in news}
    known = _Known(session, now)
    items = [
        made
        for item in asked
        if (item.cycle.dag_id, item.cycle.run_id, item.task_id) not in told
        and (made := _item(known, item, at, pictures.get(item.cycle.id))) is not None
    ]
    return Everything(tuple(sorted(items, key=lambda item: -item.used)), tuple(n for n in news if n.people))


def _from_airflow(session: Session, forms: Sequence[AskedForm]) -> list[_Asked]:
    """The forms that belong to cycles of ours."""
    keys = {(form.dag_id, form.run_id) for form in forms}
    cycles = {
        (cycle.dag_id, cycle.run_id): cycle
        for cycle in session.scalars(select(Cycle).where(tuple_(Cycle.dag_id, Cycle.run_id).in_(keys)))
    }
    return [
        _Asked(cycle, form.task_id, form.asked_at, form.subject)
        for form in forms
        if (cycle := cycles.get((form.dag_id, form.run_id))) is not None
    ]


def _waiting_for_nobody(session: Session, readable: Sequence[str]) -> list[_Asked]:
    """Rounds that found nobody entitled when they last looked: Airflow has no form of them."""
    newest = (
        select(func.max(StepEvent.id))
        .join(Cycle)
        .where(Cycle.dag_id.in_(readable), Cycle.completed_at.is_(None))
        .group_by(StepEvent.cycle_id, StepEvent.task_id)
    )
    rows = session.execute(
        select(StepEvent, Cycle).join(Cycle).where(StepEvent.id.in_(newest), StepEvent.event == "waiting")
    )
    return [
        _Asked(cycle, event.task_id, event.at, "")
        for event, cycle in rows
        if event.detail.get("for_people") == []
    ]


def _news(session: Session, asked: Sequence[_Asked], username: str) -> list[News]:
    """Answers and decisions that lie in the record while Airflow still waits for them."""
    numbers = [item.cycle.id for item in asked]
    stored = open_answers(session, numbers)
    decided = {
        (row.cycle_id, row.round): row
        for row in session.scalars(select(Approval).where(Approval.cycle_id.in_(numbers)))
    }
    words: dict[str, str] = {decision: option for option, decision in OPTIONS.items()}
    news = []
    for item in asked:
        approval = APPROVAL_TASK.fullmatch(item.task_id)
        decision = decided.get((item.cycle.id, int(approval[1]))) if approval else None
        answer = stored.get((item.cycle.id, item.task_id))
        if decision is not None:
            option = words[decision.decision]
            values = {"catatan": decision.note or None, "segel": decision.seal}
        elif answer is not None:
            option, values = answer.option, dict(answer.answers)
        else:
            continue
        people = messengers(session, item.cycle, item.task_id, username)
        news.append(News(item.cycle.dag_id, item.cycle.run_id, item.task_id, option, values, people))
    return news


class _Known:
    """What many waiting things have in common, looked up once: of a thousand most are of one office."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self.now = now
        self.office = cache(office_of)
        self.calendar = cache(lambda slug: calendar_for(self.office(slug)))
        self.sop = cache(lambda version: load_sop(load_settings().sop_dirs, version))
        self._holders = cache(self._of_role)

    def _of_role(self, slug: str, role: Role) -> list[Holder]:
        return holders(self._session, slug, role, local_day(self.office(slug), self.now))

    def people(self, cycle: Cycle, task_id: str) -> tuple[Holder, ...]:
        """As `assignees.entitled_now`."""
        if APPROVAL_TASK.fullmatch(task_id):
            found = self._holders(cycle.office, "kasubbag")
            excluded = makers(self._session, cycle.id)
            found = [holder for holder in found if holder.username not in excluded]
        else:
            found = self._holders(cycle.office, "tim_medsos") + self._holders(cycle.office, "admin_medsos")
        return tuple({holder.username: holder for holder in found}.values())

    def nobody(self, cycle: Cycle, task_id: str) -> str:
        """Why nobody may do it."""
        if not APPROVAL_TASK.fullmatch(task_id):
            return NO_TEAM
        return who_may_decide(self._session, cycle, self.now, self.office(cycle.office).zone).sentence


def _item(known: _Known, asked: _Asked, at: Addresses, picture: str | None) -> Waiting | None:
    """None for a cycle of an office or SOP version whose file cannot be read."""
    cycle = asked.cycle
    try:
        office = known.office(cycle.office)
        step = known.sop(cycle.sop_version).step(step_of_form(asked.task_id))
        people = known.people(cycle, asked.task_id)
        minutes = known.calendar(cycle.office).minutes_between(asked.since, known.now)
    except (ConfigError, StopIteration):
        return None
    ours = form_page(at, cycle.id, asked.task_id)
    return Waiting(
        office=office,
        mark=str(step.number),
        over=f"Langkah {step.number} · {_what(asked, step)}",
        title=cycle.title,
        under=f"Siklus {cycle.id}",
        kahar=cycle.kahar,
        target_minutes=step.target_minutes,
        address=ours or at.airflow_form(cycle.dag_id, cycle.run_id, asked.task_id),
        inside=ours is not None,
        people=people,
        nobody="" if people else known.nobody(cycle, asked.task_id),
        minutes=minutes,
        picture=picture,
    )


def _what(asked: _Asked, step: SopStep) -> str:
    """Subjects read “Langkah 2 · Rencana materi · Siklus 12: judul”; the middle is what is asked."""
    if not asked.subject:
        approval = APPROVAL_TASK.fullmatch(asked.task_id)
        return f"Persetujuan putaran {approval[1]}" if approval else step.name
    return asked.subject.split(" · ")[1] if asked.subject.count(" · ") >= 2 else asked.subject


def form_page(at: Addresses, cycle_id: int, task_id: str) -> str | None:
    """Our own page for a task's form, or None where only Airflow has one."""
    if approval := APPROVAL_TASK.fullmatch(task_id):
        return at.approval(cycle_id, int(approval[1]))
    if form := own_form_of(task_id):
        return at.own_form(cycle_id, form)
    if upload := _UPLOAD_TASK.fullmatch(task_id):
        return at.upload(cycle_id, upload[1])
    return None
