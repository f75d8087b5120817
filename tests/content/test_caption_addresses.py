"""A caption carries the address of the article where that works, and reads well where it does not."""

from __future__ import annotations

import pytest
from caption_drafts import BODY, draft, with_link_on

from medsos.content.captions import fill_links, web_address_needed
from medsos.content.plan import WEB_LINK
from medsos.content.request import CONTENT_TYPES
from medsos.offices.model import CHANNELS


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_links_go_where_they_work_and_an_address_to_read_where_they_do_not(office, content_type):
    texts = draft(office, content_type).texts
    assert web_address_needed(texts["facebook"].caption)
    assert not web_address_needed(texts["web"].caption)
    for channel in ("instagram", "tiktok"):
        assert not web_address_needed(texts[channel].caption)
        assert "kota-bengkulu.kpu.go.id" in texts[channel].caption


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_without_the_website_among_the_channels_nothing_leads_there(office, content_type):
    channels = tuple(channel for channel in CHANNELS if channel != "web")
    for text in draft(office, content_type, channels=channels).texts.values():
        assert not web_address_needed(text.caption)
        assert "kpu.go.id" not in text.caption


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_post_on_x_holds_no_address_where_it_would_cost_extra(office, content_type):
    body = BODY + " Cek di https://cekdptonline.kpu.go.id sekarang. Lihat juga kpu.go.id ya. Terima kasih."
    caption = (
        draft(with_link_on(office, "x", False), content_type, title="Rapat", body=body).texts["x"].caption
    )
    assert ".go.id" not in caption
    assert "http" not in caption


def test_a_post_on_x_may_carry_the_link_when_the_office_allows_it(office):
    caption = draft(with_link_on(office, "x", True)).texts["x"].caption
    assert f"Selengkapnya: {WEB_LINK}" in caption


def test_filling_in_the_address_puts_it_where_the_mark_stands():
    assert fill_links(f"Halo\n\nSelengkapnya: {WEB_LINK}\n\n#a", "https://x.id/1") == (
        "Halo\n\nSelengkapnya: https://x.id/1\n\n#a"
    )


def test_without_an_address_the_whole_line_goes_and_no_gap_stays():
    assert fill_links(f"Halo\n\nSelengkapnya: {WEB_LINK}\n\n#a", None) == "Halo\n\n#a"
    assert fill_links(f"Halo\n\nSelengkapnya: {WEB_LINK}", None) == "Halo"


def test_a_caption_without_the_mark_stays_as_it_was_approved():
    caption = "Halo\n\n\n\n#a  "
    assert fill_links(caption, None) == caption
    assert fill_links(caption, "https://x.id") == caption
