"""The tasks that read how published posts are doing, one per office and channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from medsos.clock import Clock, utc_now
from medsos.errors import REFUSED_FOR_GOOD, ConfigError, LeaseHeld, RateLimited
from medsos.operators.retries import SURVIVED_KILLS, count_error, forget_errors

if TYPE_CHECKING:
    from medsos.offices.model import Channel

FOR_A_PERSON = (*REFUSED_FOR_GOOD, ConfigError)
AGAIN = timedelta(minutes=10)
SOON = timedelta(seconds=30)
TRIES = 4
LONGEST_WAIT = timedelta(hours=3)
"""What opens later than that is for the next night: by then people work and publish."""


class ReadingRetryPolicy(RetryPolicy):
    """A limit is waited for where it opens the same night; what a person has to mend is not tried again."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        if isinstance(exception, RateLimited | LeaseHeld):
            wait = max(exception.retry_at - self._clock(), SOON)
            if wait <= LONGEST_WAIT:
                return RetryDecision.retry(wait, str(exception))
        elif not isinstance(exception, FOR_A_PERSON) and count_error(context, try_number) < TRIES:
            return RetryDecision.retry(AGAIN, str(exception))
        forget_errors(context)
        return RetryDecision.fail(f"{exception} Sisanya dibaca pada malam berikutnya.")


class ReadMetricsOperator(BaseOperator):
    """Reads the numbers of one channel that are due (`medsos.engagement`); each reading is made once.

    :param office: slug of the office.
    :param channel: one of the five.
    """

    ui_color = "#dce8f2"

    def __init__(self, *, office: str, channel: Channel, **kwargs: Any) -> None:
        super().__init__(
            **{
                "retries": SURVIVED_KILLS,
                "retry_policy": ReadingRetryPolicy(),
                "retry_delay": AGAIN,
                **kwargs,
            }
        )
        self.office = office
        self.channel = channel

    def execute(self, context: Any) -> None:
        from medsos.engagement.reading import LEASE, Reader
        from medsos.hooks import client_for
        from medsos.offices.model import CHANNEL_NAMES, load_office
        from medsos.settings import load_settings

        name = CHANNEL_NAMES[self.channel]
        try:
            office = load_office(load_settings().offices_dir, self.office)
            setup = office.channels[self.channel]
            if setup.mode != "api":
                raise AirflowSkipException(f"{name} tidak lewat API; angkanya tidak tersedia.")
            if not office.watch.days_of(self.channel):
                raise AirflowSkipException(f"{name}: pembacaan angka dimatikan di office.yaml.")
            client = client_for(
                self.channel, setup.connection, web_connection_id=office.channels["web"].connection
            )
        except ConfigError as error:
            raise AirflowFailException(str(error)) from None
        outcome = Reader(office, self.channel, client, utc_now).read()
        self.log.info(
            "%s: %s pembacaan dicatat, %s postingan tidak ditemukan lagi, %s belum terbaca",
            name,
            outcome.read,
            outcome.gone,
            outcome.left,
        )
        if outcome.trouble:
            raise outcome.trouble
        if outcome.elsewhere:
            raise LeaseHeld(
                f"{name}: {outcome.elsewhere} postingan sedang dibaca pekerja lain.",
                retry_at=utc_now() + LEASE,
            )
