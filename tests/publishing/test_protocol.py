"""Exactly one visible post, whatever an earlier try left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from medsos.channels.base import Account, ChannelClient, Committed, FoundPost, Journal, Limits, Post
from medsos.clock import utc_now
from medsos.errors import (
    AuthInvalid,
    Cancelled,
    ChannelError,
    ContentInvalid,
    Duplicate,
    GivenUp,
    LeaseHeld,
    LedgerError,
    NotYetKnown,
    PermissionMissing,
    SeveralFound,
    Transient,
    UnknownOutcome,
)
from medsos.publishing.ledger import LEASE, Ledger, StoredJournal, open_publication
from medsos.publishing.protocol import READ_BACK_WAITS, publish
from medsos.publishing.settling import (
    hand_over,
    settle_as_absent,
    settle_as_cancelled,
    settle_as_published,
    settle_as_uploaded_by_hand,
)
from medsos.publishing.states import FINAL, NOTHING_SENT, TRANSITIONS, State
from medsos.store.models import AuditEntry, Publication, PublicationAttempt
from medsos.store.session import transaction

POST = Post(key="rapat-pleno-k1", text="Rapat pleno", title="Rapat pleno")


class WorkerDied(BaseException):
    """Stands for a SIGKILL: no handler of the project catches it."""


class Platform(ChannelClient):
    """A platform that can be told to misbehave. `visible` is what the public sees."""

    channel = "facebook"
    limits = Limits(text_length=100, text_unit="characters")

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.uploads = 0
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self.proof_of_absence = False
        self.found_several = False
        self.resolve_error: Exception | None = None
        self.prepare_error: Exception | None = None
        self.knock_error: Exception | None = None

    def whoami(self) -> Account:
        if self.knock_error:
            raise self.knock_error
        return Account("1", "KPU")

    def prepare(self, post: Post, journal: Journal) -> None:
        if self.prepare_error:
            raise self.prepare_error
        if "upload" not in journal:
            self.uploads += 1
            journal["upload"] = f"u{self.uploads}"

    def commit(self, post: Post, journal: Journal) -> Committed:
        self.before_commit()
        self.visible.append(post.text)
        self.after_commit()
        return Committed(
            post_id=str(len(self.visible)), permalink=f"https://example.test/{len(self.visible)}"
        )

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        if self.resolve_error:
            raise self.resolve_error
        if self.found_several:
            raise SeveralFound("Ditemukan dua postingan.")
        if self.visible:
            return Committed(post_id="1", permalink="https://example.test/1")
        if self.proof_of_absence:
            return None
        raise UnknownOutcome("Belum dapat dipastikan.")

    def permalink(self, post_id: str) -> str | None:
        return f"https://example.test/{post_id}"

    def read_back(self, post_id: str) -> FoundPost:
        return FoundPost(post_id, POST.text, None, None)


def once(error: BaseException) -> Callable[[], None]:
    """Raise `error` at the first call only."""
    calls = count()

    def act() -> None:
        if next(calls) == 0:
            raise error

    return act


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def publication_id(cycle_id: int) -> int:
    with transaction() as session:
        return open_publication(
            session, cycle_id=cycle_id, channel="facebook", seal="a" * 64, mode="api", now=datetime.now(UTC)
        ).id


def worker(publication_id: int, holder: str = "w1", at: datetime | None = None) -> Ledger:
    moment = at or datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    return Ledger(publication_id, holder=holder, clock=lambda: moment)


def later(minutes: float = 5) -> datetime:
    return datetime(2026, 11, 23, 3, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def test_a_quiet_day_publishes_once_and_keeps_id_and_link(publication_id: int, platform: Platform) -> None:
    row = publish(worker(publication_id), platform, POST)
    assert platform.visible == ["Rapat pleno"]
    assert (row.state, row.post_id, row.permalink) == ("published", "1", "https://example.test/1")


def test_running_again_after_success_calls_nothing(publication_id: int, platform: Platform) -> None:
    publish(worker(publication_id), platform, POST)
    publish(worker(publication_id, "w2"), platform, POST)
    assert len(platform.visible) == 1
    assert platform.uploads == 1


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


def test_an_outage_while_in_doubt_ends_with_a_person(publication_id: int, platform: Platform) -> None:
    leave_in_doubt(publication_id, platform)
    platform.resolve_error = Transient("503")
    with pytest.raises(Transient):
        publish(worker(publication_id, "a", later()), platform, POST, give_up_after=timedelta(hours=1))
    with pytest.raises(UnknownOutcome):
        publish(worker(publication_id, "b", later(90)), platform, POST, give_up_after=timedelta(hours=1))
    assert worker(publication_id).state is State.NEEDS_PERSON


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


def leave_in_doubt(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(WorkerDied())
    with pytest.raises(WorkerDied):
        publish(worker(publication_id), platform, POST)


def hand_to_a_person(publication_id: int, platform: Platform) -> None:
    leave_in_doubt(publication_id, platform)
    for _ in READ_BACK_WAITS:
        with pytest.raises(UnknownOutcome):
            publish(worker(publication_id, "reader", later()), platform, POST)


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
