"""Which months or which half-year a run is about: the run decides, not the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from medsos.clock import Clock, utc_now
from medsos.evaluation.period import Period
from medsos.operators.at_office import AtOffice

if TYPE_CHECKING:
    from medsos.sop.model import Sop

MONTH = "bulan"
HALF_YEAR = "semester"
"""Fields of the trigger forms; empty: the last one that is over."""

MONTH_PATTERN = r"^(20\d\d-(0[1-9]|1[0-2]))?$"
HALF_YEAR_PATTERN = r"^(20\d\d-semester-[12])?$"


@dataclass
class PeriodRun(AtOffice):
    """A task at work on the evaluation of an office."""

    office_slug: str
    clock: Clock = utc_now

    @property
    def training(self) -> bool:
        """Whether any channel leads to a training platform."""
        from medsos.hooks.training import is_training

        channels = self.office.channels.values()
        return any(is_training(setup.connection) for setup in channels if setup.mode == "api")

    @property
    def today(self) -> date:
        return self.clock().astimezone(self.office.zone).date()

    def is_over(self, period: Period) -> bool:
        return period.last < self.today

    def require_use(self, period: Period) -> None:
        """Leave periods alone in which the office did not use the system yet.

        :raises AirflowSkipException: nothing had been requested by their end.
        """
        from sqlalchemy import select

        from medsos.store.models import Cycle
        from medsos.store.session import reading

        _, end = period.bounds(self.office.zone)
        asked_by_then = select(Cycle.id).where(Cycle.office == self.office.slug, Cycle.requested_at < end)
        with reading() as session:
            if session.scalars(asked_by_then.limit(1)).first() is None:
                raise AirflowSkipException(
                    f"{period.name}: sampai saat itu kantor ini belum memakai sistem, jadi tidak ada yang "
                    "direkap."
                )

    def sop(self, on: date) -> Sop:
        """The version of the procedure that the office follows on a day."""
        from medsos.sop.in_force import sop_in_force

        return sop_in_force(
            self.settings.sop_dirs, office=self.office.slug, named=self.office.sop_version, on=on
        )


def months_of_run(context: Any, zone: ZoneInfo) -> list[Period]:
    """The months of a run, in order and each once.

    Asked for on the trigger form; else those in which the cycles ended that called for the run; else the one
    over which the run was scheduled or is caught up with; else the last one before the run.

    :param zone: of the office.
    :raises AirflowFailException: the form names no month.
    """
    if asked := str((context.get("params") or {}).get(MONTH) or "").strip():
        if not re.fullmatch(MONTH_PATTERN, asked):
            raise AirflowFailException(f"Bulan “{asked}” tidak dikenal. Tulis seperti 2026-11.")
        return [Period.month(date.fromisoformat(f"{asked}-01"))]
    if told := sorted(set(_told_months(context, zone))):
        return told
    return [Period.month(_day_of_run(context, zone))]


def _told_months(context: Any, zone: ZoneInfo) -> Iterator[Period]:
    events = context.get("triggering_asset_events") or {}
    for event in (event for of_asset in events.values() for event in of_asset):
        month = str((event.extra or {}).get("month", ""))
        if re.fullmatch(MONTH_PATTERN, month) and month:
            yield Period.month(date.fromisoformat(f"{month}-01"))
        else:
            yield Period.month(_local(event.timestamp, zone))


def half_year_of_run(context: Any, zone: ZoneInfo) -> Period:
    """The half-year of a run: asked for, or scheduled, or the last one before the run.

    :raises AirflowFailException: the form names no half-year.
    """
    if asked := str((context.get("params") or {}).get(HALF_YEAR) or "").strip():
        if not re.fullmatch(HALF_YEAR_PATTERN, asked):
            raise AirflowFailException(f"Semester “{asked}” tidak dikenal. Tulis seperti 2026-semester-2.")
        return Period.half_year(int(asked[:4]), int(asked[-1]))
    if context.get("data_interval_start") is not None:
        return _half_year_with(_day_of_run(context, zone))
    this = _half_year_with(_local(context["dag_run"].run_after, zone))
    return _half_year_with(this.first - timedelta(days=1))


def _day_of_run(context: Any, zone: ZoneInfo) -> date:
    """The first day of the stretch that the run was scheduled over; else one of the month before it."""
    start = context.get("data_interval_start")
    if start is not None:
        return _local(start, zone)
    return _local(context["dag_run"].run_after, zone).replace(day=1) - timedelta(days=1)


def _local(at: datetime, zone: ZoneInfo) -> date:
    """A plain date: that of Airflow's own instants is one that SQLite's driver does not take."""
    there = at.astimezone(zone)
    return date(there.year, there.month, there.day)


def _half_year_with(day: date) -> Period:
    return Period.half_year(day.year, 1 if day.month <= 6 else 2)
