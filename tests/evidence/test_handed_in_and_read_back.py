"""Where the system cannot photograph a post, a person's screenshot and the platform's own data are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from builders import NOW, make_cycle, publication_row
from medsos.channels.base import FoundPost
from medsos.errors import FormError
from medsos.evaluation.channels import evidence_of, proofs_of
from medsos.evidence.archive import Archive
from medsos.evidence.handed_in import clean_screenshot
from medsos.evidence.read_back import keep_read_back
from medsos.evidence.record import keep_evidence
from medsos.store.models import Evidence, Publication
from medsos.store.session import transaction

ADDRESS = "https://www.facebook.com/kpu/posts/2"


def publication(permalink: str = ADDRESS) -> Publication:
    cycle_id = make_cycle()
    with transaction() as session:
        row = publication_row(cycle_id, "facebook", post_id="1_2", permalink=permalink)
        session.add(row)
        session.flush()
        return row


def picture(path: Path, size: tuple[int, int] = (400, 800), *, kind: str = "PNG") -> Path:
    exif = Image.Exif()
    exif[0x0110] = "Ponsel Pribadi"
    Image.new("RGB", size, "#3b5998").save(path, kind, exif=exif)
    return path


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "MPO"])
def test_a_screenshot_of_any_usual_kind_becomes_a_plain_jpeg(tmp_path: Path, kind: str) -> None:
    jpeg = clean_screenshot(picture(tmp_path / "apa-saja", kind=kind), name="layar.png")
    image = Image.open(BytesIO(jpeg))
    assert (image.format, image.size) == ("JPEG", (400, 800))
    assert not image.getexif()
    assert b"Ponsel Pribadi" not in jpeg


@pytest.mark.parametrize(
    "content", [b"", b"bukan gambar", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"]
)
def test_what_is_no_picture_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(content)
    with pytest.raises(FormError, match=r"“layar.png”.*Pilih tangkapan layar"):
        clean_screenshot(path, name="layar.png")


def test_a_read_back_is_archived_without_any_secret(home: Path) -> None:
    archive = Archive(home / "archive")
    found = FoundPost(
        "1_2",
        "Rapat pleno",
        datetime(2026, 11, 23, 3, 1, tzinfo=UTC),
        ADDRESS,
        {
            "id": "1_2",
            "next": "https://graph.facebook.com/x?access_token=EAAGm0PX4ZCpsBAKZBrahasia1",
            "likes": [1],
        },
    )
    row = publication()
    with transaction() as session:
        evidence = keep_read_back(
            session,
            archive,
            row,
            found,
            account="KPU Kota Bengkulu",
            why="Halaman meminta masuk.",
            read_at=NOW,
        )
    assert (evidence.kind, evidence.source_url) == ("read_back", ADDRESS)
    text = archive.read(evidence.path).decode()
    assert "rahasia1" not in text
    content = json.loads(text)
    assert content["post"]["text"] == "Rapat pleno"
    assert content["post"]["answer_of_the_platform"]["likes"] == [1]
    assert content["why_no_screenshot"] == "Halaman meminta masuk."
    assert content["read_at"] == "2026-11-23T03:00:00+00:00"


def test_what_the_system_photographed_counts_more_than_what_was_handed_in_and_that_more_than_data(
    home: Path,
) -> None:
    archive, row = Archive(home / "archive"), publication()

    def keep(kind: str, minute: int, address: str = ADDRESS) -> None:
        with transaction() as session:
            keep_evidence(
                session, archive, row.id, kind=kind, data=f"{kind}{minute}".encode(), suffix="bin",  # type: ignore[arg-type]
                source_url=address, captured_at=NOW + timedelta(minutes=minute),
            )  # fmt: skip

    def strongest() -> Evidence | None:
        with transaction() as session:
            return evidence_of(session, row.id)

    assert strongest() is None
    # A screenshot that was handed in for another address proves nothing about this post.
    keep("manual", 1, "https://www.facebook.com/kpu/posts/1")
    assert strongest() is None
    for minute, kind in enumerate(("read_back", "manual", "screenshot"), 2):
        keep(kind, minute)
        found = strongest()
        assert found is not None
        assert found.kind == kind
    keep("manual", 9)
    with transaction() as session:
        assert [proof.kind for proof in proofs_of(session, row.id)] == ["screenshot", "manual", "read_back"]


def test_the_same_screenshot_handed_in_twice_makes_one_proof(home: Path) -> None:
    archive, row = Archive(home / "archive"), publication()
    for minute in (1, 5):
        with transaction() as session:
            keep_evidence(
                session, archive, row.id, kind="manual", data=b"gambar", suffix="jpg", source_url=ADDRESS,
                captured_at=NOW + timedelta(minutes=minute),
            )  # fmt: skip
    with transaction() as session:
        assert session.query(Evidence).count() == 1
