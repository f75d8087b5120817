"""Measures one record with many invented cycles: filling it, evaluating it, looking at it; each by itself."""

from __future__ import annotations

import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from medsos.clock import utc_now
from medsos.devtools.synthetic import Inventor
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_period
from medsos.stack.databases import ensure_database
from medsos.store.migrate import upgrade
from medsos.store.models import ChannelResult, CycleScorecard, StepDuration, StepEvent
from medsos.store.session import transaction

OFFICE = "kota-bengkulu"
_ZONE = ZoneInfo("Asia/Jakarta")
FIRST, LAST = datetime(2023, 1, 2, tzinfo=_ZONE), datetime(2026, 6, 30, tzinfo=_ZONE)
_EVERYTHING = Period(FIRST.date(), LAST.date().replace(year=LAST.year + 1))
_MONTH = datetime(2026, 5, 1).date()  # noqa: DTZ001  a day
_AT_A_TIME = 5_000

PARTS = {
    "membaca catatan per kolom": ("columns.py", "read_columns"),
    "menghitung waktu keenam langkah": ("tables.py", "step_rows"),
    "menulis baris tabel evaluasi": ("columns.py", "write_columns"),
    "rekap semua bulan": ("recap.py", "monthly_recap"),
}
"""Of the profile: what is done, and by which function. What the recap reads and writes is the recap's."""
REST = "kanal, bukti, dan rapor; membandingkan dengan tabel; menutup transaksi"


def in_its_own_process(step: str, url: str, cycles: int) -> dict[str, float]:
    """What a step tells, from a process in which nothing else was done: its peak of memory is its own."""
    command = [sys.executable, "-W", "ignore", "-m", "medsos.devtools.bench_cycles", step, url, str(cycles)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(result.stdout.strip().splitlines()[-1])
    return told


def invent(url: str, cycles: int) -> dict[str, float]:
    """Fill an empty record; how many events it holds now."""
    ensure_database(url)
    upgrade(url)
    inventor = Inventor(OFFICE, Rules().calendar(OFFICE), first=FIRST, last=LAST, seed=cycles, ids={})
    for begun in range(0, cycles, _AT_A_TIME):
        with transaction(url) as session:
            inventor.invent(session, min(_AT_A_TIME, cycles - begun))
    with transaction(url) as session:
        return {"events": session.scalar(select(func.count()).select_from(StepEvent)) or 0}


def evaluate(url: str, cycles: int) -> dict[str, float]:
    """Evaluate everything, twice: seconds on the clock and of this process's processor, and peak memory."""
    told: dict[str, float] = {}
    for name in ("first", "again"):
        wall, processor = time.perf_counter(), time.process_time()
        _evaluate(url, cycles)
        told[name] = time.perf_counter() - wall
        told[f"{name}_cpu"] = time.process_time() - processor
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return told


def profile(url: str, cycles: int) -> dict[str, float]:
    """Where the time of a first evaluation goes: shares of it, by `PARTS` and `REST`. Empties the tables."""
    with transaction(url) as session:
        for table in (StepDuration, ChannelResult, CycleScorecard):
            session.execute(delete(table))
    Rules().calendar(OFFICE).minutes_between(FIRST, LAST)
    profiler = cProfile.Profile()
    profiler.runcall(_evaluate, url, cycles)
    stats: Any = pstats.Stats(profiler)
    shares = {part: _seconds_in(stats.stats, *function) / stats.total_tt for part, function in PARTS.items()}
    return {**shares, REST: 1 - sum(shares.values())}


def look(url: str, cycles: int) -> dict[str, float]:
    """Seconds of the page Evaluasi SOP and of a month's report."""
    from medsos.devtools.bench_pages import page_seconds

    with tempfile.TemporaryDirectory(prefix="medsos-ukur-") as home:
        return page_seconds(url, Path(home), OFFICE, _MONTH)


def _seconds_in(calls: Any, module: str, name: str) -> float:
    """Seconds in a function of ours, unless the recap called it; `calls` as `pstats` has them."""
    own = [times for (path, _, called), times in calls.items() if (Path(path).name, called) == (module, name)]
    return sum(
        float(spent[3])
        for *_, callers in own
        for (caller, _, _), spent in callers.items()
        if Path(caller).name != "recap.py"
    )


def _evaluate(url: str, cycles: int) -> None:
    rules = Rules()
    evaluated = evaluate_period(_EVERYTHING, offices=[OFFICE], rules=rules, now=utc_now(), database_url=url)
    with transaction(url) as session:
        monthly_recap(session, office=OFFICE, period=_EVERYTHING, rules=rules)
    if evaluated.cycles != cycles:
        raise ValueError(f"{evaluated.cycles} cycles were evaluated instead of {cycles}")


STEPS: dict[str, Callable[[str, int], dict[str, float]]] = {
    "invent": invent,
    "evaluate": evaluate,
    "profile": profile,
    "look": look,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))) + "\n")
