"""The real `make run`: what it says, what it keeps, and that nothing of it survives its death."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from stack_processes import wait_until

from medsos.stack.api import AirflowApi
from medsos.stack.config import OPERATOR, USERS
from medsos.stack.ports import free_port, is_free

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 240
GONE_SECONDS = 30

# A task that leaves Airflow's process tree: a child in its own session, as a browser is.
LONG_TASK = """
import subprocess, sys, time
from airflow.sdk import dag, task

@dag(schedule=None)
def tugas_lama():
    @task
    def tunggu():
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(900)"], start_new_session=True)
        time.sleep(900)
    tunggu()

tugas_lama()
"""


class Run:
    """One `make run`, or `medsos up` alone, in a scratch state folder."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.home = folder / "state"
        self.port, self.sandbox_port = free_port(), free_port()
        self.output = folder / f"out-{self.port}"
        dags = folder / "dags"
        dags.mkdir(exist_ok=True)
        (dags / "tugas_lama.py").write_text(LONG_TASK)
        environment = {
            **{
                k: v
                for k, v in os.environ.items()
                if not k.startswith(("AIRFLOW", "MEDSOS", "MAKE", "MFLAGS"))
            },
            "MEDSOS_HOME": str(self.home),
            "MEDSOS_PORT": str(self.port),
            "MEDSOS_SANDBOX_PORT": str(self.sandbox_port),
            "MEDSOS_DAGS_DIR": str(dags),
        }
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        self.tree: list[psutil.Process] = []

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_ready(self) -> None:
        assert wait_until(
            lambda: "Siap dipakai." in self.said or self.process.poll() is not None, READY_SECONDS
        )
        assert "Siap dipakai." in self.said, self.said
        self.look()

    def look(self) -> None:
        """Remember every process of this run."""
        me = psutil.Process(self.process.pid)
        self.tree = [me, *me.children(recursive=True)]

    def api(self, username: str) -> AirflowApi:
        passwords = json.loads((self.home / "rahasia" / "sandi.json").read_text())
        return AirflowApi(f"http://127.0.0.1:{self.port}", username, passwords[username])

    def begin_long_task(self) -> None:
        api = self.api(OPERATOR)
        assert wait_until(lambda: "tugas_lama" in api.dag_ids(), 60)
        api.trigger("tugas_lama", {})
        assert wait_until(self.works_at_it, 120)
        self.look()

    def works_at_it(self) -> bool:
        for process in psutil.Process(self.process.pid).children(recursive=True):
            # Others come and go meanwhile.
            with suppress(psutil.NoSuchProcess):
                if "time.sleep(900)" in " ".join(process.cmdline()):
                    return True
        return False

    def kill_scheduler(self) -> None:
        def schedulers() -> list[psutil.Process]:
            children = psutil.Process(self.process.pid).children(recursive=True)
            return [p for p in children if p.cmdline()[-2:] == ["scheduler", "--skip-serve-logs"]]

        assert wait_until(lambda: len(schedulers()) == 1, GONE_SECONDS)
        schedulers()[0].kill()

    def left_over(self) -> list[psutil.Process]:
        return [p for p in self.tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]

    def wait_gone(self) -> None:
        self.process.wait(timeout=GONE_SECONDS)
        assert wait_until(lambda: not self.left_over(), GONE_SECONDS), self.left_over()
        assert is_free(self.port)
        assert is_free(self.sandbox_port)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    runs: list[Run] = []

    def begin(*command: str) -> Run:
        runs.append(Run(tmp_path, *command))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(timeout=60)


def test_a_second_run_keeps_yesterdays_data_and_no_kill_leaves_a_process(start):
    first = start("make", "--no-print-directory", "run")
    first.wait_ready()
    for name in USERS:
        assert f"  {name}" in first.said
    assert f"http://localhost:{first.port}" in first.said
    assert str(first.home / "masuk" / "kota-bengkulu") in first.said
    admin = first.api(OPERATOR)
    before = {item["connection_id"]: item["host"] for item in admin.connections()}
    channels = ("web", "facebook", "instagram", "x", "tiktok")
    assert set(before) == {f"medsos_{name}" for name in (*channels, "mail", "apprise")}
    admin.request("PATCH", "/connections/medsos_web", json=real_site())
    admin.request("POST", "/variables", json={"key": "kemarin", "value": "ada"})
    first.begin_long_task()
    assert len(first.tree) > 10
    first.process.send_signal(signal.SIGKILL)
    first.wait_gone()

    second = start(".venv/bin/medsos", "up")
    second.wait_ready()
    admin = second.api(OPERATOR)
    assert admin.request("GET", "/variables/kemarin")["value"] == "ada"
    after = {item["connection_id"]: item["host"] for item in admin.connections()}
    assert after.pop("medsos_web") == "https://kota-bengkulu.kpu.go.id"
    assert after.pop("medsos_mail") == "127.0.0.1"
    assert all(f"{host}/".startswith(f"http://127.0.0.1:{second.sandbox_port}/") for host in after.values())
    assert password_lines(second.said) == password_lines(first.said)

    third = start(".venv/bin/medsos", "up")
    assert third.process.wait(timeout=60) == 2
    assert "sudah berjalan" in third.said

    second.process.send_signal(signal.SIGKILL)
    second.wait_gone()


def test_a_killed_service_is_started_again_and_one_that_keeps_dying_ends_the_rest(start):
    run = start(".venv/bin/medsos", "up")
    run.wait_ready()
    for deaths in (1, 2, 3):
        run.kill_scheduler()
        assert wait_until(lambda n=deaths: run.said.count("Layanan itu dijalankan lagi.") == n, GONE_SECONDS)
    run.look()
    run.kill_scheduler()
    assert run.process.wait(timeout=GONE_SECONDS) == 1
    run.wait_gone()
    assert "Penjadwal Airflow (scheduler) dihentikan oleh sinyal 9" in run.said
    assert str(run.home / "log" / "scheduler.log") in run.said


def test_ctrl_c_ends_within_seconds(start):
    again = start(".venv/bin/medsos", "up")
    assert wait_until(lambda: "Menjalankan Airflow" in again.said, READY_SECONDS)
    again.look()
    began = time.monotonic()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(timeout=GONE_SECONDS) == 0
    assert time.monotonic() - began < 15
    again.wait_gone()


def real_site() -> dict[str, str]:
    return {
        "connection_id": "medsos_web",
        "conn_type": "medsos_web",
        "host": "https://kota-bengkulu.kpu.go.id",
    }


def password_lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.strip().split(" ")[0] in USERS]
