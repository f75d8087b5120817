"""Measures what reading a DAG file costs; every task process pays it again."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable

from medsos.devtools.dag_docs import DAGS_DIR

RUNS = 5
PARSE_BUDGET_MS = 150
"""What a DAG file may cost beyond `import airflow.sdk`."""

# Airflow's own objects are frozen: when the garbage collector next walks through all of them is chance, and
# costs more than the file itself.
_CODE = (
    "import gc, sys, time, airflow.sdk\n"
    "from airflow.sdk import DAG\n"
    "gc.collect(); gc.freeze()\n"
    f"sys.path.insert(0, {str(DAGS_DIR)!r})\n"
    "start = time.perf_counter()\n"
    "import {module}\n"
    "print((time.perf_counter() - start) * 1000)"
)


def parse_milliseconds(module: str) -> float:
    """Median over fresh processes of parsing one DAG file, beyond `import airflow.sdk`."""
    times = []
    for _ in range(RUNS):
        code = _CODE.replace("{module}", module)
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        times.append(float(result.stdout.strip().splitlines()[-1]))
    return statistics.median(times)


def parsing(say: Callable[[str], None]) -> int:
    """Every DAG file; returns how many are too slow."""
    over = 0
    for path in sorted(DAGS_DIR.glob("*.py")):
        milliseconds = parse_milliseconds(path.stem)
        within = milliseconds <= PARSE_BUDGET_MS
        over += not within
        verdict = "sesuai" if within else "TERLALU LAMBAT"
        say(
            f"dags/{path.name}: {milliseconds:.0f} ms di atas import airflow.sdk "
            f"(batas {PARSE_BUDGET_MS} ms, median {RUNS} proses): {verdict}"
        )
    return over
