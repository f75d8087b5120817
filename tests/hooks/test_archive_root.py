"""The archive's root is opened where the setting says."""

from __future__ import annotations

from pathlib import Path

import pytest

from medsos.hooks.archive import open_archive_root


def test_the_archive_is_a_folder_that_is_made_when_it_is_first_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDSOS_ARCHIVE_URL", (tmp_path / "arsip bersama").as_uri())

    root = open_archive_root()
    (root / "kota-bengkulu").mkdir()
    (root / "kota-bengkulu" / "a.txt").write_text("isi")

    assert (tmp_path / "arsip bersama" / "kota-bengkulu" / "a.txt").read_text() == "isi"


def test_another_kind_of_store_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDSOS_ARCHIVE_URL", "memory://arsip")

    root = open_archive_root()
    (root / "b.txt").write_text("isi")

    assert (open_archive_root() / "b.txt").read_text() == "isi"
