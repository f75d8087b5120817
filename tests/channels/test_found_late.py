"""A post that was found after a lost answer is as good as any: it has an address, reads back and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from training_platforms import CHANNELS, COMMIT_CALLS, Sandbox

from medsos.channels.base import Committed, Media, Post
from medsos.channels.metrics import METRICS
from medsos.errors import NotReady, UnknownOutcome
from memory_journal import MemoryJournal

ANY_COMMIT = COMMIT_CALLS | {
    "facebook": {"method": "POST", "path": "/(feed|videos)$"},
    "tiktok": {"method": "", "path": "/content/init/$|/tiktok-upload/"},
}


def lost_commit(sandbox: Sandbox, channel: str, post: Post, journal: MemoryJournal) -> Any:
    """Commit, and never hear of it."""
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("faults", {"kind": "process_then_drop", **ANY_COMMIT[channel]})
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)
    return sandbox.client(channel)


def resolve(sandbox: Sandbox, client: Any, post: Post, journal: MemoryJournal) -> Committed:
    """As the publishing protocol does it, with waits in between."""
    for _ in range(8):
        try:
            found = client.resolve(post, journal)
        except (NotReady, UnknownOutcome):
            sandbox.tell("clock", {"advance_seconds": 60})
            continue
        assert found is not None
        return found
    raise AssertionError("never found")


def as_good_as_any(sandbox: Sandbox, client: Any, channel: str, committed: Committed, text: str) -> None:
    [seen] = sandbox.posts(channel)
    assert committed.post_id
    assert (committed.permalink or client.permalink(committed.post_id)) == seen["permalink"]
    read = client.read_back(committed.post_id)
    assert read.permalink == seen["permalink"]
    assert text in read.text
    assert tuple(client.metrics(committed.post_id)) == METRICS


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("delay", [0, 90], ids=["at once", "listed late"])
def test_a_picture_whose_answer_was_lost(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media], channel: str, delay: int
) -> None:
    sandbox.tell("settings", {"visibility_delay_seconds": delay})
    post = Post(key="kegiatan-1", text="Rapat pleno terbuka", title="Rapat", media=(picture(),))
    client = lost_commit(sandbox, channel, post, journal)

    committed = resolve(sandbox, client, post, journal)
    sandbox.tell("clock", {"advance_seconds": delay})

    as_good_as_any(sandbox, client, channel, committed, "Rapat pleno terbuka")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_video_whose_answer_was_lost(
    sandbox: Sandbox, journal: MemoryJournal, video: Media, channel: str
) -> None:
    post = Post(key="kegiatan-2", text="Video rapat pleno", title="Rapat", media=(video,))
    client = lost_commit(sandbox, channel, post, journal)

    committed = resolve(sandbox, client, post, journal)

    as_good_as_any(sandbox, client, channel, committed, "Video rapat pleno")


def test_a_reel_that_never_shows_in_the_list_goes_to_a_person_and_is_not_sent_again(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media]
) -> None:
    sandbox.tell("settings", {"visibility_delay_seconds": 86_400})
    post = Post(key="kegiatan-3", text="Rapat pleno", title="Rapat", media=(picture(),))
    client = lost_commit(sandbox, "instagram", post, journal)

    with pytest.raises(NotReady, match="sudah tayang"):
        client.resolve(post, journal)
    sandbox.tell("clock", {"advance_seconds": 3_600})
    journal["commit_started_at"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    with pytest.raises(UnknownOutcome, match="sudah tayang"):
        client.resolve(post, journal)

    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)
    assert len(sandbox.posts("instagram")) == 1


def test_a_tiktok_post_under_moderation_gets_its_address_when_it_is_public(
    sandbox: Sandbox, journal: MemoryJournal, picture: Callable[..., Media]
) -> None:
    sandbox.tell("settings", {"tiktok_moderation_seconds": 7_000})
    client = sandbox.client("tiktok")
    post = Post(key="kegiatan-4", text="Rapat pleno terbuka", title="Rapat", media=(picture(),))
    client.prepare(post, journal)

    committed = client.commit(post, journal)

    assert committed.post_id == journal["tiktok_publish_id"]
    assert client.permalink(committed.post_id) is None
    assert client.read_back(committed.post_id).raw["status"] == "PUBLISH_COMPLETE"
    assert client.commit(post, journal) == committed, "a second try finds what the first has done"
    sandbox.tell("clock", {"advance_seconds": 7_000})
    as_good_as_any(sandbox, sandbox.client("tiktok"), "tiktok", committed, "Rapat pleno terbuka")


def test_a_facebook_video_that_takes_long_gets_its_address_later(
    sandbox: Sandbox, journal: MemoryJournal, video: Media
) -> None:
    client = sandbox.client("facebook")
    post = Post(key="kegiatan-5", text="Video rapat pleno", title="Rapat", media=(video,))
    client.prepare(post, journal)
    sandbox.tell("settings", {"processing_seconds": 3_600})

    committed = client.commit(post, journal)

    assert committed.post_id == journal["facebook_video_id"]
    sandbox.tell("clock", {"advance_seconds": 3_700})
    assert client.permalink(committed.post_id) == sandbox.posts("facebook")[0]["permalink"]
    assert "Video rapat pleno" in client.read_back(committed.post_id).text
    assert tuple(client.metrics(committed.post_id)) == METRICS
