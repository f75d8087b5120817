"""Why steps were late: what would have kept each of them within its target had it not been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import PUBLISHED
from medsos.evaluation.scope import Scope, frame, of_steps
from medsos.sop.model import Sop
from medsos.store.models import ChannelResult, StepDuration

CAUSES = {
    "channel": "Gangguan kanal",
    "rework": "Perbaikan (revisi)",
    "waiting": "Menunggu",
    "work": "Pengerjaan",
}
"""By key, in the order in which they are asked for; each late step has one cause."""

CAUSE_RULES = {
    "channel": "langkah 4: ada kanal yang gagal atau perlu lebih dari satu percobaan",
    "rework": "tanpa waktu perbaikan, langkah itu selesai dalam target",
    "waiting": "tanpa waktu menunggu isian atau keputusan, langkah itu selesai dalam target",
    "work": "sebab lain: pengerjaannya sendiri lebih lama daripada target",
}


@dataclass(frozen=True)
class CauseFigures:
    """One step with the number of late cycles, by cause (`CAUSES`), and working minutes over the target.

    `waiting_share` and `rework_share`: of all minutes of the step, late or not; None without any.
    """

    number: int
    name: str
    late: int
    over_minutes: float
    by_cause: dict[str, int]
    waiting_share: float | None
    rework_share: float | None


def cause_figures(session: Session, scope: Scope, sop: Sop) -> tuple[CauseFigures, ...]:
    """Each step of `sop`."""
    over = StepDuration.deviation_minutes
    troubled = exists().where(
        ChannelResult.cycle_id == StepDuration.cycle_id,
        or_(ChannelResult.attempts > 1, ChannelResult.state != PUBLISHED),
    )
    cause = case(
        (StepDuration.on_time.is_(True), literal("")),
        ((StepDuration.step_key == "upload") & troubled, literal("channel")),
        (StepDuration.rework_minutes >= over, literal("rework")),
        (StepDuration.waiting_minutes >= over, literal("waiting")),
        else_=literal("work"),
    )
    query: Select[*tuple[Any, ...]] = of_steps(
        select(
            StepDuration.step_no,
            cause,
            func.count(),
            func.sum(over),
            func.sum(StepDuration.working_minutes),
            func.sum(StepDuration.waiting_minutes),
            func.sum(StepDuration.rework_minutes),
        ),
        scope,
    ).group_by(StepDuration.step_no, cause)
    names = ("step_no", "cause", "cycles", "over", "working", "waiting", "rework")
    rows = frame(session, query, names)
    found = []
    for step in sop.steps:
        part = rows[rows["step_no"] == step.number]
        late = part[part["cause"] != ""]
        working = float(part["working"].sum())
        found.append(
            CauseFigures(
                number=step.number,
                name=step.name,
                late=int(late["cycles"].sum()),
                over_minutes=float(late["over"].sum()),
                by_cause={key: int(late[late["cause"] == key]["cycles"].sum()) for key in CAUSES},
                waiting_share=float(part["waiting"].sum()) / working if working else None,
                rework_share=float(part["rework"].sum()) / working if working else None,
            )
        )
    return tuple(found)
