"""The form of a request: everything is kept, mistakes stand at their fields, only its author sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from page_reading import text_of
from PIL import Image
from request_page_kit import OWN_PAGE, begun, fields_of, photo, press, stored, stored_files, upload
from web_samples import office_with_people

Visit = Callable[..., TestClient]


@pytest.fixture
def admin(visit: Visit) -> TestClient:
    office_with_people()
    return visit("admin")


def test_whoever_may_not_start_a_cycle_is_told_so_and_gets_no_form(visit: Visit) -> None:
    analyst = visit("analis", may_start=lambda _: False)
    page = analyst.get("/medsos/ajukan")
    assert "Peran Anda di Airflow tidak boleh memulai siklus" in text_of(page.text)
    assert "<form" not in page.text
    assert analyst.post("/medsos/ajukan", data={"kantor": "kota-bengkulu"}).status_code == 403


def test_a_draft_is_saved_without_any_check_and_listed(admin: TestClient) -> None:
    draft_id = begun(admin, "foto_kegiatan")
    answer = press(admin, draft_id, "draf", title="Rapat pleno", body="", upload_at="besok", channels=[])
    assert (answer.status_code, answer.headers["location"]) == (303, "/medsos/ajukan")
    listed = text_of(admin.get("/medsos/ajukan").text)
    assert "Draf saya (1)" in listed
    assert "Foto kegiatan · KPU Kota Bengkulu Rapat pleno" in listed
    kept = fields_of(admin.get(f"/medsos/ajukan/{draft_id}").text)
    assert (kept["title"], kept["upload_at"], kept.get("channels")) == ("Rapat pleno", "besok", None)


def test_other_peoples_drafts_do_not_exist(admin: TestClient, visit: Visit) -> None:
    draft_id = begun(admin)
    upload(admin, draft_id, "a.jpg", photo())
    (file,) = stored_files(draft_id)
    stranger = visit("kasubbag")
    for path in ("", "/hapus", "/gambar/web", f"/berkas/{file.id}", f"/berkas/{file.id}/kecil"):
        assert stranger.get(f"/medsos/ajukan/{draft_id}{path}").status_code == 404, path
    own = {"token": fields_of(admin.get(f"/medsos/ajukan/{draft_id}").text)["token"], "aksi": "kirim"}
    for path in ("", "/hapus"):
        answer = stranger.post(f"/medsos/ajukan/{draft_id}{path}", data=own, headers=OWN_PAGE)
        assert answer.status_code == 404
    assert "Draf saya" not in stranger.get("/medsos/ajukan").text
    assert stored(draft_id).author == "admin"


@pytest.mark.parametrize("draft_id", ["0" * 16, "..", "%2e%2e", "1", "' OR 1=1 --"])
def test_drafts_that_were_never_there_are_not_found(admin: TestClient, draft_id: str) -> None:
    assert admin.get(f"/medsos/ajukan/{draft_id}/hapus").status_code == 404


def test_a_draft_is_deleted_only_after_a_question(admin: TestClient) -> None:
    draft_id = begun(admin)
    press(admin, draft_id, "simpan", title="Salah ketik")
    asked = admin.get(f"/medsos/ajukan/{draft_id}/hapus")
    assert "Hapus draf “Salah ketik”?" in asked.text
    assert admin.post(f"/medsos/ajukan/{draft_id}/hapus", data={}, headers=OWN_PAGE).status_code == 403
    token = fields_of(asked.text)["token"]
    answer = admin.post(f"/medsos/ajukan/{draft_id}/hapus", data={"token": token}, headers=OWN_PAGE)
    assert answer.status_code == 303
    assert admin.get(f"/medsos/ajukan/{draft_id}").status_code == 404


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(admin: TestClient) -> None:
    draft_id = begun(admin, "produk_hukum")
    typed = {
        "title": "x" * 151,
        "body": "Isi yang panjang.",
        "channels": ["x"],
        "upload_at": "2020-01-01T10:00",
    }
    answer = press(admin, draft_id, "kirim", **typed, kahar="ya", place="Aula")
    assert answer.status_code == 422
    text = text_of(answer.text)
    for sentence in (
        "Judul 151 karakter; paling banyak 150",
        "Produk hukum memerlukan dokumen PDF",
        "Produk hukum memerlukan nomor dokumen",
        "Produk hukum memerlukan tanggal dokumen",
        "Produk hukum harus tayang di Website",
        "Waktu unggah sudah lewat",
        "Keadaan kahar ditandai tanpa alasan",
    ):
        assert text.count(sentence) == 1, sentence
    for name in ("title", "document_number", "document_date", "upload_at", "kahar_reason"):
        assert f'aria-describedby="bantuan-{name} masalah-{name}-1" aria-invalid="true"' in answer.text
    assert fields_of(answer.text) | typed == fields_of(answer.text)
    assert stored(draft_id).sent_at is None


def test_fields_of_legal_products_are_on_the_page_of_legal_products_only(admin: TestClient) -> None:
    draft_id = begun(admin)
    assert 'name="document_number"' not in admin.get(f"/medsos/ajukan/{draft_id}").text
    press(admin, draft_id, "jenis", content_type="produk_hukum", title="Keputusan")
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    assert 'name="document_number"' in page
    assert fields_of(page)["title"] == "Keputusan"


def test_script_tags_and_template_syntax_are_shown_as_text_everywhere(admin: TestClient) -> None:
    draft_id = begun(admin, "produk_hukum")
    hostile = "<script>alert(1)</script>{{ 7*191 }}{% raw %}\"'><img src=x onerror=alert(2)>${1+1}"
    fields = ("title", "body", "place", "document_number", "kahar_reason", "activity_date", "upload_at")
    answer = press(admin, draft_id, "kirim", **dict.fromkeys(fields, hostile), kahar="ya")
    upload(admin, draft_id, f"{hostile}.jpg", photo())
    for page in (
        answer.text,
        *(admin.get(f"/medsos/ajukan{p}").text for p in ("", f"/{draft_id}", f"/{draft_id}/hapus")),
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "1337" not in page
    assert fields_of(answer.text) | dict.fromkeys(fields, hostile) == fields_of(answer.text)


def test_a_form_from_elsewhere_or_without_its_token_changes_nothing(admin: TestClient) -> None:
    draft_id = begun(admin)
    from_elsewhere = press(admin, draft_id, "simpan", headers={"sec-fetch-site": "cross-site"}, title="Jahat")
    without_token = press(admin, draft_id, "simpan", token="", title="Jahat")
    assert (from_elsewhere.status_code, without_token.status_code) == (403, 403)
    assert stored(draft_id).typed["title"] == ""


def test_files_come_in_without_any_script_too(admin: TestClient) -> None:
    draft_id = begun(admin, "foto_kegiatan")
    files = [("satu.jpg", photo("red")), ("../../dua.jpg", photo("green")), ("tiga.jpg", b"MZ program")]
    answer = press(admin, draft_id, "unggah", files=files, title="Rapat")
    assert answer.status_code == 422
    assert "Berkas “tiga.jpg” ternyata program Windows" in text_of(answer.text)
    assert [(file.name, file.kind) for file in stored_files(draft_id)] == [
        ("satu.jpg", "picture"),
        ("dua.jpg", "picture"),
    ]
    assert fields_of(answer.text)["title"] == "Rapat"


def test_pictures_are_moved_and_removed_with_plain_buttons(admin: TestClient) -> None:
    draft_id = begun(admin, "foto_kegiatan")
    for colour in ("red", "green"):
        upload(admin, draft_id, f"{colour}.jpg", photo(colour))
    first, second = stored_files(draft_id)
    answer = press(admin, draft_id, f"naik:{second.id}")
    assert answer.headers["location"].endswith("#bahan")
    assert [file.name for file in stored_files(draft_id)] == ["green.jpg", "red.jpg"]
    press(admin, draft_id, f"hapus:{first.id}")
    assert [file.name for file in stored_files(draft_id)] == ["green.jpg"]


def test_the_preview_shows_every_channel_with_its_count_and_follows_what_is_typed(admin: TestClient) -> None:
    draft_id = begun(admin)
    press(admin, draft_id, "simpan", title="Pemilih pemula", body="Kenali tahapan pemilu. " * 60)
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    text = text_of(page)
    for name in ("Website", "Facebook", "Instagram", "X (Twitter)", "TikTok"):
        assert f"Desain {name}: " in page
    assert "dari 280 karakter (tautan dihitung 23, emoji dua)" in text
    address = f"/medsos/ajukan/{draft_id}/gambar/web"
    before = admin.get(address, params={"lebar": 400})
    press(admin, draft_id, "simpan", title="Pemilih lanjut usia")
    after = admin.get(address, params={"lebar": 400})
    with Image.open(BytesIO(after.content)) as picture:
        assert (picture.format, picture.width) == ("WEBP", 400)
    assert before.content != after.content
    with Image.open(BytesIO(admin.get(address).content)) as picture:
        assert (picture.format, picture.width) == ("JPEG", 1200)


def test_a_picture_of_a_past_version_is_not_drawn(admin: TestClient) -> None:
    draft_id = begun(admin)
    press(admin, draft_id, "simpan", title="Satu")
    address = re.search(
        r'href="([^"]+/gambar/web\?v=[0-9a-f]+)"', admin.get(f"/medsos/ajukan/{draft_id}").text
    )
    assert address
    assert admin.get(address[1]).headers["cache-control"] == "private, max-age=3600"
    press(admin, draft_id, "simpan", title="Dua")
    assert admin.get(address[1]).status_code == 404


def test_an_empty_draft_and_one_full_of_nonsense_have_a_preview(admin: TestClient) -> None:
    draft_id = begun(admin)
    assert "Judul belum diisi" in admin.get(f"/medsos/ajukan/{draft_id}").text
    assert admin.get(f"/medsos/ajukan/{draft_id}/gambar/tiktok").status_code == 200
    press(
        admin,
        draft_id,
        "simpan",
        title="W" * 400,
        body="\u202e😀" * 3000,
        activity_date="kemarin",
        channels=["web"],
    )
    assert admin.get(f"/medsos/ajukan/{draft_id}").status_code == 200
    assert admin.get(f"/medsos/ajukan/{draft_id}/gambar/web").status_code in (200, 422)
