"""A taken port gives one sentence and no half-running stack."""

import os
import re
import socket
import subprocess
import sys

import pytest

from medsos.errors import NotStarted
from medsos.stack import ports
from medsos.stack.config import StackConfig


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_holder_and_a_way_out(taken_port, tmp_path):
    with pytest.raises(NotStarted) as caught:
        ports.choose(StackConfig(home=tmp_path, port=taken_port))
    sentence = str(caught.value)
    assert f"Porta {taken_port}" in sentence
    assert f"pid {os.getpid()}" in sentence
    assert f"MEDSOS_PORT={taken_port + 1}" in sentence
    assert "\n" not in sentence


def test_a_taken_default_port_moves_the_sandbox(monkeypatch, taken_port, tmp_path):
    monkeypatch.setattr(ports, "DEFAULT_SANDBOX_PORT", taken_port)
    _, sandbox_port = ports.choose(StackConfig(home=tmp_path, port=ports.free_port()))
    assert sandbox_port != taken_port
    assert ports.is_free(sandbox_port)


def test_a_sandbox_port_that_was_asked_for_is_not_moved(taken_port, tmp_path):
    with pytest.raises(NotStarted, match="MEDSOS_SANDBOX_PORT"):
        ports.choose(StackConfig(home=tmp_path, port=ports.free_port(), sandbox_port=taken_port))


def test_medsos_up_on_a_taken_port_exits_with_2_and_starts_nothing(taken_port, tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "medsos.cli", "up"],
        env={**os.environ, "MEDSOS_HOME": str(tmp_path / "state"), "MEDSOS_PORT": str(taken_port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert re.fullmatch(rf"Porta {taken_port} untuk halaman Airflow .*\n", result.stderr)
    assert not (tmp_path / "state" / "airflow").exists()
    assert not (tmp_path / "state" / "log").exists()


@pytest.mark.parametrize(("name", "value"), [("MEDSOS_PORT", "delapan"), ("MEDSOS_SANDBOX", "mungkin")])
def test_a_setting_that_makes_no_sense_is_named(tmp_path, name, value):
    result = subprocess.run(
        [sys.executable, "-m", "medsos.cli", "up"],
        env={**os.environ, "MEDSOS_HOME": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"{name}={value}: diharapkan")
