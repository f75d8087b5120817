"""Broken connections at every place of the way: never two posts, and never a claim without proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_platforms import CHANNELS, COMMIT_CALLS, Sandbox

from medsos.channels.base import Committed, Media, Post
from medsos.errors import ChannelError, Duplicate, NotReady, RateLimited, Transient, UnknownOutcome
from medsos.sandbox.testing import running_sandbox
from memory_journal import MemoryJournal

VIDEO_COMMIT_CALLS = COMMIT_CALLS | {
    # start, transfer, finish: all to the same address, and a small video takes one transfer.
    "facebook": {"method": "POST", "path": "/videos$", "skip": 2},
    "tiktok": {"method": "PUT", "path": "/tiktok-upload/"},
}
PROVES_ABSENCE = {"web", "instagram"}
PROVES_ABSENCE_OF_VIDEO = {"web", "instagram", "tiktok"}


def advance(client: Any, post: Post, journal: Any) -> Committed:
    """One try of the publishing protocol: look first when an earlier try left the outcome open."""
    if journal.get("commit_started_at") and not journal.get("post_id"):
        committed = client.resolve(post, journal)
        if committed is not None:
            return committed
    client.prepare(post, journal)
    return client.commit(post, journal)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "process_then_drop"},
        {"kind": "truncated"},
        {"kind": "process_then_status", "preset": "html_502"},
        {"kind": "process_then_status", "preset": "http_500"},
        {"kind": "process_then_status", "preset": "html_200"},
        {"kind": "process_then_status", "preset": "empty_200"},
    ],
    ids=lambda fault: fault.get("preset") or fault["kind"],
)
def test_a_post_whose_answer_is_lost_is_found_and_there_is_one(
    sandbox: Sandbox, journal: Any, post: Post, channel: str, fault: dict[str, Any]
) -> None:
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("faults", {**fault, **COMMIT_CALLS[channel]})

    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)
    committed = advance(sandbox.client(channel), post, journal)

    [seen] = sandbox.posts(channel)
    assert committed.post_id == seen["id"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_commit_that_never_arrived_is_repeated_only_on_proof(
    sandbox: Sandbox, journal: Any, post: Post, channel: str
) -> None:
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("faults", {"kind": "drop_before", **COMMIT_CALLS[channel]})
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)

    if channel in PROVES_ABSENCE:
        assert advance(client, post, journal).post_id == sandbox.posts(channel)[0]["id"]
    else:
        with pytest.raises(UnknownOutcome):
            advance(client, post, journal)
        assert sandbox.posts(channel) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["process_then_drop", "drop_before"])
def test_a_video_whose_commit_breaks_off_is_published_at_most_once(
    sandbox: Sandbox, journal: Any, video: Media, channel: str, kind: str
) -> None:
    client = sandbox.client(channel)
    post = Post(key="video-k8", text="Video sosialisasi.", title="Video", media=(video,))
    client.prepare(post, journal)
    fault = dict(VIDEO_COMMIT_CALLS[channel])
    # Preparing has used up the calls that come first.
    fault.pop("skip", None)
    sandbox.tell("faults", {"kind": kind, **fault})
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)

    if kind == "process_then_drop" or channel in PROVES_ABSENCE_OF_VIDEO:
        committed = advance(client, post, journal)
        [seen] = sandbox.posts(channel)
        assert committed.post_id == seen["id"]
    else:
        with pytest.raises(UnknownOutcome):
            advance(client, post, journal)
        assert sandbox.posts(channel) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["process_then_drop", "drop_before"])
def test_whichever_request_breaks_off_there_is_never_a_second_post(
    tmp_path: Path, post: Post, channel: str, kind: str
) -> None:
    """Breaks the first request, then the second, and so on, each time on an empty platform."""
    with running_sandbox(tmp_path / "platform") as url:
        sandbox, number = Sandbox(url), 0
        while True:
            sandbox.tell("reset", {})
            sandbox.tell("faults", {"kind": kind, "path": "", "skip": number})
            journal = MemoryJournal()
            committed = _until_settled(sandbox, channel, post, journal)

            seen = sandbox.posts(channel)
            assert len(seen) <= 1, f"request {number}"
            if committed is None:
                assert kind == "drop_before", f"request {number}: a lost answer was not found again"
                assert channel not in PROVES_ABSENCE, f"request {number}"
            else:
                assert [entry["id"] for entry in seen] == [committed.post_id], f"request {number}"
            if sandbox.ask("faults")["faults"]:
                break
            number += 1
        assert number >= 2


def _until_settled(sandbox: Sandbox, channel: str, post: Post, journal: Any) -> Committed | None:
    """Tries as Airflow's task retries do, each with a new client; None when a person has to look."""
    for _ in range(6):
        try:
            return advance(sandbox.client(channel), post, journal)
        except (Transient, RateLimited, NotReady):
            continue
        except UnknownOutcome:
            if journal.get("asked"):
                return None
            journal["asked"] = True
        except ChannelError as error:
            raise AssertionError(f"refused for good: {error}") from error
    raise AssertionError("not settled after six tries")


