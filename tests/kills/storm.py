"""One storm: several cycles publish in parallel while processes are killed, until everything has ended."""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import dataclass
from typing import Any

import requests
from cycles import ENDED, People, Verdict, interrupted_commits, judge
from installations import Installation
from killing import Kill, Killer, recoveries, summary

from driver import DAG_ID

COMMITS = r"(/feed|/photos|/media_publish|/x/2/tweets|/content/init/|/wp/v2/posts/\d+)$"
SLOW_COMMIT_SECONDS = 3.0
SLOW_WRITE_SECONDS = 0.7
LONGEST_SECONDS = 600
RECOVERY_SECONDS = 120


@dataclass
class Outcome:
    """What is left of a storm.

    :param recovered: seconds, the kill, the channel; slowest first.
    :param in_doubt: how often a commit was interrupted and the platform had to be asked.
    """

    seed: int
    kills: list[Kill]
    verdict: Verdict
    recovered: list[tuple[float, Kill, str]]
    in_doubt: int
    people: People
    seconds: float

    @property
    def line(self) -> str:
        return line_of(len(self.kills), self.verdict)


OUTCOMES: list[Outcome] = []
LINES: list[str] = []
"""What is shown at the end of a test run."""


def line_of(kills: int, v: Verdict) -> str:
    return (
        f"kills {kills} · duplicates {v.duplicates} · lost {v.lost} "
        f"· false failures {v.false_failures} · stuck {v.stuck}"
    )


def total() -> str:
    """The four zeros over all storms of this test run."""
    verdicts = [outcome.verdict for outcome in OUTCOMES]
    together = Verdict(
        sum(v.duplicates for v in verdicts),
        sum(v.lost for v in verdicts),
        sum(v.false_failures for v in verdicts),
        sum(v.stuck for v in verdicts),
    )
    return line_of(sum(len(outcome.kills) for outcome in OUTCOMES), together)


def seed_of_today() -> int:
    """Another one on every run; MEDSOS_KILL_SEED repeats one."""
    return int(os.environ.get("MEDSOS_KILL_SEED") or random.SystemRandom().randrange(1_000_000))


def set_slow_platforms(installation: Installation, seed: int) -> None:
    """Slow answers, so that many kills land in mid-publish; some commits are taken and never answered."""
    dropped = random.Random(seed).sample(("/feed$", "/media_publish$", "/x/2/tweets$", "/content/init/$"), 2)
    faults: list[dict[str, Any]] = [
        {"kind": "process_then_drop", "method": "POST", "path": path, "times": 1} for path in dropped
    ]
    faults += [
        {"kind": "process_then_slow", "method": "POST", "path": COMMITS, "seconds": SLOW_COMMIT_SECONDS},
        {"kind": "slow", "method": "POST", "seconds": SLOW_WRITE_SECONDS},
        {"kind": "slow", "method": "PUT", "seconds": SLOW_WRITE_SECONDS},
    ]
    everlasting = [{"times": -1, **fault} for fault in faults]
    requests.post(
        f"{installation.sandbox_url}/_inspect/faults", json=everlasting, timeout=30
    ).raise_for_status()


def weather(installation: Installation, *, cycles: int, deck: dict[str, int]) -> Outcome:
    """Run `cycles` cycles through the kills of `deck`; more are started while kills are left."""
    seed, began = seed_of_today(), time.monotonic()
    say(f"seed {seed} (MEDSOS_KILL_SEED)")
    set_slow_platforms(installation, seed)
    people = People(installation)
    for number in range(1, cycles + 1):
        people.start(f"Badai {number:02d} dari {seed}")
    killer = Killer(installation, seed, deck)
    killer.start()
    try:
        _carry_through(people, killer, began)
    finally:
        killer.stop()
    requests.delete(f"{installation.sandbox_url}/_inspect/faults", timeout=30).raise_for_status()
    outcome = Outcome(
        seed,
        killer.kills,
        judge(installation, people),
        recoveries(installation, people, killer.kills),
        interrupted_commits(installation),
        people,
        time.monotonic() - began,
    )
    OUTCOMES.append(outcome)
    _report(outcome)
    return outcome


def _carry_through(people: People, killer: Killer, began: float) -> None:
    open_runs = set(people.titles)
    while open_runs and time.monotonic() - began < LONGEST_SECONDS:
        people.answer()
        if killer.problem is not None:
            return
        for run_id in list(open_runs):
            if people["admin"].run(DAG_ID, run_id)["state"] in ENDED:
                open_runs.discard(run_id)
        if len(open_runs) <= 1 and not killer.done:
            open_runs.add(people.start(f"Badai susulan {len(people.titles) + 1:02d}"))
        time.sleep(0.7)


def _report(outcome: Outcome) -> None:
    slowest = [f"{seconds:.0f} s ({kill.kind}, {at})" for seconds, kill, at in outcome.recovered[:3]]
    say(
        f"{outcome.line} ({summary(outcome.kills)}; {outcome.in_doubt} in mid-commit; "
        f"{outcome.seconds:.0f} s; seed {outcome.seed})"
    )
    say(f"  slowest recovery {', '.join(slowest)}")
    for problem in outcome.verdict.problems:
        say(f"  {problem}")
    for run_id, task_id, option in outcome.people.asked:
        say(f"  asked: {task_id} of {outcome.people.titles[run_id]}: {option}")


def say(text: str) -> None:
    """Now, where nothing is captured, and at the end of the test run."""
    sys.stdout.write(f"{text}\n")
    LINES.append(text)
