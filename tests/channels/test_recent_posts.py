"""What stands on an account since a moment, newest first, for a person who has to compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from training_platforms import CHANNELS, Sandbox

from medsos.channels.base import Media, Post
from memory_journal import MemoryJournal


def publish(sandbox: Sandbox, channel: str, text: str, picture: Media) -> str:
    client, journal = sandbox.client(channel), MemoryJournal()
    post = Post(key=f"kegiatan-{text[-1]}", text=text, title=text, media=(picture,))
    client.prepare(post, journal)
    post_id = client.commit(post, journal).post_id
    assert post_id
    return post_id


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_posts_since_a_moment_come_newest_first_and_older_ones_do_not(
    sandbox: Sandbox, picture: Callable[..., Media], channel: str
) -> None:
    publish(sandbox, channel, "Kegiatan 1", picture("satu"))
    sandbox.tell("clock", {"advance_seconds": 3_600})
    since = datetime.fromisoformat(sandbox.ask("clock")["now"])
    second = publish(sandbox, channel, "Kegiatan 2", picture("dua"))
    sandbox.tell("clock", {"advance_seconds": 60})
    third = publish(sandbox, channel, "Kegiatan 3", picture("tiga"))

    found = sandbox.client(channel).recent_posts(since)

    assert [post.post_id for post in found] == [third, second]
    assert [post.text for post in found] == ["Kegiatan 3", "Kegiatan 2"]
    addresses = {post["id"]: post["permalink"] for post in sandbox.posts(channel)}
    assert [post.permalink for post in found] == [addresses[third], addresses[second]]
    assert all(post.created_at and post.created_at >= since - timedelta(seconds=1) for post in found)


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_account_without_posts_has_none(sandbox: Sandbox, channel: str) -> None:
    since = datetime.fromisoformat(sandbox.ask("clock")["now"])

    assert list(sandbox.client(channel).recent_posts(since)) == []


@pytest.mark.parametrize(("channel", "page"), [("x", 10), ("tiktok", 20)])
def test_a_post_behind_the_first_page_is_found_too(
    sandbox: Sandbox, picture: Callable[..., Media], channel: str, page: int
) -> None:
    since = datetime.fromisoformat(sandbox.ask("clock")["now"])
    first = publish(sandbox, channel, "Kegiatan 0", picture("awal"))
    foreign(sandbox, channel, page + 2, picture)

    found = sandbox.client(channel).recent_posts(since)

    assert found[-1].post_id == first
    assert len(found) == page + 3


def foreign(sandbox: Sandbox, channel: str, count: int, picture: Callable[..., Media]) -> None:
    """Posts that somebody made by hand on the same account."""
    image: Any = picture("tangan")
    for number in range(count):
        sandbox.tell("clock", {"advance_seconds": 61})
        publish(sandbox, channel, f"Dari tangan nomor {number}", image)
