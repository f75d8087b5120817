"""Where Meta's app asks for `appsecret_proof`, every call has it; where it is wrong, that is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from medsos.channels.base import Media, Post
from medsos.errors import PermissionMissing


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
@pytest.mark.parametrize("kind", ["picture", "pictures", "video"])
def test_every_call_of_a_posts_life_carries_the_proof(
    sandbox: Any, journal: Any, picture: Callable[..., Media], video: Media, channel: str, kind: str
) -> None:
    sandbox.tell("settings", {"facebook_require_appsecret_proof": True})
    client = sandbox.client(channel, app_id=sandbox.accounts["facebook"]["app_id"])
    media = {"picture": (picture(),), "pictures": (picture("a"), picture("b")), "video": (video,)}[kind]
    post = Post(key="k", text="Rapat pleno", title="Rapat", media=media)

    assert client.access().lacking == ()
    client.prepare(post, journal)
    post_id = client.commit(post, journal).post_id
    assert client.permalink(post_id)
    assert client.read_back(post_id).text == "Rapat pleno"
    assert len(client.recent_posts(datetime.now(UTC) - timedelta(minutes=5))) == 1
    client.metrics(post_id)
    client.delete(post_id)

    assert sandbox.posts(channel) == []


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
@pytest.mark.parametrize("secret", [None, "rahasia-yang-salah"])
def test_a_missing_or_wrong_proof_is_said_without_the_secret(
    sandbox: Any, channel: str, secret: str | None
) -> None:
    sandbox.tell("settings", {"facebook_require_appsecret_proof": True})

    with pytest.raises(PermissionMissing, match="appsecret_proof") as caught:
        sandbox.client(channel, app_secret=secret).whoami()

    assert "rahasia-yang-salah" not in str(caught.value)
