"""`medsos evaluate`: writes the exports of a period into a folder and says what was written."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import OperationalError, ProgrammingError

from medsos.clock import Clock, utc_now
from medsos.errors import ConfigError, ExportError
from medsos.evaluation.export.files import FORMATS, ExportFile, Format, files_of
from medsos.evaluation.export.selection import Selection
from medsos.evaluation.period import Period
from medsos.indonesian import list_text, number_text
from medsos.offices.model import Office, load_office, office_slugs
from medsos.settings import load_settings
from medsos.store.session import reading

ALL = "semua"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(2000, 3000)
"""Beyond these a date is a slip of the keyboard."""


def export(
    *,
    first: str,
    last: str,
    chosen: str,
    folder: Path,
    office: str = "",
    clock: Clock = utc_now,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Write the files and name them on `out`; exit code: 0 done, 1 no record, 2 asked for what cannot be.

    :param first: the first day, `2026-11-01`; with `last` empty: the last full month.
    :param chosen: a format, or `semua`.
    :param office: slug; empty for all offices, whose rows then go into the same files.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        offices = _offices(office)
        period = _period(first, last, today=clock().astimezone(offices[0].zone).date())
        formats = _formats(chosen)
        selection = Selection(offices, period)
        out.write(f"{selection.period_name}, {selection.office_names}\n")
        with reading() as session:
            files = files_of(session, offices=offices, period=period, formats=formats, made_at=clock())
            for file in files:
                _keep(folder, file)
                out.write(f"  {file.name:<58} {number_text(file.rows):>9} baris\n")
    except (ConfigError, ExportError) as error:
        err.write(f"{error}\n")
        return 2
    except (OperationalError, ProgrammingError):
        err.write("Catatan siklus tidak dapat dibaca. Siapkan basis datanya dengan: medsos init\n")
        return 1
    out.write(f"Tersimpan di {folder.resolve()}.\n")
    return 0


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


def _formats(chosen: str) -> tuple[Format, ...]:
    if chosen == ALL:
        return FORMATS
    if found := tuple(name for name in FORMATS if name == chosen):
        return found
    raise ExportError(f"--format: “{chosen}” tidak dikenal. Pilih {', '.join(FORMATS)}, atau {ALL}.")


def _keep(folder: Path, file: ExportFile) -> None:
    """Whole or not at all; the same name is replaced."""
    target = folder / file.name
    scratch = target.with_name(f".{file.name}.baru")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(file.content)
        scratch.replace(target)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink()
        raise ExportError(
            f"{file.name} tidak dapat ditulis ke {folder}. Periksa hak tulis dan ruang kosongnya, "
            "atau pilih folder lain dengan --out."
        ) from error
