"""An article's text becomes safe HTML and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medsos.channels.wordpress.api import slug_of
from medsos.channels.wordpress.html import article_html, documents_html, image_html, plain_text


def test_paragraphs_and_line_breaks_are_kept() -> None:
    assert article_html("Satu\nDua\n\n\nTiga") == "<p>Satu<br />\nDua</p>\n<p>Tiga</p>"


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "</p><h1>"])
def test_markup_in_the_text_stays_text(attack: str) -> None:
    html = article_html(f"Awal {attack} akhir")

    assert html.count("<p>") == html.count("</p>") == 1
    assert "<script" not in html
    assert "<img" not in html
    assert plain_text(html) == f"Awal {attack} akhir"


def test_addresses_become_links_without_their_full_stop() -> None:
    assert '<a href="https://kpu.go.id/a?b=1&amp;c=2">https://kpu.go.id/a?b=1&amp;c=2</a>.' in article_html(
        "Lihat https://kpu.go.id/a?b=1&c=2."
    )


def test_alt_texts_and_names_are_escaped() -> None:
    assert 'alt="&quot;x&quot; &amp; y"' in image_html("https://h/a.jpg", '"x" & y')
    assert "<b>" not in documents_html([("<b>", "https://h/a.pdf")])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), min_size=1, max_size=5))
def test_any_text_comes_back(words: list[str]) -> None:
    text = "\n\n".join(" ".join([word, "<&>", word]) for word in words)

    assert plain_text(article_html(text)).split() == text.split()


@pytest.mark.parametrize(
    ("key", "slug"), [("kegiatan-1-ab12", "kegiatan-1-ab12"), ("Rapat: Pleno/2026", "rapat-pleno-2026")]
)
def test_a_slug_is_what_wordpress_leaves_unchanged(key: str, slug: str) -> None:
    assert slug_of(key) == slug
