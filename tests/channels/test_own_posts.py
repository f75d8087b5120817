"""A client that looks for its post takes that for its own, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from training_platforms import CHANNELS, COMMIT_CALLS, Sandbox

from medsos.channels.base import Media, Post
from medsos.errors import ContentInvalid, UnknownOutcome
from memory_journal import MemoryJournal


def test_an_article_of_somebody_else_under_our_address_is_not_taken_for_ours(
    sandbox: Sandbox, journal: Any, post: Post
) -> None:
    other = Post(key=post.key, text="Pengumuman lain.", title="Lain")
    client = sandbox.client("web")
    client.prepare(other, MemoryJournal())
    other_journal = MemoryJournal()
    client.prepare(other, other_journal)
    client.commit(other, other_journal)

    with pytest.raises(ContentInvalid, match="sudah dipakai artikel lain"):
        client.prepare(post, journal)


def test_two_equal_posts_go_to_a_person(sandbox: Sandbox, post: Post) -> None:
    client = sandbox.client("facebook")
    for _ in range(2):
        journal = MemoryJournal()
        client.prepare(post, journal)
        client.commit(post, journal)
    journal["post_id"] = None

    with pytest.raises(UnknownOutcome, match="ditemukan 2 postingan"):
        client.resolve(post, journal)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_text_with_links_is_recognised_although_the_platform_changes_them(
    sandbox: Sandbox, journal: Any, picture: Callable[..., Media], channel: str
) -> None:
    text = "Baca https://kota-bengkulu.kpu.go.id/rapat-k7/ dan https://kpu.go.id?a=1&b=2.\n\n#KPUMelayani"
    client = sandbox.client(channel)
    post = Post(key="rapat-k9", text=text, title="Rapat", media=(picture(),))
    client.prepare(post, journal)
    sandbox.tell("faults", {"kind": "process_then_drop", **COMMIT_CALLS[channel]})
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)

    found = client.resolve(post, journal)

    assert found is not None
    assert [entry["id"] for entry in sandbox.posts(channel)] == [found.post_id]
