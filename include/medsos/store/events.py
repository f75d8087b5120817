"""Tables of what happened: step events and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class StepEvent(Base):
    """The raw material of the evaluation.

    `event`: started, waiting, resumed, finished, failed. `task_id` is the DAG's task. `round` is 0 where
    rounds make no sense; `channel` is empty for tasks of the whole cycle.
    """

    __tablename__ = "step_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    step_key: Mapped[str] = mapped_column(String(20))
    task_id: Mapped[str] = mapped_column(String(250))
    event: Mapped[str] = mapped_column(String(20))
    round: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(20), default="")
    actor: Mapped[str] = mapped_column(String(250), default="")
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """One change that matters. `hash` covers this row and `previous_hash`: a chain."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(250))
    action: Mapped[str] = mapped_column(String(60))
    cycle_id: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(Sha256)
    hash: Mapped[str] = mapped_column(Sha256, unique=True)
