"""Texts and times as event logs carry them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

Value = str | int | bool | datetime
"""What an attribute may hold."""

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2 (Char): everything else can stand nowhere in a document, not even escaped."""


def clean(text: str) -> str:
    """The text with each character that XML 1.0 cannot carry replaced by U+FFFD, a visible mark.

    Used for both formats, so that the same event has the same words in both.
    """
    return _NOT_IN_XML.sub("\ufffd", text)


def instant(at: datetime) -> str:
    """UTC in ISO 8601 with milliseconds, always of the same length: some readers guess from the first."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
