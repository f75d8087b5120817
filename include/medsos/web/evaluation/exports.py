"""Writes the evaluation tables as CSV for Indonesian spreadsheets: headings, decimal comma, local times."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from medsos.store.models import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration


@dataclass(frozen=True)
class Table:
    """An evaluation table: its Indonesian name and, by column, the heading."""

    model: Any
    name: str
    headings: dict[str, str]


_CYCLE = {
    "cycle_id": "Nomor siklus",
    "office": "Kantor",
    "title": "Judul",
    "content_type": "Jenis konten",
    "kahar": "Kahar",
    "target_minutes": "Target (menit)",
    "working_minutes": "Menit kerja",
    "rounds": "Jumlah putaran",
}

TABLES: dict[str, Table] = {
    "step_durations": Table(
        StepDuration,
        "Waktu per langkah",
        {
            **{name: _CYCLE[name] for name in ("cycle_id", "office", "content_type")},
            "sop_version": "Versi SOP",
            "step_no": "Langkah",
            "step_key": "Kunci langkah",
            "started_at": "Mulai",
            "finished_at": "Selesai",
            "target_minutes": _CYCLE["target_minutes"],
            "elapsed_minutes": "Menit jam dinding",
            "working_minutes": _CYCLE["working_minutes"],
            "waiting_minutes": "Menit menunggu",
            "rework_minutes": "Menit perbaikan",
            "rounds": _CYCLE["rounds"],
            "on_time": "Tepat waktu",
            "deviation_minutes": "Selisih dari target (menit)",
            "kahar": _CYCLE["kahar"],
        },
    ),
    "channel_results": Table(
        ChannelResult,
        "Hasil per kanal",
        {
            "cycle_id": _CYCLE["cycle_id"],
            "channel": "Kanal",
            "mode": "Cara",
            "state": "Keadaan",
            "published_at": "Tayang",
            "permalink": "Tautan",
            "attempts": "Jumlah percobaan",
            "evidence_kind": "Jenis bukti",
            "evidence_sha256": "SHA-256 bukti",
            "upload_seconds": "Lama unggah (detik)",
        },
    ),
    "cycle_scorecards": Table(
        CycleScorecard,
        "Nilai per siklus",
        {
            **{name: _CYCLE[name] for name in ("cycle_id", "office", "title", "content_type")},
            "status": "Status",
            "requested_at": "Dimohon",
            "completed_at": "Selesai",
            "rounds": _CYCLE["rounds"],
            "approved_by": "Disetujui oleh",
            "on_behalf_of": "Atas nama",
            "working_minutes": _CYCLE["working_minutes"],
            "target_minutes": _CYCLE["target_minutes"],
            "steps_on_time": "Langkah tepat waktu",
            "steps_total": "Langkah dinilai",
            "channels_published": "Kanal tayang",
            "channels_total": "Kanal diminta",
            "evidence_complete": "Bukti lengkap",
            "kahar": _CYCLE["kahar"],
        },
    ),
    "monthly_recap": Table(
        MonthlyRecap,
        "Rekap bulanan",
        {
            "office": _CYCLE["office"],
            "month": "Bulan",
            "step_no": "Langkah",
            "cycles": "Jumlah siklus",
            "on_time_rate": "Bagian tepat waktu",
            "median_minutes": "Median (menit)",
            "p90_minutes": "P90 (menit)",
            "max_minutes": "Terlama (menit)",
            "target_minutes": _CYCLE["target_minutes"],
        },
    ),
}


def csv_table(name: str, rows: Iterable[tuple[Any, ZoneInfo]]) -> bytes:
    """One of `TABLES` as CSV: UTF-8 with a byte order mark, semicolons, decimal commas.

    :param rows: each with the time zone in which its times are written.
    """
    table = TABLES[name]
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.headings.values())
    for row, zone in rows:
        writer.writerow([_cell(getattr(row, column), zone) for column in table.headings])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        # A spreadsheet would run such a text as a formula.
        return f"'{value}"
    return str(value)
