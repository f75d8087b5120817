"""Reads a cycle's request as far as the pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from medsos.offices.model import CHANNELS
from medsos.store.models import Cycle


@dataclass(frozen=True)
class Asked:
    """The request as far as the pages show it."""

    body: str
    channels: tuple[str, ...]
    activity_date: date | None
    place: str
    upload_at: datetime | None
    document_number: str
    document_date: date | None


def asked_of(cycle: Cycle) -> Asked:
    """Reads the stored request key by key, so that requests of other versions can be shown too."""
    request = cycle.request
    return Asked(
        body=str(request.get("body") or ""),
        channels=tuple(channel for channel in CHANNELS if channel in (request.get("channels") or ())),
        activity_date=_date(request.get("activity_date")),
        place=str(request.get("place") or ""),
        upload_at=datetime.fromisoformat(request["upload_at"]) if request.get("upload_at") else None,
        document_number=str(request.get("document_number") or ""),
        document_date=_date(request.get("document_date")),
    )


def _date(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
