"""Gathers what the page of a form of step 1 or 2 shows around its fields, from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import Holder
from medsos.approval.seal import designs_of_round
from medsos.content.plan import ContentPlan
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.operators.cycle import CycleRun
from medsos.operators.design import answer_of_plan
from medsos.operators.plans import drafted_plan, plan_of_round, video_problems
from medsos.settings import load_settings
from medsos.sop.model import SopStep, load_sop
from medsos.store.models import Approval, Cycle, Design, FormAnswer, Material, Minutes
from medsos.store.names import known_people
from medsos.web.airflow.assignees import entitled_now
from medsos.web.asked import Asked, asked_of
from medsos.web.materials_view import materials_of
from medsos.web.office_view import office_of
from medsos.web.own_forms.definitions import OwnForm, typed_of_answer

RECENT = 15
"""How many meetings are offered whose minutes may be shared."""


@dataclass(frozen=True)
class Meeting:
    """Minutes that may be shared, by the cycle in which they were written."""

    cycle: Cycle
    minutes: Minutes


@dataclass(frozen=True)
class OwnFormView:
    """Everything on the page but what was just typed and what Airflow knows.

    :param plan: what is asked about; None for the minutes.
    :param prefilled: what stands in the fields at first.
    :param warnings: what is known already to fail after the approval.
    """

    form: OwnForm
    cycle: Cycle
    office: Office
    names: Mapping[str, str]
    step: SopStep
    asked: Asked
    people: tuple[Holder, ...]
    plan: ContentPlan | None
    prefilled: dict[str, str]
    refused: FormAnswer | None
    warnings: tuple[str, ...]
    decision: Approval | None
    designs: tuple[Design, ...]
    materials: tuple[Material, ...]
    minutes: Minutes | None
    meetings: tuple[Meeting, ...]
    done: bool

    def name_of(self, username: str) -> str:
        """Of somebody who had to do with the office; the log-in name of anybody else."""
        return self.names.get(username, username)

    def is_for(self, username: str) -> bool:
        return any(holder.username == username for holder in self.people)


def own_form_view(session: Session, cycle_id: int, form: OwnForm) -> OwnFormView | None:
    """The page of a form, or None when there is no such cycle or, for a revision, none was asked for."""
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        return None
    office = office_of(cycle.office)
    decision = _decision(session, cycle_id, form.round_no)
    if form.name == "revisi" and (decision is None or decision.decision != "revisi"):
        return None
    run = CycleRun(cycle_id, office.slug, form.task_id, round_no=form.round_no)
    last = _last_answer(session, cycle_id, form.task_id)
    refused = last if last is not None and not last.accepted else None
    plan = _plan(run, form)
    if refused is not None:
        prefilled = typed_of_answer(refused.answers, office.zone)
    else:
        prefilled = answer_of_plan(plan) if plan is not None else {}
    return OwnFormView(
        form=form,
        cycle=cycle,
        office=office,
        names=known_people(session, office),
        step=load_sop(load_settings().sop_dirs, cycle.sop_version).step(form.step),
        asked=asked_of(cycle),
        people=tuple(entitled_now(session, cycle, form.task_id)),
        plan=plan,
        prefilled=prefilled,
        refused=refused,
        warnings=tuple(video_problems(run)) if plan is not None else (),
        decision=decision,
        designs=_first_designs(session, cycle_id, form.round_no) if form.name == "revisi" else (),
        materials=materials_of(session, cycle_id),
        minutes=session.get(Minutes, cycle.minutes_id) if cycle.minutes_id is not None else None,
        meetings=_meetings(session, cycle) if form.name == "notula" else (),
        done=last is not None and last.accepted,
    )


def _plan(run: CycleRun, form: OwnForm) -> ContentPlan | None:
    if form.name == "notula":
        return None
    return plan_of_round(run, form.round_no) if form.name == "revisi" else drafted_plan(run)


def _decision(session: Session, cycle_id: int, round_no: int) -> Approval | None:
    return session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id, Approval.round == round_no)
    ).one_or_none()


def _last_answer(session: Session, cycle_id: int, task_id: str) -> FormAnswer | None:
    return session.scalars(
        select(FormAnswer)
        .where(FormAnswer.cycle_id == cycle_id, FormAnswer.task_id == task_id)
        .order_by(FormAnswer.id.desc())
        .limit(1)
    ).first()


def _first_designs(session: Session, cycle_id: int, round_no: int) -> tuple[Design, ...]:
    """In the order in which channels stand on every page."""
    first = [d for d in designs_of_round(session, cycle_id, round_no) if d.position == 0]
    return tuple(sorted(first, key=lambda design: list(CHANNEL_NAMES).index(design.channel)))


def _meetings(session: Session, cycle: Cycle) -> tuple[Meeting, ...]:
    """The office's newest meetings of other cycles."""
    rows = session.execute(
        select(Cycle, Minutes)
        .join(Minutes, Minutes.cycle_id == Cycle.id)
        .where(Cycle.office == cycle.office, Cycle.id != cycle.id, Cycle.minutes_id == Minutes.id)
        .order_by(Minutes.ended_at.desc(), Cycle.id.desc())
        .limit(RECENT)
    )
    return tuple(Meeting(other, minutes) for other, minutes in rows)
