"""PostgreSQL, Celery and two schedulers: whatever is killed while posts go out, each is public once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from aftermath import (
    assert_a_cleared_publishing_task_sends_nothing,
    assert_a_cleared_run_asks_nobody_and_sends_nothing,
    assert_the_same_request_twice_is_one_cycle,
)
from installations import Production, patient_office
from storm import RECOVERY_SECONDS, Outcome, assert_asked_only_where_nothing_can_be_proved, weather

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


def test_no_kill_doubles_loses_or_strands_a_post_or_calls_it_failed(outcome: Outcome) -> None:
    assert Counter(kill.kind for kill in outcome.kills) == DECK
    assert outcome.in_doubt > 0
    assert outcome.verdict.problems == []


def test_after_every_kill_the_post_is_up_within_two_minutes_without_a_person(outcome: Outcome) -> None:
    assert outcome.recovered
    late = [item for item in outcome.recovered if item[0] > RECOVERY_SECONDS]
    assert late == []
    assert_asked_only_where_nothing_can_be_proved(outcome)


def test_a_publishing_task_cleared_after_success_sends_nothing(
    production: Production, outcome: Outcome
) -> None:
    assert_a_cleared_publishing_task_sends_nothing(production, outcome.people)


def test_a_whole_run_cleared_asks_nobody_and_sends_nothing(production: Production, outcome: Outcome) -> None:
    assert_a_cleared_run_asks_nobody_and_sends_nothing(production, outcome.people)


def test_the_same_request_triggered_twice_is_one_cycle(production: Production, outcome: Outcome) -> None:
    assert_the_same_request_twice_is_one_cycle(production, outcome.people)
