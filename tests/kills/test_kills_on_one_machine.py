"""SQLite and the LocalExecutor: whatever is killed while posts go out, each is public once and on record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aftermath import Aftermath
from duties import Duties
from installations import OneMachine, patient_office
from storm import Outcome

from driver import DAG_ID
from medsos.stack.config import StackConfig
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneMachine]:
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
def deck() -> dict[str, int]:
    return {"task": 11, "watcher": 7, "worker": 6, "scheduler": 3, "other": 2}


@pytest.fixture(scope="module")
def after(installation: OneMachine, outcome: Outcome) -> Aftermath:
    return Aftermath(installation, outcome.people, troubled=True)


class TestOnOneMachine(Duties):
    """Every duty, and platforms that want to be waited for."""

    def test_retry_after_is_waited_for_and_an_outage_is_sat_out(self, after: Aftermath) -> None:
        """X saw no commit before its two minutes were over; both posts are up, and nobody was asked."""
        assert after.troubled is not None
        assert after.states.get(after.troubled) == "success"
        assert not [task for task in after.asked_in(after.troubled) if task.startswith("upload.")]
        (first, _), (second, status), *_ = after.x_commits()
        assert second - first >= timedelta(seconds=120)
        assert status == 201
