"""Tables of what went out: the ledger, its attempts, evidence, links and metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class Publication(Base):
    """The ledger: one row per cycle, channel and seal. States: `publishing.states`.

    `journal` holds every id the platform gave, stored before the next call to it.
    """

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("cycle_id", "channel", "seal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    seal: Mapped[str] = mapped_column(Sha256)
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    journal: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    commit_started_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    post_id: Mapped[str | None] = mapped_column(String(250))
    permalink: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text, default="")
    lease_holder: Mapped[str | None] = mapped_column(String(250))
    lease_until: Mapped[datetime | None]


class PublicationAttempt(Base):
    """One run of the publishing protocol over a ledger row, and how it ended."""

    __tablename__ = "publication_attempts"
    __table_args__ = (UniqueConstraint("publication_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), index=True)
    number: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state_before: Mapped[str] = mapped_column(String(20))
    state_after: Mapped[str | None] = mapped_column(String(20))
    error_class: Mapped[str | None] = mapped_column(String(60))
    error_code: Mapped[str | None] = mapped_column(String(100))
    trace_id: Mapped[str | None] = mapped_column(String(250))
    message: Mapped[str] = mapped_column(Text, default="")


class Evidence(Base):
    """Proof of an upload. `kind`: screenshot, read_back, manual. `path` is relative to the archive's root."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Sha256)
    size_bytes: Mapped[int]
    source_url: Mapped[str] = mapped_column(Text)
    captured_at: Mapped[datetime]


class Link(Base):
    """A link of a cycle. `kind`: page, permalink. `address` is a path in the archive for the page."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("cycle_id", "kind", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class LinkCheck(Base):
    """Whether a link answered."""

    __tablename__ = "link_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), index=True)
    checked_at: Mapped[datetime]
    alive: Mapped[bool]
    http_status: Mapped[int | None]
    problem: Mapped[str] = mapped_column(Text, default="")


class Metric(Base):
    """A number read from a platform about one post; each reading has one row per number and is made once.

    `after_days` names the reading: from that age of the post on it was due. `state`: given, or why `value` is
    missing: a word of `channels.metrics.Missing`, or gone where the platform knows no such post any more.
    """

    __tablename__ = "metrics"
    __table_args__ = (Index("uq_metrics_once", "publication_id", "after_days", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(20))
    after_days: Mapped[int]
    read_at: Mapped[datetime]
