"""Numbers of a page post, as the settings give them (platform contract, section 3.6)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import names
from medsos.sandbox.graph.host import Graph, edge

# Section 3.6; the withdrawn `post_impressions*` family is refused like any unknown name.
METRICS: dict[str, str | None] = {
    "post_media_view": "views",
    "post_total_media_view_unique": "reach",
    "post_clicks": None,
    "post_reactions_by_type_total": "likes",
    "post_reactions_like_total": "likes",
    "post_video_views": "views",
}


@edge("GET", "post", "insights")
def read_insights(request: Graph) -> dict[str, Any]:
    wanted = names(request, "metric")
    if not wanted:
        raise GraphError(3001, "(#3001) No metric was specified to be fetched.", subcode=1504028)
    request.need_permission("read_insights")
    known = set(METRICS) - set(request.sandbox.state.setting("meta_withdrawn_insights"))
    if set(wanted) - known:
        raise invalid("The value must be a valid insights metric")
    data = [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": _value(request, name)}],
            "title": name.replace("_", " "),
            "id": f"{request.node_id}/insights/{name}/lifetime",
        }
        for name in wanted
    ]
    return {"data": data}


def _value(request: Graph, name: str) -> Any:
    counted = METRICS[name]
    value = request.sandbox.state.count("facebook", counted) if counted else 0
    if name == "post_reactions_by_type_total":
        return {"like": value} if value else {}
    return value
