"""The reviews of the SOP that wait for a Sekretaris, and decisions of which Airflow has not heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from medsos.approval.sop_review import (
    OPTIONS,
    decision_on,
    entitled_to_review,
    open_papers,
    paper_of_run,
    papers_of_round,
    waits_since,
)
from medsos.errors import ConfigError
from medsos.evaluation.period import Period
from medsos.operators.review_form import TASK
from medsos.sop.worktime import calendar_for
from medsos.store.models import ReviewPaper
from medsos.web.addresses import Addresses
from medsos.web.airflow.assignees import review_messengers
from medsos.web.airflow.forms import AskedForm
from medsos.web.airflow.telling import News
from medsos.web.office_view import office_of
from medsos.web.waiting.view import Everything, Waiting

NOBODY = "Belum ada yang berhak memutuskan: Sekretaris belum dicatat di halaman Pejabat."


def reviews_waiting(
    session: Session,
    forms: Sequence[AskedForm],
    username: str,
    readable: Sequence[str],
    at: Addresses,
    *,
    now: datetime,
) -> Everything:
    """All reviews of the readable DAGs that are not decided.

    :param forms: those of Airflow that the visitor may see.
    :param readable: ids of DAGs.
    """
    papers = [paper for paper in open_papers(session) if paper.dag_id in readable]
    items = [item for paper in papers if (item := _item(session, paper, at, now)) is not None]
    news = [found for form in forms if (found := _news(session, form, username)) is not None]
    return Everything(tuple(items), tuple(news))


def news_of_review(session: Session, paper: ReviewPaper, username: str) -> list[News]:
    """The decision on a paper as Airflow would hear of it in every run that waits for it; [] without one."""
    papers = papers_of_round(session, paper)
    return [news for one in papers if (news := _news_of_paper(session, one, username)) is not None]


def _news_of_paper(session: Session, paper: ReviewPaper, username: str) -> News | None:
    decision = decision_on(session, paper)
    people = review_messengers(session, paper.office, username) if decision else ()
    if decision is None or not people:
        return None
    option = next(word for word, stored in OPTIONS.items() if stored == decision.decision)
    values = {"catatan": decision.note or None, "segel": decision.report_sha256}
    return News(paper.dag_id, paper.run_id, TASK, option, values, people)


def _news(session: Session, form: AskedForm, username: str) -> News | None:
    paper = paper_of_run(session, form.dag_id, form.run_id) if form.task_id == TASK else None
    if paper is None:
        return None
    return _news_of_paper(session, paper, username)


def _item(session: Session, paper: ReviewPaper, at: Addresses, now: datetime) -> Waiting | None:
    """None for an office whose file cannot be read."""
    try:
        office = office_of(paper.office)
        minutes = calendar_for(office).minutes_between(waits_since(session, paper), now)
    except ConfigError:
        return None
    people = tuple(entitled_to_review(session, paper.office, now, office.zone))
    period = Period(paper.first_day, paper.last_day)
    return Waiting(
        office=office,
        mark="SOP",
        over="Tinjauan SOP setengah tahun",
        title=f"Tinjauan SOP {period.name}",
        under="Ditetapkan atau perlu perbaikan",
        kahar=False,
        target_minutes=office.notices.review_minutes,
        address=at.review(paper.office, paper.period),
        inside=True,
        people=people,
        nobody="" if people else NOBODY,
        minutes=minutes,
        picture=None,
    )
