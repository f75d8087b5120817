"""The request form: what is accepted, and what each refusal says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medsos.content.request import CONTENT_TYPE_NAMES, CONTENT_TYPES, ContentRequest, accept_request
from medsos.errors import RequestError
from medsos.offices.model import CHANNELS

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
GOOD = {
    "title": "Rapat Koordinasi",
    "content_type": "sosialisasi_tahapan",
    "body": "Rapat dibuka pukul 09.00 WIB.",
    "channels": ["web", "x"],
}


def accept(offered: tuple[str, ...] = CHANNELS, files: tuple[str, ...] = ("foto.jpg", "sk.pdf"), **changes):
    return accept_request({**GOOD, **changes}, offered_channels=offered, files_at_hand=files, now=NOW)


def problems(**changes) -> list[str]:
    with pytest.raises(RequestError) as caught:
        accept(**changes)
    return caught.value.problems


def only_problem(**changes) -> str:
    sentences = problems(**changes)
    assert len(sentences) == 1, sentences
    assert sentences[0].endswith((".", ")"))
    return sentences[0]


def test_a_good_request_is_accepted_with_its_channels_in_the_order_of_the_sop():
    request = accept(channels=["x", "web", "facebook"], activity_date="2026-11-23", place=" Aula ")
    assert request.channels == ("web", "facebook", "x")
    assert request.activity_date == date(2026, 11, 23)
    assert request.place == "Aula"


def test_empty_fields_of_the_form_mean_not_given():
    request = accept(
        activity_date=None,
        place="",
        materials=None,
        upload_at="  ",
        kahar=False,
        kahar_reason=None,
        document_date="",
    )
    assert request == accept()


def test_unknown_fields_of_the_form_are_ignored():
    assert accept(office="lain") == accept()


def test_text_is_trimmed_composed_and_freed_of_invisible_signs():
    request = accept(
        title="  Rapat\n Koordinasi\u202e ", body="\ufeffSatu.\r\nDua.  \n\n\n\nTiga.\x00 kafe\u0301 \n"
    )
    assert request.title == "Rapat Koordinasi"
    assert request.body == "Satu.\nDua.\n\nTiga. kafé"


@pytest.mark.parametrize("field", ["materials", "channels"])
def test_a_list_typed_one_per_line_is_a_list(field):
    typed = {"materials": "foto.jpg\n\n sk.pdf \n", "channels": "web\nx"}[field]
    wanted = {"materials": ("foto.jpg", "sk.pdf"), "channels": ("web", "x")}[field]
    assert getattr(accept(**{field: typed}), field) == wanted


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": "   "}, "Judul masih kosong. Isi judul"),
        ({"title": None}, "Judul masih kosong"),
        ({"title": "x" * 151}, "Judul 151 karakter; paling banyak 150. Pindahkan"),
        ({"body": "\n \n"}, "Isi konten masih kosong. Tulis"),
        ({"body": "x" * 5001}, "Isi konten 5001 karakter; paling banyak 5000. Ringkas"),
        ({"place": "x" * 151}, "Tempat 151 karakter; paling banyak 150. Tulis lebih singkat"),
        ({"channels": []}, "Belum ada kanal yang dipilih. Pilih"),
        ({"channels": None}, "Belum ada kanal yang dipilih. Pilih"),
        ({"channels": ["tiktok"], "offered": ("web",)}, "Kanal TikTok tidak dipakai kantor ini. Pilih"),
        ({"channels": ["myspace"]}, "Kanal myspace tidak dipakai kantor ini. Pilih"),
        ({"content_type": "puisi"}, "Jenis konten tidak dikenal. Pilih salah satu dari: Foto kegiatan"),
        ({"content_type": None}, "Jenis konten tidak dikenal. Pilih"),
        ({"kahar": True}, "Keadaan kahar ditandai tanpa alasan. Tulis alasannya"),
        ({"kahar": True, "kahar_reason": "  "}, "Keadaan kahar ditandai tanpa alasan. Tulis alasannya"),
        ({"kahar_reason": "Banjir"}, "keadaan kahar tidak ditandai. Tandai"),
        ({"kahar": True, "kahar_reason": "x" * 1001}, "Alasan kahar 1001 karakter; paling banyak 1000"),
        ({"kahar": "entah"}, "Tanda keadaan kahar tidak sah. Pilih"),
        ({"materials": ["hilang.jpg"]}, "Berkas “hilang.jpg” tidak ada di folder masuk. Periksa ejaannya"),
        ({"materials": ["../foto.jpg"]}, "Berkas “../foto.jpg” tidak ada di folder masuk"),
        ({"materials": ["foto.jpg", "foto.jpg"]}, "Berkas “foto.jpg” disebut lebih dari sekali. Hapus"),
        ({"activity_date": "kemarin"}, "Tanggal kegiatan tidak sah. Pilih"),
        ({"document_date": "2026-02-30"}, "Tanggal dokumen tidak sah. Pilih"),
        ({"upload_at": "besok"}, "Waktu unggah tidak sah. Pilih"),
        ({"upload_at": "2026-11-24T10:00:00"}, "Waktu unggah tanpa zona waktu. Pilih ulang"),
        ({"upload_at": NOW}, "Waktu unggah sudah lewat. Pilih waktu"),
        ({"upload_at": "2026-11-23T09:59:00+07:00"}, "Waktu unggah sudah lewat"),
        ({"upload_at": NOW + timedelta(days=400)}, "Waktu unggah lebih dari setahun lagi. Periksa"),
        ({"content_type": "foto_kegiatan"}, "Foto kegiatan memerlukan berkas gambar. Tambahkan"),
        ({"content_type": "video"}, "Video memerlukan berkas video. Tambahkan pada kolom Bahan"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_one_sentence_that_says_what_to_do(changes, says):
    assert says in only_problem(**changes)


def test_a_misspelt_file_is_answered_with_the_nearest_name_first():
    files = (*(f"a{n:02}.png" for n in range(30)), "rapat-pleno.jpg")
    assert "Yang tersedia: rapat-pleno.jpg," in only_problem(materials=["rapat_pleno.jpg"], files=files)


def test_an_empty_folder_says_so():
    assert "(folder masih kosong)" in only_problem(materials=["foto.jpg"], files=())


def test_too_many_files_are_refused_before_anything_is_read():
    files = tuple(f"{n}.jpg" for n in range(5))
    sentence = only_problem(content_type="foto_kegiatan", materials=list(files), files=files)
    assert "paling banyak 4 berkas; yang disebut 5. Hapus" in sentence


def test_an_upload_time_in_the_future_keeps_its_moment():
    request = accept(upload_at="2026-11-23T10:01:00+07:00")
    assert request.upload_at == datetime(2026, 11, 23, 3, 1, tzinfo=UTC)


def test_a_kahar_request_with_its_reason_is_accepted():
    request = accept(kahar="true", kahar_reason="Listrik padam")
    assert (request.kahar, request.kahar_reason) == (True, "Listrik padam")


def test_a_legal_product_needs_number_date_pdf_and_the_website():
    sentences = problems(content_type="produk_hukum", channels=["x"])
    assert len(sentences) == 4
    for word in ("berkas dokumen PDF", "nomor dokumen", "tanggal dokumen", "Website"):
        assert any(word in sentence for sentence in sentences)


def test_a_complete_legal_product_is_accepted():
    request = accept(
        content_type="produk_hukum",
        materials=["sk.pdf"],
        document_number="12/2026",
        document_date="2026-11-01",
    )
    assert request.document_date == date(2026, 11, 1)


def test_all_mistakes_are_told_at_once():
    sentences = problems(
        title="", body="", channels=[], content_type="?", kahar=True, materials=["x.jpg"], activity_date="?",
        document_date="?", upload_at="?",
    )  # fmt: skip
    assert len(sentences) == len(set(sentences)) == 9


def test_a_form_with_nothing_in_it_is_refused_with_its_mistakes():
    with pytest.raises(RequestError, match="Judul masih kosong") as caught:
        accept_request({}, offered_channels=CHANNELS, files_at_hand=[], now=NOW)
    assert len(caught.value.problems) == 4


def test_every_content_type_has_a_name():
    assert set(CONTENT_TYPE_NAMES) == set(CONTENT_TYPES)


_ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5) | st.none())
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ContentRequest.model_fields, _ANY)))
def test_whatever_is_typed_the_answer_is_a_request_or_sentences(raw):
    sentences: list[str] = []
    request = None
    try:
        request = accept_request({**GOOD, **raw}, offered_channels=CHANNELS, files_at_hand=["a"], now=NOW)
    except RequestError as error:
        sentences = error.problems
    assert all(sentence.endswith((".", ")")) for sentence in sentences)
    assert bool(sentences) != bool(request and request.title and request.channels)
