"""A task is given up for its own errors, never because its worker was killed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from builders import NOW
from medsos import errors
from medsos.operators.publish_policy import PublishRetryPolicy
from medsos.operators.retries import StepRetryPolicy


class Store(dict[str, Any]):
    """Airflow's store of a task, as far as it is used."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value


def test_kills_use_up_no_try_of_a_step() -> None:
    context = {"task_state_store": Store()}
    policy = StepRetryPolicy()
    for try_number in (7, 12):
        decision = policy.evaluate(OSError("disk"), try_number, 100, context)
        assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=20))
    assert policy.evaluate(OSError("disk"), 13, 100, context).action is RetryAction.FAIL


def test_a_failed_step_that_a_person_runs_again_has_all_its_tries_again() -> None:
    context = {"task_state_store": Store()}
    policy = StepRetryPolicy(tries=2)
    outcomes = [policy.evaluate(OSError("disk"), n, 100, context).action for n in (1, 2, 3, 4)]
    assert outcomes == [RetryAction.RETRY, RetryAction.FAIL] * 2


def test_after_many_kills_a_passing_fault_is_still_tried_again_soon() -> None:
    context = {"task_state_store": Store()}
    decision = PublishRetryPolicy().evaluate(errors.Transient("503"), 30, 1000, context)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=15))


@pytest.mark.parametrize("try_number", [5, 40])
def test_after_many_kills_an_unexpected_error_is_no_reason_to_fail(try_number: int) -> None:
    context = {"task_state_store": Store()}
    decision = PublishRetryPolicy().evaluate(KeyError("x"), try_number, 1000, context)
    assert decision.action is RetryAction.RETRY


def test_a_post_that_waits_for_the_website_looks_again_when_the_error_says() -> None:
    error = errors.WebsiteAwaited("x", retry_at=NOW + timedelta(seconds=10))
    decision = PublishRetryPolicy(clock=lambda: NOW).evaluate(error, 9, 1000)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=10))


def test_a_publication_held_by_another_worker_is_tried_again_when_that_one_must_be_dead() -> None:
    error = errors.LeaseHeld("x", retry_at=NOW + timedelta(seconds=31))
    decision = PublishRetryPolicy(clock=lambda: NOW).evaluate(error, 9, 1000)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=31))
