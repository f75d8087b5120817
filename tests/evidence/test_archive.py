"""What is in the archive stays as it was, and every change shows."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from filled_cycle import FOLDER
from upath import UPath

from builders import NOW
from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive, cycle_folder
from medsos.evidence.manifest import write_manifest
from medsos.evidence.record import keep_evidence
from medsos.evidence.verification import require_whole
from medsos.store.models import Cycle, Evidence
from medsos.store.session import transaction

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(params=["folder", "local URL", "object store"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "folder":
        return Archive(tmp_path)
    if request.param == "local URL":
        return Archive(UPath(tmp_path.as_uri()))
    return Archive(UPath(f"memory://archive-{tmp_path.name}-{id(request)}"))


def test_what_is_put_can_be_read_with_its_checksum(archive: Archive) -> None:
    stored = archive.put("a/b/foto.jpg", b"foto")
    assert archive.read("a/b/foto.jpg") == b"foto"
    assert (stored.path, stored.sha256, stored.size_bytes) == (
        "a/b/foto.jpg",
        hashlib.sha256(b"foto").hexdigest(),
        4,
    )
    assert list(archive.files("a")) == ["a/b/foto.jpg"]
    archive.verify(stored.path, stored.sha256)


def test_the_same_bytes_may_be_put_again_but_others_never(archive: Archive) -> None:
    archive.put("foto.jpg", b"foto")
    archive.put("foto.jpg", b"foto")
    with pytest.raises(EvidenceError, match="tidak boleh ditimpa"):
        archive.put("foto.jpg", b"lain")
    assert archive.read("foto.jpg") == b"foto"


def test_a_report_that_is_made_again_gets_the_next_number(archive: Archive) -> None:
    names = [archive.put_version("laporan.html", data).path for data in (b"1", b"2", b"1", b"3")]
    assert names == ["laporan.html", "laporan-2.html", "laporan.html", "laporan-3.html"]


@pytest.mark.parametrize("name", ["../keluar", "/etc/passwd", "a//b", "a/./b", "a\\b", ""])
def test_no_name_leads_out_of_the_archive(archive: Archive, name: str) -> None:
    for attempt in (archive.put, archive.put_version):
        with pytest.raises(EvidenceError, match="tidak sah"):
            attempt(name, b"")


def test_a_missing_file_says_so(archive: Archive) -> None:
    with pytest.raises(EvidenceError, match="tidak ada di arsip"):
        archive.read("hilang.jpg")


def test_no_half_file_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Archive(tmp_path).put("a/foto.jpg", b"foto")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_of_many_writers_of_one_name_one_wins_and_the_others_hear_of_it(tmp_path: Path) -> None:
    archive, outcomes = Archive(tmp_path), []

    def write(data: bytes) -> None:
        try:
            outcomes.append(archive.put("foto.jpg", data).sha256)
        except EvidenceError:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(str(n).encode() * 100_000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-7:] == ["refused"] * 7
    assert hashlib.sha256(archive.read("foto.jpg")).hexdigest() in outcomes


def test_a_cycle_s_folder_follows_the_date_in_bengkulu() -> None:
    # 31 December 18:30 UTC is New Year's Day in Bengkulu.
    folder = cycle_folder(
        "kota-bengkulu",
        cycle_id=12,
        title="Rapat Pleno: Rekapitulasi & Penetapan!",
        requested_at=datetime(2026, 12, 31, 18, 30, tzinfo=UTC),
        zone=WIB,
    )
    assert folder == "kota-bengkulu/2027/01/000012-rapat-pleno-rekapitulasi-penetapan"


def test_a_screenshot_is_kept_with_checksum_address_and_time(filled: Archive) -> None:
    with transaction() as session:
        row = session.query(Evidence).one()
    assert (row.kind, row.path) == ("screenshot", f"{FOLDER}/bukti/web-20261123T030000Z.png")
    assert (row.source_url, row.captured_at, row.size_bytes) == ("https://web.example/1", NOW, 3)
    filled.verify(row.path, row.sha256)


def test_keeping_the_same_proof_twice_makes_one_row(filled: Archive) -> None:
    with transaction() as session:
        shot = {"data": b"png", "suffix": "png", "source_url": "https://web.example/1", "captured_at": NOW}
        keep_evidence(session, filled, 1, kind="screenshot", **shot)  # type: ignore[arg-type]
        assert session.query(Evidence).count() == 1


def test_the_manifest_lists_every_file_with_size_checksum_time_and_source(filled: Archive) -> None:
    with transaction() as session:
        stored = write_manifest(session, filled, 1, now=NOW)
    content = json.loads(filled.read(stored.path))
    entries = {entry["file"].removeprefix(f"{FOLDER}/"): entry for entry in content["entries"]}
    assert list(entries) == [
        "bahan/asli.jpg",
        "bahan/bersih.jpg",
        "bukti/web-20261123T030000Z.png",
        "desain/putaran-1/web.jpg",
        "laporan/laporan.html",
        "tautan/tautan.html",
    ]
    for entry in entries.values():
        data = filled.read(entry["file"])
        assert (entry["size_bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert datetime.fromisoformat(entry["time"]).tzinfo is not None
    assert entries["bahan/asli.jpg"]["source"] == "bahan dari admin: IMG_0001.JPG"
    assert (
        entries["bukti/web-20261123T030000Z.png"]["source"] == "bukti screenshot web: https://web.example/1"
    )


def test_a_manifest_does_not_list_manifests(filled: Archive) -> None:
    filled.put(f"{FOLDER}/laporan/laporan-2.html", b"lagi")
    with transaction() as session:
        second = write_manifest(session, filled, 1, now=NOW)
    assert second.path == f"{FOLDER}/manifes-2.json"
    assert b"manifes" not in filled.read(second.path)


def test_a_cycle_with_a_changed_and_a_missing_file_is_not_called_complete(
    filled: Archive, home: Path
) -> None:
    with transaction() as session:
        write_manifest(session, filled, 1, now=NOW)
        require_whole(session, filled, 1)
    (home / "archive" / FOLDER / "desain/putaran-1/web.jpg").write_bytes(b"lain")
    (home / "archive" / FOLDER / "bahan/asli.jpg").unlink()
    with transaction() as session, pytest.raises(EvidenceError, match="tidak utuh") as caught:
        require_whole(session, filled, 1)
    assert str(caught.value).count("•") == 2
    assert "asli.jpg" in str(caught.value)
    assert "web.jpg" in str(caught.value)


def test_the_folder_in_the_record_is_where_the_files_are(filled: Archive) -> None:
    with transaction() as session:
        folder = session.get_one(Cycle, 1).archive_folder
    assert all(path.startswith(folder) for path in filled.files("kota-bengkulu"))
