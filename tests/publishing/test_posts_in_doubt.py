"""A post of which nobody knows whether it is up is looked for, and never sent again without proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from misbehaving_platform import POST, Platform, WorkerDied, later, leave_in_doubt, once, worker

from medsos.errors import (
    AuthInvalid,
    ContentInvalid,
    Duplicate,
    NotYetKnown,
    PermissionMissing,
    SeveralFound,
    Transient,
    UnknownOutcome,
)
from medsos.publishing.protocol import publish
from medsos.publishing.states import State


@pytest.mark.parametrize("error", [UnknownOutcome("500"), Duplicate("duplikat")])
def test_accepted_but_answered_with_an_error_is_found_and_not_posted_again(
    publication_id: int, platform: Platform, error: Exception
) -> None:
    platform.after_commit = once(error)
    row = publish(worker(publication_id), platform, POST)
    assert row.state == "published"
    assert len(platform.visible) == 1


def test_a_worker_killed_after_the_platform_accepted_leads_to_one_post(
    publication_id: int, platform: Platform
) -> None:
    platform.after_commit = once(WorkerDied())
    with pytest.raises(WorkerDied):
        publish(worker(publication_id), platform, POST)
    assert worker(publication_id).state is State.COMMITTING
    row = publish(worker(publication_id, "w2", later()), platform, POST)
    assert row.state == "published"
    assert len(platform.visible) == 1


def test_a_worker_killed_before_the_commit_arrived_is_looked_for_with_growing_waits_then_goes_to_a_person(
    publication_id: int, platform: Platform
) -> None:
    leave_in_doubt(publication_id, platform)
    waits = []
    for number in range(1, 4):
        with pytest.raises(NotYetKnown) as caught:
            publish(worker(publication_id, f"r{number}", later()), platform, POST)
        waits.append((caught.value.retry_at - later()).total_seconds())
        assert worker(publication_id).state is State.UNKNOWN
    assert waits == [15, 60, 300]
    for holder in ("last", "and once more"):
        with pytest.raises(UnknownOutcome):
            publish(worker(publication_id, holder, later()), platform, POST)
        assert worker(publication_id).state is State.NEEDS_PERSON
    assert platform.visible == []


def test_a_post_that_shows_up_late_is_found_without_a_person(publication_id: int, platform: Platform) -> None:
    platform.after_commit = once(WorkerDied())
    with pytest.raises(WorkerDied):
        publish(worker(publication_id), platform, POST)
    shown, platform.visible = platform.visible, []
    with pytest.raises(NotYetKnown):
        publish(worker(publication_id, "w2", later()), platform, POST)
    platform.visible = shown
    assert publish(worker(publication_id, "w3", later(6)), platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_a_platform_that_is_busy_after_the_commit_is_asked_when_it_said_and_not_before(
    publication_id: int, platform: Platform
) -> None:
    platform.after_commit = once(NotYetKnown("429", retry_at=later(2)))
    platform.resolve_error = AssertionError("asked too early")
    with pytest.raises(NotYetKnown) as caught:
        publish(worker(publication_id), platform, POST)
    assert caught.value.retry_at == later(2)
    assert worker(publication_id).state is State.UNKNOWN
    platform.resolve_error = None
    assert publish(worker(publication_id, "w2", later(3)), platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_several_fitting_posts_go_to_a_person_at_once(publication_id: int, platform: Platform) -> None:
    platform.after_commit = once(UnknownOutcome("500"))
    platform.found_several = True
    with pytest.raises(SeveralFound):
        publish(worker(publication_id), platform, POST)
    assert worker(publication_id).state is State.NEEDS_PERSON


@pytest.mark.parametrize("error", [AuthInvalid("token"), PermissionMissing("izin"), ContentInvalid("hilang")])
def test_an_account_that_cannot_be_read_while_in_doubt_goes_to_a_person_and_is_not_called_a_failure(
    publication_id: int, platform: Platform, error: Exception
) -> None:
    platform.after_commit = once(UnknownOutcome("500"))
    platform.resolve_error = error
    with pytest.raises(UnknownOutcome):
        publish(worker(publication_id), platform, POST)
    assert worker(publication_id).state is State.NEEDS_PERSON
    assert len(platform.visible) == 1


def test_an_outage_while_in_doubt_ends_with_a_person(publication_id: int, platform: Platform) -> None:
    leave_in_doubt(publication_id, platform)
    platform.resolve_error = Transient("503")
    with pytest.raises(Transient):
        publish(worker(publication_id, "a", later()), platform, POST, give_up_after=timedelta(hours=1))
    with pytest.raises(UnknownOutcome):
        publish(worker(publication_id, "b", later(90)), platform, POST, give_up_after=timedelta(hours=1))
    assert worker(publication_id).state is State.NEEDS_PERSON


def test_with_proof_of_absence_the_commit_is_made_again(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(WorkerDied())
    platform.proof_of_absence = True
    with pytest.raises(WorkerDied):
        publish(worker(publication_id), platform, POST)
    assert publish(worker(publication_id, "w2", later()), platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_an_error_with_proof_of_absence_is_tried_again_later(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(UnknownOutcome("500"))
    platform.proof_of_absence = True
    with pytest.raises(Transient, match="Terbukti belum tayang"):
        publish(worker(publication_id), platform, POST)
    assert publish(worker(publication_id, "w2"), platform, POST).state == "published"
    assert len(platform.visible) == 1
