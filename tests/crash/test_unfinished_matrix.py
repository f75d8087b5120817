"""An interrupted matrix goes on where it was, and only with the code that it began with."""

from __future__ import annotations

from pathlib import Path

import pytest

from medsos.devtools.crash import unfinished
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
    return Tally(WANTED[number], (Trial("tanpa gangguan", OUTCOME),))


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
