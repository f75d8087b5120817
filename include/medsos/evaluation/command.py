"""`medsos evaluate`: computes a period again, writes its tables or event logs, or explains one cycle."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import OperationalError, ProgrammingError

from medsos.clock import Clock, utc_now
from medsos.errors import ConfigError, ExportError
from medsos.evaluation.explain import explain
from medsos.evaluation.export.files import FORMATS, ExportFile, Format, files_of
from medsos.evaluation.export.selection import Selection
from medsos.evaluation.mining import FORMATS as EVENT_LOGS
from medsos.evaluation.mining import files_of as event_logs_of
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_period
from medsos.indonesian import list_text, number_text
from medsos.offices.model import Office, load_office, office_slugs
from medsos.settings import load_settings
from medsos.store.session import reading, transaction

ALL = "semua"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(2000, 3000)
"""Beyond these a date is a slip of the keyboard."""


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line, not yet looked at.

    :param first: the first day, `2026-11-01`; with `last` empty: the last full month.
    :param chosen: a format, or `semua` for all tables.
    :param office: slug; empty for all offices, whose rows then go into the same files.
    :param pseudonyms: whether event logs name people by pseudonyms.
    """

    first: str
    last: str
    chosen: str
    folder: Path
    office: str = ""
    pseudonyms: bool = False


def evaluate(
    wish: Wish, *, clock: Clock = utc_now, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Compute the period again, write its files and name them on `out`.

    :returns: exit code: 0 done, 1 no record, 2 asked for what cannot be.
    """
    out, err = out or sys.stdout, err or sys.stderr
    return _told(partial(_evaluate, wish, clock, out), err)


def explain_cycle(
    cycle_id: int, *, clock: Clock = utc_now, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Trace the times of a cycle back to its events, on `out`; exit code as `evaluate`."""
    out, err = out or sys.stdout, err or sys.stderr

    def work() -> None:
        with reading() as session:
            out.writelines(f"{line}\n" for line in explain(session, cycle_id, rules=Rules(), now=clock()))

    return _told(work, err)


def _told(work: Callable[[], None], err: TextIO) -> int:
    try:
        work()
    except (ConfigError, ExportError) as error:
        err.write(f"{error}\n")
        return 2
    except (OperationalError, ProgrammingError):
        err.write("Catatan siklus tidak dapat dibaca. Siapkan basis datanya dengan: medsos init\n")
        return 1
    return 0


def _evaluate(wish: Wish, clock: Clock, out: TextIO) -> None:
    offices = _offices(wish.office)
    period = _period(wish.first, wish.last, today=clock().astimezone(offices[0].zone).date())
    tables, logs = _formats(wish.chosen)
    selection = Selection(offices, period)
    out.write(f"{selection.period_name}, {selection.office_names}\n")
    out.write(f"{_recompute(period, offices, clock)}\n")
    with reading() as session:
        for file in files_of(session, offices=offices, period=period, formats=tables, made_at=clock()):
            _keep(wish.folder, file)
            out.write(f"  {file.name:<58} {number_text(file.rows):>9} baris\n")
        for log in event_logs_of(
            session, offices=offices, period=period, formats=logs, pseudonyms=wish.pseudonyms
        ):
            with _writable(wish.folder, log.name):
                log.write_into(wish.folder)
            out.write(f"  {log.name}\n")
    out.write(f"Tersimpan di {wish.folder.resolve()}.\n")


def _recompute(period: Period, offices: Sequence[Office], clock: Clock) -> str:
    """Bring the tables in line with the record; says what that changed."""
    rules = Rules()
    evaluated = evaluate_period(period, offices=[office.slug for office in offices], rules=rules, now=clock())
    for office in offices:
        with transaction() as session:
            monthly_recap(session, office=office.slug, period=period, rules=rules)
    cycles, corrections = number_text(evaluated.cycles), len(evaluated.corrections)
    if not corrections:
        return f"  {cycles} siklus dihitung ulang; tidak ada yang berubah"
    changed = f"{number_text(corrections)} baris diperbaiki, tercatat pada jejak audit"
    return f"  {cycles} siklus dihitung ulang; {changed}"


def _offices(slug: str) -> list[Office]:
    folder = load_settings().offices_dir
    known = office_slugs(folder)
    if slug and slug not in known:
        raise ExportError(f"Kantor “{slug}” tidak ada. Yang ada: {list_text(known)}.")
    if not known:
        raise ExportError(f"Belum ada kantor di {folder}. Buat dahulu berkas office.yaml.")
    return [load_office(folder, name) for name in ([slug] if slug else known)]


def _period(first: str, last: str, *, today: date) -> Period:
    if not first and not last:
        return Period.month(today.replace(day=1) - timedelta(days=1))
    if not first or not last:
        raise ExportError("Isi --from dan --to bersama-sama, misalnya --from 2026-11-01 --to 2026-11-30.")
    begin, end = _day("--from", first), _day("--to", last)
    if end < begin:
        raise ExportError(f"--from ({first}) lebih kemudian daripada --to ({last}). Tukar keduanya.")
    return Period(begin, end)


def _day(option: str, text: str) -> date:
    try:
        if _DAY.fullmatch(text) and (day := date.fromisoformat(text)).year in _YEARS:
            return day
    except ValueError:
        pass
    raise ExportError(f"{option}: “{text}” bukan tanggal. Tulis tahun-bulan-tanggal, misalnya 2026-11-30.")


def _formats(chosen: str) -> tuple[tuple[Format, ...], tuple[str, ...]]:
    """Formats of tables, and formats of event logs."""
    if chosen == ALL:
        return FORMATS, ()
    if tables := tuple(name for name in FORMATS if name == chosen):
        return tables, ()
    if chosen in EVENT_LOGS:
        return (), (chosen,)
    known = ", ".join([*FORMATS, *EVENT_LOGS])
    raise ExportError(f"--format: “{chosen}” tidak dikenal. Pilih {known}, atau {ALL} (semua tabel).")


def _keep(folder: Path, file: ExportFile) -> None:
    """Whole or not at all; the same name is replaced."""
    target = folder / file.name
    scratch = target.with_name(f".{file.name}.baru")
    with _writable(folder, file.name):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(file.content)
            scratch.replace(target)
        finally:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)


@contextmanager
def _writable(folder: Path, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"{name} tidak dapat ditulis ke {folder}. Periksa hak tulis dan ruang kosongnya, "
            "atau pilih folder lain dengan --out."
        ) from error
