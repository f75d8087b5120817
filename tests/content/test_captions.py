"""Drafted captions: right words, right length, right links."""

from __future__ import annotations

import pytest
from caption_drafts import BODY, BUDGETS, LONG_BODY, draft, measure, request, with_link_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medsos.content.captions import (
    ALT_TEXT_LENGTH,
    LINK_RESERVE,
    SUMMARY_LENGTH,
    draft_plan,
    fill_links,
    with_longest_link,
)
from medsos.content.plan import WEB_LINK
from medsos.content.request import CONTENT_TYPES
from medsos.offices.model import CHANNELS

LONGEST_ADDRESS = "https://kota-bengkulu.kpu.go.id/" + "a" * (
    LINK_RESERVE - len("https://kota-bengkulu.kpu.go.id/")
)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@pytest.mark.parametrize("body", [BODY, LONG_BODY, "x" * 5000], ids=["usual", "long", "one word"])
@pytest.mark.parametrize("title", ["Rapat", "K" * 150, "会" * 150], ids=["short", "long", "wide"])
def test_every_caption_fits_its_channel_with_the_longest_address_filled_in(office, content_type, body, title):
    plan = draft(with_link_on(office, "x", True), content_type, body=body, title=title)
    assert list(plan.texts) == list(CHANNELS)
    for channel, text in plan.texts.items():
        filled = fill_links(text.caption, LONGEST_ADDRESS)
        assert filled.strip()
        assert WEB_LINK not in filled
        assert 0 < len(text.alt_text) <= ALT_TEXT_LENGTH
        if channel in BUDGETS:
            assert measure(channel, filled) <= BUDGETS[channel]
            assert measure(channel, filled) == measure(channel, with_longest_link(text.caption))


def test_only_the_chosen_channels_get_a_text(office):
    assert list(draft(office, channels=("facebook", "x")).texts) == ["facebook", "x"]


def test_the_same_request_gives_the_same_draft(office):
    assert draft(office) == draft(office)


def test_the_article_has_a_dateline_the_whole_body_and_when_and_where(office):
    article = draft(office, body=LONG_BODY).texts["web"].caption
    assert article.startswith("Bengkulu, kota-bengkulu.kpu.go.id – Pemutakhiran")
    assert LONG_BODY in article
    assert article.endswith("Hari/tanggal: Senin, 23 November 2026\nTempat: Aula KPU Kota Bengkulu")
    assert "#" not in article


def test_a_facebook_post_has_title_body_when_where_link_and_hashtags_in_this_order(office):
    post = draft(office).texts["facebook"].caption
    assert post == "\n\n".join(
        [
            "Rapat Koordinasi Pemutakhiran Data Pemilih",
            BODY,
            "Hari/tanggal: Senin, 23 November 2026\nTempat: Aula KPU Kota Bengkulu",
            f"Selengkapnya: {WEB_LINK}",
            "#KPUMelayani #KPUKotaBengkulu",
        ]
    )


def test_a_long_instagram_caption_ends_at_the_end_of_a_sentence(office):
    post = draft(office, body=LONG_BODY).texts["instagram"].caption
    body = post.split("\n\n")[1]
    assert body.endswith("petugas.")
    assert LONG_BODY.startswith(body)
    assert 2200 - len(post) < 100


def test_a_short_post_does_not_stop_at_the_dot_of_an_abbreviation(office):
    body = draft(office).texts["x"].caption.split("\n\n")[1]
    assert body == BODY.split("\n\n")[0]
    body = draft(office, place="Aula " * 14).texts["x"].caption.split("\n\n")[1]
    assert body == BODY.split(" Rapat")[0]


def test_a_post_on_x_with_a_long_title_gives_up_body_then_when_and_where_then_hashtags(office):
    lines = draft(office, title="Judul " * 26, place="Aula").texts["x"].caption.split("\n\n")
    assert lines[1:] == ["Senin, 23 November 2026, Aula", "#KPUMelayani #KPUKotaBengkulu"]
    lines = draft(office, title="Judul " * 24, place="Aula " * 24).texts["x"].caption.split("\n\n")
    assert lines[1:] == ["#KPUMelayani #KPUKotaBengkulu"]
    assert draft(office, title="会" * 139).texts["x"].caption == "会" * 139
    assert draft(office, title="会" * 150).texts["x"].caption == "会" * 139 + "…"


def test_a_body_of_one_long_sentence_is_cut_at_a_word_and_marked(office):
    body = "petugas mendata pemilih " * 40
    lines = draft(office, body=body).texts["x"].caption.split("\n\n")
    assert lines[1].endswith(("petugas…", "mendata…", "pemilih…"))
    assert body.startswith(lines[1].rstrip("…"))


def test_tiktok_gets_a_short_caption(office):
    assert len(draft(office, body=LONG_BODY).texts["tiktok"].caption) <= 400


