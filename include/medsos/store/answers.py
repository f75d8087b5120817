"""Table of the answers given on our own pages, each stored before Airflow is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base

_OPEN = text("settled_at IS NULL")


class StoredAnswer(Base):
    """One press of a button. Open until a try of the task has dealt with it; only that is noted later.

    `about` names what exactly was answered where the same form may ask about several things in turn.
    `outcome`: empty when the answer was accepted, else why not. `failures` counts the tries that broke
    while they dealt with it.
    """

    __tablename__ = "stored_answers"
    __table_args__ = (
        # Of two people who answer at once, one is first.
        Index(
            "uq_stored_answers_open",
            "cycle_id",
            "task_id",
            "round",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    task_id: Mapped[str] = mapped_column(String(250))
    round: Mapped[int]
    about: Mapped[str] = mapped_column(Text, default="")
    option: Mapped[str] = mapped_column(String(100))
    answers: Mapped[dict[str, Any]]
    answered_by: Mapped[str] = mapped_column(String(250))
    answered_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
