"""Builds rows for tests of any room."""

from __future__ import annotations

from datetime import UTC, datetime

from medsos.store.models import Cycle
from medsos.store.session import transaction

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Monday, 10.00 WIB."""


def make_cycle(**values: object) -> int:
    """Insert a cycle; returns its number."""
    defaults: dict[str, object] = {
        "office": "kota-bengkulu",
        "title": "Rapat pleno terbuka",
        "content_type": "foto_kegiatan",
        "requester": "admin",
        "requested_at": NOW,
        "sop_version": "4-ORT.06-1771-2-2023",
        "kahar": False,
        "kahar_reason": "",
        "status": "berjalan",
        "dag_id": "content_cycle__kota_bengkulu",
        "request": {"channels": ["web", "facebook", "instagram", "x", "tiktok"]},
        "archive_folder": "kota-bengkulu/2026/11/000001-rapat-pleno-terbuka",
    }
    with transaction() as session:
        cycle = Cycle(**{**defaults, "run_id": f"run-{session.query(Cycle).count() + 1}", **values})
        session.add(cycle)
        session.flush()
        return cycle.id
