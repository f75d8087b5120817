"""Each client publishes once, resumes, and reads back, against the sandbox over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from training_platforms import CHANNELS

from medsos.channels.base import Committed, Media, Post
from medsos.channels.limits import check_limits
from medsos.errors import AuthInvalid, UnknownOutcome

TEXT = "Sosialisasi tahapan Pemilu di Kota Bengkulu.\n\nSalam & hormat <KPU>.\n#KPUMelayani #KPUKotaBengkulu"
UPLOADS = {
    "web": ("POST", "/wp/v2/media"),
    "facebook": ("POST", "/photos"),
    "instagram": ("POST", "/media"),
    "x": ("POST", "/append"),
    "tiktok": ("POST", "/wp/v2/media"),
}


def post_of(*media: Media, key: str = "kegiatan-1-abc12345", **fields: Any) -> Post:
    return Post(key=key, text=TEXT, title="Sosialisasi tahapan Pemilu", media=media, **fields)


def publish(client: Any, post: Post, journal: Any) -> Committed:
    client.prepare(post, journal)
    return client.commit(post, journal)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_picture_is_published_once_with_our_text_and_alt_text(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    client, post = sandbox.client(channel), post_of(picture())
    assert check_limits(client.channel, client.limits, post) == []

    committed = publish(client, post, journal)

    [seen] = sandbox.posts(channel)
    assert "Sosialisasi tahapan Pemilu di Kota Bengkulu." in seen["text"]
    assert "Salam & hormat <KPU>." in seen["text"].replace("&amp;", "&").replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    assert len(seen["media"]) == 1
    if channel != "tiktok":
        assert seen["alt_texts"] == ["Foto foto"]
    assert committed.post_id == seen["id"]
    assert client.permalink(committed.post_id) == seen["permalink"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_read_back_is_what_was_written(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    client, post = sandbox.client(channel), post_of(picture())

    found = client.read_back(publish(client, post, journal).post_id)

    assert " ".join(TEXT.split()) == " ".join(found.text.split())
    assert found.created_at is not None
    assert found.created_at.tzinfo is not None
    assert found.permalink == sandbox.posts(channel)[0]["permalink"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_preparing_twice_uploads_once_and_shows_nothing(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    post = post_of(picture())

    sandbox.client(channel).prepare(post, journal)
    uploads = sandbox.requests(*UPLOADS[channel])
    sandbox.client(channel).prepare(post, journal)

    assert uploads > 0
    assert sandbox.requests(*UPLOADS[channel]) == uploads
    assert sandbox.posts(channel) == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_second_run_with_the_same_journal_posts_nothing_more(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    post = post_of(picture())
    first = publish(sandbox.client(channel), post, journal)

    second = publish(sandbox.client(channel), post, journal)

    assert second.post_id == first.post_id
    assert len(sandbox.posts(channel)) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_commit_whose_answer_was_never_stored_is_found_and_not_repeated(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    post = post_of(picture())
    publish(sandbox.client(channel), post, journal)
    # As if the process had died between the platform's answer and the journal.
    for key in ("post_id", "permalink"):
        journal[key] = None

    client = sandbox.client(channel)
    client.prepare(post, journal)
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)
    found = client.resolve(post, journal)

    [seen] = sandbox.posts(channel)
    assert found is not None
    assert found.post_id == seen["id"]


@pytest.mark.parametrize("channel", ["facebook", "x"])
def test_a_commit_that_left_no_trace_stays_unknown(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    client, post = sandbox.client(channel), post_of(picture())
    client.prepare(post, journal)
    journal["commit_started_at"] = "2026-11-20T01:00:00+00:00"

    with pytest.raises(UnknownOutcome):
        client.resolve(post, journal)


@pytest.mark.parametrize("channel", ["web", "instagram"])
def test_a_commit_that_never_arrived_is_proved_absent_and_may_be_made(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    client, post = sandbox.client(channel), post_of(picture())
    client.prepare(post, journal)
    journal["commit_started_at"] = "2026-11-20T01:00:00+00:00"

    assert client.resolve(post, journal) is None
    assert client.commit(post, journal).post_id == sandbox.posts(channel)[0]["id"]


@pytest.mark.parametrize("channel", ["web", "facebook", "instagram", "x", "tiktok"])
def test_several_pictures_stay_in_order(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    post = post_of(picture("satu"), picture("dua"), picture("tiga"))

    publish(sandbox.client(channel), post, journal)

    [seen] = sandbox.posts(channel)
    if channel == "web":
        assert len(seen["media"]) >= 1
    else:
        assert len(seen["media"]) == 3
    if channel in ("facebook", "instagram", "x"):
        assert seen["alt_texts"] == ["Foto satu", "Foto dua", "Foto tiga"]


@pytest.mark.parametrize("channel", ["web", "facebook", "x"])
def test_text_alone_is_published_where_the_platform_takes_it(
    sandbox: Any, journal: Any, channel: str
) -> None:
    client, post = sandbox.client(channel), post_of()
    assert check_limits(client.channel, client.limits, post) == []

    committed = publish(client, post, journal)

    [seen] = sandbox.posts(channel)
    assert seen["id"] == committed.post_id
    assert seen["media"] == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_video_is_published_once(
    sandbox: Any, journal: Any, video: Media, picture: Callable[..., Media], channel: str
) -> None:
    client, post = sandbox.client(channel), post_of(video, cover=picture("sampul", (1080, 1920)))
    assert check_limits(client.channel, client.limits, post) == []

    committed = publish(client, post, journal)

    [seen] = sandbox.posts(channel)
    assert "Sosialisasi tahapan Pemilu di Kota Bengkulu." in seen["text"]
    assert committed.post_id == seen["id"]
    assert client.permalink(committed.post_id) == seen["permalink"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_video_prepared_twice_is_sent_once(sandbox: Any, journal: Any, video: Media, channel: str) -> None:
    sent = {
        "web": ("POST", "/wp/v2/media"),
        "facebook": ("POST", "/videos"),
        "instagram": ("POST", "/rupload"),
        "x": ("POST", "/append"),
        "tiktok": ("POST", "/video/init"),
    }[channel]
    post = post_of(video)
    sandbox.client(channel).prepare(post, journal)
    before = sandbox.requests(*sent)

    sandbox.client(channel).prepare(post, journal)

    assert before > 0
    assert sandbox.requests(*sent) == before


def test_documents_stand_as_links_at_the_end_of_the_article(
    sandbox: Any, journal: Any, tmp_path: Path, picture: Callable[..., Media]
) -> None:
    import hashlib

    path = tmp_path / "keputusan-12.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    document = Media(
        path=path,
        media_type="application/pdf",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        size_bytes=path.stat().st_size,
        alt_text="Keputusan Nomor 12 Tahun 2026",
    )
    client, post = sandbox.client("web"), post_of(picture(), documents=(document,))

    committed = publish(client, post, journal)

    html = client.read_back(committed.post_id).raw["content"]["raw"]
    assert html.rstrip().endswith(">Keputusan Nomor 12 Tahun 2026</a></li></ul>")
    assert ".pdf" in html


def test_the_same_picture_is_kept_once_in_the_media_library(
    sandbox: Any, picture: Callable[..., Media]
) -> None:
    host, media = sandbox.client("web"), picture()

    first = host.publish_media(media, key="kegiatan-1-instagram-1")
    second = sandbox.client("web").publish_media(media, key="kegiatan-1-instagram-1")

    assert first == second
    assert sandbox.requests("POST", "/wp/v2/media") == 2  # the file, then its alt text


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("web", "Admin Medsos"),
        ("facebook", "KPU Kota Bengkulu"),
        ("instagram", "@kpukotabengkulu"),
        ("x", "@kpukotabengkulu"),
        ("tiktok", "@kpukotabengkulu"),
    ],
)
def test_each_client_says_whose_account_it_is(sandbox: Any, channel: str, name: str) -> None:
    assert name in sandbox.client(channel).whoami().name


@pytest.mark.parametrize(
    ("channel", "wrong"),
    [
        ("web", {"password": "sandi-salah-sekali"}),
        ("facebook", {"token": "token-salah-sekali"}),
        ("instagram", {"token": "token-salah-sekali"}),
        ("x", {"access_secret": "rahasia-salah-sekali"}),
        ("tiktok", {"access_token": "token-salah-sekali", "refresh_token": ""}),
    ],
)
def test_wrong_credentials_are_refused_in_indonesian_without_showing_them(
    sandbox: Any, channel: str, wrong: dict[str, str]
) -> None:
    client = sandbox.client(channel, **wrong)

    with pytest.raises(Exception, match=r"kredensial|token habis") as caught:
        client.whoami()

    if channel != "tiktok":
        assert isinstance(caught.value, AuthInvalid)
    for secret in filter(None, wrong.values()):
        assert secret not in f"{caught.value!r} {caught.value} {client!r}"
    assert caught.value.__cause__ is None
