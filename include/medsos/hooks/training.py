"""Tells training accounts from real ones, so that every page and report can say MODE LATIHAN."""

from __future__ import annotations


def is_training(connection_id: str) -> bool:
    """Whether a Connection leads to the training platforms; false when it does not exist."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = Connection.get(connection_id)
    except AirflowNotFoundException:
        return False
    return str((connection.extra_dejson or {}).get("training", "")).lower() == "true"
