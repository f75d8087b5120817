"""Table of what people were told about forms that wait for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base


class Notice(Base):
    """One message to one person by one way about one wait of one form; the key makes it the only one.

    `kind`: reminder, escalation. `threshold`: percent of the step's target, as the office's file has it.
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
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
