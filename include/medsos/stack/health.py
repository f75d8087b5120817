"""Asks every service of a stack whether it works, and believes only answers with the right content."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import requests

_COMPONENTS = {
    "metadatabase": ("basis data Airflow", None),
    "scheduler": ("penjadwal", "latest_scheduler_heartbeat"),
    "dag_processor": ("pembaca alur", "latest_dag_processor_heartbeat"),
    "triggerer": ("penunggu", "latest_triggerer_heartbeat"),
}

UNREACHABLE = "halaman Airflow"


def unhealthy_airflow(base_url: str, since: datetime | None = None) -> list[str]:
    """Indonesian names of what does not work yet in the Airflow at `base_url`; empty when all does.

    :param since: aware; a sign of life from before this moment belongs to an earlier run and does not count.
    """
    answer = _json(f"{base_url}/api/v2/monitor/health")
    if answer is None:
        return [UNREACHABLE]
    return [
        name for key, (name, beat) in _COMPONENTS.items() if not _alive(answer.get(key) or {}, beat, since)
    ]


def _alive(component: dict[str, Any], beat: str | None, since: datetime | None) -> bool:
    if component.get("status") != "healthy":
        return False
    if beat is None or since is None:
        return True
    latest = component.get(beat)
    return latest is not None and datetime.fromisoformat(latest) >= since


def sandbox_healthy(base_url: str) -> bool:
    """True when the training platforms answer as such."""
    answer = _json(f"{base_url}/_inspect/health")
    return answer is not None and answer.get("status") == "ok"


def _json(url: str) -> dict[str, Any] | None:
    """The JSON object at `url`; Airflow answers unknown paths with 200 and a web page, which is None here."""
    try:
        response = requests.get(url, timeout=5)
        content = response.json()
    except (requests.RequestException, ValueError):
        return None
    return content if response.ok and isinstance(content, dict) else None


def main(arguments: list[str]) -> int:
    """`python -m medsos.stack.health URL COMPONENT`: 0 when it works; for container health checks.

    COMPONENT is a key of Airflow's health answer, or `sandbox`. An Airflow that does not answer counts as
    a component that does not work.
    """
    url, component = arguments
    if component == "sandbox":
        return 0 if sandbox_healthy(url) else 1
    name = _COMPONENTS[component][0]
    missing = set(unhealthy_airflow(url)) & {name, UNREACHABLE}
    if missing:
        sys.stderr.write(f"Tidak sehat: {', '.join(missing)}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
