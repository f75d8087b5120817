"""What an office needs of each platform beyond the plain post, and what comes after a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from training_platforms import CHANNELS, Sandbox

from medsos.channels.base import Committed, Media, Post
from medsos.channels.limits import LIMITS, check_limits
from medsos.errors import ChannelError, ContentInvalid, MediaInvalid, NotReady, Transient, UnknownOutcome
from memory_journal import MemoryJournal


def attempt(sandbox: Sandbox, channel: str, post: Post, journal: MemoryJournal) -> Committed:
    """One try, as the publishing protocol makes it."""
    client = sandbox.client(channel)
    if journal.get("commit_started_at") and not journal.get("post_id"):
        found = client.resolve(post, journal)
        if found:
            return found
    client.prepare(post, journal)
    return client.commit(post, journal)


def test_a_text_with_a_link_shows_the_link_on_facebook(sandbox: Sandbox, journal: MemoryJournal) -> None:
    text = "Daftar pemilih dapat dicek di https://cekdptonline.kpu.go.id/, gratis."
    client = sandbox.client("facebook")

    committed = attempt(sandbox, "facebook", Post(key="k", text=text, title="DPT"), journal)

    attachments = client.read_back(committed.post_id or "").raw["attachments"]["data"]
    assert [one["url"] for one in attachments] == ["https://cekdptonline.kpu.go.id/"]
    assert sandbox.posts("facebook")[0]["text"] == text


def test_a_link_to_facebook_itself_stays_in_the_text(sandbox: Sandbox, journal: MemoryJournal) -> None:
    text = "Siaran langsung: https://www.facebook.com/kpukotabengkulu/live"

    attempt(sandbox, "facebook", Post(key="k", text=text, title="Siaran"), journal)

    assert sandbox.posts("facebook")[0]["text"] == text


def test_a_link_beside_a_picture_does_not_take_its_place(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media]
) -> None:
    post = Post(key="k", text="Unduh di https://kpu.go.id/dpt", title="DPT", media=(picture(),))

    attempt(sandbox, "facebook", post, journal)

    assert len(sandbox.posts("facebook")[0]["media"]) == 1


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
def test_a_video_is_seen_by_its_cover(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media], video: Media, channel: str
) -> None:
    cover = picture("sampul", (1080, 1920))
    post = Post(key="k", text="Video", title="Video", media=(video,), cover=cover)

    attempt(sandbox, channel, post, journal)

    page = requests.get(sandbox.posts(channel)[0]["permalink"], timeout=20).text
    assert f"/cdn/{cover.sha256}.jpg" in page


def test_a_long_headline_is_no_matter_for_a_video_on_tiktok(video: Media, picture: Any) -> None:
    post = Post(key="k", text="Video", title="J" * 120, media=(video,))

    assert check_limits("tiktok", LIMITS["tiktok"], post) == []
    assert "judul" in check_limits("tiktok", LIMITS["tiktok"], Post("k", "a", "J" * 120, (picture(),)))[0]


def test_bytes_that_had_arrived_are_no_reason_to_send_the_video_again(
    sandbox: Sandbox, journal: MemoryJournal, video: Media
) -> None:
    """The last chunk arrives, its answer says 416, and the status cannot be read for hours."""
    post = Post(key="k", text="Video", title="Video", media=(video,))
    sandbox.client("tiktok").prepare(post, journal)
    sandbox.tell("faults", {"kind": "process_then_status", "status": 416, "path": "/tiktok-upload/"})
    sandbox.tell("faults", {"kind": "status", "preset": "html_503", "path": "/status/fetch/", "times": 4})

    with pytest.raises(UnknownOutcome):
        sandbox.client("tiktok").commit(post, journal)
    sandbox.tell("clock", {"advance_seconds": 4_000})
    attempt(sandbox, "tiktok", post, journal)

    assert len(sandbox.posts("tiktok")) == 1


def test_media_that_x_no_longer_takes_are_sent_once_more_by_themselves(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media]
) -> None:
    refusal = {"title": "Invalid Request", "detail": "Your media IDs are invalid.", "status": 400,
               "type": "https://api.twitter.com/2/problems/invalid-request"}  # fmt: skip
    fault = {"kind": "status", "status": 400, "body": refusal, "method": "POST", "path": "/2/tweets$"}
    post = Post(key="k", text="Rapat", title="Rapat", media=(picture(),))
    sandbox.tell("faults", {**fault, "times": 2})

    with pytest.raises(Transient):
        attempt(sandbox, "x", post, journal)
    with pytest.raises(MediaInvalid):
        attempt(sandbox, "x", post, journal)

    attempt(sandbox, "x", post, journal)
    assert sandbox.requests("POST", "/initialize") == 3
    assert len(sandbox.posts("x")) == 1


def test_a_container_that_instagram_does_not_know_is_made_anew(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media]
) -> None:
    error = {"message": "The requested resource does not exist", "code": 24, "error_subcode": 2207008}
    fault = {"kind": "status", "status": 400, "body": {"error": error}, "path": "/media_publish$"}
    post = Post(key="k", text="Rapat", title="Rapat", media=(picture(),))
    sandbox.tell("faults", {**fault, "times": 4})

    with pytest.raises(NotReady):
        attempt(sandbox, "instagram", post, journal)
    attempt(sandbox, "instagram", post, journal)

    made = [one for one in sandbox.ask("requests") if re.search(r"/graph/.+/media$", one["path"])]
    assert len(made) == 2
    assert len(sandbox.posts("instagram")) == 1


REFUSED_COMMITS = {
    "facebook": {"path": "/feed$", "body": {"error": {"message": "Invalid parameter", "code": 100}}},
    "tiktok": {
        "path": "/content/init/$",
        "body": {"data": {}, "error": {"code": "invalid_param", "message": "photo_images"}},
    },
    "instagram": {
        "path": "/media$",
        "body": {
            "error": {"message": "The media could not be fetched", "code": 9004, "error_subcode": 2207052}
        },
    },
}


@pytest.mark.parametrize("channel", list(REFUSED_COMMITS))
def test_after_a_refusal_the_next_start_hands_the_pictures_over_anew(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media], channel: str
) -> None:
    """What was handed over may be what is wrong: it has been deleted, or has expired."""
    post = Post(key="k", text="Rapat", title="Rapat", media=(picture(),))
    sandbox.tell("faults", {"kind": "status", "status": 400, "method": "POST", **REFUSED_COMMITS[channel]})
    with pytest.raises(ContentInvalid):
        attempt(sandbox, channel, post, journal)
    before = sandbox.requests("GET", "/wp-json/wp/v2/media") + sandbox.requests("POST", "/photos")

    attempt(sandbox, channel, post, journal)

    after = sandbox.requests("GET", "/wp-json/wp/v2/media") + sandbox.requests("POST", "/photos")
    assert after > before
    assert len(sandbox.posts(channel)) == 1


def test_an_upload_that_facebook_has_forgotten_begins_anew_at_the_next_start(
    sandbox: Sandbox, journal: MemoryJournal, video: Media
) -> None:
    post = Post(key="k", text="Video", title="Video", media=(video,))
    refusal = {"error": {"message": "Invalid upload session", "code": 100}}
    sandbox.tell("faults", {"kind": "status", "status": 400, "body": refusal, "path": "/videos$", "skip": 1})

    with pytest.raises(ContentInvalid):
        attempt(sandbox, "facebook", post, journal)
    attempt(sandbox, "facebook", post, journal)

    assert sandbox.requests("POST", "/videos") == 5, "start, refused transfer; start, transfer, finish"
    assert len(sandbox.posts("facebook")) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_refused_post_is_not_public_and_says_why(
    sandbox: Sandbox, journal: MemoryJournal, channel: str
) -> None:
    problems = check_limits(channel, LIMITS[channel], Post(key="k", text="", title=""))

    assert problems, "nothing to post is told before anything is sent"
    with pytest.raises(ChannelError):
        sandbox.client(channel).read_back("99999999999")
