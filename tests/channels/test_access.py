"""What each platform tells about the credentials: rights, end of the token, posts left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from training_platforms import MemoryTokens

from medsos.channels.access import NEVER_ENDS, Quota
from medsos.channels.base import Media, Post
from medsos.channels.tokens import TokenPair
from medsos.errors import AuthInvalid

APP_ID = "612233445566778"


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
@pytest.mark.parametrize("app_id", [APP_ID, None])
def test_a_complete_meta_token_lacks_nothing_and_tells_how_long_data_may_be_read(
    sandbox: Any, channel: str, app_id: str | None
) -> None:
    access = sandbox.client(channel, app_id=app_id).access()

    assert access.account.name in ("KPU Kota Bengkulu", "@kpukotabengkulu")
    assert access.lacking == ()
    assert access.token.ends_at is not None
    assert timedelta(days=89) < access.token.ends_at - datetime.now(UTC) <= timedelta(days=90)
    assert "token sendiri tidak berakhir" in access.token.remark


def test_the_end_of_a_meta_token_comes_first(sandbox: Any) -> None:
    ends = datetime(2027, 1, 15, tzinfo=UTC)
    sandbox.tell("settings", {"meta_token_expires_at": int(ends.timestamp())})

    assert sandbox.client("facebook", app_id=APP_ID).access().token.ends_at == ends


@pytest.mark.parametrize(
    ("channel", "right", "essential"),
    [
        ("facebook", "pages_manage_posts", True),
        ("facebook", "read_insights", False),
        ("instagram", "instagram_content_publish", True),
        ("instagram", "instagram_manage_contents", False),
    ],
)
def test_a_missing_right_is_named_with_what_it_is_for(
    sandbox: Any, channel: str, right: str, essential: bool
) -> None:
    sandbox.tell("settings", {"meta_missing_permissions": [right]})

    [lack] = sandbox.client(channel).access().lacking

    assert (lack.name, lack.essential) == (right, essential)
    assert str(lack).startswith(f"{right} (")


def test_a_token_that_may_not_look_at_itself_leaves_the_rights_unknown(sandbox: Any) -> None:
    body = {"error": {"code": 100, "message": "You must provide an app access token"}}
    sandbox.tell("faults", {"kind": "status", "status": 400, "path": "debug_token", "body": body})

    access = sandbox.client("facebook").access()

    assert access.lacking is None
    assert access.token.ends_at is None
    assert access.account.name == "KPU Kota Bengkulu"


def test_a_token_that_meta_calls_invalid_is_an_error(sandbox: Any) -> None:
    body = {"data": {"is_valid": False, "scopes": []}}
    sandbox.tell("faults", {"kind": "status", "status": 200, "path": "debug_token", "body": body})

    with pytest.raises(AuthInvalid):
        sandbox.client("facebook").access()


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_instagram_tells_how_many_posts_are_left(
    sandbox: Any, journal: Any, picture: Callable[..., Media], login: str
) -> None:
    sandbox.tell("settings", {"instagram_quota_total": 25})
    client = sandbox.client("instagram")
    post = Post(key="kegiatan-11", text="Rapat", title="Rapat", media=(picture(),))
    client.prepare(post, journal)
    client.commit(post, journal)
    if login == "instagram":
        token = sandbox.accounts["instagram"]["login_token"]
        host = f"{sandbox.url}/instagram-graph"
        client = sandbox.client("instagram", login=login, token=token, host=host, app_secret=None)

    quota = client.access().quota

    assert quota == Quota(used=1, total=25, period="24 jam")
    assert quota.left == 24


def test_keys_of_x_do_not_end_and_do_not_tell_their_rights(sandbox: Any) -> None:
    access = sandbox.client("x").access()

    assert access.account.name == "@kpukotabengkulu"
    assert access.lacking is None
    assert access.token == NEVER_ENDS


@pytest.mark.parametrize("channel", ["x", "tiktok"])
def test_after_a_renewal_the_end_and_the_rights_of_a_token_are_known(sandbox: Any, channel: str) -> None:
    store = MemoryTokens()
    client = sandbox.rotating(channel, store)
    before = client.access()
    assert before.token.ends_at is None
    sandbox.tell("clock", {"advance_seconds": 7_300})

    after = client.access()

    assert after.lacking == ()
    assert store.pair is not None
    assert store.pair.ends_at is not None
    assert store.pair.ends_at - datetime.now(UTC) < timedelta(hours=2, seconds=5)
    if channel == "tiktok":
        assert after.token.ends_at is not None
        assert timedelta(days=179) < after.token.ends_at - datetime.now(UTC) <= timedelta(days=180)


def test_a_scope_that_x_did_not_grant_is_named(sandbox: Any) -> None:
    token = sandbox.accounts["x"]["oauth2_access_token"]
    store = MemoryTokens(TokenPair(token, "penyegar", scopes=("tweet.read", "tweet.write", "users.read")))

    lacking = sandbox.rotating("x", store).access().lacking

    assert [right.name for right in lacking] == ["media.write", "offline.access"]


def test_tiktok_is_tried_out_where_its_scopes_are_not_known_yet(sandbox: Any) -> None:
    assert sandbox.client("tiktok").access().lacking == ()
    error = {"code": "scope_not_authorized", "message": "no scope video.list", "log_id": "1"}
    body = {"data": {}, "error": error}
    sandbox.tell("faults", {"kind": "status", "status": 401, "path": "/video/list/", "body": body})

    assert [right.name for right in sandbox.client("tiktok").access().lacking] == ["video.list"]
