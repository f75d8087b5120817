"""The half-yearly review of the SOP (Pengesahan 3): a report is laid before the Sekretaris, who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.approval.officials import Holder, holders
from medsos.errors import FormError, NotApproved
from medsos.indonesian import long_date
from medsos.offices.model import Role
from medsos.sop.model import Origin, Sop
from medsos.sop.renewal import changed_targets, check_targets, renewed, version_name
from medsos.store.audit import append_audit, hold_chain
from medsos.store.models import ReviewPaper, SopReview

DECIDES: Role = "sekretaris"
"""Whose decision it is (SOP, Pengesahan)."""

Decision = Literal["ditetapkan", "perlu_perbaikan"]
OPTIONS: dict[str, Decision] = {"Ditetapkan": "ditetapkan", "Perlu perbaikan": "perlu_perbaikan"}
"""Words on the buttons → what is stored. There is no default."""

LAID = "review.laid"
DECIDED = "review.decided"
"""Actions in the audit trail."""

LATEST_EFFECT = timedelta(days=366)
"""A new version takes effect within a year of the decision."""


@dataclass(frozen=True)
class Wish:
    """What the Sekretaris answers besides the decision.

    :param targets: working minutes by key of the step; what equals the present target is no change.
    :param effective_from: when changed targets take effect, a date of the office.
    """

    note: str = ""
    targets: Mapping[str, int] = field(default_factory=dict)
    effective_from: date | None = None


def lay_paper(session: Session, paper: ReviewPaper) -> ReviewPaper:
    """Lay a report before the Sekretaris; the one that lies there already stays when nothing differs.

    `paper.round` is set here: a half-year that was sent back is laid before them anew.

    :raises FormError: the half-year has been determined already.
    """
    hold_chain(session)
    before = newest_paper(session, paper.office, paper.period)
    decided = decision_on(session, before) if before else None
    if decided is not None and decided.decision == "ditetapkan":
        raise FormError(
            f"Tinjauan {paper.period} sudah ditetapkan oleh {decided.decided_by}, jadi tidak diajukan lagi."
        )
    paper.round = 1 if before is None else before.round + (decided is not None)
    if before is not None and decided is None and _same_paper(before, paper):
        return before
    session.add(paper)
    session.flush()
    append_audit(
        session,
        at=paper.laid_at,
        actor="sistem",
        action=LAID,
        subject=subject_of(paper),
        after={
            "report": paper.report_path,
            "report_sha256": paper.report_sha256,
            "sop_version": paper.sop_version,
            "run": paper.run_id,
        },
    )
    return paper


def _same_paper(one: ReviewPaper, other: ReviewPaper) -> bool:
    names = ("report_sha256", "sop_version", "dag_id", "run_id", "proposals")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def record_review(
    session: Session,
    paper: ReviewPaper,
    *,
    report_sha256: str,
    sop: Sop,
    decision: Decision,
    wish: Wish,
    by: str,
    at: datetime,
    zone: ZoneInfo,
) -> SopReview:
    """Store the decision and its audit row. Repeating the same decision changes nothing.

    :param report_sha256: of the report that was shown.
    :param sop: the version under review, `paper.sop_version`.
    :param at: the moment of deciding, aware; whether `by` was entitled is judged for that moment.
    :param zone: time zone of the office, for dates.
    :raises FormError: something is missing or does not fit, or it was decided differently before.
    :raises NotApproved: the person is not entitled.
    """
    note = wish.note.strip()
    hold_chain(session)
    existing = decision_on(session, paper)
    if existing is not None:
        if (existing.decision, existing.note, existing.decided_by) == (decision, note, by):
            return existing
        raise FormError(
            f"{subject_of(paper)} sudah diputuskan oleh {existing.decided_by} ({existing.decision}). "
            "Keputusan yang pertama berlaku dan tidak dapat diganti."
        )
    newest = newest_paper(session, paper.office, paper.period)
    if newest is None or (newest.id, newest.report_sha256) != (paper.id, report_sha256):
        raise FormError(
            "Laporannya berubah setelah halaman ini dibuka, jadi keputusan tidak dicatat. Muat ulang, "
            "periksa laporan yang baru, lalu putuskan lagi."
        )
    today = at.astimezone(zone).date()
    changes = check_wish(decision, wish, sop, today)
    holder = _holder(session, paper, by, at, zone)
    origin = _origin(paper, by, at, wish.effective_from) if changes else None
    review = SopReview(
        paper_id=paper.id,
        office=paper.office,
        period=paper.period,
        round=paper.round,
        sop_version=paper.sop_version,
        decision=decision,
        decided_by=by,
        on_behalf_of=holder.on_behalf_of,
        decided_at=at,
        note=note,
        report_path=paper.report_path,
        report_sha256=paper.report_sha256,
        targets=changes,
        effective_from=origin.effective_from if origin else None,
        new_sop_version=version_name(origin) if origin else None,
    )
    session.add(review)
    append_audit(
        session, at=at, actor=by, action=DECIDED, subject=subject_of(paper), after=told_of_review(review)
    )
    return review


def check_wish(decision: Decision, wish: Wish, sop: Sop, today: date) -> dict[str, int]:
    """The targets that change.

    :raises FormError: a sentence about what is missing or does not fit.
    """
    if decision == "perlu_perbaikan":
        if not wish.note.strip():
            raise FormError("Catatan masih kosong. Tulis apa yang perlu diperbaiki, lalu kirim lagi.")
        return {}
    check_targets(sop, wish.targets)
    changes = changed_targets(sop, wish.targets)
    if not changes:
        return {}
    begins = wish.effective_from
    if begins is None:
        raise FormError("Target berubah, tetapi tanggal berlakunya masih kosong. Pilih tanggalnya.")
    if not today < begins <= today + LATEST_EFFECT:
        latest = long_date(today + LATEST_EFFECT, weekday=False)
        raise FormError(
            f"Tanggal berlaku {long_date(begins, weekday=False)} tidak dapat dipakai: pilih antara besok "
            f"dan {latest}, karena siklus yang sudah dimulai tetap memakai versinya."
        )
    return changes


def _holder(session: Session, paper: ReviewPaper, by: str, at: datetime, zone: ZoneInfo) -> Holder:
    entitled = entitled_to_review(session, paper.office, at, zone)
    holder = next((holder for holder in entitled if holder.username == by), None)
    if holder is None:
        raise NotApproved(
            f"{subject_of(paper)}: {by} tidak berhak memutuskan pada saat itu. Keputusan harus dari "
            "Sekretaris atau Plh./Plt. yang sah."
        )
    return holder


def _origin(paper: ReviewPaper, by: str, at: datetime, effective_from: date | None) -> Origin:
    return Origin.model_validate(
        {
            "office": paper.office,
            "based_on": paper.sop_version,
            "review": paper.period,
            "decided_by": by,
            "decided_at": at,
            "effective_from": effective_from,
        }
    )


def entitled_to_review(session: Session, office: str, at: datetime, zone: ZoneInfo) -> list[Holder]:
    """Who may decide at this very moment: the Sekretaris or a delegate."""
    return holders(session, office, DECIDES, at.astimezone(zone).date(), at=at)


def newest_paper(session: Session, office: str, period: str) -> ReviewPaper | None:
    """What was laid before the Sekretaris last about a half-year."""
    return session.scalars(
        select(ReviewPaper)
        .where(ReviewPaper.office == office, ReviewPaper.period == period)
        .order_by(ReviewPaper.id.desc())
        .limit(1)
    ).first()


def paper_of_run(session: Session, dag_id: str, run_id: str) -> ReviewPaper | None:
    """What a run laid before the Sekretaris last."""
    return session.scalars(
        select(ReviewPaper)
        .where(ReviewPaper.dag_id == dag_id, ReviewPaper.run_id == run_id)
        .order_by(ReviewPaper.id.desc())
        .limit(1)
    ).first()


def papers_of_round(session: Session, paper: ReviewPaper) -> list[ReviewPaper]:
    """What each run laid before the Sekretaris last in the paper's round: one decision is for all of them."""
    of_round = (
        select(ReviewPaper)
        .where(
            ReviewPaper.office == paper.office,
            ReviewPaper.period == paper.period,
            ReviewPaper.round == paper.round,
        )
        .order_by(ReviewPaper.id)
    )
    return list({(row.dag_id, row.run_id): row for row in session.scalars(of_round)}.values())


