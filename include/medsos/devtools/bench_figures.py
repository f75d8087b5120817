"""The figures of the evaluation's benchmark, held against their goals, as tables of `docs/benchmarks.md`."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from medsos.devtools.dag_docs import PROJECT_ROOT
from medsos.indonesian import long_date, number_text, percent_text

TARGET = PROJECT_ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- Angka: ditulis oleh `make bench`; jangan diubah langsung. -->"
END = "<!-- Akhir angka. -->"

EVENTS_GOAL = 1_000_000
SECONDS_GOAL, MEMORY_GOAL_MB, EXPONENT_GOAL = 10.0, 1024, 1.1
"""For the evaluation; the exponent is that of seconds over cycles, and 1 is linear."""
PAGE_GOAL_SECONDS, INTERVALS_GOAL_MS = 1.0, 1.0


@dataclass(frozen=True)
class Figures:
    """One record of a size on one database. Seconds on the clock; `…_cpu` those of our process's processor.

    `first` evaluates everything and recaps every month, `again` does so with nothing changed.
    """

    database: str
    cycles: int
    events: int
    first: float
    first_cpu: float
    again: float
    again_cpu: float
    peak_mb: float
    page: float
    page_cpu: float
    all_time: float
    all_time_cpu: float
    report: float
    report_cpu: float


@dataclass(frozen=True)
class Verdict:
    """One goal, and what was measured; both in words."""

    goal: str
    measured: str
    met: bool


def verdicts(figures: Sequence[Figures], interval_ms: float) -> list[Verdict]:
    """Every goal, on each database; those of many cycles at the largest size."""
    found = [
        Verdict(
            f"menit kerja 1.000 selang dalam {number_text(INTERVALS_GOAL_MS)} ms",
            f"{number_text(interval_ms, decimals=2)} ms",
            interval_ms <= INTERVALS_GOAL_MS,
        )
    ]
    for database in dict.fromkeys(one.database for one in figures):
        own = [one for one in figures if one.database == database]
        million, largest = next((one for one in own if one.events >= EVENTS_GOAL), own[-1]), own[-1]
        growth = exponent(own)
        found += [
            _within(f"{database}: {_size(million)} dalam 10 detik", million.first, SECONDS_GOAL),
            _within(f"{database}: {_size(largest)} dalam 10 detik", largest.first, SECONDS_GOAL),
            Verdict(
                f"{database}: memori paling banyak 1 GiB",
                f"{number_text(largest.peak_mb, decimals=0)} MiB",
                largest.peak_mb <= MEMORY_GOAL_MB,
            ),
            Verdict(
                f"{database}: tumbuh sebanding dengan banyaknya siklus",
                f"pangkat {number_text(growth, decimals=2)}",
                growth <= EXPONENT_GOAL,
            ),
            _within(f"{database}: halaman Evaluasi SOP dalam 1 detik", largest.page, PAGE_GOAL_SECONDS),
            _within(f"{database}: laporan sebulan dalam 1 detik", largest.report, PAGE_GOAL_SECONDS),
        ]
    return found


def exponent(figures: Sequence[Figures]) -> float:
    """Of the growth of seconds from ten thousand cycles (or the size before the last) to the last."""
    last = figures[-1]
    before = next((one for one in figures if one.cycles * 10 == last.cycles), figures[-2])
    return math.log(last.first / before.first) / math.log(last.cycles / before.cycles)


def markdown(
    figures: Sequence[Figures],
    verdicts: Sequence[Verdict],
    profiles: Mapping[str, Mapping[str, float]],
    profiled: int,
    today: date,
    load: float,
) -> str:
    """The tables, with the day and the machine's class.

    :param load: how many processes of others wanted a core when the measurement began.
    """
    busy = f"beban dari pekerjaan lain saat mulai: {number_text(load)} proses."
    machine = f"{os.cpu_count()} inti prosesor, Python {platform.python_version()}"
    lines = [
        f"Diukur {long_date(today)} pada komputer dengan {machine}; {busy}",
        "",
        "| sasaran | terukur | |",
        "| --- | ---: | --- |",
        *(f"| {one.goal} | {one.measured} | {'tercapai' if one.met else '**belum**'} |" for one in verdicts),
        "",
        *_rows(figures),
        "",
        f"Bagian waktu dari evaluasi pertama {number_text(profiled)} siklus:",
        "",
        "| bagian | " + " | ".join(profiles) + " |",
        "| --- |" + " ---: |" * len(profiles),
    ]
    for part in next(iter(profiles.values())):
        shares = " | ".join(percent_text(shares[part]) for shares in profiles.values())
        lines.append(f"| {part} | {shares} |")
    return "\n".join(lines)


def write(tables: str, target: Path = TARGET) -> None:
    """Put the tables between their marks; all other text stays.

    :raises ValueError: the document has no such marks.
    """
    head, begin, rest = target.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{target.name} has no place for the figures")
    target.write_text(f"{head}{BEGIN}\n\n{tables}\n\n{END}{tail}", encoding="utf-8")


def _rows(figures: Sequence[Figures]) -> list[str]:
    heads = (
        "basis data", "siklus", "kejadian", "evaluasi", "kejadian per detik", "memori (MiB)", "diulang",
        "halaman", "semua masa", "laporan sebulan",
    )  # fmt: skip
    rows = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for one in figures:
        cells = [
            one.database,
            number_text(one.cycles),
            number_text(one.events),
            _both(one.first, one.first_cpu),
            number_text(one.events / one.first, decimals=0),
            number_text(one.peak_mb, decimals=0),
            _both(one.again, one.again_cpu),
            _both(one.page, one.page_cpu),
            _both(one.all_time, one.all_time_cpu),
            _both(one.report, one.report_cpu),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def _both(wall: float, processor: float) -> str:
    return f"{_seconds(wall)} ({_seconds(processor)})"


def _within(goal: str, seconds: float, most: float) -> Verdict:
    return Verdict(goal, f"{_seconds(seconds)} detik", seconds <= most)


def _size(one: Figures) -> str:
    return f"{number_text(one.cycles)} siklus ({number_text(one.events)} kejadian)"


def _seconds(seconds: float) -> str:
    return number_text(seconds, decimals=1 if seconds >= 10 else 2)
