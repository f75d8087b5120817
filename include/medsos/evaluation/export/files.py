"""The exports of a period as files: a table as CSV or Parquet, all four as one workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from sqlalchemy.orm import Session

from medsos.evaluation.export.as_csv import write_csv
from medsos.evaluation.export.as_parquet import write_parquet
from medsos.evaluation.export.as_xlsx import check_size, write_xlsx
from medsos.evaluation.export.columns import TABLES, Table
from medsos.evaluation.export.selection import Selection, batches, count_rows
from medsos.evaluation.period import Period
from medsos.offices.model import Office

Format = Literal["csv", "parquet", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS: tuple[Format, ...] = tuple(MEDIA_TYPES)

_TABLE_WRITERS = {"csv": write_csv, "parquet": write_parquet}


@dataclass(frozen=True)
class ExportFile:
    """One file that is made. `rows` counts those of all tables in it, without headings."""

    name: str
    format: Format
    content: bytes
    rows: int


def files_of(
    session: Session,
    *,
    offices: Sequence[Office],
    period: Period | None,
    made_at: datetime,
    formats: Iterable[Format] = FORMATS,
) -> Iterator[ExportFile]:
    """All files of a period, each made when it is asked for; equal rows give equal bytes.

    :param offices: one, or all whose rows go into the same files; at least one.
    :param period: by the calendar of each office; None: of all time.
    :param made_at: aware; stands in the workbook. With the same moment the same workbook comes out.
    :raises ExportError: before the first file, when there are more rows than a workbook holds.
    """
    selection, formats = Selection(offices, period), tuple(formats)
    if "xlsx" in formats:
        _check_workbook(session, selection)
    for chosen in formats:
        if chosen == "xlsx":
            yield workbook_file(session, selection, made_at=made_at)
        else:
            yield from (table_file(session, table, selection, chosen) for table in TABLES.values())


def table_file(
    session: Session, table: Table, selection: Selection, chosen: Literal["csv", "parquet"]
) -> ExportFile:
    """One table, for example `waktu-per-langkah-kota-bengkulu-2026-11.csv`."""
    target = BytesIO()
    rows = _TABLE_WRITERS[chosen](target, table, batches(session, table, selection))
    return ExportFile(f"{table.file_name}-{selection.key}.{chosen}", chosen, target.getvalue(), rows)


def workbook_file(session: Session, selection: Selection, *, made_at: datetime) -> ExportFile:
    """All tables, for example `evaluasi-kota-bengkulu-2026-11.xlsx`.

    :raises ExportError: when there are more rows than a workbook holds; nothing was written.
    """
    _check_workbook(session, selection)
    target = BytesIO()
    found = {key: (table, batches(session, table, selection)) for key, table in TABLES.items()}
    rows = write_xlsx(target, found, selection=selection, made_at=made_at)
    return ExportFile(f"evaluasi-{selection.key}.xlsx", "xlsx", target.getvalue(), rows)


def _check_workbook(session: Session, selection: Selection) -> None:
    check_size({table.name: count_rows(session, table, selection) for table in TABLES.values()})
