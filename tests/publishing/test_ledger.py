"""One worker at a time holds a publication, and all that happens to it is on record."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from misbehaving_platform import POST, Platform, later, once, worker
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from medsos.clock import utc_now
from medsos.errors import LeaseHeld, LedgerError, Transient
from medsos.publishing.ledger import LEASE, Ledger, StoredJournal
from medsos.publishing.protocol import publish
from medsos.publishing.states import FINAL, TRANSITIONS, State
from medsos.store.models import AuditEntry, Publication, PublicationAttempt
from medsos.store.session import transaction


def test_a_living_worker_keeps_its_lease_however_long_an_upload_takes(
    publication_id: int, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medsos.publishing.ledger.LEASE", timedelta(seconds=0.3))
    slow = Ledger(publication_id, holder="slow", clock=utc_now)

    def somebody_else_tries() -> None:
        time.sleep(1)
        with pytest.raises(LeaseHeld):
            publish(Ledger(publication_id, holder="other", clock=utc_now), platform, POST)

    platform.before_commit = somebody_else_tries
    assert publish(slow, platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_two_workers_cannot_hold_one_publication(publication_id: int, platform: Platform) -> None:
    first = worker(publication_id, "w1")
    with first.lease(), pytest.raises(LeaseHeld):
        publish(worker(publication_id, "w2"), platform, POST)
    assert platform.visible == []


def test_who_meets_a_dead_worker_is_told_when_it_may_inherit(publication_id: int, platform: Platform) -> None:
    with worker(publication_id, "dead").lease(), pytest.raises(LeaseHeld) as met:
        publish(worker(publication_id, "heir", later(0.5)), platform, POST)
    assert met.value.retry_at == later(0) + LEASE


def test_a_worker_that_cannot_reach_the_record_for_a_moment_keeps_its_lease(
    publication_id: int, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medsos.publishing.ledger.LEASE", timedelta(seconds=0.5))
    living = Ledger(publication_id, holder="living", clock=utc_now)
    give_a_sign = living._set_lease
    broken = once(OperationalError("UPDATE", {}, Exception("database is locked")))

    def sign(**values: object) -> None:
        broken()
        give_a_sign(**values)

    def somebody_else_tries() -> None:
        time.sleep(1)
        with pytest.raises(LeaseHeld):
            publish(Ledger(publication_id, holder="other", clock=utc_now), platform, POST)

    monkeypatch.setattr(living, "_set_lease", sign)
    platform.before_commit = somebody_else_tries
    assert publish(living, platform, POST).state == "published"
    assert len(platform.visible) == 1


def test_a_zombie_whose_lease_ran_out_cannot_commit(publication_id: int, platform: Platform) -> None:
    zombie, heir = worker(publication_id, "w1"), worker(publication_id, "w2", later())
    assert later() - datetime(2026, 11, 23, 3, 0, tzinfo=UTC) > LEASE
    with zombie.lease():
        zombie.move(State.NEW, State.PREPARED)
        with heir.lease():
            with pytest.raises(LedgerError):
                zombie.move(State.PREPARED, State.COMMITTING)
            with pytest.raises(LedgerError):
                StoredJournal(zombie)["container"] = "17"


def test_the_journal_is_stored_before_the_next_line_runs(publication_id: int) -> None:
    ledger = worker(publication_id)
    with ledger.lease():
        journal = StoredJournal(ledger)
        journal["container"] = "17890000000000001"
        assert worker(publication_id).read().journal == {"container": "17890000000000001"}
        del journal["container"]
        assert worker(publication_id).read().journal == {}


def test_every_try_and_every_transition_is_on_record(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(Transient("sambungan ditolak"))
    with pytest.raises(Transient):
        publish(worker(publication_id), platform, POST)
    publish(worker(publication_id), platform, POST)
    with transaction() as session:
        tries = session.scalars(select(PublicationAttempt).order_by(PublicationAttempt.number)).all()
        moves = session.scalars(select(AuditEntry).where(AuditEntry.action == "publication.moved")).all()
    assert [(t.state_before, t.state_after, t.error_class) for t in tries] == [
        ("new", "prepared", "Transient"),
        ("prepared", "published", None),
    ]
    assert [m.after["state"] for m in moves] == [
        "prepared",
        "committing",
        "prepared",
        "committing",
        "published",
    ]


@pytest.mark.parametrize(
    ("before", "after"), [(b, a) for b in State for a in State if a not in TRANSITIONS[b]]
)
def test_a_transition_outside_the_table_is_refused(publication_id: int, before: State, after: State) -> None:
    ledger = worker(publication_id)
    with ledger.lease():
        with transaction() as session:
            session.get_one(Publication, publication_id).state = before
        with pytest.raises(LedgerError):
            ledger.move(before, after)


def test_nothing_leads_out_of_published_and_nothing_is_a_dead_end() -> None:
    for state in FINAL:
        assert TRANSITIONS[state] == frozenset()
    for state in set(State) - FINAL:
        assert TRANSITIONS[state], state
