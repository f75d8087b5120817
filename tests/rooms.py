"""How a test run is shared by processes: each room of tests stays together; what a room has to say is kept.

Rooms keep what is dear (a browser, a server, a database) for all their tests, so a room is never split. All
that start an Airflow follow one another in one process, because they take longest; kills come last, when the
other processes have done their part. What a room has started ends with the room: an idle Airflow is not idle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

INSTALLATIONS = "installations"
WITH_AIRFLOW = ("e2e", "bypass", "access", "stack", "kills")
THEN = ("crash",)

_CLOSERS = pytest.StashKey[list[Callable[[], object]]]()
_LINES = pytest.StashKey[dict[str, list[str]]]()
_SENT = "medsos_lines"


def room_of(nodeid: str) -> str:
    """The room of a test, for example `web`."""
    return PurePosixPath(nodeid.split("::")[0]).parts[1]


class ByRoom(LoadScopeScheduling):
    """Gives each process whole rooms, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        room = room_of(nodeid)
        return INSTALLATIONS if room in WITH_AIRFLOW else room


def longest_first(items: list[pytest.Item]) -> None:
    """What takes longest begins first; the rest keeps its order."""
    order = (*WITH_AIRFLOW, *THEN)

    def rank(item: pytest.Item) -> int:
        room = room_of(item.nodeid)
        return order.index(room) if room in order else len(order)

    items.sort(key=rank)


def when_left(config: pytest.Config, close: Callable[[], object]) -> None:
    """Call `close` after the last test of the room that is at work, also where a fixture lives longer.

    :param close: does no harm when it is called again.
    """
    config.stash.setdefault(_CLOSERS, []).append(close)


def leave(item: pytest.Item, following: pytest.Item | None) -> None:
    """End what the room of `item` has started, if the test that follows is in another room."""
    if following is None or room_of(item.nodeid) != room_of(following.nodeid):
        closers = item.config.stash.setdefault(_CLOSERS, [])
        while closers:
            closers.pop()()


def show_at_the_end(config: pytest.Config, title: str, lines: Iterable[str]) -> None:
    """Keep lines for the end of the run, also from the process of a worker."""
    sent: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if sent is None:
        kept_lines(config)[title] = list(lines)
    else:
        sent.setdefault(_SENT, {})[title] = list(lines)


def take_from(config: pytest.Config, worker: Any) -> None:
    """Keep what a worker that has ended had to say."""
    kept_lines(config).update(getattr(worker, "workeroutput", {}).get(_SENT, {}))


def kept_lines(config: pytest.Config) -> dict[str, list[str]]:
    return config.stash.setdefault(_LINES, {})