@pytest.mark.parametrize(
    ("channel", "preset"),
    [("facebook", "graph_506"), ("x", "x_403_duplicate")],
)
def test_a_duplicate_refusal_after_a_lost_answer_leads_to_the_first_post(
    sandbox: Sandbox, journal: Any, post: Post, channel: str, preset: str
) -> None:
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("faults", {"kind": "process_then_status", "preset": preset, **COMMIT_CALLS[channel]})

    with pytest.raises(Duplicate):
        client.commit(post, journal)
    found = client.resolve(post, journal)

    assert found is not None
    assert [entry["id"] for entry in sandbox.posts(channel)] == [found.post_id]


@pytest.mark.parametrize(
    ("channel", "preset"),
    [
        ("facebook", "graph_4"),
        ("instagram", "instagram_limit"),
        ("x", "x_429"),
        ("tiktok", "tiktok_429"),
        ("web", "bare_429"),
    ],
)
def test_a_rate_limit_on_the_commit_is_no_unknown_outcome_and_may_be_tried_again(
    sandbox: Sandbox, journal: Any, post: Post, channel: str, preset: str
) -> None:
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("faults", {"preset": preset, **COMMIT_CALLS[channel]})
    with pytest.raises(RateLimited) as caught:
        client.commit(post, journal)
    assert caught.value.retry_at.tzinfo is not None

    assert advance(client, post, journal).post_id == sandbox.posts(channel)[0]["id"]


def test_instagram_not_ready_right_after_finished_is_waited_out(
    sandbox: Sandbox, journal: Any, post: Post
) -> None:
    client = sandbox.client("instagram")
    client.prepare(post, journal)
    sandbox.tell("faults", {"preset": "instagram_not_ready", "times": 2, **COMMIT_CALLS["instagram"]})

    assert client.commit(post, journal).post_id == sandbox.posts("instagram")[0]["id"]


def test_a_post_that_tiktok_is_still_processing_is_asked_for_again(
    sandbox: Sandbox, journal: Any, post: Post
) -> None:
    sandbox.tell("settings", {"processing_seconds": 3_600})
    client = sandbox.client("tiktok")
    client.prepare(post, journal)
    with pytest.raises(UnknownOutcome, match="masih diproses"):
        client.commit(post, journal)
    with pytest.raises(NotReady):
        sandbox.client("tiktok").resolve(post, journal)
    sandbox.tell("clock", {"advance_seconds": 3_600})

    committed = sandbox.client("tiktok").resolve(post, journal)

    assert committed is not None
    assert [entry["id"] for entry in sandbox.posts("tiktok")] == [committed.post_id]


@pytest.mark.parametrize("channel", ["facebook", "instagram", "x", "tiktok"])
def test_a_post_that_shows_late_in_the_lists_is_waited_for(
    sandbox: Sandbox, journal: Any, post: Post, channel: str
) -> None:
    client = sandbox.client(channel)
    client.prepare(post, journal)
    sandbox.tell("settings", {"visibility_delay_seconds": 40})
    sandbox.tell("faults", {"kind": "process_then_drop", **COMMIT_CALLS[channel]})
    with pytest.raises(UnknownOutcome):
        client.commit(post, journal)

    found = client.resolve(post, journal)

    assert found is not None
    assert [entry["id"] for entry in sandbox.posts(channel)] == [found.post_id]


def test_a_facebook_video_that_is_up_stays_up_although_it_cannot_be_read_back(
    sandbox: Sandbox, journal: Any, video: Media
) -> None:
    post = Post(key="video-k7", text="Cek nama Anda.", title="Cek", media=(video,))
    client = sandbox.client("facebook")
    client.prepare(post, journal)
    sandbox.tell("faults", {"preset": "graph_190", "method": "GET", "times": -1})

    committed = client.commit(post, journal)

    assert committed.post_id == journal["facebook_video_id"]
    assert len(sandbox.posts("facebook")) == 1
