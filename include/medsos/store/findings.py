"""Table of what the watch found wrong with what is published, and with the accounts it is published on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base

_OPEN = text("ended_at IS NULL")


class Finding(Base):
    """Something that lasts from `since` until `ended_at`; of one subject and kind only one is open at a time.

    `kind`: link_dead (subject: id of the link), token_ends, token_refused (subject: the channel),
    review_waits (subject: half-year, round, and how many weeks of work it has waited).
    `problem`: Indonesian, what is wrong and what to do, as it was first seen.
    """

    __tablename__ = "findings"
    __table_args__ = (
        Index(
            "uq_findings_open",
            "office",
            "kind",
            "subject",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(100))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text)
