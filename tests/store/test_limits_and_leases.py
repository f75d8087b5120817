"""Workers on all machines share the limits of an account, and do one at a time what only one may do."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from builders import NOW
from medsos.store import leases, limits
from medsos.store.limits import MARGIN, Share, Told

MINUTE = Share("init", 6, timedelta(minutes=1))
DAY = Share("posts", 3, timedelta(days=1))
REQUEST = "POST /v2/init/"


@pytest.fixture
def account() -> str:
    """The PostgreSQL server lives longer than a test."""
    return f"tiktok:{uuid.uuid4().hex[:12]}"


def test_workers_at_the_same_time_never_take_more_slots_than_there_are(database: str, account: str) -> None:
    def worker(number: int) -> bool:
        return limits.take(account, REQUEST, [MINUTE], NOW, database) is None

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(worker, range(24)))

    assert taken.count(True) == 6


def test_the_next_slot_is_free_when_the_oldest_leaves_the_window(database: str, account: str) -> None:
    for second in range(6):
        assert limits.take(account, REQUEST, [MINUTE], NOW + timedelta(seconds=second), database) is None

    free = limits.take(account, REQUEST, [MINUTE], NOW + timedelta(seconds=30), database)

    assert free == NOW + timedelta(minutes=1) + MARGIN
    assert limits.take(account, REQUEST, [MINUTE], free - timedelta(seconds=1), database) == free
    assert limits.take(account, REQUEST, [MINUTE], free, database) is None
    assert limits.take(account, REQUEST, [MINUTE], free, database) == free + timedelta(seconds=1)


def test_a_request_that_one_limit_forbids_uses_up_none_of_the_others(database: str, account: str) -> None:
    for _ in range(3):
        assert limits.take(account, REQUEST, [MINUTE, DAY], NOW, database) is None

    for _ in range(10):
        free = limits.take(account, REQUEST, [MINUTE, DAY], NOW, database)
        assert free == NOW + timedelta(days=1) + MARGIN

    assert [limits.take(account, REQUEST, [MINUTE], NOW, database) is None for _ in range(4)] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_slot_that_came_to_nothing_is_given_back(database: str, account: str) -> None:
    for second in range(3):
        limits.take(account, REQUEST, [DAY], NOW + timedelta(seconds=second), database)

    limits.give_back(account, ["posts"], NOW + timedelta(seconds=1), database)
    limits.give_back(account, ["posts"], NOW + timedelta(seconds=40), database)

    assert limits.used(account, DAY, NOW, database) == 2
    assert limits.take(account, REQUEST, [DAY], NOW, database) is None
    assert limits.take(account, REQUEST, [DAY], NOW, database) is not None
    assert limits.used(account, DAY, NOW + timedelta(days=2), database) == 0


def test_accounts_do_not_wait_for_each_other(database: str, account: str) -> None:
    until = NOW + timedelta(minutes=2)
    limits.learn(account, [Told("refused", "", 0, until)], NOW, database)

    assert limits.take(account, "GET /lain", [], NOW, database) == until
    assert limits.take(f"{account}x", "GET /lain", [], NOW, database) is None


def test_what_is_closed_for_one_kind_of_request_is_open_for_the_others_and_opens_by_itself(
    database: str, account: str
) -> None:
    until = NOW + timedelta(minutes=15)
    limits.learn(account, [Told("POST /2/tweets", "POST /2/tweets", 0, until)], NOW, database)

    assert limits.take(account, "POST /2/tweets", [], NOW, database) == until
    assert limits.take(account, "GET /2/users/me", [], NOW, database) is None
    assert limits.take(account, "POST /2/tweets", [], until, database) is None


def test_the_last_requests_that_a_platform_left_are_shared_out_once(database: str, account: str) -> None:
    until = NOW + timedelta(minutes=15)
    limits.learn(account, [Told("POST /2/tweets", "POST /2/tweets", 5, until)], NOW, database)

    def worker(number: int) -> bool:
        return limits.take(account, "POST /2/tweets", [], NOW, database) is None

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(worker, range(16)))

    assert taken.count(True) == 5


def test_an_answer_that_was_overtaken_does_not_open_a_window_again(database: str, account: str) -> None:
    until = NOW + timedelta(minutes=15)
    request = "POST /2/tweets"
    limits.learn(account, [Told(request, request, 0, until)], NOW, database)

    limits.learn(account, [Told(request, request, 4, until + timedelta(seconds=1))], NOW, database)
    assert limits.take(account, request, [], NOW, database) == until

    limits.learn(account, [Told(request, request, 90, until + timedelta(minutes=15))], NOW, database)
    assert limits.take(account, request, [], NOW, database) is None


def test_a_lease_has_one_holder_at_a_time(database: str, account: str) -> None:
    def worker(number: int) -> bool:
        until = NOW + timedelta(seconds=60)
        return leases.acquire(account, f"pekerja-{number}", until=until, now=NOW, database_url=database)

    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(worker, range(16)))

    assert held.count(True) == 1


def test_a_lease_that_was_given_back_or_ran_out_goes_to_the_next(database: str, account: str) -> None:
    until, later = NOW + timedelta(seconds=60), NOW + timedelta(seconds=61)

    def acquire(holder: str, now: datetime) -> bool:
        end = now + timedelta(seconds=60)
        return leases.acquire(account, holder, until=end, now=now, database_url=database)

    assert acquire("satu", NOW)
    assert not acquire("dua", until)
    leases.release(account, "dua", database)
    assert not acquire("dua", until)
    leases.release(account, "satu", database)
    assert acquire("dua", until)
    assert acquire("tiga", until + timedelta(seconds=61)), "a dead holder is inherited from"
    leases.release(account, "dua", database)
    assert not acquire("empat", later), "who lost the lease cannot give it away"
