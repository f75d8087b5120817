"""Writes down what happens in the steps: the events from which the evaluation is computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from medsos.store.models import StepEvent

EventName = Literal["started", "waiting", "resumed", "finished", "failed"]


def record_event(
    session: Session,
    *,
    cycle_id: int,
    task_id: str,
    event: EventName,
    at: datetime,
    round_no: int = 0,
    channel: str = "",
    actor: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one event. The step is the task's group, the part of `task_id` before the first dot."""
    session.add(
        StepEvent(
            cycle_id=cycle_id,
            step_key=task_id.split(".", 1)[0],
            task_id=task_id,
            event=event,
            round=round_no,
            channel=channel,
            actor=actor,
            at=at,
            detail=detail or {},
        )
    )
