"""Tables of requests that are still being written, and of the files uploaded for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class Draft(Base):
    """A request that its author has not sent yet, or has sent and that is on its way to a cycle.

    `typed` is what stands in the form, unchecked. `run_id` and `sent_at` are set from the press on the button
    until the request was refused; `attempts` counts the runs that were, so that each has an id of its own.
    `problems` says why it came back. With `cycle_id` it has done its duty.
    """

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    office: Mapped[str] = mapped_column(String(100))
    author: Mapped[str] = mapped_column(String(250), index=True)
    typed: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[str | None] = mapped_column(String(250), index=True)
    sent_at: Mapped[datetime | None]
    problems: Mapped[list[str]]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"))


class DraftFile(Base):
    """A file of a draft, in the order in which it will be shown.

    `stamp` is what the browser tells about the file on its disk; with name and size it is recognised when the
    upload goes on after a break. The facts are known once all `size_bytes` are there and were looked at.
    """

    __tablename__ = "draft_files"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    stamp: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(String(20))
    sha256: Mapped[str | None] = mapped_column(Sha256)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_seconds: Mapped[float | None]
    pages: Mapped[int | None]

    @property
    def whole(self) -> bool:
        return self.sha256 is not None
