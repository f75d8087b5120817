"""Tables of the half-yearly review of the SOP: what was laid before the Sekretaris, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class ReviewPaper(Base):
    """A report of a half-year as it was laid before the Sekretaris; the newest of a round is decided on.

    `period` is the half-year's key, for example `2026-semester-2`. `round`: from 1; after *perlu perbaikan* a
    half-year may be laid before them once more. `proposals`: the proposed targets by key of the step
    (`evaluation.targets.TargetProposal` as JSON). `folder` and the paths are relative to the archive's root.
    """

    __tablename__ = "review_papers"
    __table_args__ = (Index("ix_review_papers_half_year", "office", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100))
    period: Mapped[str] = mapped_column(String(30))
    first_day: Mapped[date]
    last_day: Mapped[date]
    round: Mapped[int]
    sop_version: Mapped[str] = mapped_column(String(100))
    dag_id: Mapped[str] = mapped_column(String(250))
    run_id: Mapped[str] = mapped_column(String(250))
    laid_at: Mapped[datetime]
    proposals: Mapped[dict[str, Any]]
    folder: Mapped[str] = mapped_column(Text)
    report_path: Mapped[str] = mapped_column(Text)
    report_sha256: Mapped[str] = mapped_column(Sha256)
    pdf_path: Mapped[str] = mapped_column(Text)


class SopReview(Base):
    """The Sekretaris' decision over exactly one report. Rows are only ever added.

    `decision`: ditetapkan, perlu_perbaikan. `targets`: the new targets in working minutes by key of the
    step; empty when the SOP stays as it is, and then there is no `new_sop_version` and no `effective_from`.
    """

    __tablename__ = "sop_reviews"
    __table_args__ = (UniqueConstraint("office", "period", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("review_papers.id"))
    office: Mapped[str] = mapped_column(String(100))
    period: Mapped[str] = mapped_column(String(30))
    round: Mapped[int]
    sop_version: Mapped[str] = mapped_column(String(100))
    decision: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[str] = mapped_column(String(250))
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    decided_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    report_path: Mapped[str] = mapped_column(Text)
    report_sha256: Mapped[str] = mapped_column(Sha256)
    targets: Mapped[dict[str, Any]]
    effective_from: Mapped[date | None]
    new_sop_version: Mapped[str | None] = mapped_column(String(100))
