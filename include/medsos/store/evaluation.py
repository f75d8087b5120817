"""The evaluation tables. Names and columns are a public contract: analysts read them with SQL.

Minutes are floats. `working_minutes` counts working time, `elapsed_minutes` the clock on the wall.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base
from medsos.store.types import Sha256


class StepDuration(Base):
    """One row per cycle and SOP step."""

    __tablename__ = "step_durations"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    content_type: Mapped[str] = mapped_column(String(40))
    sop_version: Mapped[str] = mapped_column(String(100))
    step_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step_key: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    target_minutes: Mapped[float]
    elapsed_minutes: Mapped[float | None]
    working_minutes: Mapped[float | None]
    waiting_minutes: Mapped[float | None]
    rework_minutes: Mapped[float | None]
    rounds: Mapped[int]
    on_time: Mapped[bool | None]
    deviation_minutes: Mapped[float | None]
    kahar: Mapped[bool]


class ChannelResult(Base):
    """One row per cycle and channel."""

    __tablename__ = "channel_results"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    published_at: Mapped[datetime | None]
    permalink: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    evidence_kind: Mapped[str | None] = mapped_column(String(20))
    evidence_sha256: Mapped[str | None] = mapped_column(Sha256)
    upload_seconds: Mapped[float | None]


class CycleScorecard(Base):
    """One row per cycle."""

    __tablename__ = "cycle_scorecards"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    title: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    rounds: Mapped[int]
    approved_by: Mapped[str | None] = mapped_column(String(250))
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    working_minutes: Mapped[float | None]
    target_minutes: Mapped[float]
    steps_on_time: Mapped[int]
    steps_total: Mapped[int]
    channels_published: Mapped[int]
    channels_total: Mapped[int]
    evidence_complete: Mapped[bool]
    kahar: Mapped[bool]


class MonthlyRecap(Base):
    """One row per office, month (its first day) and SOP step."""

    __tablename__ = "monthly_recap"

    office: Mapped[str] = mapped_column(String(100), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    step_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cycles: Mapped[int]
    on_time_rate: Mapped[float | None]
    median_minutes: Mapped[float | None]
    p90_minutes: Mapped[float | None]
    max_minutes: Mapped[float | None]
    target_minutes: Mapped[float]
