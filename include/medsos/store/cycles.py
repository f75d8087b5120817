"""Tables of what a cycle is made of: cycles, minutes, materials, plans, designs, answers, approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class Cycle(Base):
    """One content cycle: one DAG run.

    `status`: berjalan, ditolak, selesai, tidak_lengkap. `request` is the accepted request as JSON.
    """

    __tablename__ = "cycles"
    __table_args__ = (UniqueConstraint("dag_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    title: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(40))
    requester: Mapped[str] = mapped_column(String(250))
    requested_at: Mapped[datetime]
    sop_version: Mapped[str] = mapped_column(String(100))
    kahar: Mapped[bool] = mapped_column(default=False)
    kahar_reason: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20), default="berjalan")
    completed_at: Mapped[datetime | None]
    dag_id: Mapped[str] = mapped_column(String(250))
    run_id: Mapped[str] = mapped_column(String(250))
    request: Mapped[dict[str, Any]]
    minutes_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))
    archive_folder: Mapped[str] = mapped_column(Text)


class Minutes(Base):
    """Minutes of a meeting (SOP step 1); many cycles may point to one.

    `cycle_id` is the cycle in which they were written (no foreign key: the two tables would form a circle).
    """

    __tablename__ = "minutes"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    cycle_id: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    attendees: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(250))
    recorded_at: Mapped[datetime]


class Material(Base):
    """A file handed in. `original_path` and `clean_path` are relative to the archive's root."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("cycle_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    position: Mapped[int]
    original_name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    original_path: Mapped[str] = mapped_column(Text)
    original_sha256: Mapped[str] = mapped_column(Sha256)
    clean_path: Mapped[str] = mapped_column(Text)
    clean_sha256: Mapped[str] = mapped_column(Sha256)
    clean_media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_seconds: Mapped[float | None]


class PlanRow(Base):
    """The words of a round (`content.plan.ContentPlan` as JSON)."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("cycle_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    round: Mapped[int]
    plan: Mapped[dict[str, Any]]
    author: Mapped[str] = mapped_column(String(250))
    made_at: Mapped[datetime]


class Design(Base):
    """One file that a channel will show in a round, in order. `path` is relative to the archive's root.

    `kind`: image, video, cover, document.
    """

    __tablename__ = "designs"
    __table_args__ = (UniqueConstraint("cycle_id", "round", "channel", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    round: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Sha256)
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_seconds: Mapped[float | None]
    caption: Mapped[str] = mapped_column(Text)
    alt_text: Mapped[str] = mapped_column(Text)
    notes: Mapped[list[str]]


class FormAnswer(Base):
    """What somebody answered on a form, also when it could not be accepted, so nothing typed is lost.

    A form belongs to a cycle or to a paper of the half-yearly review, never to both.
    """

    __tablename__ = "form_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("review_papers.id"), index=True)
    task_id: Mapped[str] = mapped_column(String(250))
    round: Mapped[int]
    option: Mapped[str] = mapped_column(String(100))
    answers: Mapped[dict[str, Any]]
    answered_by: Mapped[str] = mapped_column(String(250))
    answered_at: Mapped[datetime]
    accepted: Mapped[bool]
    problem: Mapped[str] = mapped_column(Text, default="")


class Approval(Base):
    """A decision of the Kasubbag over exactly one seal. Rows are only ever added.

    `decision`: setuju, revisi, tolak.
    """

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("cycle_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    round: Mapped[int]
    seal: Mapped[str] = mapped_column(Sha256)
    decision: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[str] = mapped_column(String(250))
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    decided_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
