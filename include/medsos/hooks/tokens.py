"""Keeps refreshed tokens in an Airflow Variable, which Airflow encrypts and every worker can reach.

Tasks cannot write Connections. The Variable's key comes from the Connection's own refresh token: when a
person enters a new one, the old pair is no longer looked at. One worker at a time exchanges a pair: a lease
in the record keeps the others waiting, on whatever machine they are, and ends by itself should it die.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256

import tenacity
from sqlalchemy.exc import SQLAlchemyError

from medsos.channels.tokens import EXCHANGE_TIMEOUT_SECONDS, TokenPair
from medsos.clock import Clock, utc_now
from medsos.errors import Transient
from medsos.store import leases

LEASE = timedelta(seconds=3 * EXCHANGE_TIMEOUT_SECONDS)
"""Well above what an exchange can take, connecting and storing included."""

_LOOK_AGAIN_SECONDS = 0.5
_SAVE_ATTEMPTS = 5


class VariableTokens:
    """:param key: name of the Variable. It holds the word "token", so that Airflow hides its value."""

    def __init__(
        self, key: str, *, clock: Clock = utc_now, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.key = key
        self._clock = clock
        self._sleep = sleep

    @classmethod
    def of(cls, refresh_token: str) -> VariableTokens | None:
        """The store for a Connection's refresh token; None where there is nothing to refresh with."""
        if not refresh_token:
            return None
        return cls(f"medsos_token_{sha256(refresh_token.encode()).hexdigest()[:16]}")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lease of this pair; wait while another worker has it.

        :raises Transient: it was not free for longer than a lease lasts, or the record cannot be reached.
        """
        holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        with _as_passing_fault("diperbarui"):
            self._acquire(holder)
        try:
            yield
        finally:
            # Should this fail, the lease ends by itself; what was done under it stands.
            with suppress(SQLAlchemyError):
                leases.release(self.key, holder)

    def _acquire(self, holder: str) -> None:
        give_up_at = self._clock() + LEASE + timedelta(seconds=10)
        while True:
            now = self._clock()
            if leases.acquire(self.key, holder, until=now + LEASE, now=now):
                return
            if now > give_up_at:
                raise Transient("Token sedang diperbarui oleh pekerja lain. Percobaan diulang otomatis.")
            self._sleep(_LOOK_AGAIN_SECONDS)

    def load(self) -> TokenPair | None:
        with _as_passing_fault("dibaca"):
            if _in_task():
                from airflow.sdk import Variable

                text = Variable.get(self.key, default=None)
            else:
                from airflow.models import Variable as ServerVariable

                text = ServerVariable.get(self.key, default_var=None)
        return _read(text) if text else None

    def save(self, pair: TokenPair) -> None:
        """Tried several times: the platform takes the old pair no more, so this one must not be lost."""
        tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_SAVE_ATTEMPTS),
            wait=tenacity.wait_exponential(multiplier=0.5, max=4),
            retry=tenacity.retry_if_exception_type(Transient),
            sleep=self._sleep,
            reraise=True,
        )(self._write, _written(pair))

    def _write(self, text: str) -> None:
        description = "Token yang diperbarui otomatis; jangan diubah."
        with _as_passing_fault("disimpan"):
            if _in_task():
                from airflow.sdk import Variable

                Variable.set(self.key, text, description=description)
            else:
                from airflow.models import Variable as ServerVariable

                ServerVariable.set(self.key, text, description=description)


@contextmanager
def _as_passing_fault(what: str) -> Iterator[None]:
    """Airflow or the record out of reach is no word of the platform: nothing was sent, and it is tried again.

    :param what: Indonesian: what could not be done with the token.
    """
    from airflow.sdk.exceptions import AirflowException, AirflowRuntimeError

    try:
        yield
    except (AirflowException, AirflowRuntimeError, SQLAlchemyError, OSError) as error:
        kind = type(error).__name__
    else:
        return
    raise Transient(f"Token belum dapat {what} ({kind}). Percobaan diulang otomatis.")


def _written(pair: TokenPair) -> str:
    return json.dumps(
        {
            "access": pair.access,
            "refresh": pair.refresh,
            "ends_at": pair.ends_at.isoformat() if pair.ends_at else None,
            "refresh_ends_at": pair.refresh_ends_at.isoformat() if pair.refresh_ends_at else None,
            "scopes": pair.scopes,
        }
    )


def _read(text: str) -> TokenPair:
    stored = json.loads(text)
    ends, refresh_ends = (
        datetime.fromisoformat(stored[name]) if stored.get(name) else None
        for name in ("ends_at", "refresh_ends_at")
    )
    scopes = stored.get("scopes")
    return TokenPair(
        access=stored["access"],
        refresh=stored["refresh"],
        ends_at=ends,
        refresh_ends_at=refresh_ends,
        scopes=tuple(scopes) if scopes else None,
    )


def _in_task() -> bool:
    """True in a task, where Variables go through the API; the Test button runs in the API server."""
    return hasattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS")
