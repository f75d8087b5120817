"""Walks the top-level boxes of an MP4 or MOV (ISO/IEC 14496-12, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_KNOWN = frozenset(
    {
        b"ftyp",
        b"moov",
        b"mdat",
        b"moof",
        b"free",
        b"skip",
        b"wide",
        b"uuid",
        b"meta",
        b"udta",
        b"styp",
        b"sidx",
    }
)
"""What some cameras append behind these is not looked at."""


def boxes_complete(path: Path) -> bool:
    """Does every top-level box end within the file?

    The decoder forgives an index that was cut off; the platforms do not.
    """
    length, end = path.stat().st_size, 0
    for _, place, size in _top_boxes(path):
        end = place + size
        if size < 8 or end > length:
            return False
    return end > 0


def has_edit_list(path: Path) -> bool:
    """Is a player told to leave out or shift a part of a track? For a file whose boxes are complete."""
    with path.open("rb") as stream:
        for kind, place, size in _top_boxes(path):
            if kind == b"moov":
                stream.seek(place)
                # The index is small beside the frames.
                return b"elst" in stream.read(size)
    return False


def _top_boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and size of each known box; ends at the first that is unknown or open-ended."""
    length, place = path.stat().st_size, 0
    with path.open("rb") as stream:
        while place + 8 <= length:
            stream.seek(place)
            head = stream.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if kind not in _KNOWN or size == 0:
                return
            if size == 1:
                size = int.from_bytes(head[8:16], "big")
            yield kind, place, size
            if size < 8:
                return
            place += size
