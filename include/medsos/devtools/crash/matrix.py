"""All runs of the matrix, complete by construction, spread over the machine's processors.

A campaign is one flow under one harm. Its first run has no kill and tells the boundaries; then the worker is
killed at each of them in turn, each time in a new world. A run that passed its boundary alive, or met another
one there (the real clock moves on meanwhile, so no two runs are quite the same), is repeated; a boundary that
stays unmet counts as missed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from medsos.devtools.crash.boundaries import SEND
from medsos.devtools.crash.faults import FAULTS, Fault
from medsos.devtools.crash.flows import FLOWS, Aim, Files, Flow, make_files
from medsos.devtools.crash.scenario import EVER, Harm, Outcome, Run
from medsos.devtools.crash.world import World

ONCE, ALWAYS, EACH, DOWN = "sekali", "setiap kali", "tiap permintaan", "semua permintaan"
"""Where a fault strikes: the first commit, every commit, each request in turn once, all requests."""

TRIES_TO_HIT = 5
"""How often the worker is sent to the same boundary until it dies there."""

ROOM_NEEDED = 500_000_000
"""Bytes; several times what the sandboxes and records of two workers take."""


@dataclass(frozen=True)
class Campaign:
    """:param where: how the fault is aimed; "" without a fault.
    :param kills: whether the worker is killed at every boundary.
    """

    flow: Flow
    fault: Fault | None = None
    where: str = ""
    kills: bool = True

    @property
    def name(self) -> str:
        fault = self.fault.name if self.fault else ""
        return " · ".join((self.flow.name, fault, self.where, "dengan" if self.kills else "tanpa"))


@dataclass(frozen=True)
class Trial:
    """One run of a campaign.

    :param harm: what was done to it, as people read it.
    :param boundary: the boundary at which the worker was to die; "" when it was left alive.
    :param number: of that boundary, from 1.
    """

    harm: str
    outcome: Outcome
    boundary: str = ""
    number: int = 0

    @property
    def hit(self) -> bool:
        """Whether the worker died, and at the very boundary that it was sent to."""
        met = self.outcome.boundaries[self.number - 1 : self.number]
        return self.outcome.killed and met == (self.boundary,)

    @property
    def good(self) -> bool:
        return self.outcome.good and (self.hit or not self.boundary)

    def __str__(self) -> str:
        death = f", mati pada {self.number} {self.boundary}" if self.boundary else ""
        end = f"{self.outcome.visible} tayang, {self.outcome.state}, {self.outcome.hasty} tergesa"
        return f"{self.harm}{death}: {end}"


@dataclass(frozen=True)
class Tally:
    """What came out of one campaign."""

    campaign: Campaign
    trials: tuple[Trial, ...]

    @property
    def runs(self) -> int:
        return len(self.trials)

    @property
    def first(self) -> Outcome:
        """The run without a kill; for `EACH`, the slowest of them."""
        return max((t.outcome for t in self.trials if not t.boundary), key=lambda outcome: outcome.seconds)

    @property
    def boundaries(self) -> int:
        """How many boundaries the runs without a kill met, where kills were wanted."""
        if not self.campaign.kills:
            return 0
        return sum(len(t.outcome.boundaries) for t in self.trials if not t.boundary)

    @property
    def killed(self) -> int:
        return sum(t.hit for t in self.trials)

    @property
    def missed(self) -> int:
        """Boundaries that no worker died at."""
        return self.boundaries - self.killed

    @property
    def untried(self) -> tuple[str, ...]:
        """The runs that did not die where they were sent to, described; each boundary once."""
        sent = {(t.harm, t.number): t for t in self.trials if t.boundary}
        died = {(t.harm, t.number) for t in self.trials if t.hit}
        return tuple(f"{self.campaign.flow.name} · {t}" for place, t in sent.items() if place not in died)

    @property
    def asked(self) -> int:
        return self._count("asked")

    @property
    def duplicates(self) -> int:
        return self._count("duplicate")

    @property
    def lost(self) -> int:
        return self._count("lost")

    @property
    def false_failures(self) -> int:
        return self._count("false_failure")

    @property
    def stuck(self) -> int:
        return self._count("stuck")

    @property
    def hasty(self) -> int:
        return self._count("hasty")

    @property
    def bad(self) -> tuple[str, ...]:
        """The runs that broke a promise, described."""
        return tuple(
            f"{self.campaign.flow.name} · {trial}" for trial in self.trials if not trial.outcome.good
        )

    def _count(self, kind: str) -> int:
        return sum(bool(getattr(trial.outcome, kind)) for trial in self.trials)


def campaigns() -> list[Campaign]:
    """Kills alone; faults alone on every request; kills crossed with the faults of the commit.

    The last are tried with one flow of each commit call: what differs between the others lies before it, and
    is covered by the kills and the faults alone.
    """
    result = [Campaign(flow) for flow in FLOWS]
    each_commit = one_flow_per(lambda flow: (flow.channel, flow.commit))
    for flow in FLOWS:
        for fault in FAULTS:
            if flow.channel in fault.channels:
                result += [Campaign(flow, fault, where, kills=False) for where in (EACH, DOWN)]
                crossed = flow in each_commit
                result += [Campaign(flow, fault, where, kills=crossed) for where in (ONCE, ALWAYS)]
    return result


def one_flow_per(key: Callable[[Flow], Hashable]) -> list[Flow]:
    """The first flow of each kind."""
    kinds: dict[Hashable, Flow] = {}
    for flow in FLOWS:
        kinds.setdefault(key(flow), flow)
    return list(kinds.values())


def carry_out(wanted: list[Campaign], *, workers: int | None = None) -> Iterator[Tally]:
    """Yield the tallies as they come, the long campaigns first."""
    order = sorted(range(len(wanted)), key=lambda number: not wanted[number].kills)
    with (
        tempfile.TemporaryDirectory(prefix="medsos-faults-", dir=_fast_folder()) as folder,
        # Processes of their own without threads: only such a process may fork workers to be killed.
        ProcessPoolExecutor(
            workers or os.cpu_count(), get_context("spawn"), initializer=_start, initargs=(Path(folder),)
        ) as pool,
    ):
        futures = [pool.submit(_campaign, wanted[number]) for number in order]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _fast_folder() -> str | None:
    """Memory where there is some: most of a run's time goes into writing the record to a disk."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_NEEDED:
        return str(memory)
    return None


