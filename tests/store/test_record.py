"""The record keeps times with their zone, a chain that shows changes, and fits its migrations."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from alembic import command
from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from builders import NOW
from medsos.store.audit import FIRST_HASH, append_audit, check_chain, entry_hash
from medsos.store.migrate import alembic_config, upgrade
from medsos.store.models import AuditEntry, Base, Cycle
from medsos.store.session import engine_for, transaction
from tampering import as_database_owner

EVALUATION_COLUMNS = {
    "step_durations": "cycle_id office content_type sop_version step_no step_key started_at finished_at target_minutes "
    "elapsed_minutes working_minutes waiting_minutes rework_minutes rounds on_time deviation_minutes kahar",
    "channel_results": "cycle_id channel mode state published_at permalink attempts evidence_kind evidence_sha256 "
    "upload_seconds",
    "cycle_scorecards": "cycle_id office title content_type status requested_at completed_at rounds approved_by "
    "on_behalf_of working_minutes target_minutes steps_on_time steps_total channels_published channels_total "
    "evidence_complete kahar",
    "monthly_recap": "office month step_no cycles on_time_rate median_minutes p90_minutes max_minutes target_minutes",
}


def cycle(requested_at: datetime) -> Cycle:
    return Cycle(
        office="kota-bengkulu",
        title="Rapat",
        content_type="video",
        requester="admin",
        requested_at=requested_at,
        sop_version="v",
        dag_id="d",
        run_id=requested_at.isoformat(),
        request={},
        archive_folder="x",
    )


def test_migrating_twice_is_harmless_and_the_migrations_make_exactly_the_models(database: str) -> None:
    upgrade(database)
    command.check(alembic_config(database))


@pytest.mark.parametrize("table", EVALUATION_COLUMNS)
def test_the_evaluation_tables_have_the_columns_that_analysts_were_promised(
    database: str, table: str
) -> None:
    columns = [column["name"] for column in inspect(engine_for(database)).get_columns(table)]
    assert columns == EVALUATION_COLUMNS[table].split()


def test_an_instant_comes_back_as_the_same_instant_in_utc(database: str) -> None:
    wib = timezone(timedelta(hours=7))
    with transaction(database) as session:
        row = cycle(datetime(2026, 11, 23, 10, 0, tzinfo=wib))
        session.add(row)
    with transaction(database) as session:
        read = session.get_one(Cycle, row.id).requested_at
    assert read == NOW
    assert read.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(database: str) -> None:
    with transaction(database) as session:
        session.add(cycle(datetime(2026, 11, 23, 10, 0)))  # noqa: DTZ001  that is the mistake
        with pytest.raises(StatementError, match="zone"):
            session.flush()
        session.rollback()


def test_an_exception_leaves_no_trace(database: str) -> None:
    def fail_half_way() -> None:
        with transaction(database) as session:
            append_audit(session, at=NOW, actor="a", action="x", subject="hilang")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with transaction(database) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.subject == "hilang")).first() is None


def test_writers_at_the_same_time_make_one_chain_without_forks(database: str) -> None:
    def write(number: int) -> None:
        with transaction(database) as session:
            append_audit(
                session, at=NOW + timedelta(seconds=number), actor="w", action="x", subject=str(number)
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    with transaction(database) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    previous = FIRST_HASH
    for entry in entries:
        assert entry.previous_hash == previous
        assert entry.hash == entry_hash(entry)
        previous = entry.hash
    assert {str(n) for n in range(24)} <= {entry.subject for entry in entries}


def test_a_changed_row_no_longer_fits_its_hash(database: str) -> None:
    with transaction(database) as session:
        entry = append_audit(
            session, at=NOW, actor="kasubbag", action="x", subject="s", after={"decision": "tolak"}
        )
    entry.after = {"decision": "setuju"}
    assert entry_hash(entry) != entry.hash


def test_every_table_is_ours_to_migrate(database: str) -> None:
    assert set(Base.metadata.tables) <= set(inspect(engine_for(database)).get_table_names())


def test_an_untouched_chain_is_whole_and_shows_its_length_and_end(database: str) -> None:
    with transaction(database) as session:
        last = append_audit(session, at=NOW, actor="a", action="x", subject="utuh")
    with transaction(database) as session:
        chain = check_chain(session)
        rows = session.scalars(select(AuditEntry.id)).all()
    assert (chain.findings, chain.rows, chain.last_hash) == ((), len(rows), last.hash)
    assert chain.last_id == last.id == chain.rows


def change(session: Session, row: int) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.id == row).values(actor="lain"))


def take_out(session: Session, row: int) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.id == row))


def put_in_a_better_one(session: Session, row: int) -> None:
    """Somebody who knows how the hash is made, but leaves the rows after it as they are."""
    entry = session.get_one(AuditEntry, row)
    entry.actor = "lain"
    entry.hash = entry_hash(entry)
    session.flush()


def write_one_past_the_chain(session: Session, row: int) -> None:
    last = session.get_one(AuditEntry, 5)
    session.execute(
        insert(AuditEntry).values(
            id=6, at=last.at, actor="lain", action="x", subject="6", before={}, after={},
            previous_hash="0" * 64, hash="f" * 64,
        )
    )  # fmt: skip


def push_one_in(session: Session, row: int) -> None:
    """A row that refers to its neighbour in the proper way, where a number was made free."""
    session.execute(update(AuditEntry).where(AuditEntry.id == 5).values(id=6))
    session.execute(update(AuditEntry).where(AuditEntry.id == 4).values(id=5))
    before = session.get_one(AuditEntry, 3)
    entry = AuditEntry(id=4, at=before.at, actor="lain", action="x", subject="sisip", before={}, after={},
                       previous_hash=before.hash)  # fmt: skip
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (change, [(3, "baris 3: isinya diubah")]),
        (take_out, [(4, "baris 3: dihapus")]),
        (put_in_a_better_one, [(4, "baris 3: diganti atau disisipkan")]),
        (write_one_past_the_chain, [(6, "baris 6: ditulis di luar sistem")]),
        (push_one_in, [(5, "baris 4: diganti atau disisipkan")]),
    ],
)
def test_every_row_that_was_tampered_with_is_named_and_no_other(
    database: str, tamper: Callable[[Session, int], None], expected: list[tuple[int, str]]
) -> None:
    with transaction(database) as session:
        for number in range(5):
            append_audit(session, at=NOW, actor="a", action="x", subject=str(number))
    with as_database_owner(database) as session:
        tamper(session, 3)
    with transaction(database) as session:
        found = check_chain(session).findings
    assert [finding.row for finding in found] == [row for row, _ in expected]
    assert all(text in finding.sentence for finding, (_, text) in zip(found, expected, strict=True))


def test_two_rows_at_once_are_both_named(database: str) -> None:
    with transaction(database) as session:
        for number in range(6):
            append_audit(session, at=NOW, actor="a", action="x", subject=str(number))
    with as_database_owner(database) as session:
        change(session, 2)
        session.execute(delete(AuditEntry).where(AuditEntry.id.in_([4, 5])))
    with transaction(database) as session:
        sentences = [finding.sentence for finding in check_chain(session).findings]
    assert [sentence.split(",")[0] for sentence in sentences] == [
        "baris 2: isinya diubah",
        "baris 4 sampai 5: dihapus",
    ]
