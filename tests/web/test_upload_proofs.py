"""An address and a screenshot are looked at before they count as proof."""

from __future__ import annotations

import re

import pytest
from airflow_stand_in import Airflow
from page_reading import Visit, text_of
from upload_page_kit import fields_of, proofs, screenshot, send, waits_for
from web_samples import upload_under_way

from medsos.evidence.archive import Archive


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "masih kosong"),
        ("facebook.com/kpu/posts/1", "tidak lengkap"),
        ("{platform}/x.com/kpukotabengkulu/status/1", "bukan dari facebook.com"),
        ("{platform}/facebook.com/", "halaman depan"),
        ("{platform}/facebook.com/kpu/posts/hilang", "tidak menjawab"),
        ("javascript:alert(1)", "tidak lengkap"),
    ],
)
def test_a_wrong_address_is_told_and_the_screenshot_need_not_be_chosen_again(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str, address: str, says: str
) -> None:
    browser, typed = visit("admin"), address.format(platform=platform)
    refused = send(browser, by_hand, tautan=typed, file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    assert refused.status_code == 422
    assert says in text_of(refused.text)
    assert fields_of(refused.text)["tautan"] == typed
    assert "Sudah tersimpan" in refused.text
    (preview,) = re.findall(r'src="([^"]+/tangkapan/[0-9a-f]{64})"', refused.text)
    assert browser.get(preview).headers["content-type"] == "image/webp"
    assert airflow.answers == []
    assert proofs() == []

    right = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    assert send(browser, by_hand, page=refused.text, tautan=right, jawaban="Sudah tayang").status_code == 303
    (proof,) = proofs()
    assert proof.source_url == right
    assert len(airflow.answers) == 1


def test_another_account_is_told_where_the_address_shows_it(
    visit: Visit, archive: Archive, airflow: Airflow, platform: str
) -> None:
    cycle_id = upload_under_way(archive, channel="tiktok")
    airflow.forms.append(waits_for(cycle_id, "tiktok"))
    refused = send(
        visit("admin"),
        cycle_id,
        "tiktok",
        tautan=f"{platform}/tiktok.com/@oranglain/video/1",
        file=("a.jpg", screenshot()),
        jawaban="Sudah tayang",
    )
    assert "bukan dari akun @kpukotabengkulu" in text_of(refused.text)
    assert airflow.answers == []


def test_the_address_of_another_cycle_is_no_proof_of_this_one(
    visit: Visit, archive: Archive, airflow: Airflow, platform: str
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    older = upload_under_way(archive, state="published", permalink=address)
    cycle_id = upload_under_way(archive)
    airflow.forms.append(waits_for(cycle_id))
    refused = send(
        visit("admin"), cycle_id, tautan=address, file=("a.jpg", screenshot()), jawaban="Sudah tayang"
    )
    assert f"sudah tercatat untuk siklus {older}" in text_of(refused.text)
    assert airflow.answers == []


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "belum dipilih"),
        (("kosong.jpg", b""), "kosong"),
        (("surat.jpg", b"%PDF-1.7 bukan gambar"), "bukan gambar"),
        (("<script>.jpg", b"<html><script>alert(1)</script>"), "bukan gambar"),
        (("putus.jpg", screenshot()[:3000]), "rusak atau tidak lengkap"),
        (("besar.jpg", b"\xff\xd8\xff" + b"0" * 40_000_001), "paling besar 40 MB"),
        (("titik.jpg", screenshot((20, 20))), "terlalu kecil"),
    ],
)
def test_what_is_no_readable_picture_is_told_and_the_address_stays(
    visit: Visit,
    by_hand: int,
    airflow: Airflow,
    platform: str,
    file: tuple[str, bytes] | None,
    says: str,
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    refused = send(visit("admin"), by_hand, tautan=address, file=file, jawaban="Sudah tayang")
    assert refused.status_code == 422
    assert says in text_of(refused.text)
    assert fields_of(refused.text)["tautan"] == address
    assert "<script>alert" not in refused.text
    assert "<script>.jpg" not in refused.text
    assert airflow.answers == []
    assert proofs() == []


def test_a_request_beyond_any_screenshot_is_not_even_read(
    visit: Visit, by_hand: int, airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medsos.web.uploads import typed

    monkeypatch.setattr(typed, "LARGEST_REQUEST", 1000)
    refused = send(visit("admin"), by_hand, file=("video.mp4", b"0" * 2000), jawaban="Sudah tayang")
    assert refused.status_code == 413
    assert "terlalu besar" in text_of(refused.text)
    assert airflow.answers == []


def test_a_screenshot_of_another_cycle_cannot_be_fetched(
    visit: Visit, archive: Archive, by_hand: int, platform: str
) -> None:
    browser = visit("admin")
    refused = send(browser, by_hand, tautan="", file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    waiting = fields_of(refused.text)["tangkapan"]
    other = upload_under_way(archive)
    assert browser.get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/{waiting}").status_code == 200
    assert browser.get(f"/medsos/unggahan/{other}/facebook/tangkapan/{waiting}").status_code == 404
    assert browser.get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/..%2f..").status_code == 404
    assert visit("analis").get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/{waiting}").status_code == 404