def decision_on(session: Session, paper: ReviewPaper) -> SopReview | None:
    """The decision of the paper's round, or None."""
    return session.scalars(
        select(SopReview).where(
            SopReview.office == paper.office,
            SopReview.period == paper.period,
            SopReview.round == paper.round,
        )
    ).one_or_none()


def waits_since(session: Session, paper: ReviewPaper) -> datetime:
    """Since when the paper's round waits; a report that took the place of another does not begin anew."""
    return session.scalars(
        select(func.min(ReviewPaper.laid_at)).where(
            ReviewPaper.office == paper.office,
            ReviewPaper.period == paper.period,
            ReviewPaper.round == paper.round,
        )
    ).one()


def open_papers(session: Session, office: str | None = None) -> list[ReviewPaper]:
    """What lies before the Sekretaris of an office, or of any, and is not decided, oldest first."""
    papers, decisions = select(ReviewPaper).order_by(ReviewPaper.id), select(SopReview)
    if office is not None:
        papers = papers.where(ReviewPaper.office == office)
        decisions = decisions.where(SopReview.office == office)
    newest = {(paper.office, paper.period): paper for paper in session.scalars(papers)}
    decided = {(row.office, row.period, row.round) for row in session.scalars(decisions)}
    return [paper for key, paper in newest.items() if (*key, paper.round) not in decided]


def sop_of_review(review: SopReview, sop: Sop) -> Sop | None:
    """The version that a decision recorded, made anew from it; None when the SOP stayed as it was.

    :param sop: the version that was under review.
    """
    if review.new_sop_version is None:
        return None
    origin = Origin.model_validate(
        {
            "office": review.office,
            "based_on": review.sop_version,
            "review": review.period,
            "decided_by": review.decided_by,
            "decided_at": review.decided_at,
            "effective_from": review.effective_from,
        }
    )
    return renewed(sop, review.targets, origin)


def subject_of(row: ReviewPaper | SopReview) -> str:
    """How the audit trail names a round of a review."""
    return f"tinjauan {row.office} {row.period} putaran {row.round}"


def told_of_review(review: SopReview) -> dict[str, Any]:
    """The decision as the audit trail tells it."""
    return {
        "decision": review.decision,
        "note": review.note,
        "on_behalf_of": review.on_behalf_of,
        "report": review.report_path,
        "report_sha256": review.report_sha256,
        "sop_version": review.sop_version,
        "targets": review.targets,
        "effective_from": review.effective_from.isoformat() if review.effective_from else None,
        "new_sop_version": review.new_sop_version,
    }
