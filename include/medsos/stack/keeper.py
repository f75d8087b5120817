"""The process that owns all services of a stack and outlives nobody: when its master goes, everything goes.

`python -m medsos.stack.keeper` is started by `medsos.stack.group`. It reads orders from standard
input and reports on standard output, one JSON object per line:

    in   {"start": {"name": …, "argv": […], "env": {…}, "cwd": …, "log": …}}
    out  {"started": name, "pid": n}   {"failed": name, "reason": …}   {"exited": name, "code": n}

The end of standard input, however it came about (`stop()`, or `kill -9` of the master), is the order to
end. Airflow's executor forks workers that leave their process group and lose their parents, so groups
and parent-death signals do not reach them. The keeper is therefore a *child subreaper*: every orphan
below it becomes its child and is found again. It consists of two processes that watch each other:
the outer one ends what is left when somebody kills the inner one, and the reverse.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from typing import Any

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

GRACE_SECONDS = 8.0
"""How long services may take to end by themselves, before everything below the keeper is killed."""


def prctl(option: int, value: int) -> None:
    """Call Linux's `prctl`; elsewhere do nothing."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def become_subreaper() -> None:
    """From now on orphaned descendants become children of this process."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent(signal_number: int, parent: int) -> None:
    """Get `signal_number` when the parent process `parent` ends, also when it has already ended."""
    prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def end_descendants(grace: float) -> None:
    """End every process below this one: a request, then, after `grace` seconds, force."""
    _signal_all(signal.SIGTERM, psutil.Process().children())
    if not _gone_within(grace * 0.4):
        _log_lingering()
        _signal_all(signal.SIGTERM, psutil.Process().children(recursive=True))
        if not _gone_within(grace * 0.6):
            # Again and again, since a process may fork while the list is being worked through.
            while not _gone_within(0.1):
                _signal_all(signal.SIGKILL, psutil.Process().children(recursive=True))


def _log_lingering() -> None:
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            text = " ".join(process.cmdline()) or process.name()
            os.write(2, f"{time.strftime('%F %T')} belum berhenti: {process.pid} {text}\n".encode())


def _signal_all(signal_number: int, processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal_number)


def _gone_within(seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        reap()
        if not psutil.Process().children(recursive=True):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)


def reap() -> list[tuple[int, int]]:
    """Collect children that have ended, adopted ones included: (pid, exit code; -n for signal n)."""
    ended = []
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended.append((pid, os.waitstatus_to_exitcode(status)))
    return ended


class Keeper:
    """The inner process: starts services on order, reports their end, ends them all at its own end."""

    def __init__(self) -> None:
        self._services: dict[int, tuple[str, subprocess.Popen[bytes]]] = {}
        self._ending = False
        self._orders = b""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        self._wake = wake_read
        signal.set_wakeup_fd(wake_write)
        # Handlers, not SIG_IGN: an ignored signal would stay ignored in the services.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, *_: object) -> None:
        self._ending = True

    def run(self) -> None:
        """Work until the master is gone, then end everything."""
        with selectors.DefaultSelector() as selector:
            selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while not self._ending:
                for key, _ in selector.select():
                    if key.fd == self._wake:
                        os.read(self._wake, 4096)
                    else:
                        self._read_orders()
                self._report_ended()
        end_descendants(GRACE_SECONDS)

    def _read_orders(self) -> None:
        block = os.read(sys.stdin.fileno(), 65536)
        if not block:
            self._ending = True
            return
        *lines, self._orders = (self._orders + block).split(b"\n")
        for line in lines:
            self._start(**json.loads(line)["start"])

    def _start(self, name: str, argv: list[str], env: dict[str, str], cwd: str, log: str) -> None:
        try:
            with open(log, "ab") as file:
                process = subprocess.Popen(
                    argv,
                    env=env,
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            report({"failed": name, "reason": str(error)})
            return
        self._services[process.pid] = (name, process)
        report({"started": name, "pid": process.pid})

    def _report_ended(self) -> None:
        for pid, code in reap():
            if pid in self._services:
                name, process = self._services.pop(pid)
                process.returncode = code
                report({"exited": name, "code": code})


def report(event: dict[str, Any]) -> None:
    """Tell the master; a master that is gone is noticed on standard input."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(event).encode() + b"\n")


def main() -> None:
    """Fork into the outer and the inner process and run both."""
    become_subreaper()
    outer = os.getpid()
    inner = os.fork()
    if inner == 0:
        # Its own session, so that a kill of one's process group spares the other.
        os.setsid()
        become_subreaper()
        keeper = Keeper()
        end_with_parent(signal.SIGTERM, outer)
        keeper.run()
        return
    os.close(sys.stdin.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(inner, signal.SIGTERM))
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == inner:
            break
    end_descendants(GRACE_SECONDS)
    sys.exit(os.waitstatus_to_exitcode(status) and 1)


if __name__ == "__main__":
    main()
