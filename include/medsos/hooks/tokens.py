"""Keeps refreshed tokens in an Airflow Variable, which Airflow encrypts and every worker can reach.

Tasks cannot write Connections. The Variable's key comes from the Connection's own refresh token: when a
person enters a new one, the old pair is no longer looked at.
"""

from __future__ import annotations

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from medsos.channels.tokens import TokenPair
from medsos.settings import load_settings


class VariableTokens:
    """:param key: name of the Variable. It holds the word "token", so that Airflow hides its value."""

    def __init__(self, key: str) -> None:
        self.key = key

    @classmethod
    def of(cls, refresh_token: str) -> VariableTokens | None:
        """The store for a Connection's refresh token; None where there is nothing to refresh with."""
        if not refresh_token:
            return None
        return cls(f"medsos_token_{sha256(refresh_token.encode()).hexdigest()[:16]}")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One exchange at a time on this machine; across machines the platform itself refuses the second."""
        folder = load_settings().home / "kunci"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{self.key}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def load(self) -> TokenPair | None:
        if _in_task():
            from airflow.sdk import Variable

            text = Variable.get(self.key, default=None)
        else:
            from airflow.models import Variable as ServerVariable

            text = ServerVariable.get(self.key, default_var=None)
        if not text:
            return None
        return _read(text)

    def save(self, pair: TokenPair) -> None:
        text = _written(pair)
        description = "Token yang diperbarui otomatis; jangan diubah."
        if _in_task():
            from airflow.sdk import Variable

            Variable.set(self.key, text, description=description)
        else:
            from airflow.models import Variable as ServerVariable

            ServerVariable.set(self.key, text, description=description)


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
