"""Reads the tables of the evaluation as the book of cases writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from case_book import Case, duration_text, time_text
from case_record import ZONES, Book
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.conformance import KINDS, deviations
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import completed_in
from medsos.store.models import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration
from medsos.store.session import transaction

TABLES = (StepDuration, ChannelResult, CycleScorecard)

Local = Callable[[datetime | None], str]


Rows = dict[str, dict[str, str]]
"""By the name of the row: its values by their names in the book."""


def tables_of(book: Book, cases: Sequence[Case]) -> dict[str, Rows]:
    """What the tables hold of these cycles, by their names."""
    months = _months(book, cases)
    ids = [book.ids[case.name] for case in cases]
    with transaction() as session:
        found = deviations(session, ids, rules=book.rules).to_dict("records")
        tables = {
            case.name: _rows(session, book.ids[case.name], ZONES[case.written.kantor]) for case in cases
        }
    for case in cases:
        own = {
            f"langkah {row['step_no']} {KINDS[row['kind']]}"
            for row in found
            if row["cycle_id"] == book.ids[case.name]
        }
        tables[case.name]["penyimpangan"] = {"dari SOP": ", ".join(sorted(own))}
        tables[case.name]["rapor"]["bulan"] = months[case.name]
    return tables


def _rows(session: Session, cycle_id: int, zone: ZoneInfo) -> Rows:
    def local(at: datetime | None) -> str:
        return time_text(at and at.astimezone(zone))

    steps, channels, cards = (
        session.scalars(select(table).where(table.cycle_id == cycle_id)).all() for table in TABLES
    )
    return {
        **{f"langkah {row.step_no}": _step(row, local) for row in steps},
        **{f"kanal {row.channel}": _channel(row, local) for row in channels},
        "rapor": _card(cards[0], local),
    }


def _months(book: Book, cases: Sequence[Case]) -> dict[str, str]:
    """The month in which each cycle is found; more than one, if the evaluation were to count it twice."""
    found: dict[str, list[str]] = {case.name: [] for case in cases}
    offices = {case.written.kantor for case in cases}
    days = {case.evaluated_at[0].date().replace(day=1) for case in cases}
    nearby = {Period.month(day + timedelta(days=more)) for day in days for more in (-1, 0, 31)}
    with transaction() as session:
        for office, month in product(offices, sorted(nearby)):
            ids = set(completed_in(session, office, month, book.rules))
            for case in cases:
                if book.ids[case.name] in ids:
                    found[case.name].append(month.key)
    return {name: " ".join(months) for name, months in found.items()}


def recap_rows(office: str, month: str, rules: Rules) -> dict[str, dict[str, str]]:
    """The rows of a month's recap, made now, written as the book writes them."""
    first = date.fromisoformat(f"{month}-01")
    with transaction() as session:
        monthly_recap(session, office=office, period=Period.month(first), rules=rules)
        rows = session.scalars(
            select(MonthlyRecap).where(MonthlyRecap.office == office, MonthlyRecap.month == first)
        ).all()
    return {
        f"langkah {row.step_no}": {
            "siklus": str(row.cycles),
            "tepat waktu": "kosong" if row.on_time_rate is None else f"{row.on_time_rate * 100:g}",
            "median": _minutes_text(row.median_minutes),
            "persentil 90": _minutes_text(row.p90_minutes),
            "terlama": _minutes_text(row.max_minutes),
            "target": _minutes_text(row.target_minutes),
        }
        for row in rows
    }


def _minutes_text(minutes: float | None) -> str:
    return duration_text(None if minutes is None else minutes * 60)


def _step(row: StepDuration, local: Local) -> dict[str, str]:
    return {
        "mulai": local(row.started_at),
        "selesai": local(row.finished_at),
        "jam dinding": _minutes_text(row.elapsed_minutes),
        "menit kerja": _minutes_text(row.working_minutes),
        "menunggu": _minutes_text(row.waiting_minutes),
        "perbaikan": _minutes_text(row.rework_minutes),
        "putaran": str(row.rounds),
        "tepat waktu": {True: "ya", False: "tidak", None: "tidak dinilai"}[row.on_time],
        "selisih": _minutes_text(row.deviation_minutes),
    }


def _channel(row: ChannelResult, local: Local) -> dict[str, str]:
    return {
        "cara": row.mode,
        "keadaan": row.state,
        "tayang": local(row.published_at),
        "bukti": row.evidence_kind or "tidak ada",
        "percobaan": str(row.attempts),
        "lama unggah": duration_text(row.upload_seconds),
    }


def _card(row: CycleScorecard, local: Local) -> dict[str, str]:
    return {
        "status": row.status,
        "putaran": str(row.rounds),
        "disetujui": row.approved_by or "tidak ada",
        "atas nama": row.on_behalf_of or "tidak ada",
        "menit kerja": _minutes_text(row.working_minutes),
        "langkah tepat waktu": f"{row.steps_on_time}/{row.steps_total}",
        "kanal tayang": f"{row.channels_published}/{row.channels_total}",
        "bukti lengkap": "ya" if row.evidence_complete else "tidak",
        "kahar": "ya" if row.kahar else "tidak",
        "selesai dinilai": local(row.completed_at),
    }
