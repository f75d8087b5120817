"""A killed task process is noticed at once and harms no other, unlike with Airflow's own executor."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from airflow.executors.base_executor import BaseExecutor
from airflow.utils.state import TaskInstanceState
from stack_processes import wait_until

from medsos.stack.local_executor import ProcessPerTaskExecutor


@dataclass(frozen=True)
class Work:
    """As much of a workload as an executor looks at."""

    key: str
    seconds: float = 0
    fails: bool = False
    running_state = None
    success_state = TaskInstanceState.SUCCESS
    failure_state = TaskInstanceState.FAILED
    display_name = "uji"


def run_workload(workload: Work, **_: object) -> int:
    time.sleep(workload.seconds)
    if workload.fails:
        raise RuntimeError("gagal")
    return 0


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessPerTaskExecutor]:
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a-secret-of-the-tests-that-is-long-enough")
    monkeypatch.setattr(BaseExecutor, "run_workload", staticmethod(run_workload))
    tested = ProcessPerTaskExecutor(parallelism=2)
    tested.start()
    yield tested
    for pid in pids(tested):
        os.kill(pid, signal.SIGKILL)
    tested.end()


def queue(executor: ProcessPerTaskExecutor, *work: Work) -> None:
    for one in work:
        executor.queued_tasks[one.key] = one


def pids(executor: ProcessPerTaskExecutor) -> list[int]:
    return [process.pid for _, process in executor._processes.values()]


def events(executor: ProcessPerTaskExecutor, *keys: str) -> dict[str, str]:
    """States of `keys` once they are all reported."""
    seen: dict[str, str] = {}

    def reported() -> bool:
        executor.sync()
        seen.update({key: state for key, (state, _) in executor.get_event_buffer().items()})
        return set(keys) <= set(seen)

    assert wait_until(reported, 20), seen
    return seen


@pytest.fixture(autouse=True)
def in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BaseExecutor, "order_queued_tasks_by_priority", lambda self: list(self.queued_tasks.items())
    )


def test_a_killed_process_fails_its_own_task_and_no_other(executor: ProcessPerTaskExecutor) -> None:
    queue(executor, Work("killed", seconds=60), Work("other", seconds=0.5))
    executor.heartbeat()
    os.kill(executor._processes["killed"][1].pid, signal.SIGKILL)
    assert events(executor, "killed", "other") == {"killed": "failed", "other": "success"}
    queue(executor, Work("next"))
    executor.heartbeat()
    assert events(executor, "next") == {"next": "success"}


def test_an_error_is_reported_as_a_failure(executor: ProcessPerTaskExecutor) -> None:
    queue(executor, Work("sick", fails=True))
    executor.heartbeat()
    assert events(executor, "sick") == {"sick": "failed"}


def test_no_more_tasks_run_at_once_than_allowed(executor: ProcessPerTaskExecutor) -> None:
    queue(executor, *(Work(str(number), seconds=0.5) for number in range(3)))
    executor.heartbeat()
    executor.heartbeat()
    assert len(pids(executor)) == 2
    assert list(executor.queued_tasks) == ["2"]
    events(executor, "0", "1")
    executor.heartbeat()
    assert events(executor, "2") == {"2": "success"}


def test_nothing_is_left_behind_when_there_is_nothing_to_do(executor: ProcessPerTaskExecutor) -> None:
    queue(executor, Work("only"))
    executor.heartbeat()
    events(executor, "only")
    assert pids(executor) == []
    assert not executor.running
