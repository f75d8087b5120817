"""What the page Evaluasi SOP is asked for: period, type, channel and office, and what the visitor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.clock import utc_now
from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.errors import ConfigError
from medsos.evaluation.period import Period
from medsos.evaluation.rules import Rules
from medsos.evaluation.scope import Scope
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.sop.model import Sop
from medsos.store.models import Cycle, CycleScorecard
from medsos.web.office_view import all_offices, local_day
from medsos.web.periods import period_of
from medsos.web.visitors import Visitor

ALL_TIME = "semua"


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address; what is not known there counts as not asked for."""

    masa: str
    jenis: str
    kanal: str
    kantor: str


def asked(masa: str = "", jenis: str = "", kanal: str = "", kantor: str = "") -> Asked:
    """Dependency of the page and its charts."""
    return Asked(
        masa=masa if masa == ALL_TIME or period_of(masa) else "",
        jenis=jenis if jenis in CONTENT_TYPE_NAMES else "",
        kanal=kanal if kanal in CHANNEL_NAMES else "",
        kantor=kantor,
    )


AskedDep = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True)
class Chosen:
    """The filters as they apply, and what can be chosen.

    `period` is None for all time; `offices` are those that the visitor may read about.
    """

    asked: Asked
    scope: Scope
    sop: Sop | None
    offices: tuple[Office, ...]
    half_years: tuple[Period, ...]
    months: tuple[Period, ...]

    @property
    def period(self) -> Period | None:
        return self.scope.period

    @property
    def masa(self) -> str:
        """For addresses: of this very period."""
        return self.period.key if self.period else ALL_TIME

    @property
    def period_name(self) -> str:
        return self.period.name if self.period else "semua masa"


def choose(session: Session, visitor: Visitor, wanted: Asked) -> Chosen:
    """Apply the filters; without a period the half-year of the last cycle that was completed."""
    offices, hidden = _readable(session, visitor)
    of_office = tuple(office for office in offices if office.slug == wanted.kantor) or offices
    everything = Scope(of_office, hidden_dags=hidden)
    first, last = _days(session, everything)
    period = period_of(wanted.masa)
    if period is None and wanted.masa != ALL_TIME and last is not None:
        period = Period.half_year(last.year, 1 + (last.month > 6))
    scope = Scope(of_office, period, wanted.jenis or None, wanted.kanal or None, hidden)
    months = tuple(reversed(list(Period(first, last).months()))) if first and last else ()
    half_years = dict.fromkeys(Period.half_year(m.first.year, 1 + (m.first.month > 6)) for m in months)
    return Chosen(wanted, scope, _sop(of_office), offices, tuple(half_years), months)


def _readable(session: Session, visitor: Visitor) -> tuple[tuple[Office, ...], tuple[str, ...]]:
    """The offices with a DAG that the visitor may read, and the ids of DAGs that are hidden from them."""
    known = session.execute(select(Cycle.office, Cycle.dag_id).distinct()).all()
    hidden = tuple(sorted({dag_id for _, dag_id in known if not visitor.may_read(dag_id)}))
    slugs = {office for office, dag_id in known if dag_id not in hidden}
    return tuple(office for office in all_offices() if office.slug in slugs), hidden


def _days(session: Session, scope: Scope) -> tuple[date | None, date | None]:
    """The local days on which the first and the last cycle were completed."""
    completed = CycleScorecard.completed_at
    first, last = session.execute(
        select(func.min(completed), func.max(completed)).where(*scope.cycles())
    ).one()
    if first is None or last is None or not scope.offices:
        return None, None
    zone = scope.offices[0].zone
    return first.astimezone(zone).date(), last.astimezone(zone).date()


def _sop(offices: Sequence[Office]) -> Sop | None:
    """The SOP version that the first of the offices follows; None when its file cannot be read."""
    for office in offices:
        try:
            return Rules().sop_on(office.slug, local_day(office, utc_now()))
        except ConfigError:
            continue
    return None