def test_without_date_and_place_their_lines_are_left_out(office):
    for text in draft(office, activity_date=None, place="").texts.values():
        assert "tanggal" not in text.caption.lower()
        assert "Tempat:" not in text.caption
        assert "{" not in text.caption.replace(WEB_LINK, "")
    assert "Hari/tanggal" not in draft(office, activity_date=None).texts["facebook"].caption
    assert "Tempat: Aula" in draft(office, activity_date=None).texts["facebook"].caption


def test_a_legal_product_is_announced_with_number_title_date_and_the_way_to_the_document(office):
    texts = draft(office, "produk_hukum").texts
    for channel in CHANNELS:
        assert "12/HK.03.1-Kpt/1771/2026" in texts[channel].caption
        assert "1 November 2026" in texts[channel].caption
        if channel != "web":
            assert texts[channel].caption.startswith("Rapat Koordinasi Pemutakhiran Data Pemilih")
            assert "Dokumen lengkap" in texts[channel].caption
    assert f"Dokumen lengkap: {WEB_LINK}" in texts["facebook"].caption
    assert "Dokumen lengkap di situs web KPU Kota Bengkulu." in texts["x"].caption
    assert "diunduh pada lampiran" in texts["web"].caption


def test_a_condolence_is_solemn(office):
    plan = draft(
        office, "ucapan_duka", title="Selamat Jalan, Bapak Fulan!", body="Kami kehilangan!!! Sungguh?!"
    )
    said = [plan.headline, plan.summary]
    said += [part for text in plan.texts.values() for part in (text.caption, text.alt_text)]
    assert not [part for part in said if "!" in part]
    assert not [part for part in said if "#" in part]
    assert plan.headline == "Selamat Jalan, Bapak Fulan."
    assert "Kami kehilangan. Sungguh?" in plan.texts["facebook"].caption
    assert "turut berduka cita" in plan.texts["facebook"].caption


def test_a_condolence_is_not_said_twice(office):
    texts = draft(office, "ucapan_duka", title="Turut Berduka Cita", body="Atas wafatnya Bapak Fulan.").texts
    assert texts["facebook"].caption.lower().count("berduka cita") == 1


def test_a_greeting_is_signed_and_has_no_date_line(office):
    texts = draft(
        office, "ucapan_hari_besar", title="Selamat Hari Pahlawan", body="Hormati jasa pahlawan!"
    ).texts
    assert "Keluarga besar Komisi Pemilihan Umum Kota Bengkulu" in texts["facebook"].caption
    assert "Hari/tanggal" not in texts["facebook"].caption
    assert "#KPUMelayani" in texts["x"].caption


def test_braces_in_the_text_are_just_text(office):
    plan = draft(office, title="Rapat {title} {0}", body="Isi {body} dan {tidak_ada}.")
    assert "Rapat {title} {0}" in plan.texts["facebook"].caption
    assert "Isi {body} dan {tidak_ada}." in plan.texts["web"].caption


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("foto_kegiatan", "Poster foto kegiatan"),
        ("video", "Sampul video"),
        ("ucapan_hari_besar", "Kartu ucapan dari"),
        ("ucapan_duka", "Kartu ucapan duka cita"),
        ("sosialisasi_tahapan", "Poster sosialisasi tahapan"),
        ("produk_hukum", "Kartu pengumuman produk hukum"),
    ],
)
def test_the_alt_text_says_what_kind_of_design_it_is_and_what_stands_on_it(office, content_type, kind):
    for text in draft(office, content_type).texts.values():
        assert text.alt_text.startswith(kind)
        assert "“Rapat Koordinasi Pemutakhiran Data Pemilih”" in text.alt_text
        assert "KPU Kota Bengkulu" in text.alt_text


def test_the_alt_text_of_an_activity_tells_when_and_where(office):
    alt = draft(office).texts["x"].alt_text
    assert alt.endswith("Senin, 23 November 2026, Aula KPU Kota Bengkulu.")


def test_the_summary_is_at_most_three_whole_sentences(office):
    summary = draft(office).summary
    assert summary == " ".join(BODY.split("\n\n")[0].split())
    assert draft(office, body="Satu. Dua. Tiga. Empat.").summary == "Satu. Dua. Tiga."
    assert len(draft(office, body="kata " * 400).summary) <= SUMMARY_LENGTH


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from(" .!?\n"), min_size=1
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    title=_WORDS.filter(str.strip).map(lambda t: t[:150]),
    body=_WORDS.map(lambda t: (t * 30)[:5000]),
    content_type=st.sampled_from(CONTENT_TYPES),
    budget=st.integers(min_value=200, max_value=600),
)
def test_no_text_whatever_breaks_a_budget(office, title, body, content_type, budget):
    budgets = dict.fromkeys(("facebook", "instagram", "tiktok"), budget) | {"x": 280}
    plan = draft_plan(request(content_type, title=title, body=body), office, budgets=budgets, measure=measure)
    for channel, limit in budgets.items():
        assert measure(channel, with_longest_link(plan.texts[channel].caption)) <= limit
