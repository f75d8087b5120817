"""Writes the tables as one Excel workbook: real numbers and dates, a sheet per table, one that explains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from medsos.errors import ExportError
from medsos.evaluation.export.columns import Column, Kind, Table
from medsos.evaluation.export.explanation import write_explanation
from medsos.evaluation.export.selection import Batch, Selection
from medsos.evaluation.export.sheets import heading_format, set_up_page
from medsos.indonesian import number_text

MOST_ROWS = 1_048_576 - 1
"""Rows of an Excel sheet, without the heading."""

_NUMBER_FORMATS = {
    Kind.NUMBER: "0",
    Kind.MINUTES: "#,##0.00",
    Kind.SECONDS: "#,##0.00",
    Kind.RATE: "0.0%",
    Kind.MOMENT: "dd/mm/yyyy hh:mm:ss",
    Kind.MONTH: "mmmm yyyy",
    Kind.YES_NO: "General",
    Kind.TEXT: "@",
}
_LEAST_WIDTHS = {Kind.MOMENT: 19, Kind.MONTH: 16, Kind.TEXT: 12}
_NARROWEST, _WIDEST = 10, 60
_FILTER_BUTTON = 4
"""Characters of a heading that the button of the filter covers."""


def check_size(counts: Mapping[str, int]) -> None:
    """:raises ExportError: a table (by its Indonesian name) has more rows than a sheet of Excel holds."""
    for name, rows in counts.items():
        if rows > MOST_ROWS:
            raise ExportError(
                f"Tabel “{name}” memuat {number_text(rows)} baris, sedangkan satu lembar Excel paling banyak "
                f"{number_text(MOST_ROWS)}. Pilih masa yang lebih pendek, atau pakai CSV atau Parquet."
            )


def write_xlsx(
    target: IO[bytes],
    found: Mapping[str, tuple[Table, Iterable[Batch]]],
    *,
    selection: Selection,
    made_at: datetime,
) -> int:
    """One sheet per table and *Penjelasan*; returns the number of rows. Equal contents give equal bytes.

    :param found: by the table's key; `check_size` has been asked before.
    :param made_at: aware; stands in *Penjelasan* and in the properties of the file.
    """
    from xlsxwriter import Workbook

    # Rows go straight to disk; only so do hundreds of thousands fit into memory.
    book = Workbook(target, {"constant_memory": True})
    book.set_properties(
        {
            "title": f"Evaluasi Pengelolaan Medsos, {selection.period_name}",
            "author": "medsos",
            "company": selection.office_names,
            "created": made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    counts = {key: _write_sheet(book, table, rows) for key, (table, rows) in found.items()}
    write_explanation(book, counts, selection=selection, made_at=made_at)
    book.close()
    return sum(counts.values())


def _write_sheet(book: Any, table: Table, found: Iterable[Batch]) -> int:
    sheet = book.add_worksheet(table.name)
    set_up_page(sheet)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    heading = heading_format(book)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.heading, heading)
    formats = [book.add_format({"num_format": _NUMBER_FORMATS[column.kind]}) for column in table.columns]
    longest = [0] * len(table.columns)
    written = 0
    for batch in found:
        cells = [
            _cell_writer(sheet, column.kind, batch.office.zone, cell_format)
            for column, cell_format in zip(table.columns, formats, strict=True)
        ]
        for row in batch.rows:
            written += 1
            for place, value in enumerate(row):
                if value is not None:
                    cells[place](written, place, value)
        _measure(longest, table, batch)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column, longest[place]))
    sheet.autofilter(0, 0, written, len(table.columns) - 1)
    return written


def _cell_writer(sheet: Any, kind: Kind, zone: ZoneInfo, cell_format: Any) -> Callable[[int, int, Any], None]:
    """Writes values of one kind; never lets the library guess, so that a text stays a text."""

    def moment(row: int, place: int, at: datetime) -> None:
        # Excel knows no zones: the office's wall clock.
        sheet.write_datetime(row, place, at.astimezone(zone).replace(tzinfo=None), cell_format)

    writers: dict[Kind, Callable[[int, int, Any], None]] = {
        Kind.MOMENT: moment,
        Kind.MONTH: lambda row, place, day: sheet.write_datetime(row, place, day, cell_format),
        Kind.YES_NO: lambda row, place, yes: sheet.write_boolean(row, place, yes, cell_format),
        Kind.TEXT: lambda row, place, text: sheet.write_string(row, place, text, cell_format),
    }
    return writers.get(kind, lambda row, place, number: sheet.write_number(row, place, number, cell_format))


def _measure(longest: list[int], table: Table, batch: Batch) -> None:
    for place, column in enumerate(table.columns):
        if column.kind is Kind.TEXT:
            texts = (len(row[place]) for row in batch.rows if row[place] is not None)
            longest[place] = max(longest[place], max(texts, default=0))


def _width(column: Column, longest: int) -> int:
    """In characters: heading and longest text fit, unless that would be very wide."""
    least = _LEAST_WIDTHS.get(column.kind, _NARROWEST)
    return min(max(len(column.heading) + _FILTER_BUTTON, longest + 2, least), _WIDEST)
