"""Names a content on a channel: short, stable and fit for an address."""

from __future__ import annotations

from medsos.indonesian import slug_text

SLUG_LENGTH = 60


def post_key(title: str, cycle_id: int, channel: str) -> str:
    """The same key on every try, for example `rapat-koordinasi-k12` or `rapat-koordinasi-k12-x`.

    On the website it is the slug that people see, so it does not name the channel there; elsewhere it
    does, because the channels' pictures differ and their files are named after the key.
    """
    key = f"{slug_text(title, length=SLUG_LENGTH)}-k{cycle_id}"
    return key if channel == "web" else f"{key}-{channel}"
