"""What a person makes of a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from fastapi.testclient import TestClient

Visit = Callable[..., TestClient]


def text_of(html: str) -> str:
    """What a reader sees: no tags, white space as one blank."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
