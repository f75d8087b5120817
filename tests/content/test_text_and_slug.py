"""Cutting text, and the keys that name a content."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medsos.content.slug import post_key
from medsos.content.text import cut_anywhere, cut_at_sentence, cut_at_word, sentence_ends


def up_to(length: int):
    return lambda text: len(text) <= length


def sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Satu. Dua! Tiga?", ["Satu.", "Dua!", "Tiga?"]),
        ("Di Jl. Supratman No. 8. Selesai.", ["Di Jl. Supratman No. 8.", "Selesai."]),
        ("Oleh Dr. H. Fulan, S.H., M.H. dan Prof. A. B. Cipto. Usai.", None),
        ("Pukul 09.00 WIB. Mulai.", ["Pukul 09.00 WIB.", "Mulai."]),
        ("“Mari memilih.” Ia menutup.", ["“Mari memilih.”", "Ia menutup."]),
        ("1. Daftar\n2. Pilih", ["1. Daftar\n2. Pilih"]),
        ("Tahun 2026. Berikutnya.", ["Tahun 2026.", "Berikutnya."]),
        ("Tanpa titik\n\nParagraf dua", ["Tanpa titik", "Paragraf dua"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, parts):
    wanted = parts or ["Oleh Dr. H. Fulan, S.H., M.H. dan Prof. A. B. Cipto.", "Usai."]
    assert sentences(text) == wanted


def test_cutting_at_a_sentence_keeps_whole_sentences_or_nothing():
    assert cut_at_sentence("Satu dua. Tiga empat.", up_to(12)) == "Satu dua."
    assert cut_at_sentence("Satu dua tiga empat.", up_to(12)) == ""


def test_cutting_at_a_word_marks_the_cut_and_leaves_no_stray_comma():
    assert cut_at_word("Satu, dua tiga", up_to(8)) == "Satu…"
    assert cut_at_word("Satu", up_to(8)) == "Satu"
    assert cut_at_word("Satupanjangsekali", up_to(8)) == ""


def test_a_word_is_cut_only_when_there_is_no_other_way_and_never_through_an_emoji():
    assert cut_anywhere("Satupanjangsekali", up_to(8)) == "Satupan…"
    family = "👨\u200d👩\u200d👧"
    assert cut_anywhere(family + "x" * 20, up_to(4)) == ""
    assert cut_anywhere(family + "x" * 20, up_to(6)) == family + "…"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=200), length=st.integers(1, 100))
def test_no_cut_is_longer_than_what_fits(text, length):
    for cut in (cut_at_sentence, cut_at_word, cut_anywhere):
        assert len(cut(text, up_to(length))) <= length


def test_a_key_tells_content_cycle_and_channel():
    assert post_key("Rapat Koordinasi: Data Pemilih (Tahap II)!", 12, "web") == (
        "rapat-koordinasi-data-pemilih-tahap-ii-k12"
    )
    assert post_key("Rapat", 12, "instagram") == "rapat-k12-instagram"


def test_a_title_without_latin_letters_or_signs_still_has_a_key():
    assert post_key("!!!", 3, "web") == "tanpa-judul-k3"
    assert post_key("Selamat Idulfitri 1 Syawal — «Mohon Maaf» é", 3, "web").isascii()


def test_a_long_title_is_cut_at_a_word():
    key = post_key(
        "Sosialisasi Pemutakhiran Data Pemilih Berkelanjutan Triwulan Keempat Tahun 2026", 7, "web"
    )
    assert key == "sosialisasi-pemutakhiran-data-pemilih-berkelanjutan-triwulan-k7"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=st.text(max_size=150), cycle=st.integers(1, 10**6), channel=st.sampled_from(["web", "x"]))
def test_every_key_is_short_stable_and_fit_for_an_address(title, cycle, channel):
    key = post_key(title, cycle, channel)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
    assert len(key) <= 60 + len(f"-k{cycle}-{channel}")
    assert key == post_key(title, cycle, channel)