_world: World
_files: Files


def _start(folder: Path) -> None:
    global _world, _files
    own = folder / str(os.getpid())
    own.mkdir()
    _files = make_files(own / "files")
    _world = World(own)
    # A child of `multiprocessing` runs its finalizers and no `atexit`.
    Finalize(None, _world.close, exitpriority=10)
    for flow in FLOWS:
        Run(_world, _files, flow).warm_up()


def _campaign(campaign: Campaign) -> Tally:
    trials: list[Trial] = []
    for harm, name in _harms(campaign):
        first = Run(_world, _files, campaign.flow, harm).carry_out()
        trials.append(Trial(name, first))
        for number, boundary in enumerate(first.boundaries if campaign.kills else (), start=1):
            for _ in range(TRIES_TO_HIT):
                outcome = Run(_world, _files, campaign.flow, harm, kill_at=number).carry_out()
                trials.append(Trial(name, outcome, boundary, number))
                if trials[-1].hit:
                    break
    return Tally(campaign, tuple(trials))


def _harms(campaign: Campaign) -> Iterator[tuple[Harm | None, str]]:
    flow, fault = campaign.flow, campaign.fault
    if fault is None:
        yield None, "tanpa gangguan"
    elif campaign.where == ONCE:
        yield Harm(fault, flow.commit), f"{fault.name}, {ONCE}"
    elif campaign.where == ALWAYS:
        yield Harm(fault, flow.commit, times=EVER), f"{fault.name}, {ALWAYS}"
    elif campaign.where == DOWN:
        yield Harm(fault, Aim("", flow.paths), times=EVER), f"{fault.name}, {DOWN}"
    else:
        for number in range(_requests(flow)):
            yield Harm(fault, Aim("", flow.paths, skip=number)), f"{fault.name}, permintaan {number + 1}"


def _requests(flow: Flow) -> int:
    """How many requests to the platform's own addresses a run without trouble makes."""
    undisturbed = Run(_world, _files, flow).carry_out()
    paths = [name.split()[2] for name in undisturbed.boundaries if name.startswith(SEND)]
    return sum(1 for path in paths if re.search(flow.paths, path))
