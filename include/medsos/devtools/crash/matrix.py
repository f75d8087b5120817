"""All runs of the matrix, complete by construction, spread over the machine's processors.

A campaign is one flow under one harm. Its first run has no kill and tells the boundaries; then the worker is
killed at each of them in turn, each time in a new world. A boundary that a run passed alive counts as missed,
and so does one that nobody was sent to.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True)
class Tally:
    """What came out of one campaign.

    :param first: the run without a kill; for `EACH`, the slowest of them.
    :param missed: boundaries at which a worker was told to die and did not.
    :param bad: descriptions of the runs that broke a promise.
    """

    campaign: Campaign
    first: Outcome
    runs: int
    boundaries: int
    killed: int
    missed: int
    asked: int
    duplicates: int
    lost: int
    false_failures: int
    stuck: int
    hasty: int
    bad: tuple[str, ...]


def campaigns(*, crossed: Iterable[Flow] = FLOWS) -> list[Campaign]:
    """Kills alone; faults alone on every request; kills crossed with faults for the flows in `crossed`."""
    chosen = list(crossed)
    result = [Campaign(flow) for flow in FLOWS]
    for flow in FLOWS:
        for fault in FAULTS:
            if flow.channel in fault.channels:
                result += [Campaign(flow, fault, where, kills=False) for where in (EACH, DOWN)]
                result += [Campaign(flow, fault, where, kills=flow in chosen) for where in (ONCE, ALWAYS)]
    return result


def one_flow_per_channel() -> list[Flow]:
    """The first flow of each channel that has pictures, or else the first."""
    by_channel: dict[str, Flow] = {}
    for flow in FLOWS:
        by_channel.setdefault(flow.channel, flow)
    return list(by_channel.values())


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
    outcomes: list[tuple[str, Outcome]] = []
    boundaries = killed = missed = 0
    for harm, how in _harms(campaign):
        first = Run(_world, _files, campaign.flow, harm).carry_out()
        outcomes.append((how, first))
        if not campaign.kills:
            continue
        boundaries += len(first.boundaries)
        for number, name in enumerate(first.boundaries, start=1):
            outcome = Run(_world, _files, campaign.flow, harm, kill_at=number).carry_out()
            killed += outcome.killed
            missed += not outcome.killed
            outcomes.append((f"{how}, mati pada {number} {name}", outcome))
    every = [outcome for _, outcome in outcomes]
    return Tally(
        campaign=campaign,
        first=max((o for how, o in outcomes if "mati pada" not in how), key=lambda o: o.seconds),
        runs=len(every),
        boundaries=boundaries,
        killed=killed,
        missed=missed,
        asked=sum(outcome.asked for outcome in every),
        duplicates=sum(outcome.duplicate for outcome in every),
        lost=sum(outcome.lost for outcome in every),
        false_failures=sum(outcome.false_failure for outcome in every),
        stuck=sum(outcome.stuck for outcome in every),
        hasty=sum(bool(outcome.hasty) for outcome in every),
        bad=tuple(
            f"{campaign.flow.name} · {how}: {outcome.visible} tayang, {outcome.state}, "
            f"{outcome.hasty} tergesa"
            for how, outcome in outcomes
            if not outcome.good
        ),
    )


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
