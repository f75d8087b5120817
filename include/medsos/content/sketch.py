"""Makes a request out of one that is still being typed, so that it can be looked at before it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from medsos.content.request import (
    BODY_LENGTH,
    CONTENT_TYPES,
    LINE_LENGTH,
    TITLE_LENGTH,
    ContentRequest,
    in_order,
    tidy_request,
)

NO_TITLE = "Judul belum diisi"
NO_BODY = "Isi belum ditulis."


def sketch_request(raw: dict[str, Any], *, offered_channels: Sequence[str]) -> ContentRequest:
    """What can be used of `raw`; the rest is left out, cut, or stands as a hint that it is missing.

    For a preview only: whether it may be sent is decided by `accept_request`.
    """
    values = tidy_request(raw)
    content_type = values.get("content_type")
    return ContentRequest(
        title=values["title"][:TITLE_LENGTH] or NO_TITLE,
        content_type=content_type if content_type in CONTENT_TYPES else CONTENT_TYPES[0],
        body=values["body"][:BODY_LENGTH] or NO_BODY,
        activity_date=_day(values.get("activity_date")),
        place=values["place"][:LINE_LENGTH],
        channels=in_order([channel for channel in values["channels"] if channel in offered_channels]),
        document_number=values["document_number"][:LINE_LENGTH],
        document_date=_day(values.get("document_date")),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
