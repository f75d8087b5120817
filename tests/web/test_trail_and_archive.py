"""The audit trail of a cycle can be read, cycles are found by their words, and a package can be checked."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from web_samples import decide, design_round, new_cycle, office_with_people, publish_all

from builders import NOW
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import write_manifest
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Publication
from medsos.store.session import transaction
from medsos.web.archive.package import is_plain

Visit = Callable[..., TestClient]


@pytest.fixture
def published(archive: Archive) -> int:
    """A finished cycle with a manifest and some lines in the trail."""
    office_with_people()
    cycle_id = new_cycle(kahar=True, kahar_reason="Banjir di kantor")
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "setuju")
    publish_all(archive, cycle_id)
    with transaction() as session:
        for values in (
            {"actor": "admin", "action": "cycle.kahar", "subject": "x", "after": {"reason": "Banjir"}},
            {"actor": "admin", "action": "plan.stored", "subject": "putaran 1",
             "before": {"headline": "Simulasi", "summary": "Sama"},
             "after": {"headline": "Simulasi Pemungutan Suara", "summary": "Sama",
                       "texts": {"facebook": {"caption": "Mari memilih", "alt_text": "Bilik"}}}},
            {"actor": "kasubbag", "action": "approval.decided", "subject": "putaran 1",
             "after": {"decision": "setuju", "seal": "a" * 64, "note": "", "on_behalf_of": None}},
            {"actor": "mesin/12/abcdef01", "action": "publication.moved", "subject": "kanal facebook",
             "before": {"state": "committing"},
             "after": {"state": "published", "published_at": "2026-11-23T03:30:00+00:00"}},
            {"actor": "upload.publish_x", "action": "publication.refused", "subject": "kanal x",
             "after": {"reason": "Segel tidak sama."}},
        ):  # fmt: skip
            append_audit(session, at=NOW, cycle_id=cycle_id, **values)  # type: ignore[arg-type]
        write_manifest(session, archive, cycle_id, now=NOW)
    return cycle_id


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def trail_of(html: str) -> str:
    return words(
        html[html.index('<ol class="trail">') : html.index("</ol>", html.index('<ol class="trail">'))]
    )


def test_the_trail_says_who_did_what_when_and_what_it_was_before(visit: Visit, published: int) -> None:
    told = trail_of(visit("analis").get(f"/medsos/siklus/{published}").text)
    assert "Rencana materi disimpan · putaran 1" in told
    assert "Admin Medsos (contoh), 23 November 2026 pukul 10.00 WIB" in told
    assert "Judul pada desain Simulasi → Simulasi Pemungutan Suara" in told
    assert "Teks · Facebook · Keterangan Mari memilih" in told
    assert "Ringkasan" not in told  # It stayed the same.
    assert "Keputusan Disetujui" in told
    assert "Status unggahan berubah · Facebook Sistem, 23" in told
    assert "Status Sedang diunggah → Tayang" in told
    assert "Waktu tayang 23 November 2026 pukul 10.30 WIB" in told


def test_the_newest_line_stands_first_and_kinds_can_be_chosen(visit: Visit, published: int) -> None:
    browser = visit("analis")
    everything = trail_of(browser.get(f"/medsos/siklus/{published}").text)
    assert everything.startswith("Manifes ditulis")
    page = browser.get(f"/medsos/siklus/{published}", params={"jejak": "persetujuan"}).text
    assert trail_of(page).startswith("Keputusan dicatat")
    assert "Rencana" not in trail_of(page)
    assert "<details open>" in page
    assert browser.get(f"/medsos/siklus/{published}", params={"jejak": "'<b>"}).status_code == 200


def test_kahar_and_every_override_stand_out(visit: Visit, published: int) -> None:
    html = visit("analis").get(f"/medsos/siklus/{published}").text
    shown = words(html)
    assert "Penyimpangan tercatat Pengunggahan ditolak sistem · X (Twitter), Sistem, 23 November" in shown
    assert "Keadaan kahar Banjir di kantor" in shown
    assert html.count('class="outstanding"') == 2


@pytest.fixture
def shelf(archive: Archive, published: int) -> dict[str, int]:
    """Cycles of several months, types and channels, by a name."""
    told = new_cycle(
        "Pengumuman DPT 100%", content_type="produk_hukum", request={"body": "Daftar pemilih_tetap."}
    )
    old = new_cycle("Rapat lama", requested_at=NOW.replace(year=2025), request={"body": "Isi \\ lain."})
    design_round(archive, old, captions={"web": "Selamat Hari Kartini"})
    foreign = new_cycle("Simulasi rahasia", dag_id="content_cycle__lain")
    return {"simulasi": published, "dpt": told, "lama": old, "lain": foreign}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"cari": "simulasi"}, ["lain", "simulasi"]),
        ({"cari": "SIMULASI pemungutan"}, ["lain", "simulasi"]),
        ({"cari": "kartini"}, ["lama"]),
        ({"cari": "pemilih_tetap"}, ["dpt"]),
        ({"cari": "100%"}, ["dpt"]),
        ({"cari": "%"}, ["dpt"]),
        ({"cari": "\\"}, ["lama"]),
        ({"cari": "tidakada"}, []),
        ({"cari": "' OR 1=1 --"}, []),
        ({"bulan": "2025-11"}, ["lama"]),
        ({"jenis": "produk_hukum"}, ["dpt"]),
        ({"kanal": "tiktok"}, ["simulasi"]),
        ({"kanal": "tiktok", "cari": "dpt"}, []),
        ({"kanal": "x'", "jenis": "<b>", "bulan": "2026-13"}, ["lain", "lama", "dpt", "simulasi"]),
    ],
    ids=str,
)
def test_cycles_are_found_by_words_month_type_and_channel(
    visit: Visit, shelf: dict[str, int], query: dict[str, str], found: list[str]
) -> None:
    html = visit("analis").get("/medsos/arsip-siklus", params=query).text
    numbers = [int(number) for number in re.findall(r"/medsos/siklus/(\d+)\"", html)]
    assert numbers == [shelf[name] for name in found]


def test_only_cycles_that_airflow_shows_are_found(visit: Visit, shelf: dict[str, int]) -> None:
    browser = visit("analis", lambda dag: dag != "content_cycle__lain")
    assert "Simulasi rahasia" not in browser.get("/medsos/arsip-siklus", params={"cari": "simulasi"}).text
    assert browser.get(f"/medsos/siklus/{shelf['lain']}/paket.zip").status_code == 404


def test_what_was_found_is_marked_in_its_surroundings(visit: Visit, shelf: dict[str, int]) -> None:
    html = visit("analis").get("/medsos/arsip-siklus", params={"cari": "HARI"}).text
    assert "Selamat <mark>Hari</mark> Kartini" in html


def package_of(visit: Visit, cycle_id: int) -> tuple[ZipFile, bytes]:
    answer = visit("analis").get(f"/medsos/siklus/{cycle_id}/paket.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return ZipFile(BytesIO(answer.content)), answer.content


def test_the_package_holds_every_file_and_can_be_checked_with_ordinary_tools(
    visit: Visit, archive: Archive, published: int, tmp_path: Path
) -> None:
    package, _ = package_of(visit, published)
    assert package.testzip() is None
    with transaction() as session:
        folder = session.get_one(Cycle, published).archive_folder
    name = folder.rsplit("/", 1)[1]
    stored = {f"{name}/{path.removeprefix(folder + '/')}" for path in archive.files(folder)}
    assert set(package.namelist()) == {*stored, f"{name}/SHA256SUMS", f"{name}/BACA-SAYA.txt"}
    assert f"{name}/manifes.json" in stored
    package.extractall(tmp_path)
    sums = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=tmp_path / name, check=False).returncode == 0


def test_a_file_that_was_changed_in_the_archive_shows_in_the_package(
    visit: Visit, archive: Archive, published: int, tmp_path: Path
) -> None:
    with transaction() as session:
        folder = session.get_one(Cycle, published).archive_folder
    (archive.root / folder / "desain/putaran-1/x.jpg").write_bytes(b"lain")
    package, _ = package_of(visit, published)
    package.extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
        cwd=tmp_path / folder.rsplit("/", 1)[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == ["desain/putaran-1/x.jpg: FAILED"]


def test_a_name_that_could_lead_elsewhere_is_not_packed(
    visit: Visit, archive: Archive, published: int
) -> None:
    with transaction() as session:
        folder = archive.root / session.get_one(Cycle, published).archive_folder
    for name in ("bukti/..\\..\\jahat.exe", "bukti/c:jahat.txt", "bukti/baris\nbaru.txt"):
        (folder / name).write_bytes(b"jahat")
    package, content = package_of(visit, published)
    assert b"jahat" not in content
    assert all(is_plain(name) for name in package.namelist())


@pytest.mark.parametrize("path", ["../x", "a/../b", "a//b", "/etc/passwd", "a\\b", "C:x", "a/\x00b", "a/./b"])
def test_path_tricks_are_recognised(path: str) -> None:
    assert not is_plain(path)


def test_a_large_package_is_sent_in_pieces(visit: Visit, archive: Archive, published: int) -> None:
    """Its length is known beforehand, although nothing has been read yet."""
    with transaction() as session:
        folder = session.get_one(Cycle, published).archive_folder
        assert session.query(Publication).count() == 5
    video = bytes(range(256)) * 20_000
    archive.put(f"{folder}/bahan/video.mp4", video)
    package, _ = package_of(visit, published)
    data = package.read(f"{folder.rsplit('/', 1)[1]}/bahan/video.mp4")
    assert hashlib.sha256(data).digest() == hashlib.sha256(video).digest()


@pytest.mark.parametrize("path", ["siklus/999/paket.zip", "siklus/0/paket.zip", "siklus/../paket.zip"])
def test_a_package_that_does_not_exist_is_not_found(visit: Visit, published: int, path: str) -> None:
    assert visit("analis").get(f"/medsos/{path}").status_code == 404


def test_the_archive_asks_for_a_login(stranger: TestClient, published: int) -> None:
    assert stranger.get("/medsos/arsip-siklus").status_code == 303
    assert stranger.get(f"/medsos/siklus/{published}/paket.zip").status_code == 401
