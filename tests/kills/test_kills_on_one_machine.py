"""SQLite and the LocalExecutor: whatever is killed while posts go out, each is public once and on record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from aftermath import (
    assert_a_cleared_publishing_task_sends_nothing,
    assert_a_cleared_run_asks_nobody_and_sends_nothing,
    assert_the_platforms_got_their_time,
    assert_the_same_request_twice_is_one_cycle,
    start_on_troubled_platforms,
)
from cycles import People
from installations import OneMachine, patient_office
from storm import RECOVERY_SECONDS, Outcome, assert_asked_only_where_nothing_can_be_proved, weather

from driver import DAG_ID
from medsos.stack.config import StackConfig
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

CYCLES = 4
TROUBLED = ("/x/", "/tiktok")
"""Where a cycle is under way while others are cleared."""
DECK = {"task": 11, "watcher": 7, "worker": 6, "scheduler": 3, "other": 2}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneMachine]:
    data = patient_office(tmp_path_factory.mktemp("data"))
    stack = Stack(
        StackConfig(
            home=tmp_path_factory.mktemp("stack"), port=free_port(), sandbox_port=free_port(), parallelism=6
        ),
        {**os.environ, "MEDSOS_DATA_DIR": str(data)},
    )
    try:
        stack.start()
        stack.wait_healthy()
        stack.api().unpause(DAG_ID)
        yield OneMachine(stack)
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def outcome(machine: OneMachine) -> Outcome:
    return weather(machine, cycles=CYCLES, deck=DECK)


def test_no_kill_doubles_loses_or_strands_a_post_or_calls_it_failed(outcome: Outcome) -> None:
    assert Counter(kill.kind for kill in outcome.kills) == DECK
    assert outcome.in_doubt > 0
    assert outcome.verdict.problems == []


def test_after_every_kill_the_post_is_up_within_two_minutes_without_a_person(outcome: Outcome) -> None:
    assert outcome.recovered
    late = [item for item in outcome.recovered if item[0] > RECOVERY_SECONDS]
    assert late == []
    assert_asked_only_where_nothing_can_be_proved(outcome)


@pytest.fixture(scope="module")
def troubled(machine: OneMachine, outcome: Outcome) -> People:
    """Waits for its platforms while the tests below do their work."""
    return start_on_troubled_platforms(machine)


@pytest.mark.usefixtures("troubled")
def test_a_publishing_task_cleared_after_success_sends_nothing(machine: OneMachine, outcome: Outcome) -> None:
    assert_a_cleared_publishing_task_sends_nothing(machine, outcome.people, besides=TROUBLED)


def test_a_whole_run_cleared_asks_nobody_and_sends_nothing(machine: OneMachine, outcome: Outcome) -> None:
    assert_a_cleared_run_asks_nobody_and_sends_nothing(machine, outcome.people, besides=TROUBLED)


def test_the_same_request_triggered_twice_is_one_cycle(machine: OneMachine, outcome: Outcome) -> None:
    assert_the_same_request_twice_is_one_cycle(machine, outcome.people)


def test_retry_after_is_waited_for_and_an_outage_is_sat_out(machine: OneMachine, troubled: People) -> None:
    assert_the_platforms_got_their_time(machine, troubled)
