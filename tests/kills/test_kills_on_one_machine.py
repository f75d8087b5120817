"""SQLite and the LocalExecutor: whatever is killed while posts go out, each is public once and on record."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from aftermath import Aftermath
from duties import (
    a_cleared_publishing_task_sends_nothing,
    a_cleared_run_asks_nobody_and_sends_nothing,
    everything_is_up_once,
    nothing_is_left_over,
    recovered_in_time_without_a_person,
    the_platforms_got_their_time,
    the_same_request_twice_is_one_cycle,
)
from installations import OneMachine, patient_office
from storm import Outcome, weather

from driver import DAG_ID
from medsos.stack.config import StackConfig
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

CYCLES = 4
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


@pytest.fixture(scope="module")
def after(machine: OneMachine, outcome: Outcome) -> Aftermath:
    return Aftermath(machine, outcome.people, troubled=True)


def test_no_kill_doubles_loses_or_strands_a_post_or_calls_it_failed(outcome: Outcome) -> None:
    everything_is_up_once(outcome, DECK)


def test_after_every_kill_the_post_is_up_within_two_minutes_without_a_person(outcome: Outcome) -> None:
    recovered_in_time_without_a_person(outcome)


def test_a_publishing_task_cleared_after_success_sends_nothing(after: Aftermath) -> None:
    a_cleared_publishing_task_sends_nothing(after)


def test_a_whole_run_cleared_asks_nobody_and_sends_nothing(after: Aftermath) -> None:
    a_cleared_run_asks_nobody_and_sends_nothing(after)


def test_the_same_request_triggered_twice_is_one_cycle(after: Aftermath) -> None:
    the_same_request_twice_is_one_cycle(after)


def test_retry_after_is_waited_for_and_an_outage_is_sat_out(after: Aftermath) -> None:
    the_platforms_got_their_time(after)


def test_in_the_end_nothing_is_left_over(after: Aftermath) -> None:
    nothing_is_left_over(after)
