"""The tables equal a book of cases that was computed by hand, whatever the order and whoever computes."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_book import FOLDER, Case, all_cases
from case_record import Book, write_offices

CASES = all_cases()


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kantor")
    write_offices(folder)
    return folder


@pytest.fixture(autouse=True)
def _offices_of_the_book(offices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(offices))


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
def test_the_tables_hold_what_was_computed_by_hand(case: Case) -> None:
    book = Book()
    book.live(case)
    found = differences(case, book.rows(case))
    assert not found, told(case, found)
