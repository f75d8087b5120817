"""`medsos bench`: measures what must stay fast, one measurement after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from medsos.devtools import bench_answers, bench_evaluation, bench_parsing


@dataclass(frozen=True)
class Bench:
    """One measurement. `run` prints its figures and returns how many are over their budget."""

    name: str
    run: Callable[[Callable[[str], None]], int]


BENCHES = (
    Bench("berkas", bench_parsing.parsing),
    Bench("evaluasi", bench_evaluation.evaluations),
    Bench("jawaban", bench_answers.answers),
)
"""All measurements, the quick ones first."""


def bench(only: str = "") -> int:
    """Print the figures; exit code 1 when one is over its budget.

    :param only: name of one measurement; empty for all.
    """
    chosen = [item for item in BENCHES if only in ("", item.name)]
    if not chosen:
        _say(f"Tidak ada ukuran “{only}”. Yang ada: {', '.join(item.name for item in BENCHES)}.")
        return 2
    return 1 if sum(item.run(_say) for item in chosen) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
