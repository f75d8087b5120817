"""What becomes of a publishing task after each class of error."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from builders import NOW
from medsos import errors
from medsos.operators.parked_form import AnswerRefused
from medsos.operators.publish_policy import PublishRetryPolicy, growing_wait


def decide(error: BaseException, try_number: int = 1) -> tuple[RetryAction, timedelta | None]:
    decision = PublishRetryPolicy(clock=lambda: NOW).evaluate(error, try_number, 1000)
    return decision.action, decision.retry_delay


@pytest.mark.parametrize(
    "error",
    [
        errors.NotApproved("x"),
        errors.AuthInvalid("x"),
        errors.PermissionMissing("x"),
        errors.QuotaExhausted("x"),
        errors.MediaInvalid("x"),
        errors.AccountBlocked("x"),
        errors.GivenUp("x"),
        errors.Cancelled("x"),
    ],
)
def test_what_only_a_person_can_mend_fails_at_once(error: Exception) -> None:
    assert decide(error)[0] is RetryAction.FAIL


def test_retry_after_is_honoured_to_the_second() -> None:
    error = errors.RateLimited("x", retry_at=NOW + timedelta(seconds=120))
    assert decide(error) == (RetryAction.RETRY, timedelta(seconds=120))
    assert decide(errors.RateLimited("x", retry_at=NOW - timedelta(seconds=5))) == (
        RetryAction.RETRY,
        timedelta(0),
    )


def test_an_account_that_shows_nothing_yet_is_read_again_at_its_time() -> None:
    error = errors.NotYetKnown("x", retry_at=NOW + timedelta(minutes=5))
    assert decide(error) == (RetryAction.RETRY, timedelta(minutes=5))


def test_an_outage_is_waited_for_with_growing_waits_and_no_end_of_its_own() -> None:
    waits = [decide(errors.Transient("503"), n)[1] for n in (1, 2, 3, 10, 500)]
    assert waits == [timedelta(seconds=s) for s in (15, 30, 60, 600, 600)]
    assert growing_wait(1000) == timedelta(minutes=10)


@pytest.mark.parametrize("try_number", [1, 20, 900])
def test_a_refused_answer_is_asked_again_however_often(try_number: int) -> None:
    assert decide(AnswerRefused("Alamat salah"), try_number)[0] is RetryAction.RETRY


def test_an_error_of_nobody_is_tried_a_few_times_only() -> None:
    assert decide(KeyError("x"), 1)[0] is RetryAction.RETRY
    assert decide(KeyError("x"), 5)[0] is RetryAction.FAIL
