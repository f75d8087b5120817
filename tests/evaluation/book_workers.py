"""Evaluates in processes of their own, all at the same moment, each with its own connection."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

LONG_AFTER = datetime(2027, 6, 1, tzinfo=UTC)
START_SECONDS = 120

_all_here: Any = None


def evaluate_at_once(orders: Sequence[Sequence[int]]) -> list[int]:
    """One process for each order of cycles; how many rows each of them corrected."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(orders))
    with ProcessPoolExecutor(len(orders), context, _begin, (barrier,)) as pool:
        return [future.result() for future in [pool.submit(_evaluate, list(order)) for order in orders]]


def _begin(barrier: Any) -> None:
    global _all_here
    _all_here = barrier


def _evaluate(cycle_ids: list[int]) -> int:
    from medsos.evaluation.rules import Rules
    from medsos.evaluation.tables import evaluate_cycles
    from medsos.store.session import transaction

    rules = Rules()
    _all_here.wait(START_SECONDS)
    with transaction() as session:
        evaluated = evaluate_cycles(session, cycle_ids, rules=rules, now=LONG_AFTER)
    return len(evaluated.corrections)
