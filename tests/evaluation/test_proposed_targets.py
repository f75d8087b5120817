"""The targets proposed for the review follow what was really needed, by stated rules."""

from __future__ import annotations

from datetime import date

import pytest
from evaluated_history import History, evaluated_history

from medsos.evaluation.period import Period
from medsos.evaluation.targets import TargetProposal, proposed_targets
from medsos.offices.model import Office
from medsos.sop.model import Sop
from medsos.store.session import reading

HALF_YEAR = Period.half_year(2026, 2)


@pytest.fixture
def history(office: Office, sop: Sop, home: object) -> History:
    return evaluated_history(office, sop, cycles=20, first=date(2026, 7, 1), last=date(2026, 12, 31))


def needed(history: History, key: str, minutes: list[float]) -> None:
    """From the first cycle on, the step took so many working minutes; nobody judged the other cycles."""
    rows = [row for row in history.steps if row["step_key"] == key]
    for row, value in zip(rows, [*minutes, *[None] * (len(rows) - len(minutes))], strict=True):
        row |= {"working_minutes": value, "kahar": False}
        row["on_time"] = None if value is None else value <= row["target_minutes"]


def proposals(history: History, period: Period = HALF_YEAR) -> dict[str, TargetProposal]:
    with reading() as session:
        found = proposed_targets(session, history.office, period, history.sop)
    assert [proposal.step_no for proposal in found] == [1, 2, 3, 4, 5, 6]
    return {proposal.step_key: proposal for proposal in found}


def test_a_step_that_mostly_takes_longer_gets_what_nine_of_ten_cycles_needed(history: History) -> None:
    needed(history, "approval", [200.0, *[240.0] * 9])
    history.enter()
    found = proposals(history)["approval"]
    assert (found.median_minutes, found.p90_minutes, found.on_time_rate) == (240, 240, 0)
    assert (found.outcome, found.target_minutes, found.proposed_minutes) == ("naik", 180, 240)
    assert found.reason == (
        "Separuh siklus memerlukan 4 jam atau lebih, di atas target; sembilan dari sepuluh selesai dalam "
        "4 jam."
    )


def test_a_target_that_is_never_used_up_is_lowered_to_the_next_five_minutes(history: History) -> None:
    needed(history, "meeting", [41.0] * 10)
    history.enter()
    found = proposals(history)["meeting"]
    assert (found.outcome, found.target_minutes, found.proposed_minutes) == ("turun", 120, 45)


def test_a_target_that_fits_stays(history: History) -> None:
    needed(history, "design", [170.0] * 10)
    history.enter()
    found = proposals(history)["design"]
    assert (found.outcome, found.proposed_minutes, found.on_time_rate) == ("tetap", 180, 1)
    assert found.reason == "Target masih sesuai dengan waktu yang diperlukan."


def test_a_target_that_most_but_not_nearly_all_keep_stays_and_says_so(history: History) -> None:
    needed(history, "approval", [100.0] * 7 + [300.0] * 3)
    history.enter()
    found = proposals(history)["approval"]
    assert (found.outcome, found.proposed_minutes) == ("tetap", 180)
    assert found.reason == (
        "Separuh siklus selesai dalam 1 jam 40 menit, tidak melebihi target; sembilan dari sepuluh "
        "memerlukan sampai 5 jam. Target dipertahankan."
    )


def test_too_few_cycles_propose_nothing(history: History) -> None:
    needed(history, "approval", [1000.0] * 9)
    history.enter()
    found = proposals(history)["approval"]
    assert (found.cycles, found.outcome, found.proposed_minutes) == (9, "belum_cukup", 180)


def test_cycles_under_force_majeure_are_no_measure(history: History) -> None:
    needed(history, "approval", [100.0] * 10 + [9000.0] * 10)
    for row in [row for row in history.steps if row["step_key"] == "approval"][10:]:
        row["kahar"] = True
    history.enter()
    found = proposals(history)["approval"]
    assert (found.cycles, found.p90_minutes, found.outcome) == (10, 100, "tetap")


def test_only_cycles_completed_in_the_period_count(history: History) -> None:
    history.enter()
    before = proposals(history, Period.half_year(2026, 1))["approval"]
    assert (before.cycles, before.median_minutes, before.p90_minutes) == (0, None, None)
    in_august = [row for row in history.cards if row["completed_at"].month == 8 and not row["kahar"]]
    assert proposals(history, Period.month(date(2026, 8, 1)))["evaluation"].cycles == len(in_august) > 0
