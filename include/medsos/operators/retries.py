"""How often a task is tried again: its own errors count, the death of its worker does not.

Airflow's number of tries counts both. A task that only ever lost its worker (a restart, a full memory, a
power cut) is no sick task, so `retries` is large everywhere, and a policy counts the errors by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

SURVIVED_KILLS = 100
"""`retries` of a task: how often its worker may die. Errors end it long before."""

_COUNT = "errors_met"
"""Key in Airflow's store of the task, which outlives a try."""


def count_error(context: Any, try_number: int) -> int:
    """How many tries of this task have ended with an error of its own, this one included.

    Without Airflow's store (in a test) every try counts.
    """
    store = _store(context)
    if store is None:
        return try_number
    met = int(store.get(_COUNT) or 0) + 1
    store.set(_COUNT, met)
    return met


def errors_met(context: Any, try_number: int) -> int:
    """How many errors of its own this task met before this try; all earlier tries where nothing counts."""
    store = _store(context)
    return try_number - 1 if store is None else int(store.get(_COUNT) or 0)


def forget_errors(context: Any) -> None:
    """A task that failed and is run again by a person has all its tries again."""
    store = _store(context)
    if store is not None:
        store.set(_COUNT, 0)


def _store(context: Any) -> Any:
    return context.get("task_state_store") if context else None


class StepRetryPolicy(RetryPolicy):
    """Tries again after a fixed wait, until the task has met its `tries`th error.

    :param tries: errors after which the task fails.
    :param wait: time between two tries.
    """

    def __init__(self, tries: int = 3, wait: timedelta = timedelta(seconds=20)) -> None:
        self.tries = tries
        self.wait = wait

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        met = count_error(context, try_number)
        if met < self.tries:
            return RetryDecision.retry(self.wait, f"Percobaan {met} dari {self.tries} gagal: {exception}")
        forget_errors(context)
        return RetryDecision.fail(str(exception))
