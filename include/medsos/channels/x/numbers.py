"""Numbers of a post on X, in the older and in the newer vocabulary (contract 5.3, 5.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medsos.channels.metrics import Missing, Numbers, figures, number

_NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "views": (("impression_count",),),
    "likes": (("like_count",),),
    "comments": (("reply_count",),),
    # A quotation passes the post on as a repost does.
    "shares": (("repost_count", "retweet_count"), ("quote_count",)),
}
"""Of each group the first name that is there; the groups are added up."""


def read_metrics(post: Mapping[str, Any]) -> Numbers:
    """`public_metrics` under the project's names. X does not tell reach."""
    counts = post.get("public_metrics")
    counts = counts if isinstance(counts, dict) else {}
    found: dict[str, float | Missing] = {}
    for ours, groups in _NAMES.items():
        parts = [_first(counts, group) for group in groups]
        known = [part for part in parts if part is not None]
        found[ours] = sum(known) if known else Missing.NOT_YET
    return figures(**found)


def _first(counts: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    return next((number(counts[name]) for name in names if name in counts), None)
