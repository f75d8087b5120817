"""Taking a post down where a platform can, and an honest refusal where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from medsos.channels.base import Media, Post
from medsos.errors import ContentInvalid, NotSupported, PermissionMissing

CHANNELS = ("facebook", "instagram", "x")


@pytest.fixture
def published(sandbox: Any, journal: Any, picture: Callable[..., Media]) -> Callable[[str], tuple[Any, str]]:
    def publish(channel: str) -> tuple[Any, str]:
        client = sandbox.client(channel)
        post = Post(key="kegiatan-9", text="Sosialisasi tahapan", title="Sosialisasi", media=(picture(),))
        client.prepare(post, journal)
        return client, client.commit(post, journal).post_id

    return publish


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_deleted_post_is_gone_from_the_platform(sandbox: Any, published: Any, channel: str) -> None:
    client, post_id = published(channel)

    client.delete(post_id)

    assert sandbox.posts(channel) == []
    with pytest.raises(ContentInvalid):
        client.read_back(post_id)


@pytest.mark.parametrize("channel", CHANNELS)
def test_deleting_what_is_not_there_is_said(sandbox: Any, published: Any, channel: str) -> None:
    client, post_id = published(channel)
    client.delete(post_id)

    with pytest.raises(ContentInvalid):
        client.delete(post_id)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["drop_before", "process_then_drop"])
def test_a_deletion_whose_answer_is_lost_is_repeated_and_succeeds(
    sandbox: Any, published: Any, channel: str, kind: str
) -> None:
    client, post_id = published(channel)
    sandbox.tell("faults", {"kind": kind, "method": "DELETE", "path": ".*"})

    client.delete(post_id)

    assert sandbox.posts(channel) == []
    assert sandbox.ask("faults")["faults"] == []


def test_tiktok_says_that_it_cannot_delete_and_leaves_the_post(sandbox: Any, published: Any) -> None:
    client, post_id = published("tiktok")

    with pytest.raises(NotSupported, match="tidak didukung oleh TikTok"):
        client.delete(post_id)

    assert len(sandbox.posts("tiktok")) == 1


def test_a_token_of_instagram_login_cannot_delete_and_nothing_is_tried(sandbox: Any) -> None:
    keys = sandbox.accounts["instagram"]
    client = sandbox.client(
        "instagram", login="instagram", token=keys["login_token"], host=f"{sandbox.url}/instagram-graph",
        app_secret=None,
    )  # fmt: skip

    with pytest.raises(NotSupported, match="Instagram Login"):
        client.delete("17000000000000001")

    assert sandbox.requests("DELETE", "/") == 0


def test_without_the_right_to_delete_the_post_stays_and_the_lack_is_said(
    sandbox: Any, published: Any
) -> None:
    client, post_id = published("instagram")
    sandbox.tell("settings", {"meta_missing_permissions": ["instagram_manage_contents"]})

    with pytest.raises(PermissionMissing, match="instagram_manage_contents"):
        client.delete(post_id)

    assert len(sandbox.posts("instagram")) == 1
