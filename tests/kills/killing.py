"""Kills processes at random moments while posts go out, and measures how long each takes to heal."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

import psutil
from cycles import People, publications, task_states
from installations import Installation

from driver import DAG_ID
from medsos.clock import utc_now
from medsos.errors import StackError
from medsos.stack.api import AirflowApi

PUBLISHING = "upload.publish_"
PAUSE_SECONDS = (0.3, 2.2)
SCHEDULER_REST_SECONDS = 16
"""Between two kills of schedulers: a service that dies sooner counts as one that cannot work."""


@dataclass(frozen=True)
class Kill:
    """One SIGKILL. `victims`: the publishing tasks that ran under what was killed, as (run id, task id)."""

    at: datetime
    kind: str
    victims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RunningTask:
    """A task of a cycle and its processes. `watcher` is None where it was killed and the task lives on."""

    run_id: str
    task_id: str
    process: psutil.Process
    watcher: psutil.Process | None

    @property
    def ids(self) -> tuple[str, str]:
        return self.run_id, self.task_id

    @property
    def publishes(self) -> bool:
        return self.task_id.startswith(PUBLISHING)

    @property
    def alive(self) -> bool:
        return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE


class Killer(threading.Thread):
    """Kills one thing after the other, and starts again the services that ended, until `stop()`.

    :param deck: how many of each kind, to be dealt in random order: `task`, its `watcher`, both or the whole
        `worker`, `scheduler`, and `other` for a task of another step.
    """

    def __init__(self, installation: Installation, seed: int, deck: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.kills: list[Kill] = []
        self.problem: BaseException | None = None
        self._installation = installation
        self._api = installation.api("admin")
        self._random = random.Random(seed)
        self._deck = [kind for kind, count in deck.items() for _ in range(count)]
        self._random.shuffle(self._deck)
        self._over = threading.Event()
        self._last_scheduler = 0.0

    @property
    def done(self) -> bool:
        return not self._deck

    def run(self) -> None:
        try:
            while not self._over.wait(self._random.uniform(*PAUSE_SECONDS)):
                self._installation.keep_running()
                if not self.done:
                    self._kill_something()
        except BaseException as error:
            self.problem = error

    def stop(self) -> None:
        self._over.set()
        self.join()
        if self.problem is not None:
            raise self.problem

    def _kill_something(self) -> None:
        running = running_tasks(self._api)
        publishing = [task for task in running if task.publishes]
        if not publishing:
            return
        kind = self._deck.pop()
        before = len(self.kills)
        self._kill_one(kind, running, publishing)
        if len(self.kills) == before:
            # Not possible at this moment: its turn comes again, a little later.
            self._deck.insert(max(0, len(self._deck) - self._random.randrange(1, 4)), kind)

    def _kill_one(self, kind: str, running: list[RunningTask], publishing: list[RunningTask]) -> None:
        chosen = self._random.choice(publishing)
        time.sleep(self._random.uniform(0, 1))
        if kind == "scheduler":
            self._kill_scheduler(publishing)
        elif kind == "other":
            self._kill(kind, [t.process for t in running if not t.publishes and t.alive][:1])
        elif not chosen.alive:
            return
        elif kind == "task":
            self._kill(kind, [chosen.process], chosen)
        elif kind == "watcher":
            self._kill(kind, [chosen.watcher] if chosen.watcher else [], chosen)
        else:
            processes = self._installation.worker_of(chosen.process, chosen.watcher)
            self._kill(kind, processes, *(t for t in publishing if t.process in processes))

    def _kill_scheduler(self, publishing: list[RunningTask]) -> None:
        if time.monotonic() - self._last_scheduler > SCHEDULER_REST_SECONDS:
            self._last_scheduler = time.monotonic()
            name = self._random.choice(self._installation.schedulers)
            self._kill("scheduler", self._installation.scheduler(name), *publishing)

    def _kill(self, kind: str, processes: list[psutil.Process], *victims: RunningTask) -> None:
        if processes:
            self.kills.append(Kill(utc_now(), kind, tuple(victim.ids for victim in victims)))
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def running_tasks(api: AirflowApi) -> list[RunningTask]:
    """The tasks of cycles that run at this moment."""
    try:
        listed = list(api.pages("/dags/~/dagRuns/~/taskInstances", "task_instances", state="running"))
    except StackError:
        return []
    found = []
    for task in listed:
        if task["dag_id"] != DAG_ID or not task["pid"]:
            continue
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(task["pid"])
            if task["id"] in " ".join(process.cmdline()):
                parent = process.parent()
                watched = parent is not None and task["id"] in " ".join(parent.cmdline())
                found.append(
                    RunningTask(task["dag_run_id"], task["task_id"], process, parent if watched else None)
                )
    return found


def recoveries(
    installation: Installation, people: People, kills: list[Kill]
) -> list[tuple[float, Kill, str]]:
    """Seconds from each kill until its victim was public and recorded, slowest first.

    A victim that was already public when it was hit has recovered when its task ended well. One that was hit
    again before ran again by then, so the time between the two hits is what its recovery took at most.
    """
    measured = []
    for run_id in people.titles:
        rows = publications(installation, run_id)
        tasks = task_states(people["admin"], run_id)
        for channel, row in rows.items():
            task_id = f"{PUBLISHING}{channel}"
            hits = [kill for kill in kills if (run_id, task_id) in kill.victims]
            if row.published_at is None or not tasks[task_id]["end_date"]:
                continue
            ended = datetime.fromisoformat(tasks[task_id]["end_date"])
            for hit, following in zip_longest(hits, hits[1:]):
                whole = row.published_at if hit.at <= row.published_at else ended
                until = min(whole, following.at) if following else whole
                measured.append(((until - hit.at).total_seconds(), hit, channel))
    return sorted(measured, key=lambda item: item[0], reverse=True)


def summary(kills: list[Kill]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(Counter(k.kind for k in kills).items()))
