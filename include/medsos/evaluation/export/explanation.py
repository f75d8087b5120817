"""The sheet *Penjelasan*: which period and office, when it was made, and what every column means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from medsos.evaluation.export.columns import TABLES
from medsos.evaluation.export.selection import Selection
from medsos.evaluation.export.sheets import heading_format, set_up_page

EXPLANATION = "Penjelasan"

_WIDTHS = (22, 26, 24, 72, 20, 28)
_TABLE_HEADINGS = ("Lembar", "Jumlah baris", "", "Satu baris untuk", "Tabel SQL", "Tampilan SQL")
_COLUMN_HEADINGS = ("Lembar", "Kolom", "Satuan", "Arti", "Kolom SQL", "Kolom tampilan SQL")


def write_explanation(
    book: Any, counts: Mapping[str, int], *, selection: Selection, made_at: datetime
) -> None:
    """Add it as the last sheet.

    :param counts: rows by the keys of the tables that the workbook holds.
    :param made_at: aware.
    """
    sheet = book.add_worksheet(EXPLANATION)
    set_up_page(sheet)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    title = book.add_format({"bold": True, "font_size": 14})
    heading = heading_format(book)
    name = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0", "align": "left"})

    sheet.write_string(0, 0, "Evaluasi Pengelolaan Medsos", title)
    line = 0
    for label, told in (
        ("Masa", f"{selection.period_name} (menurut saat siklus selesai)"),
        ("Kantor", selection.office_names),
        ("Jam", f"jam setempat kantor: {selection.zone_names}"),
        ("Ya atau tidak", "BENAR (TRUE) berarti ya, SALAH (FALSE) berarti tidak, kosong: tidak dinilai"),
        ("Dibuat", selection.moment(made_at)),
    ):
        line += 1
        sheet.write_string(line, 0, label, name)
        sheet.write_string(line, 1, told)
    line += 2
    _write_line(sheet, line, _TABLE_HEADINGS, heading)
    for key, rows in counts.items():
        line += 1
        sheet.write_string(line, 0, TABLES[key].name, name)
        sheet.write_number(line, 1, rows, number)
        _write_line(sheet, line, (TABLES[key].one_row_per, key, TABLES[key].view_name), text, begin=3)
    line += 2
    _write_line(sheet, line, _COLUMN_HEADINGS, heading)
    for key in counts:
        for column in TABLES[key].columns:
            line += 1
            sheet.write_string(line, 0, TABLES[key].name, name)
            meaning = (column.heading, column.kind.value, column.explanation, column.name, column.view_name)
            _write_line(sheet, line, meaning, text, begin=1)


def _write_line(sheet: Any, line: int, texts: tuple[str, ...], cell_format: Any, *, begin: int = 0) -> None:
    for place, text in enumerate(texts, begin):
        sheet.write_string(line, place, text, cell_format)
