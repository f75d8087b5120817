"""Builds the post of a channel from the approved rows and files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from medsos.channels.base import Media, Post
from medsos.errors import NotApproved
from medsos.store.models import Design


def build_post(
    designs: Sequence[Design], *, key: str, title: str, text: str, fetch: Callable[[Design], Path]
) -> Post:
    """The post of one channel.

    :param designs: the rows of one channel in one round, in order.
    :param text: the caption with its links filled in.
    :param fetch: gives a local copy of a row's file.
    :raises NotApproved: when there is nothing for this channel.
    """
    if not designs:
        raise NotApproved("Tidak ada desain yang disetujui untuk kanal ini.")
    by_kind: dict[str, list[Media]] = {}
    for design in designs:
        media = Media(
            path=fetch(design),
            media_type=design.media_type,
            sha256=design.sha256,
            size_bytes=design.size_bytes,
            width=design.width,
            height=design.height,
            duration_seconds=design.duration_seconds,
            alt_text=design.alt_text,
        )
        by_kind.setdefault(design.kind, []).append(media)
    return Post(
        key=key,
        text=text,
        title=title,
        media=(*by_kind.get("video", ()), *by_kind.get("image", ())),
        cover=next(iter(by_kind.get("cover", ())), None),
        documents=tuple(by_kind.get("document", ())),
    )
