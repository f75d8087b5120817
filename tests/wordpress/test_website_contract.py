"""The website channel does the same on the sandbox and on a real WordPress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path

import av
import numpy as np
import pytest
import requests
from websites import (
    ARTICLE_TEXT,
    AUTHOR,
    EDITOR,
    Website,
    picture,
    plain,
    publish,
    written,
)

from builders import media_of
from medsos.channels.base import Media, Post
from medsos.errors import ContentInvalid, Transient
from memory_journal import MemoryJournal

LONG = "\n\n".join(
    f"Paragraf {number}: " + "Pemutakhiran data pemilih dilakukan berjenjang. " * 4 for number in range(26)
)
HOSTILE = (
    '<script>alert("x")</script> <img src=x onerror=alert(1)> [gallery ids="1"] [caption]isi[/caption]\n\n'
    "&lt;b&gt; bukan tebal &amp; </p><!-- wp:html --> <style>p{display:none}</style>"
)
HEADLINES = (
    'Rapat "Koordinasi" & Pleno',
    "Salam <b>KPU</b> untuk <script>alert(1)</script> warga",
    "Pemilu 2029 🗳️ dimulai – ayo memilih!",
    "A &amp; B &copy; 5 < 6 > 4",
    "Jum'at bersih: [gallery] 100%",
)


def test_an_article_with_picture_and_document_becomes_public_once(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client, post = website.client(), article()

    client.prepare(post, journal)
    assert website.public(key) == []
    [draft] = website.posts(key)
    assert draft["status"] == "draft"
    committed = client.commit(post, journal)

    [seen] = website.public(key)
    assert str(seen["id"]) == committed.post_id
    assert seen["slug"] == key
    assert committed.permalink == seen["link"] == f"{website.site}/{key}/"
    page = website.page(seen["link"])
    assert page.status == 200
    assert page.heading == "Rapat pleno terbuka"
    assert page.heading in page.title
    assert "Ketua KPU Kota Bengkulu membuka rapat pleno." in page.text
    assert "Keputusan Nomor 12 Tahun 2026" in page.text
    assert "Peserta rapat pleno" in page.pictures.values()


def test_the_files_behind_an_article_are_the_ones_that_were_sent(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    post = article()

    committed = publish(website.client(), post, journal)

    stored = {item["mime_type"]: item for item in website.library(key)}
    [sent_picture], [sent_document] = post.media, post.documents
    for sent in (sent_picture, sent_document):
        answer = requests.get(stored[sent.media_type]["source_url"], timeout=30)
        assert answer.headers["Content-Type"] == sent.media_type
        assert answer.content == sent.path.read_bytes()
    assert stored["image/jpeg"]["alt_text"] == "Peserta rapat pleno"
    [seen] = website.public(key)
    assert seen["featured_media"] == stored["image/jpeg"]["id"]
    assert stored["application/pdf"]["source_url"] in website.page(committed.permalink or "").links


def test_an_article_is_read_back_as_it_was_written_with_the_time_of_its_publication(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client = website.client()
    committed = publish(client, article(documents=()), journal)

    found = client.read_back(committed.post_id or "")

    assert found.text == ARTICLE_TEXT
    assert found.permalink == client.permalink(committed.post_id or "") == committed.permalink
    assert found.created_at is not None
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(minutes=2)
    local, universal = (datetime.fromisoformat(found.raw[name]) for name in ("date", "date_gmt"))
    assert local - universal == timedelta(hours=7)


def test_several_pictures_and_a_video_stand_in_the_article(
    website: Website, key: str, journal: MemoryJournal, tmp_path: Path, article: Callable[..., Post]
) -> None:
    pictures = tuple(picture(tmp_path, f"{key}-{n}", f"Foto {n}") for n in ("satu", "dua", "tiga"))
    album = publish(website.client(), article(media=pictures), journal)
    cover = picture(tmp_path, f"{key}-sampul")
    clip = article(key=f"{key}-video", media=(_video(tmp_path / "klip.mp4"),), cover=cover, documents=())
    film = publish(website.client(), clip, MemoryJournal())

    shown = website.page(album.permalink or "").pictures
    assert [alt for alt in shown.values() if alt.startswith("Foto ")] == [
        "Foto satu",
        "Foto dua",
        "Foto tiga",
    ]
    [address] = website.page(film.permalink or "").videos
    assert requests.get(address, timeout=30).content == (tmp_path / "klip.mp4").read_bytes()


def test_a_second_run_posts_nothing_more_even_when_its_memory_is_gone(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    post = article()
    first = publish(website.client(), post, journal)

    again = publish(website.client(), post, journal)
    forgetful = publish(website.client(), post, MemoryJournal())

    assert first.post_id == again.post_id == forgetful.post_id
    assert len(website.public(key)) == len(website.posts(key)) == 1
    assert len(website.library(key)) == 2


def test_a_draft_prepared_by_a_run_that_died_is_taken_up_and_brought_up_to_date(
    website: Website, key: str, article: Callable[..., Post]
) -> None:
    website.client().prepare(article(title="Judul lama", text="Isi lama."), MemoryJournal())

    committed = publish(website.client(), article(), MemoryJournal())

    [seen] = website.posts(key)
    assert str(seen["id"]) == committed.post_id
    assert seen["title"]["raw"] == "Rapat pleno terbuka"
    assert "Isi lama" not in seen["content"]["raw"]


@pytest.mark.parametrize("title", HEADLINES)
def test_visitors_read_the_title_that_was_written(
    website: Website, key: str, journal: MemoryJournal, title: str
) -> None:
    committed = publish(website.client(), Post(key=key, text="Isi.", title=title), journal)

    page = website.page(committed.permalink or "")

    assert plain(page.heading) == plain(title)
    assert plain(title) in plain(page.title)
    assert not [script for script in page.scripts if script.strip() == "alert(1)"]
    [seen] = website.posts(key)
    assert unescape(seen["title"]["raw"]) == title


@pytest.mark.parametrize("login", [EDITOR, AUTHOR])
def test_a_hostile_text_is_shown_as_text(
    website: Website, key: str, journal: MemoryJournal, login: str
) -> None:
    client = website.client(login)
    committed = publish(client, Post(key=key, text=HOSTILE, title="Uji"), journal)

    page = website.page(committed.permalink or "")

    assert plain(HOSTILE) in plain(page.text)
    assert not [script for script in page.scripts if "alert" in script]
    assert "x" not in page.pictures
    assert plain(client.read_back(committed.post_id or "").text) == plain(HOSTILE)


def test_a_long_article_arrives_whole(website: Website, key: str, journal: MemoryJournal) -> None:
    assert len(LONG) > 5000
    client = website.client()

    committed = publish(client, Post(key=key, text=LONG, title="Panjang"), journal)

    assert plain(client.read_back(committed.post_id or "").text) == plain(LONG)
    assert plain(LONG.replace("\n\n", " ")) in plain(website.page(committed.permalink or "").text)


@pytest.mark.parametrize("alt_text", ['Ketua "KPU" & <anggota>', "Dua\nbaris  dan  spasi", "Naik 5%ad < 10%"])
def test_visitors_hear_the_alternative_text_that_was_written(
    website: Website, key: str, journal: MemoryJournal, tmp_path: Path, alt_text: str
) -> None:
    pictures = tuple(picture(tmp_path, f"{key}-{n}", alt_text) for n in ("satu", "dua"))

    committed = publish(website.client(), Post(key=key, text="Isi.", title="Uji", media=pictures), journal)

    heard = [plain(alt) for alt in website.page(committed.permalink or "").pictures.values()]
    assert heard.count(plain(alt_text)) == 2


def test_media_are_stored_once_and_reused_under_a_public_address(
    website: Website, key: str, tmp_path: Path
) -> None:
    photo, other = picture(tmp_path, f"{key}-satu"), picture(tmp_path, f"{key}-dua")

    addresses = [website.client().publish_media(photo, key=key) for _ in range(2)]
    second = website.client().publish_media(other, key=key)

    assert addresses[0] == addresses[1] != second
    assert requests.get(addresses[0], timeout=30).content == photo.path.read_bytes()
    assert requests.get(second, timeout=30).content == other.path.read_bytes()
    assert len(website.library(key)) == 2


def test_a_file_that_is_not_what_its_name_says_is_refused(
    website: Website, key: str, journal: MemoryJournal, tmp_path: Path
) -> None:
    fake = written(tmp_path / "palsu.jpg", "image/jpeg", b"bukan gambar")

    with pytest.raises(ContentInvalid):
        website.client().prepare(Post(key=key, text="Isi.", title="Uji", media=(fake,)), journal)

    assert website.library(key) == []
    assert website.posts(key) == []


def test_a_picture_deleted_from_the_library_is_uploaded_again(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client, post = website.client(), article(documents=())
    client.prepare(post, journal)
    journal["web_post_id"] = None
    [item] = website.library(key)
    assert website.rest("DELETE", f"media/{item['id']}", params={"force": "true"}).status_code == 200

    with pytest.raises(Transient, match="pustaka media"):
        client.prepare(post, journal)
    committed = publish(client, post, journal)

    [seen], [again] = website.public(key), website.library(key)
    assert seen["featured_media"] == again["id"] != item["id"]
    assert committed.post_id == str(seen["id"])


def _video(path: Path) -> Media:
    """One second of H.264, 160 × 120."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=Fraction(10), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(10):
            pixels = np.full((120, 160, 3), number * 20, dtype=np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode(None))
    return media_of(path, "video/mp4", width=160, height=120, duration_seconds=1.0)
