"""Proposes targets for the SOP's review: what was really needed, next to the target (SOP, Pengesahan 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from medsos.evaluation.figures.steps import step_counts, step_figures
from medsos.evaluation.period import Period
from medsos.evaluation.scope import Scope
from medsos.indonesian import minutes_text, number_text
from medsos.offices.model import Office
from medsos.sop.model import Sop

FEWEST_CYCLES = 10
"""Fewer verdicts than this say too little for another target."""

STEP_OF_TARGETS = 5
"""Proposed targets are multiples of so many minutes."""

MUCH_TOO_LONG = 0.5
"""A target is lowered when nine of ten cycles needed at most this part of it."""

Outcome = Literal["tetap", "naik", "turun", "belum_cukup"]


@dataclass(frozen=True)
class TargetProposal:
    """One step: its target in the SOP, what was needed, and the target proposed. Working minutes.

    `cycles` counts the cycles with a verdict on the step, without those under *kahar*; the figures are None
    when there are none. `proposed_minutes` equals `target_minutes` unless `outcome` is “naik” or “turun”;
    `reason` is one Indonesian sentence.
    """

    step_no: int
    step_key: str
    name: str
    cycles: int
    target_minutes: float
    median_minutes: float | None
    p90_minutes: float | None
    on_time_rate: float | None
    proposed_minutes: float
    outcome: Outcome
    reason: str


def proposed_targets(session: Session, office: Office, period: Period, sop: Sop) -> list[TargetProposal]:
    """One proposal per step of `sop`, from the cycles that an office completed in a period.

    A step whose median is above its target gets what nine of ten cycles needed; so does one whose target is
    far more than nine of ten needed; all others keep their target. Cycles under *kahar* (SOP, Pengesahan 4)
    are no measure and are left out.
    """
    counts = step_counts(session, Scope((office,), period), without_kahar=True)
    proposals = []
    for step, found in zip(sop.steps, step_figures(counts, sop), strict=True):
        target = float(step.target_minutes)
        outcome, proposed, reason = _judge(found.cycles, target, found.median_minutes, found.p90_minutes)
        proposals.append(
            TargetProposal(
                step_no=step.number,
                step_key=step.key,
                name=step.name,
                cycles=found.cycles,
                target_minutes=target,
                median_minutes=found.median_minutes,
                p90_minutes=found.p90_minutes,
                on_time_rate=found.on_time_rate,
                proposed_minutes=proposed,
                outcome=outcome,
                reason=reason,
            )
        )
    return proposals


def _judge(cycles: int, target: float, median: float | None, p90: float | None) -> tuple[Outcome, float, str]:
    if median is None or p90 is None or cycles < FEWEST_CYCLES:
        return (
            "belum_cukup",
            target,
            f"Baru {number_text(cycles)} siklus dapat dinilai (paling sedikit {FEWEST_CYCLES}); "
            "target dipertahankan.",
        )
    needed = max(STEP_OF_TARGETS, math.ceil(round(p90, 6) / STEP_OF_TARGETS) * STEP_OF_TARGETS)
    if median > target:
        return (
            "naik",
            float(max(needed, target)),
            f"Separuh siklus memerlukan {minutes_text(median)} atau lebih, di atas target; sembilan dari "
            f"sepuluh selesai dalam {minutes_text(p90)}.",
        )
    if p90 <= target * MUCH_TOO_LONG and needed < target:
        return (
            "turun",
            float(needed),
            f"Sembilan dari sepuluh siklus selesai dalam {minutes_text(p90)}, paling banyak "
            f"{number_text(MUCH_TOO_LONG * 100)} persen dari target.",
        )
    if p90 > target:
        return (
            "tetap",
            target,
            f"Separuh siklus selesai dalam {minutes_text(median)}, tidak melebihi target; sembilan dari "
            f"sepuluh memerlukan sampai {minutes_text(p90)}. Target dipertahankan.",
        )
    return "tetap", target, "Target masih sesuai dengan waktu yang diperlukan."
