"""Exactly one visible post, whatever an earlier try left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from misbehaving_platform import POST, Platform, later, once, worker

from medsos.channels.base import Post
from medsos.errors import ChannelError, ContentInvalid, Duplicate, GivenUp, Transient
from medsos.publishing.protocol import publish
from medsos.publishing.states import State


def test_a_quiet_day_publishes_once_and_keeps_id_and_link(publication_id: int, platform: Platform) -> None:
    row = publish(worker(publication_id), platform, POST)
    assert platform.visible == ["Rapat pleno"]
    assert (row.state, row.post_id, row.permalink) == ("published", "1", "https://example.test/1")


def test_running_again_after_success_calls_nothing(publication_id: int, platform: Platform) -> None:
    publish(worker(publication_id), platform, POST)
    publish(worker(publication_id, "w2"), platform, POST)
    assert len(platform.visible) == 1
    assert platform.uploads == 1


@pytest.mark.parametrize("error", [Duplicate("duplikat"), ChannelError("dialihkan")])
def test_an_answer_that_makes_no_sense_before_the_commit_is_given_up_at_the_deadline(
    publication_id: int, platform: Platform, error: Exception
) -> None:
    platform.prepare_error = error
    with pytest.raises(type(error)):
        publish(worker(publication_id), platform, POST, give_up_after=timedelta(hours=1))
    with pytest.raises(GivenUp):
        publish(worker(publication_id, "w2", later(90)), platform, POST, give_up_after=timedelta(hours=1))
    assert worker(publication_id).state is State.REJECTED


def test_a_platform_that_is_down_is_noticed_before_a_commit_that_would_be_in_doubt_for_ever(
    publication_id: int, platform: Platform
) -> None:
    platform.knock_error = Transient("503")
    with pytest.raises(Transient):
        publish(worker(publication_id), platform, POST)
    assert worker(publication_id).state is State.NEW
    platform.knock_error = None
    assert publish(worker(publication_id, "w2"), platform, POST).state == "published"


def test_an_outage_is_waited_for_until_the_deadline_and_then_given_up_and_may_start_anew(
    publication_id: int, platform: Platform
) -> None:
    def down() -> None:
        raise Transient("503")

    platform.before_commit = down
    for minutes, expected in ((0, Transient), (50, Transient), (61, GivenUp)):
        with pytest.raises(expected):
            publish(
                worker(publication_id, f"w{minutes}", later(minutes)),
                platform,
                POST,
                give_up_after=timedelta(hours=1),
            )
    assert worker(publication_id).state is State.REJECTED
    with pytest.raises(Transient):
        publish(worker(publication_id, "x", later(500)), platform, POST, give_up_after=timedelta(hours=1))
    platform.before_commit = lambda: None
    assert publish(worker(publication_id, "y", later(501)), platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_a_passing_fault_keeps_what_was_uploaded(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(Transient("sambungan ditolak"))
    with pytest.raises(Transient):
        publish(worker(publication_id), platform, POST)
    assert worker(publication_id).state is State.PREPARED
    publish(worker(publication_id, "w2"), platform, POST)
    assert platform.uploads == 1
    assert len(platform.visible) == 1


def test_a_text_over_the_limit_is_refused_before_any_call(publication_id: int, platform: Platform) -> None:
    long_post = Post(key="k", text="x" * 101, title="t")
    with pytest.raises(ContentInvalid):
        publish(worker(publication_id), platform, long_post)
    assert worker(publication_id).state is State.REJECTED
    assert platform.uploads == 0
