"""The papers of a period: made again they change nothing, corrected they get a number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from builders import NOW
from medsos.evidence.archive import Archive
from medsos.evidence.editions import (
    check_folders,
    newest_edition,
    period_folder,
    store_files,
    write_edition,
    written_manifests,
)
from medsos.store.models import AuditEntry
from medsos.store.session import transaction

FOLDER = period_folder("kota-bengkulu", "2026-11")


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


def archived(archive: Archive, *, later: int = 0, **contents: bytes) -> None:
    """Names stand with an underscore for the dot."""
    named = {name.replace("_", "."): data for name, data in contents.items()}
    with transaction() as session:
        stored = store_files(archive, FOLDER, named)
        write_edition(session, archive, FOLDER, stored, now=NOW + timedelta(minutes=later))


def findings(archive: Archive) -> list[str]:
    with transaction() as session:
        (check,) = check_folders(session, archive)
    return list(check.findings)


def current(archive: Archive) -> dict[str, str]:
    with transaction() as session:
        edition = newest_edition(session, archive, FOLDER)
    assert edition is not None
    return {name: file.path.rsplit("/", 1)[1] for name, file in edition.current.items()}


def test_the_folder_stands_beside_the_years_of_its_office() -> None:
    assert FOLDER == "kota-bengkulu/evaluasi/2026-11"


def test_made_again_nothing_changes_not_even_the_trail(archive: Archive) -> None:
    archived(archive, a_csv=b"1", b_pdf=b"2")
    archived(archive, later=5, a_csv=b"1", b_pdf=b"2")
    assert list(archive.files(FOLDER)) == [f"{FOLDER}/{name}" for name in ("a.csv", "b.pdf", "manifes.json")]
    with transaction() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 1
        edition = newest_edition(session, archive, FOLDER)
        assert edition is not None
        assert edition.holds({"a.csv": b"1"})
        assert not edition.holds({"a.csv": b"1", "c.csv": b"3"})
        assert not edition.holds({"a.csv": b"x"})


def test_what_was_corrected_gets_a_number_and_what_stayed_keeps_its_name(archive: Archive) -> None:
    archived(archive, a_csv=b"1", b_pdf=b"2")
    archived(archive, a_csv=b"baru", b_pdf=b"2")
    assert current(archive) == {"a.csv": "a-2.csv", "b.pdf": "b.pdf"}
    assert archive.read(f"{FOLDER}/a.csv") == b"1"
    assert findings(archive) == []
    with transaction() as session:
        assert list(written_manifests(session, FOLDER)) == [
            f"{FOLDER}/manifes.json", f"{FOLDER}/manifes-2.json",
        ]  # fmt: skip


def test_a_later_paper_joins_those_that_are_there(archive: Archive) -> None:
    archived(archive, a_csv=b"1")
    archived(archive, c_json=b"3")
    assert current(archive) == {"a.csv": "a.csv", "c.json": "c.json"}


def test_a_changed_a_missing_and_a_foreign_file_are_named(archive: Archive, home: Path) -> None:
    archived(archive, a_csv=b"1", b_pdf=b"2", c_json=b"3")
    folder = home / "archive" / FOLDER
    (folder / "a.csv").write_bytes(b"lain")
    (folder / "b.pdf").unlink()
    (folder / "d.txt").write_bytes(b"dari luar")
    assert findings(archive) == [
        f"berubah   {FOLDER}/a.csv", f"hilang    {FOLDER}/b.pdf", f"tambahan  {FOLDER}/d.txt",
    ]  # fmt: skip


def test_a_manifest_that_was_rewritten_is_named_and_not_believed(archive: Archive, home: Path) -> None:
    archived(archive, a_csv=b"1")
    (home / "archive" / FOLDER / "manifes.json").write_bytes(b"{}")
    assert findings(archive) == [f"berubah   {FOLDER}/manifes.json"]
    with transaction() as session:
        assert newest_edition(session, archive, FOLDER) is None


def test_only_the_periods_of_the_chosen_office_are_looked_at(archive: Archive) -> None:
    archived(archive, a_csv=b"1")
    with transaction() as session:
        assert check_folders(session, archive, "kota-lain") == []
        assert [check.files_right for check in check_folders(session, archive, "kota-bengkulu")] == [1]
