"""Table of what people were told: about forms that wait for them, and about findings of the watch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base

_OF_A_FINDING = text("finding_id IS NOT NULL")


class Notice(Base):
    """One message to one person by one way about one wait of one form, or about one finding; the key makes it
    the only one.

    `kind`: reminder, escalation, or that of its finding. `threshold`: percent of the step's target, as the
    office's file has it; a finding has none, and no task. `waiting_since`: of a finding, since when it lasts.
    `way`: mail, apprise; empty where none leads to the person. `state`: due, sending, sent, failed (is tried
    again at `next_try_at`), given_up, unknown (may have arrived), no_way, dropped (not needed any more).
    `claimed_until`: one worker has it until then.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint(
            "cycle_id",
            "task_id",
            "waiting_since",
            "kind",
            "threshold",
            "recipient",
            "way",
            name="uq_notices_once",
        ),
        Index(
            "uq_notices_finding_once",
            "finding_id",
            "recipient",
            "way",
            unique=True,
            sqlite_where=_OF_A_FINDING,
            postgresql_where=_OF_A_FINDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    task_id: Mapped[str] = mapped_column(String(250))
    round: Mapped[int]
    waiting_since: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    threshold: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(250))
    recipient_name: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
