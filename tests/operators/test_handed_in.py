"""What a person hands in about an upload is checked again by the task, however it was handed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from builders import NOW, make_cycle, publication_row
from medsos.errors import EvidenceError, FormError
from medsos.operators.cycle import CycleRun
from medsos.operators.handed_in import (
    accepted_screenshot,
    checked_address,
    keep_screenshot_of_person,
    kept_name,
)
from medsos.store.models import Evidence, Publication
from medsos.store.session import transaction
from social_pages import social_pages

ADDRESS = "https://www.facebook.com/kpu/posts/2"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    connection = {"conn_type": "medsos_facebook", "extra": {"training": True}}
    monkeypatch.setenv("AIRFLOW_CONN_MEDSOS_FACEBOOK", json.dumps(connection))
    with social_pages() as address:
        yield address


def upload(home: Path, **values: object) -> tuple[CycleRun, Publication]:
    cycle_id = make_cycle()
    with transaction() as session:
        row = publication_row(cycle_id, "facebook", **{"mode": "manual", "state": "new", **values})
        session.add(row)
        session.flush()
    return CycleRun(cycle_id, "kota-bengkulu", "upload.publish_facebook", channel="facebook"), row


def accept(run: CycleRun, row: Publication, name: str, *, address: str = ADDRESS) -> Evidence:
    return accepted_screenshot(run, row, name, address=address, by="admin", at=NOW)


def test_a_living_address_of_the_right_platform_is_accepted(home: Path, platform: str) -> None:
    run, row = upload(home)
    address = f"{platform}/facebook.com/kpu/posts/1"
    assert checked_address(run, row, f" {address}\n") == address
    for wrong in ("", f"{platform}/x.com/kpu/status/1", f"{platform}/facebook.com/kpu/posts/hilang"):
        with pytest.raises(FormError):
            checked_address(run, row, wrong)


def test_an_address_belongs_to_one_cycle_only(home: Path, platform: str) -> None:
    address = f"{platform}/facebook.com/kpu/posts/1"
    other, _ = upload(home, permalink=address)
    run, row = upload(home)
    with pytest.raises(FormError, match=f"siklus {other.cycle_id}"):
        checked_address(run, row, address)


def test_the_name_of_a_file_in_the_intake_folder_still_works(home: Path) -> None:
    run, row = upload(home)
    folder = run.settings.intake_dir("kota-bengkulu")
    folder.mkdir(parents=True)
    Image.new("RGB", (400, 800)).save(folder / "fb.png")
    (folder / "surat.pdf").write_bytes(b"%PDF-1.7")
    proof = accept(run, row, " fb.png ")
    assert (proof.kind, proof.source_url, proof.path[-4:]) == ("manual", ADDRESS, ".jpg")
    for wrong in ("", "ig.png", "surat.pdf", "../fb.png"):
        with pytest.raises(FormError):
            accept(run, row, wrong)


def test_a_kept_screenshot_counts_only_for_its_own_upload_and_address(home: Path) -> None:
    run, row = upload(home)
    kept = keep_screenshot_of_person(run, row, b"jpeg", address=ADDRESS, by="admin", at=NOW)
    assert accept(run, row, kept_name(kept)).id == kept.id
    other_run, other_row = upload(home)
    for asked in (
        lambda: accept(other_run, other_row, kept_name(kept)),
        lambda: accept(run, row, "bukti:999"),
        lambda: accept(run, row, kept_name(kept), address="https://www.facebook.com/kpu/posts/3"),
    ):
        with pytest.raises(FormError):
            asked()


def test_a_kept_screenshot_that_was_changed_in_the_archive_is_refused(home: Path) -> None:
    run, row = upload(home)
    kept = keep_screenshot_of_person(run, row, b"jpeg", address=ADDRESS, by="admin", at=NOW)
    (Path(run.archive.root) / kept.path).write_bytes(b"lain")
    with pytest.raises(EvidenceError):
        accept(run, row, kept_name(kept))
