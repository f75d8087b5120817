"""What people type or paste is freed of what nobody sees, so that what is approved is what goes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from medsos.channels.progress import same_text
from medsos.content.captions import fill_links
from medsos.content.plan import ChannelText, ContentPlan
from medsos.content.text import tidy_line, tidy_text

TRAPS = "ab é\n\r\t .,#@\u200b\u200d\ufeff\u0301\u2028\x0b😀👩"
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(TRAPS), st.characters()))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Satu\r\nDua\r\n\r\nTiga", "Satu\nDua\n\nTiga"),
        ("Satu\rDua", "Satu\nDua"),
        ("Dari Word\x0bbaris kedua", "Dari Word\nbaris kedua"),
        ("Dari\u2028laman\u2029lain\x85lagi", "Dari\nlaman\nlain\nlagi"),
        ("Spasi di ujung   \nbaris\t\n", "Spasi di ujung\nbaris"),
        ("Jeda\n\n\n\n\npanjang", "Jeda\n\npanjang"),
        ("  Tepi  ", "Tepi"),
        ("Kolom\tkedua", "Kolom kedua"),
        ("#KPU\u200bMelayani", "#KPUMelayani"),
        ("\ufeffAwal", "Awal"),
        ("pe\u00admilu", "pemilu"),
        ("kiri\u200e kanan\u202e", "kiri kanan"),
        ("Bengku\u2060lu", "Bengkulu"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("Suka\u200dduka", "Sukaduka"),
        ("👩\u200d👧 keluarga", "👩\u200d👧 keluarga"),
        ("❤️ dan 🏳️\u200d🌈", "❤️ dan 🏳️\u200d🌈"),
        ("rusak \ud83d sebagian", "rusak  sebagian"),
        ("bunyi \x07lonceng\x00", "bunyi lonceng"),
        ("Rp100.000\u00a0,00", "Rp100.000\u00a0,00"),
    ],
)
def test_each_trap_is_taken_out_and_nothing_that_is_seen(typed: str, kept: str) -> None:
    assert tidy_text(typed) == kept


@given(TEXTS)
@example("a\u200d\u200d😀")
@example(" \u200b\u0301")
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy_text(text)
    assert tidy_text(once) == once
    assert tidy_line(tidy_line(text)) == tidy_line(text)


@given(TEXTS)
def test_tidied_text_can_be_sent_and_holds_no_trap(text: str) -> None:
    tidy = tidy_text(text)
    tidy.encode("utf-8")
    assert unicodedata.is_normalized("NFC", tidy)
    assert not {"\r", "\t", "\ufeff", "\u200b", "\x0b", "\u2028"} & set(tidy)
    assert all(line == line.rstrip() for line in tidy.split("\n"))
    assert "\n" not in tidy_line(text)


@given(TEXTS)
def test_a_post_is_found_again_however_the_platform_writes_its_lines_and_letters(text: str) -> None:
    approved = tidy_text(text)
    for shown in (
        approved.replace("\n", "\r\n"),
        approved.replace("\n\n", "\n"),
        unicodedata.normalize("NFD", approved),
        f" {approved}\n",
    ):
        assert same_text(approved, shown)


@given(TEXTS, TEXTS)
def test_a_stored_plan_reads_back_as_what_it_says(headline: str, caption: str) -> None:
    plan = ContentPlan(
        headline=headline, summary=caption, texts={"x": ChannelText(caption=caption, alt_text=headline)}
    )
    assert plan.texts["x"].caption == tidy_text(caption)
    assert ContentPlan.model_validate(plan.model_dump(mode="json")) == plan


def test_without_the_website_only_the_line_of_the_address_goes() -> None:
    pasted = ChannelText(
        caption="Rapat pleno.\rSelengkapnya: {tautan_web}\r\r#KPUMelayani", alt_text="Poster"
    )
    assert fill_links(pasted.caption, None) == "Rapat pleno.\n\n#KPUMelayani"


def test_a_mark_with_something_invisible_in_it_is_still_the_mark() -> None:
    pasted = ChannelText(caption="Lihat {tautan\u200b_web}", alt_text="Poster")
    assert fill_links(pasted.caption, "https://kpu.go.id/a") == "Lihat https://kpu.go.id/a"
