"""Says what changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Change:
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


def changes(before: str, after: str) -> list[Change]:
    """The stretches that make `after` out of `before`, in reading order; removed before added."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    return list(_stretches(old, new))


def _stretches(old: list[str], new: list[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if removed == added:
            yield Change("same", added)
            continue
        if removed:
            yield Change("removed", removed)
        if added:
            yield Change("added", added)
