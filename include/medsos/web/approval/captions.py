"""Parts a caption as the channel shows it: text, hashtags, links, and the place of the website address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from medsos.content.plan import WEB_LINK

_PIECES = re.compile(
    rf"(?P<slot>{re.escape(WEB_LINK)})|(?P<link>https?://[^\s<>]+[^\s<>.,;:!?)\"'”])|(?P<tag>(?<![\w&])#\w+)"
)

LINKED = frozenset({"web", "facebook", "x"})
"""Channels on which an address in the text can be tapped (contract 3.4, 5.4); elsewhere it is only read."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a caption. `slot` is where the address of the website post will stand."""

    kind: Literal["text", "tag", "link", "slot"]
    text: str


def pieces(caption: str) -> tuple[Piece, ...]:
    """The caption in reading order; together the pieces are the whole of it."""
    found, end = [], 0
    for match in _PIECES.finditer(caption):
        if match.start() > end:
            found.append(Piece("text", caption[end : match.start()]))
        kind: Literal["tag", "link", "slot"] = "slot" if match["slot"] else "link" if match["link"] else "tag"
        found.append(Piece(kind, match[0]))
        end = match.end()
    if end < len(caption):
        found.append(Piece("text", caption[end:]))
    return tuple(found)
