"""Reviews of the SOP that wait for the Sekretaris: told when they are laid, and again every week of work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from medsos.approval.sop_review import entitled_to_review, open_papers, waits_since
from medsos.evaluation.period import Period
from medsos.notices.findings import FindingKind, Found, keep_findings, open_findings
from medsos.offices.model import Office
from medsos.sop.worktime import WorkCalendar
from medsos.store.models import Finding, ReviewPaper
from medsos.store.session import reading, transaction

NOBODY = " Belum ada yang berhak memutuskan: catat Sekretaris, atau Plh./Plt., di halaman Pejabat."
KIND: FindingKind = "review_waits"


def keep_waiting_reviews(office: Office, calendar: WorkCalendar, now: datetime) -> None:
    """Keep a finding for each review of the office that is not decided; a new one for each week of work.

    The length of that week is `notices.review_minutes` of the office.
    """
    with reading() as session:
        papers = open_papers(session, office.slug)
        found = [_found(session, paper, office, calendar, now) for paper in papers]
        known = {one.subject for one in open_findings(session, office.slug) if one.kind == KIND}
    if {one.subject for one in found} != known:
        with transaction() as session:
            keep_findings(session, office.slug, KIND, found, now)


def _found(
    session: Session, paper: ReviewPaper, office: Office, calendar: WorkCalendar, now: datetime
) -> Found:
    since = waits_since(session, paper)
    someone = entitled_to_review(session, office.slug, now, office.zone)
    weeks = int(calendar.minutes_between(since, now) // office.notices.review_minutes)
    return Found(
        subject=f"{paper.period}:{paper.round}:{weeks}",
        problem=f"Laporan tinjauan SOP {Period(paper.first_day, paper.last_day).name} menunggu keputusan "
        "Sekretaris: ditetapkan atau perlu perbaikan. Diam bukan persetujuan." + ("" if someone else NOBODY),
        since=since,
    )


def half_year_of(finding: Finding) -> Period:
    """The half-year whose review waits."""
    key = finding.subject.partition(":")[0]
    return Period.half_year(int(key[:4]), int(key[-1]))
