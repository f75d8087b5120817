"""What becomes of a publishing task after an error: wait until a time, try again later, or fail.

The table follows the classes of the platform contract, section 7. It runs in the task's own process,
which sees the error itself; the scheduler only gets the decision.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from medsos.clock import Clock, utc_now
from medsos.errors import (
    REFUSED_FOR_GOOD,
    Cancelled,
    ConfigError,
    GivenUp,
    LeaseHeld,
    LedgerError,
    MedsosError,
    NotApproved,
    NotYetKnown,
    RateLimited,
    UnknownOutcome,
    WebsiteAwaited,
)
from medsos.operators.parked_form import AnswerRefused
from medsos.operators.retries import count_error, forget_errors

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)
SOON = timedelta(seconds=2)

FAIL = (*REFUSED_FOR_GOOD, NotApproved, ConfigError, GivenUp, Cancelled)
"""A person has to change something first."""

AT_ITS_TIME = (RateLimited, NotYetKnown, LeaseHeld, WebsiteAwaited)
"""The error says when."""

ASK_A_PERSON = (UnknownOutcome,)
"""The next try shows the form."""

UNEXPECTED_TRIES = 5
"""How often an error that is none of ours is tried again."""


class PublishRetryPolicy(RetryPolicy):
    """Decides by the class of the error."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        if isinstance(exception, FAIL):
            forget_errors(context)
            return RetryDecision.fail(str(exception))
        if isinstance(exception, AnswerRefused):
            return RetryDecision.retry(SOON, str(exception))
        if isinstance(exception, AT_ITS_TIME):
            wait = max(exception.retry_at - self._clock(), timedelta(0))
            return RetryDecision.retry(wait, f"{exception} Dicoba lagi {_clock_text(wait)}.")
        if isinstance(exception, ASK_A_PERSON):
            return RetryDecision.retry(SOON, f"{exception} Admin diminta memeriksa.")
        # Tries whose worker was killed met no error: they make neither the wait longer nor the end nearer.
        met = count_error(context, try_number)
        if isinstance(exception, MedsosError) and not isinstance(exception, LedgerError):
            wait = growing_wait(met)
            return RetryDecision.retry(wait, f"{exception} Dicoba lagi {_clock_text(wait)}.")
        if isinstance(exception, LedgerError) or met < UNEXPECTED_TRIES:
            return RetryDecision.retry(growing_wait(min(met, 3)), str(exception))
        forget_errors(context)
        return RetryDecision.fail(str(exception))


def growing_wait(try_number: int) -> timedelta:
    """15 s, 30 s, 1 min … up to 10 min."""
    return min(FIRST_WAIT * 2 ** min(try_number - 1, 10), LONGEST_WAIT)


def _clock_text(wait: timedelta) -> str:
    minutes, seconds = divmod(round(wait.total_seconds()), 60)
    return f"{minutes} menit {seconds} detik lagi" if minutes else f"{seconds} detik lagi"
