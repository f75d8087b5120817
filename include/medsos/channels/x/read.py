"""Reads posts as X tells them (contract 5.6)."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

_TRAILING_LINK = re.compile(r"(?:\s*https?://(?:t\.co|pic\.(?:x|twitter)\.com)/\S+)+\s*$")


def written_text(row: dict[str, Any]) -> str:
    """The text as it was written: links unfolded, the link to the media dropped, entities resolved."""
    text = str(row.get("text") or "")
    for link in (row.get("entities") or {}).get("urls") or ():
        if (
            link.get("media_key")
            or "/photo/" in str(link.get("expanded_url"))
            or "/video/" in str(link.get("expanded_url"))
        ):
            continue
        text = text.replace(str(link.get("url")), str(link.get("expanded_url") or link.get("url")))
    return _TRAILING_LINK.sub("", unescape(text)) if row.get("attachments") else unescape(text)


def moment(value: object) -> datetime | None:
    """An instant in ISO 8601; None for anything else."""
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
