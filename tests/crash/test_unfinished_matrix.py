"""An interrupted matrix goes on where it was, and only with the code that it began with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medsos.devtools.crash import matrix, unfinished
from medsos.devtools.crash.matrix import Tally, Trial, campaigns
from medsos.devtools.crash.scenario import Outcome
from medsos.devtools.crash.unfinished import Unfinished
from medsos.publishing.states import State

WANTED = campaigns()
OUTCOME = Outcome(
    boundaries=("store publications", "send POST /feed"),
    killed=False,
    visible=1,
    state=State.PUBLISHED,
    asked=False,
    seconds=0.0,
    tries=1,
    hasty=0,
)


def tally(number: int) -> Tally:
    died = tuple(
        Trial(
            "tanpa gangguan",
            replace(OUTCOME, killed=True, boundaries=OUTCOME.boundaries[:place]),
            name,
            place,
        )
        for place, name in enumerate(OUTCOME.boundaries, start=1)
    )
    return Tally(WANTED[number], (Trial("tanpa gangguan", OUTCOME), *died))


def test_every_campaign_has_a_name_of_its_own() -> None:
    assert len({campaign.name for campaign in WANTED}) == len(WANTED)


def test_what_was_found_is_known_to_the_next_run(tmp_path: Path) -> None:
    for number in (0, 7):
        Unfinished(tmp_path).keep(tally(number))
    assert Unfinished(tmp_path).known(WANTED) == [tally(0), tally(7)]


def test_an_entry_that_was_cut_off_is_found_anew(tmp_path: Path) -> None:
    Unfinished(tmp_path).keep(tally(0))
    Unfinished(tmp_path).keep(tally(7))
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert Unfinished(tmp_path).known(WANTED) == [tally(0)]
    Unfinished(tmp_path).keep(tally(7))
    assert Unfinished(tmp_path).known(WANTED) == [tally(0), tally(7)]


def test_other_code_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Unfinished(tmp_path).keep(tally(0))
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "changed.py").write_text("")
    monkeypatch.setattr(unfinished, "PACKAGE_ROOT", tmp_path / "code")
    assert Unfinished(tmp_path).known(WANTED) == []


def test_a_run_that_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    Unfinished(tmp_path).keep(tally(0))
    Unfinished(tmp_path).forget()
    assert Unfinished(tmp_path).known(WANTED) == []


class Overshooting:
    """A run that meets another boundary than expected when it is first sent to its second one."""

    sent = 0

    def __init__(self, *_: Any, kill_at: int | None = None) -> None:
        self._kill_at = kill_at

    def carry_out(self) -> Outcome:
        if self._kill_at is None:
            return OUTCOME
        met = OUTCOME.boundaries
        if self._kill_at == 2:
            Overshooting.sent += 1
            met = ("store publications", "send GET /feed") if Overshooting.sent == 1 else met
        return replace(OUTCOME, killed=True, boundaries=met[: self._kill_at])


@pytest.fixture
def overshooting(monkeypatch: pytest.MonkeyPatch) -> None:
    Overshooting.sent = 0
    monkeypatch.setattr(matrix, "Run", Overshooting)
    for name in ("_world", "_files"):
        monkeypatch.setattr(matrix, name, None, raising=False)


@pytest.mark.usefixtures("overshooting")
def test_the_worker_is_sent_again_to_a_boundary_that_it_did_not_die_at() -> None:
    found = matrix._campaign(WANTED[0])
    assert (found.runs, found.boundaries, found.killed, found.missed) == (4, 2, 2, 0)
    assert found.untried == ()


@pytest.mark.usefixtures("overshooting")
def test_a_boundary_that_stays_unmet_is_named_and_tried_anew_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "TRIES_TO_HIT", 1)
    found = matrix._campaign(WANTED[0])
    assert (found.killed, found.missed) == (1, 1)
    assert [line.split(": ")[0] for line in found.untried] == [
        f"{WANTED[0].flow.name} · tanpa gangguan, mati pada 2 send POST /feed"
    ]
    Unfinished(tmp_path).keep(found)
    assert Unfinished(tmp_path).known(WANTED) == []
