"""What a person says of a post is entered once, and only where it can be true."""

from __future__ import annotations

import pytest
from misbehaving_platform import POST, Platform, hand_to_a_person, later, worker

from medsos.errors import Cancelled, LedgerError
from medsos.publishing.protocol import publish
from medsos.publishing.settling import (
    hand_over,
    settle_as_absent,
    settle_as_cancelled,
    settle_as_published,
    settle_as_uploaded_by_hand,
)
from medsos.publishing.states import NOTHING_SENT, State
from medsos.store.models import Publication
from medsos.store.session import transaction


def test_a_person_who_finds_the_post_settles_it(publication_id: int, platform: Platform) -> None:
    hand_to_a_person(publication_id, platform)
    row = settle_as_published(worker(publication_id, "admin", later()), permalink="https://example.test/9")
    assert (row.state, row.permalink) == ("published", "https://example.test/9")
    publish(worker(publication_id, "w9", later()), platform, POST)
    assert platform.visible == []


def test_a_person_who_finds_nothing_lets_the_commit_be_made_again(
    publication_id: int, platform: Platform
) -> None:
    hand_to_a_person(publication_id, platform)
    settle_as_absent(worker(publication_id, "admin", later()))
    assert publish(worker(publication_id, "w9", later()), platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_a_channel_that_a_person_gave_up_stays_given_up(publication_id: int, platform: Platform) -> None:
    hand_to_a_person(publication_id, platform)
    settle_as_cancelled(worker(publication_id, "admin", later()))
    with pytest.raises(Cancelled):
        publish(worker(publication_id, "again", later()), platform, POST)
    assert worker(publication_id).state is State.CANCELLED
    assert platform.visible == []


def test_what_is_published_can_be_neither_settled_nor_cancelled(
    publication_id: int, platform: Platform
) -> None:
    publish(worker(publication_id), platform, POST)
    for settle in (settle_as_absent, settle_as_cancelled):
        with pytest.raises(LedgerError):
            settle(worker(publication_id, "admin"))
    assert worker(publication_id).state is State.PUBLISHED


@pytest.mark.parametrize("state", NOTHING_SENT)
def test_an_upload_by_hand_is_accepted_wherever_nothing_is_public(publication_id: int, state: State) -> None:
    with transaction() as session:
        session.get_one(Publication, publication_id).state = state
    row = settle_as_uploaded_by_hand(worker(publication_id), permalink="https://example.test/5", at=later())
    assert row.state == "published"


@pytest.mark.parametrize("state", [State.COMMITTING, State.UNKNOWN])
def test_an_upload_by_hand_waits_until_the_doubt_is_settled(publication_id: int, state: State) -> None:
    with transaction() as session:
        session.get_one(Publication, publication_id).state = state
    with pytest.raises(LedgerError):
        settle_as_cancelled(worker(publication_id))
    hand_over(worker(publication_id))
    assert worker(publication_id).state is State.NEEDS_PERSON


def test_an_upload_by_hand_is_entered_once(publication_id: int) -> None:
    for _ in range(2):
        row = settle_as_uploaded_by_hand(
            worker(publication_id, "admin"), permalink="https://example.test/5", at=later()
        )
        assert (row.state, row.permalink, row.published_at) == (
            "published",
            "https://example.test/5",
            later(),
        )
