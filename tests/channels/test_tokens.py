"""Tokens that end are exchanged once, stored before use, and shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from training_platforms import MemoryTokens

from medsos.channels.base import Media, Post
from medsos.errors import AuthExpired, AuthInvalid, RateLimited, Transient

TWO_HOURS = 7_300


def test_an_ended_token_is_exchanged_once_and_shared(sandbox: Any) -> None:
    store = MemoryTokens()
    first = sandbox.client("tiktok", token_store=store)
    second = sandbox.client("tiktok", token_store=store)
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})

    assert "@kpukotabengkulu" in first.whoami().name
    assert "@kpukotabengkulu" in second.whoami().name
    assert "@kpukotabengkulu" in sandbox.client("tiktok", token_store=store).whoami().name

    assert store.saved == 1
    assert sandbox.requests("POST", "/v2/oauth/token/") == 1


def test_a_token_that_ends_between_upload_and_commit_leads_to_one_post(
    sandbox: Any, journal: Any, picture: Callable[..., Media]
) -> None:
    post = Post(key="kegiatan-2", text="Rapat kerja", title="Rapat", media=(picture(),))
    client = sandbox.client("tiktok", token_store=MemoryTokens())
    client.prepare(post, journal)
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})

    committed = client.commit(post, journal)

    [seen] = sandbox.posts("tiktok")
    assert committed.post_id == seen["id"]


def test_without_a_store_the_end_of_the_token_is_said(sandbox: Any) -> None:
    client = sandbox.client("tiktok")
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})

    with pytest.raises(AuthExpired, match="masa berlaku token habis"):
        client.whoami()


def test_a_used_refresh_token_is_refused_and_a_person_is_asked(sandbox: Any) -> None:
    old = dict(sandbox.accounts["tiktok"])
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    sandbox.client("tiktok", token_store=MemoryTokens()).whoami()
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    late = sandbox.client(
        "tiktok",
        token_store=MemoryTokens(),
        access_token=old["access_token"],
        refresh_token=old["refresh_token"],
    )

    with pytest.raises(AuthInvalid, match="kredensial ditolak") as caught:
        late.whoami()

    assert old["refresh_token"] not in str(caught.value)


def test_a_pair_stored_meanwhile_by_another_machine_is_used_instead(sandbox: Any) -> None:
    store = MemoryTokens()
    slow = sandbox.client("tiktok", token_store=store)
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    slow_store_view = store.load()
    sandbox.client("tiktok", token_store=store).whoami()

    assert slow_store_view is None
    assert "@kpukotabengkulu" in slow.whoami().name
    assert store.saved == 1


def test_x_with_oauth2_refreshes_and_posts(sandbox: Any, journal: Any, picture: Callable[..., Media]) -> None:
    store = MemoryTokens()
    client = sandbox.rotating("x", store)
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    post = Post(key="kegiatan-3", text="Rapat kerja", title="Rapat", media=(picture(),))

    client.prepare(post, journal)
    committed = client.commit(post, journal)

    assert sandbox.posts("x")[0]["id"] == committed.post_id
    assert store.saved == 1


TOKEN_CALL = {"method": "POST", "path": "/oauth2?/token/?$"}
PASSING = {
    "page": {"kind": "status", "preset": "html_503"},
    "json": {"kind": "status", "status": 503, "body": {"error": "temporarily_unavailable"}},
    "fault": {"kind": "status", "status": 500, "body": {"error": "server_error", "error_description": "x"}},
    "never arrived": {"kind": "drop_before"},
}


@pytest.mark.parametrize("channel", ["x", "tiktok"])
@pytest.mark.parametrize("fault", list(PASSING.values()), ids=list(PASSING))
def test_a_passing_fault_of_the_token_service_is_not_a_lost_account(
    sandbox: Any, journal: Any, picture: Callable[..., Media], channel: str, fault: dict[str, Any]
) -> None:
    store = MemoryTokens()
    client = sandbox.rotating(channel, store)
    post = Post(key="kegiatan-4", text="Rapat kerja", title="Rapat", media=(picture(),))
    client.prepare(post, journal)
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    sandbox.tell("faults", {**fault, **TOKEN_CALL})

    with pytest.raises(Transient):
        client.commit(post, journal)
    assert not journal.get("commit_started_at"), "nothing was sent"

    client.prepare(post, journal)
    client.commit(post, journal)
    assert len(sandbox.posts(channel)) == 1
    assert store.saved == 1


@pytest.mark.parametrize("channel", ["x", "tiktok"])
def test_a_token_service_that_is_busy_is_waited_for(sandbox: Any, channel: str) -> None:
    client = sandbox.rotating(channel, MemoryTokens())
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    sandbox.tell("faults", {"kind": "status", "preset": "retry_after_429", **TOKEN_CALL})

    with pytest.raises(RateLimited):
        client.whoami()
    assert client.whoami().id


@pytest.mark.parametrize("channel", ["x", "tiktok"])
@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 401, "body": {"error": "invalid_client", "error_description": "x"}},
        {"status": 401, "body": ""},
        {"status": 400, "body": {"error": "unsupported_grant_type", "error_description": "x"}},
    ],
    ids=["app", "bare", "grant"],
)
def test_a_refused_exchange_asks_a_person_and_is_not_repeated(
    sandbox: Any, channel: str, refusal: dict[str, Any]
) -> None:
    client = sandbox.rotating(channel, MemoryTokens())
    sandbox.tell("clock", {"advance_seconds": TWO_HOURS})
    sandbox.tell("faults", {"kind": "status", "times": -1, **refusal, **TOKEN_CALL})

    with pytest.raises(AuthInvalid):
        client.whoami()

    assert sandbox.requests("POST", "/token") == 1
