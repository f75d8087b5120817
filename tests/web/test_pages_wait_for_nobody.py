"""Who only looks never waits for somebody who writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from airflow_stand_in import Airflow
from page_reading import Visit
from request_page_kit import begun, photo, stored_files, upload

from medsos.evidence.archive import Archive


@contextmanager
def somebody_writes(home: Path) -> Iterator[None]:
    """Another process is in the middle of writing to the record."""
    with closing(sqlite3.connect(home / "medsos.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_every_page_of_a_finished_cycle_opens_while_the_record_is_written_to(
    visit: Visit, home: Path, archive: Archive, finished: int
) -> None:
    browser = visit("analis")
    with somebody_writes(home):
        for path in (
            "siklus", f"siklus/{finished}", f"persetujuan/{finished}/1", "perlu-tindakan", "evaluasi",
            "arsip-siklus", "arsip/kota-bengkulu/2026/11/000001-contoh/laporan/laporan.html", "pejabat",
            "tinjauan-sop",
        ):  # fmt: skip
            assert browser.get(f"/medsos/{path}").status_code == 200, path


def test_a_request_is_shown_with_files_and_preview_while_the_record_is_written_to(
    visit: Visit, home: Path, airflow: Airflow, waiting: int
) -> None:
    browser = visit("admin")
    draft_id = begun(browser, "foto_kegiatan")
    upload(browser, draft_id, "rapat.jpg", photo())
    (file,) = stored_files(draft_id)
    with somebody_writes(home):
        for path in ("ajukan", f"ajukan/{draft_id}", f"ajukan/{draft_id}/berkas/{file.id}/kecil"):
            assert browser.get(f"/medsos/{path}").status_code == 200, path
        assert browser.get(f"/medsos/persetujuan/{waiting}/1").status_code == 200
