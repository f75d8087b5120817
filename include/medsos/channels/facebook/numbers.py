"""Numbers of a Page's post (contract 3.6)."""

from __future__ import annotations

from collections.abc import Mapping

from medsos.channels.graph import api as graph
from medsos.channels.graph import insights as graph_insights
from medsos.channels.metrics import METRICS, Missing, Numbers, figures, number_or_not_yet
from medsos.errors import ConfigError

INSIGHTS: Mapping[str, str] = {"views": "post_media_view", "reach": "post_total_media_view_unique"}
"""Meta's names in 2026; `post_impressions*` were withdrawn. A connection may name others."""

_COUNTS = (
    "shares,reactions.limit(0).summary(true),likes.limit(0).summary(true),comments.limit(0).summary(true)"
)


def read_metrics(api: graph.GraphApi, post_id: str, insights: Mapping[str, str]) -> Numbers:
    """Counts of the post itself, and insights on top. `likes` are all reactions, as Facebook shows them."""
    counted = api.get(post_id, fields=_COUNTS)
    found: dict[str, float | Missing] = {
        "likes": number_or_not_yet(counted.text_at("reactions", "summary", "total_count") or None),
        "comments": number_or_not_yet(counted.text_at("comments", "summary", "total_count") or None),
        # Facebook leaves the field out when nobody has shared the post.
        "shares": number_or_not_yet(counted.text_at("shares", "count") or 0),
    }
    if found["likes"] is Missing.NOT_YET:
        found["likes"] = number_or_not_yet(counted.text_at("likes", "summary", "total_count") or None)
    return figures(**found | graph_insights.under_our_names(api, post_id, insights))


def parse_insights(text: str, *, where: str) -> dict[str, str]:
    """`views=post_media_view, reach=…` as a table.

    :param where: Indonesian: where the text was entered, for the message.
    :raises ConfigError: something else than pairs, or a name that is no metric of the project.
    """
    pairs = [part.strip() for part in text.split(",") if part.strip()]
    table: dict[str, str] = {}
    for pair in pairs:
        ours, equals, theirs = (piece.strip() for piece in pair.partition("="))
        if not equals or not theirs or ours not in METRICS:
            raise ConfigError(
                f"{where}: “{pair}” tidak dikenal. Tulis pasangan seperti views=post_media_view, dengan nama "
                f"{', '.join(METRICS)}."
            )
        table[ours] = theirs
    return table
