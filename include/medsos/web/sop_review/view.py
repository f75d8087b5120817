"""Gathers what the page of a half-yearly review shows, from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import Holder
from medsos.approval.sop_review import decision_on, entitled_to_review, newest_paper
from medsos.errors import ConfigError
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.sop.model import Sop, SopStep, load_sop
from medsos.store.models import FormAnswer, ReviewPaper, SopReview
from medsos.store.names import known_people
from medsos.web.office_view import local_day, office_of


@dataclass(frozen=True)
class StepLine:
    """One step: its target now, what was needed, what is proposed; working minutes."""

    step: SopStep
    found: Mapping[str, Any]

    @property
    def differs(self) -> bool:
        return self.proposed is not None and self.proposed != self.step.target_minutes

    @property
    def proposed(self) -> int | None:
        value = self.found.get("proposed_minutes")
        return None if value is None else round(value)

    @property
    def reason(self) -> str:
        return str(self.found.get("reason") or "")


@dataclass(frozen=True)
class ReviewView:
    """Everything on the page of one half-year. `refused`: the last answer that could not be accepted."""

    paper: ReviewPaper
    office: Office
    sop: Sop
    lines: tuple[StepLine, ...]
    decision: SopReview | None
    history: tuple[SopReview, ...]
    deciders: tuple[Holder, ...]
    refused: FormAnswer | None
    names: Mapping[str, str]
    today: date

    @property
    def period(self) -> Period:
        return Period(self.paper.first_day, self.paper.last_day)

    @property
    def earliest(self) -> date:
        """When new targets can take effect first: the first day of next month."""
        month = self.today.month % 12 + 1
        return date(self.today.year + (month == 1), month, 1)

    def may_decide(self, username: str) -> bool:
        return self.decision is None and any(holder.username == username for holder in self.deciders)

    def name_of(self, username: str) -> str:
        return self.names.get(username, username)


@dataclass(frozen=True)
class ReviewEntry:
    """One line of the list of all reviews."""

    paper: ReviewPaper
    office: Office
    decision: SopReview | None

    @property
    def period(self) -> Period:
        return Period(self.paper.first_day, self.paper.last_day)


def review_view(session: Session, office: str, period: str, *, now: datetime) -> ReviewView | None:
    """The newest round of a half-year; None when nothing was laid before the Sekretaris.

    :raises ConfigError: the office or the version under review has no valid file.
    """
    paper = newest_paper(session, office, period)
    if paper is None:
        return None
    found = office_of(office)
    sop = load_sop(load_settings().sop_dirs, paper.sop_version)
    earlier = session.scalars(
        select(SopReview)
        .where(SopReview.office == office, SopReview.period == period, SopReview.round < paper.round)
        .order_by(SopReview.round)
    )
    return ReviewView(
        paper=paper,
        office=found,
        sop=sop,
        lines=tuple(StepLine(step, paper.proposals.get(step.key, {})) for step in sop.steps),
        decision=decision_on(session, paper),
        history=tuple(earlier),
        deciders=tuple(entitled_to_review(session, office, now, found.zone)),
        refused=_refused(session, paper),
        names=known_people(session, found),
        today=local_day(found, now),
    )


def all_reviews(session: Session, readable: set[str]) -> list[ReviewEntry]:
    """The newest round of each half-year, newest half-year first.

    :param readable: ids of DAGs.
    """
    newest: dict[tuple[str, str], ReviewPaper] = {}
    for paper in session.scalars(select(ReviewPaper).order_by(ReviewPaper.id)):
        if paper.dag_id in readable:
            newest[paper.office, paper.period] = paper
    entries = []
    for paper in sorted(newest.values(), key=lambda paper: (paper.last_day, paper.office), reverse=True):
        try:
            entries.append(ReviewEntry(paper, office_of(paper.office), decision_on(session, paper)))
        except ConfigError:
            continue
    return entries


def _refused(session: Session, paper: ReviewPaper) -> FormAnswer | None:
    last = session.scalars(
        select(FormAnswer).where(FormAnswer.paper_id == paper.id).order_by(FormAnswer.id.desc()).limit(1)
    ).first()
    return last if last is not None and not last.accepted else None
