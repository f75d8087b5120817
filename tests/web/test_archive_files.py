"""Only files of known cycles are handed out, to people who are logged in, in a way that runs nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from page_reading import Visit
from PIL import Image
from web_samples import decide, design_round, new_cycle, office_with_people, publish_all

from medsos.evidence.archive import Archive

FOLDER = "kota-bengkulu/2026/11/000001-contoh"


@pytest.fixture
def published(archive: Archive) -> int:
    """A finished cycle with designs, proofs, link page and report."""
    office_with_people()
    cycle_id = new_cycle()
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "setuju")
    publish_all(archive, cycle_id)
    return cycle_id


def test_a_design_comes_whole_and_as_what_it_is(visit: Visit, archive: Archive, published: int) -> None:
    path = f"{FOLDER}/desain/putaran-1/facebook.jpg"
    answer = visit("analis").get(f"/medsos/arsip/{path}")
    assert answer.content == archive.read(path)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "private" in answer.headers["cache-control"]


def test_a_thumbnail_is_small_and_may_be_kept(visit: Visit, published: int) -> None:
    browser = visit("analis")
    address = f"/medsos/arsip/{FOLDER}/bukti/web.png"
    small = browser.get(address, params={"lebar": 400})
    picture = Image.open(BytesIO(small.content))
    assert (picture.format, picture.width) == ("WEBP", 400)
    assert picture.height <= 960
    assert len(small.content) < 40_000
    again = browser.get(address, params={"lebar": 400}, headers={"if-none-match": small.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("width", ["401", "0", "-1", "100000", "abc"])
def test_only_a_few_widths_are_drawn(visit: Visit, published: int, width: str) -> None:
    address = f"/medsos/arsip/{FOLDER}/desain/putaran-1/web.jpg"
    assert visit("analis").get(address, params={"lebar": width}).status_code == 404


def test_pages_from_the_archive_run_in_a_sandbox(visit: Visit, published: int) -> None:
    answer = visit("analis").get(f"/medsos/arsip/{FOLDER}/laporan/laporan.html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_a_part_of_a_long_file_can_be_asked_for(visit: Visit, archive: Archive, published: int) -> None:
    archive.put(f"{FOLDER}/bahan/video.mp4", bytes(range(256)) * 100)
    answer = visit("analis").get(f"/medsos/arsip/{FOLDER}/bahan/video.mp4", headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))


def test_a_file_of_unknown_type_is_only_offered_for_download(
    visit: Visit, archive: Archive, published: int
) -> None:
    archive.put(f"{FOLDER}/bahan/gambar.svg", b"<svg onload='alert(1)'/>")
    answer = visit("analis").get(f"/medsos/arsip/{FOLDER}/bahan/gambar.svg")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize(
    "path",
    [
        "../medsos.db",
        "..%2Fmedsos.db",
        f"{FOLDER}/../../../../../medsos.db",
        f"{FOLDER}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/medsos.db",
        f"{FOLDER}/..%5C..%5Cmedsos.db",
        f"{FOLDER}//desain/putaran-1/web.jpg",
        f"{FOLDER}/.rahasia",
        f"{FOLDER}/desain",
        f"{FOLDER}/tidak-ada.jpg",
        f"{FOLDER}/desain/putaran-1/web.jpg%00.txt",
        FOLDER,
        "kota-bengkulu/2026/11/000099-lain/rahasia.txt",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
    ],
)
def test_path_tricks_lead_nowhere(visit: Visit, archive: Archive, published: int, path: str) -> None:
    archive.put("kota-bengkulu/2026/11/000099-lain/rahasia.txt", b"bukan milik siklus mana pun")
    (archive.root / FOLDER / ".rahasia").write_bytes(b"x")
    answer = visit("admin").get(f"/medsos/arsip/{path}")
    assert answer.status_code == 404
    assert b"SQLite" not in answer.content


def test_a_link_out_of_the_archive_is_not_followed(
    visit: Visit, archive: Archive, published: int, home: Path
) -> None:
    (archive.root / FOLDER / "pintas.txt").symlink_to(home / "medsos.db")
    assert visit("admin").get(f"/medsos/arsip/{FOLDER}/pintas.txt").status_code == 404


def test_files_of_a_dag_that_the_visitor_may_not_read_stay_closed(visit: Visit, published: int) -> None:
    address = f"/medsos/arsip/{FOLDER}/desain/putaran-1/web.jpg"
    assert visit("orang-lain", lambda dag_id: False).get(address).status_code == 404
