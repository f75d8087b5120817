"""Starts services under a keeper and learns of their end: the master's side of `medsos.stack.keeper`."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medsos.errors import ServiceEnded, StackError

_KEPT_LOG_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Service:
    """One process of a stack. `title` is what people read."""

    name: str
    title: str
    argv: list[str]
    env: Mapping[str, str]


class ServiceGroup:
    """Services that live no longer than this process, whichever way it ends.

    :param log_dir: each service writes `<name>.log` there.
    :param cwd: working folder of the services.
    :param inherited: file descriptors that the keeper holds open for as long as a service runs (a lock).
    """

    def __init__(self, log_dir: Path, cwd: Path, inherited: Iterable[int] = ()) -> None:
        self.log_dir = log_dir
        self._cwd = cwd
        self._inherited = tuple(inherited)
        self._services: dict[str, Service] = {}
        self._events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._keeper: subprocess.Popen[bytes] | None = None
        self.pids: dict[str, int] = {}
        self._tasks: dict[str, int | None] = {}

    @property
    def keeper_pid(self) -> int | None:
        """Process id of the (outer) keeper while it runs."""
        return self._keeper.pid if self._keeper and self._keeper.poll() is None else None

    def log_file(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def start(self, service: Service) -> None:
        """Start one service; returns when its process exists.

        :raises StackError: when it cannot be started.
        """
        keeper = self._keeper or self._start_keeper()
        log = self.log_file(service.name)
        if log.exists() and log.stat().st_size > _KEPT_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        order = {
            "name": service.name,
            "argv": service.argv,
            "env": dict(service.env),
            "cwd": str(self._cwd),
            "log": str(log),
        }
        self._services[service.name] = service
        assert keeper.stdin is not None  # noqa: S101 - opened as a pipe below
        try:
            keeper.stdin.write(json.dumps({"start": order}).encode() + b"\n")
            keeper.stdin.flush()
        except BrokenPipeError:
            raise StackError("Proses penjaga layanan terhenti; jalankan kembali perintah ini.") from None
        # Also the end of a service that is over before it could be noticed.
        while service.name not in self.pids and self._tasks.get(service.name) is None:
            self._take(self._events.get(timeout=30))

    def start_again(self, name: str) -> None:
        """Start a service that has ended, just as it was started before.

        :raises StackError: when it cannot be started.
        """
        self.start(self._services[name])

    def run(self, task: Service, timeout: float) -> None:
        """Run a service that is meant to end, and wait for its end.

        :param timeout: seconds.
        :raises StackError: when it fails or takes longer.
        """
        self._tasks[task.name] = None
        self.start(task)
        deadline = time.monotonic() + timeout
        while (code := self._tasks[task.name]) is None:
            try:
                self._take(self._events.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                raise StackError(f"{task.title} belum selesai dalam {timeout:.0f} detik.") from None
        if code != 0:
            raise StackError(self._obituary(task, code))

    def check(self) -> None:
        """Return when all services run.

        :raises ServiceEnded: names the service that has ended, where its log is, and its last lines.
        :raises StackError: the keeper has ended, and with it everything.
        """
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return
            self._take(event)

    def stop(self) -> None:
        """End all services and everything that they started; returns when nothing is left."""
        keeper, self._keeper = self._keeper, None
        if keeper is None or keeper.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            keeper.stdin.close()
        keeper.wait(timeout=60)
        # The reports end when the last of the keeper's two processes has ended.
        self._listener.join(timeout=60)
        self.pids.clear()

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with self.log_file("keeper").open("ab") as errors:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "medsos.stack.keeper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                pass_fds=self._inherited,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self._listener = threading.Thread(target=self._listen, args=(keeper,), daemon=True)
        self._listener.start()
        self._keeper = keeper
        return keeper

    def _listen(self, keeper: subprocess.Popen[bytes]) -> None:
        assert keeper.stdout is not None  # noqa: S101 - opened as a pipe above
        with keeper.stdout as lines:
            for line in lines:
                self._events.put(json.loads(line))
        self._events.put(None)

    def _take(self, event: dict[str, Any] | None) -> None:
        if event is None:
            if self._keeper is None:
                return
            raise StackError("Proses penjaga layanan terhenti, sehingga semua layanan ikut dihentikan.")
        if "started" in event:
            self.pids[event["started"]] = event["pid"]
            return
        if "failed" in event:
            service = self._services[event["failed"]]
            raise StackError(f"{service.title} tidak dapat dijalankan: {event['reason']}.")
        self.pids.pop(event["exited"], None)
        if event["exited"] in self._tasks:
            self._tasks[event["exited"]] = event["code"]
        else:
            service = self._services[event["exited"]]
            raise ServiceEnded(self._obituary(service, event["code"]), name=service.name)

    def _obituary(self, service: Service, code: int) -> str:
        log = self.log_file(service.name)
        how = f"dihentikan oleh sinyal {-code}" if code < 0 else f"berhenti dengan kode {code}"
        return (
            f"{service.title} ({service.name}) {how}.\n"
            f"Catatan lengkapnya di {log}. Baris terakhir:\n{tail(log)}"
        )


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented."""
    if not log.exists():
        return "  (kosong)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16384))
        text = file.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (kosong)"
