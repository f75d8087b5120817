"""PostgreSQL, Celery and two schedulers: whatever is killed while posts go out, each is public once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from aftermath import Aftermath
from duties import (
    a_cleared_publishing_task_sends_nothing,
    a_cleared_run_asks_nobody_and_sends_nothing,
    everything_is_up_once,
    nothing_is_left_over,
    recovered_in_time_without_a_person,
    the_same_request_twice_is_one_cycle,
)
from installations import Production, patient_office
from storm import Outcome, weather

from compose_on_wheels import ComposeOnWheels
from driver import DAG_ID
from medsos.store.session import engine_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

CYCLES = 4
DECK = {"task": 11, "watcher": 6, "worker": 2, "scheduler": 4, "other": 2}


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    data = patient_office(tmp_path_factory.mktemp("data"))
    project = ComposeOnWheels(
        tmp_path_factory.mktemp("compose"),
        profiles={"latihan"},
        twice=["scheduler"],
        also={"MEDSOS_DATA_DIR": str(data)},
    )
    project.settings["MEDSOS_WORKER_CONCURRENCY"] = "6"
    try:
        project.up()
        installation = Production(project)
        _wait_for_dag(installation)
        yield installation
        engine_for(installation.database_url).dispose()
    finally:
        project.down()


@pytest.fixture(scope="module")
def outcome(production: Production) -> Outcome:
    return weather(production, cycles=CYCLES, deck=DECK)


def _wait_for_dag(installation: Production) -> None:
    api = installation.api("pengelola")
    deadline = time.monotonic() + 120
    while DAG_ID not in api.dag_ids():
        assert time.monotonic() < deadline, api.import_errors()
        time.sleep(1)


@pytest.fixture(scope="module")
def after(production: Production, outcome: Outcome) -> Aftermath:
    return Aftermath(production, outcome.people)


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


def test_in_the_end_nothing_is_left_over(after: Aftermath) -> None:
    nothing_is_left_over(after)
