"""Writes a table as CSV for Indonesian spreadsheets: headings, decimal comma, the office's local times."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from typing import IO, Any
from zoneinfo import ZoneInfo

from medsos.evaluation.export.columns import Kind, Table
from medsos.evaluation.export.selection import Batch

_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would run."""


def write_csv(target: IO[bytes], table: Table, found: Iterable[Batch]) -> int:
    """UTF-8 with a byte order mark, semicolons, decimal commas; returns the number of rows."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.headings.values())
    written = 0
    for batch in found:
        as_text = [_texts(column.kind, batch.office.zone) for column in table.columns]
        writer.writerows(
            ["" if value is None else told(value) for told, value in zip(as_text, row, strict=True)]
            for row in batch.rows
        )
        written += len(batch.rows)
    text.flush()
    text.detach()
    return written


def _texts(kind: Kind, zone: ZoneInfo) -> Callable[[Any], str]:
    """How the values of a kind are written."""
    if kind is Kind.MOMENT:
        return lambda at: at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return _TEXTS[kind]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RUN_AS_FORMULA) else text


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


_TEXTS: dict[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: str,
    Kind.MINUTES: _decimal,
    Kind.SECONDS: _decimal,
    Kind.RATE: lambda rate: f"{rate:.4f}".replace(".", ","),
    Kind.MONTH: lambda day: day.isoformat(),
    Kind.YES_NO: lambda yes: "ya" if yes else "tidak",
    Kind.TEXT: _safe,
}
