"""However a stack ends, nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from stack_processes import marked_processes, wait_until

from medsos.errors import StackError
from medsos.stack.group import Service, ServiceGroup

MASTER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from stack_processes import STUBBORN
from medsos.stack.group import Service, ServiceGroup
group = ServiceGroup(Path(sys.argv[1]), Path(sys.argv[1]))
group.start(Service("keras", "Layanan", [sys.executable, "-c", STUBBORN, sys.argv[3]], {}))
print(group.keeper_pid, flush=True)
time.sleep(600)
"""

GONE_SECONDS = 20


def running(mark: str, group: ServiceGroup) -> None:
    """Wait until the service and its runaway grandchild exist."""
    log = group.log_file("keras")
    assert wait_until(lambda: log.exists() and "siap" in log.read_text(), 20)
    assert wait_until(lambda: len(marked_processes(mark)) == 2, 10)


def test_stop_ends_a_stubborn_service_and_its_runaway_grandchild(group, stubborn, mark):
    group.start(stubborn)
    running(mark, group)
    group.stop()
    assert marked_processes(mark) == []


def test_stop_takes_less_than_ten_seconds_even_then(group, stubborn, mark):
    group.start(stubborn)
    running(mark, group)
    started = time.monotonic()
    group.stop()
    assert time.monotonic() - started < 10


def test_a_killed_master_takes_everything_along(tmp_path, mark):
    master = subprocess.Popen(
        [sys.executable, "-c", MASTER, str(tmp_path), str(Path(__file__).parent), mark],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert master.stdout is not None
    keeper = psutil.Process(int(master.stdout.readline()))
    assert wait_until(lambda: len(marked_processes(mark)) == 3, 10)  # the master carries the mark, too
    master.kill()
    master.wait()
    master.stdout.close()
    assert wait_until(lambda: not marked_processes(mark), GONE_SECONDS)
    assert wait_until(lambda: not keeper.is_running(), GONE_SECONDS)


@pytest.mark.parametrize("victim", ["outer", "inner"])
def test_a_killed_keeper_takes_everything_along_and_is_reported(group, stubborn, mark, victim):
    group.start(stubborn)
    running(mark, group)
    outer = psutil.Process(group.keeper_pid)
    (inner,) = outer.children()
    (outer if victim == "outer" else inner).send_signal(signal.SIGKILL)
    assert wait_until(lambda: not marked_processes(mark), GONE_SECONDS)
    assert wait_until(lambda: not inner.is_running(), GONE_SECONDS)
    time.sleep(0.2)
    with pytest.raises(StackError, match="penjaga"):
        group.check()


def test_a_service_that_ends_is_named_with_its_log_and_last_lines(group):
    code = "print('baris pertama'); raise SystemExit('basis data tidak ada')"
    group.start(Service("rapuh", "Penjadwal", [sys.executable, "-c", code], dict(os.environ)))
    assert wait_until(lambda: "basis data" in group.log_file("rapuh").read_text(), 20)
    time.sleep(0.5)
    with pytest.raises(StackError) as caught:
        group.check()
    message = str(caught.value)
    assert "Penjadwal (rapuh) berhenti dengan kode 1" in message
    assert str(group.log_file("rapuh")) in message
    assert "basis data tidak ada" in message


def test_a_service_that_cannot_start_is_named(group):
    with pytest.raises(StackError, match="Layanan hilang tidak dapat dijalankan"):
        group.start(Service("hilang", "Layanan hilang", ["/tidak/ada"], {}))


def test_a_task_may_end_well_but_not_badly(group):
    group.run(Service("baik", "Tugas", [sys.executable, "-c", "pass"], {}), timeout=20)
    with pytest.raises(StackError, match="berhenti dengan kode 3"):
        group.run(Service("buruk", "Tugas", [sys.executable, "-c", "raise SystemExit(3)"], {}), timeout=20)
