"""The readings on the training platforms: each once, whatever the platform answers and whoever else reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from observed_posts import COUNTS, Platforms, office_watching, post_id_of, readings_of, rows_of
from sqlalchemy import select

from builders import NOW, make_cycle, publication_row
from medsos.channels.metrics import METRICS
from medsos.engagement.reading import LEASE, TROUBLES_IN_A_ROW
from medsos.errors import AuthInvalid, RateLimited, Transient
from medsos.store import leases
from medsos.store.models import AuditEntry
from medsos.store.session import transaction

DAY = timedelta(days=1)
TOLD: dict[str, dict[str, Any]] = {
    "web": {**dict.fromkeys(METRICS, "not_offered"), "comments": 0},
    "facebook": COUNTS,
    "instagram": COUNTS,
    "x": {**COUNTS, "reach": "not_offered"},
    "tiktok": {**COUNTS, "reach": "not_offered"},
}


@pytest.mark.parametrize("channel", list(TOLD))
def test_every_platform_is_read_on_its_days_and_what_it_does_not_tell_is_said(
    platforms: Platforms, channel: Any
) -> None:
    number = platforms.publish(channel)

    for day in range(9):
        platforms.read(channel, day * DAY)

    assert readings_of(number) == dict.fromkeys((1, 3, 7), TOLD[channel])
    assert {row.read_at for row in rows_of(number)} == {NOW + day * DAY for day in (1, 3, 7)}


def test_a_second_round_asks_the_platform_nothing(platforms: Platforms) -> None:
    platforms.publish("x")
    platforms.read("x", DAY)
    asked = platforms.asked("/x/2/tweets/")

    outcome = platforms.read("x", DAY)

    assert (outcome.read, outcome.left) == (0, 0)
    assert platforms.asked("/x/2/tweets/") == asked


def test_after_half_a_year_nothing_is_read_any_more(platforms: Platforms) -> None:
    number = platforms.publish("x")
    for day in (200, 201, 400):
        platforms.read("x", day * DAY)

    assert list(readings_of(number)) == [180]


def test_a_withdrawn_number_leaves_its_own_gap_and_says_so(platforms: Platforms) -> None:
    number = platforms.publish("facebook")
    platforms.read("facebook", DAY)
    platforms.tell("settings", {"meta_withdrawn_insights": ["post_total_media_view_unique"]})
    platforms.read("facebook", 3 * DAY)

    assert readings_of(number) == {1: COUNTS, 3: {**COUNTS, "reach": "withdrawn"}}


def test_without_the_right_the_numbers_that_need_it_are_missing_with_the_reason(platforms: Platforms) -> None:
    number = platforms.publish("facebook")
    platforms.tell("settings", {"meta_missing_permissions": ["read_insights"]})
    platforms.read("facebook", DAY)

    assert readings_of(number)[1] == {**COUNTS, "views": "no_right", "reach": "no_right"}


@pytest.mark.parametrize("channel", ["web", "facebook", "instagram", "x"])
def test_a_deleted_post_is_recorded_as_gone_and_told_to_the_trail_once(
    platforms: Platforms, channel: Any
) -> None:
    number = platforms.publish(channel)
    platforms.read(channel, DAY)
    platforms.client(channel).delete(post_id_of(number))

    assert platforms.read(channel, 3 * DAY).gone == 1
    platforms.read(channel, 7 * DAY)

    assert readings_of(number) == {
        1: TOLD[channel],
        3: dict.fromkeys(METRICS, "gone"),
        7: dict.fromkeys(METRICS, "gone"),
    }
    with transaction() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "post.gone")).all()
    assert [(entry.subject, entry.actor) for entry in told] == [(f"kanal {channel}", "watch")]


def test_a_post_gone_does_not_keep_the_others_from_being_read(platforms: Platforms) -> None:
    numbers = [platforms.publish("x") for _ in range(3)]
    platforms.client("x").delete(post_id_of(numbers[1]))

    outcome = platforms.read("x", DAY)

    assert (outcome.read, outcome.gone, outcome.left) == (3, 1, 0)
    assert [readings_of(number)[1]["likes"] for number in numbers] == [57, "gone", 57]


def test_a_limit_that_is_met_ends_the_round_and_the_next_reads_only_what_is_missing(
    platforms: Platforms,
) -> None:
    numbers = [platforms.publish("x") for _ in range(3)]
    platforms.tell("faults", {"preset": "x_429", "path": "/2/tweets/", "method": "GET", "skip": 1})

    first = platforms.read("x", DAY)

    assert (first.read, first.left) == (1, 2)
    assert isinstance(first.trouble, RateLimited)
    platforms.well_again()
    asked = platforms.asked("/x/2/tweets/")
    second = platforms.read("x", DAY + timedelta(minutes=20))
    assert (second.read, second.left, second.trouble) == (2, 0, None)
    assert platforms.asked("/x/2/tweets/") == asked + 2
    assert [list(readings_of(number)) for number in numbers] == [[1], [1], [1]]


def test_what_little_is_left_of_a_limit_is_kept_for_publishing(platforms: Platforms) -> None:
    numbers = [platforms.publish("x") for _ in range(8)]
    platforms.tell("settings", {"rate_limits": {"x_read": 5}})

    outcome = platforms.read("x", DAY)

    assert isinstance(outcome.trouble, RateLimited)
    assert "hampir habis" in str(outcome.trouble)
    assert 1 <= outcome.read < 5
    assert outcome.read + outcome.left == len(numbers)


def test_a_token_that_is_refused_ends_the_round_and_records_nothing(platforms: Platforms) -> None:
    numbers = [platforms.publish("facebook") for _ in range(3)]
    platforms.tell("expire", {"platform": "facebook"})
    asked = platforms.asked("/graph/")

    outcome = platforms.read("facebook", DAY)

    assert isinstance(outcome.trouble, AuthInvalid)
    assert (outcome.read, outcome.left) == (0, 3)
    assert [readings_of(number) for number in numbers] == [{}, {}, {}]
    assert platforms.asked("/graph/") == asked + 1
    assert platforms.accounts["facebook"]["page_token"] not in str(outcome)


def test_an_outage_is_not_hammered_and_the_reading_is_made_when_it_is_over(platforms: Platforms) -> None:
    numbers = [platforms.publish("x") for _ in range(TROUBLES_IN_A_ROW + 2)]
    platforms.tell("faults", {"preset": "html_503", "path": "/2/tweets/", "times": -1})
    asked = platforms.asked("/x/2/tweets/")

    outcome = platforms.read("x", DAY)

    assert isinstance(outcome.trouble, Transient)
    assert outcome.left == len(numbers)
    assert platforms.asked("/x/2/tweets/") == asked + 4 * TROUBLES_IN_A_ROW
    platforms.well_again()
    assert platforms.read("x", 2 * DAY).read == len(numbers)


def test_a_worker_that_dies_loses_nothing_and_holds_the_post_for_minutes_only(
    platforms: Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = platforms.publish("x")
    # What a kill leaves behind: the lease of a worker that is no more.
    leases.acquire(f"metrics:{number}", "mati", until=NOW + DAY + LEASE, now=NOW + DAY)

    meanwhile = platforms.read("x", DAY)
    later = platforms.read("x", DAY + LEASE + timedelta(seconds=1))

    assert (meanwhile.read, meanwhile.left, meanwhile.elsewhere) == (0, 1, 1)
    assert (later.read, later.left) == (1, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"mode": "manual", "post_id": None},
        {"post_id": None},
        {"state": "needs_person", "post_id": "1"},
        {"state": "cancelled", "post_id": "1"},
    ],
)
def test_what_did_not_go_up_through_the_api_is_not_asked_for(
    platforms: Platforms, values: dict[str, Any]
) -> None:
    with transaction() as session:
        session.add(publication_row(make_cycle(), "x", **{"published_at": NOW, **values}))
    assert platforms.read("x", DAY).left == 0


def test_posts_of_another_office_are_not_this_ones(platforms: Platforms) -> None:
    platforms.publish("x", cycle_id=make_cycle(office="kota-lain"))
    assert platforms.read("x", DAY).read == 0


def test_the_days_are_the_offices(platforms: Platforms) -> None:
    number = platforms.publish("x")
    office = office_watching(metrics_days_of={"x": [5]})
    for day in range(1, 8):
        platforms.read("x", day * DAY, office)
    assert list(readings_of(number)) == [5]
