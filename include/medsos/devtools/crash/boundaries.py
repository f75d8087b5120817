"""The places at which a process can die while it publishes, numbered in the order in which it passes them.

    store     a change of the record is about to be committed (an answer may be known and not yet stored)
    send      a request is about to be sent
    sent      the platform has dealt with the request, its answer has not been read
    answered  the answer has arrived, nothing has been done with it

Any other moment lies between two of these and leaves the same record and the same platform behind.
"""

from __future__ import annotations

import os
import re
import select
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from urllib3.connection import HTTPConnection

STORE, SEND, SENT, ANSWERED = "store", "send", "sent", "answered"

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_CHANGED = "medsos_changed"
_NOT_PUBLISHING = "/_inspect/"
_PATIENCE_SECONDS = 60.0


class Boundaries:
    """Counts the boundaries that this process passes, and kills it at one of them.

    :param first: number of the next boundary; earlier processes of the same run passed the ones before.
    :param kill_at: number of the boundary at which the process ends itself with SIGKILL; None for never.
    :param report: told the name of every boundary before it is passed, also of the last one.
    """

    def __init__(self, *, first: int, kill_at: int | None, report: Callable[[str], None]) -> None:
        self._next = first
        self._kill_at = kill_at
        self._report = report

    def passing(self, name: str) -> None:
        self._report(name)
        if self._next == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._next += 1

    def watch(self) -> None:
        """Watch this process from now on; there is no way back, so call it in a process made for it."""
        self._watch_store()
        self._watch_requests()

    def _watch_store(self) -> None:
        @event.listens_for(Engine, "before_cursor_execute")
        def note_change(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if _WRITES.match(statement):
                connection.info[_CHANGED] = _what(statement)

        @event.listens_for(Engine, "rollback")
        def forget_change(connection: Any) -> None:
            connection.info.pop(_CHANGED, None)

        @event.listens_for(Engine, "commit")
        def before_commit(connection: Any) -> None:
            if changed := connection.info.pop(_CHANGED, None):
                self.passing(f"{STORE} {changed}")

    def _watch_requests(self) -> None:
        request, getresponse = HTTPConnection.request, HTTPConnection.getresponse
        under_way: dict[int, str] = {}

        def watched_request(
            connection: HTTPConnection, method: str, url: str, *args: Any, **more: Any
        ) -> Any:
            if _NOT_PUBLISHING not in url:
                under_way[id(connection)] = f"{method} {_without_ids(url)}"
                self.passing(f"{SEND} {under_way[id(connection)]}")
            return request(connection, method, url, *args, **more)

        def watched_getresponse(connection: HTTPConnection) -> Any:
            name = under_way.pop(id(connection), None)
            if name is None:
                return getresponse(connection)
            limit = connection.sock.gettimeout()
            select.select([connection.sock], [], [], _PATIENCE_SECONDS if limit is None else limit)
            self.passing(f"{SENT} {name}")
            response = getresponse(connection)
            self.passing(f"{ANSWERED} {name}")
            return response

        HTTPConnection.request = watched_request  # type: ignore[method-assign, assignment]
        HTTPConnection.getresponse = watched_getresponse  # type: ignore[method-assign, assignment]


def _what(statement: str) -> str:
    words = statement.split()
    return words[1] if words[0].upper() == "UPDATE" else words[2]


def _without_ids(url: str) -> str:
    """`POST /graph/v26.0/:id/feed`: names that are the same on every run."""
    return re.sub(r"/[^/]*\d{3,}[^/]*(?=/|$)", "/:id", url.partition("?")[0])
