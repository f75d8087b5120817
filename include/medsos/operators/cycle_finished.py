"""The Asset by which a finished cycle lets the recap of its office know."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset


def cycle_finished(dag_suffix: str) -> Asset:
    """One per office, so that a cycle of one office wakes no other's recap.

    :param dag_suffix: the office's slug as it stands in DAG ids.
    """
    return Asset(f"medsos_cycle_finished__{dag_suffix}")


def tell(context: Any, outlets: list[Any], *, cycle_id: int, month: str) -> None:
    """Send along which cycle ended, and in which month (`2026-11`, by the office's calendar)."""
    for outlet in outlets:
        context["outlet_events"][outlet].extra = {"cycle": cycle_id, "month": month}
