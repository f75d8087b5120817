"""Numbers of a page post (platform contract, section 3.6): nobody sees training posts, so all are zero."""

from __future__ import annotations

from typing import Any

from medsos.sandbox.graph import Graph, GraphError, edge, invalid

# Section 3.6; the withdrawn `post_impressions*` family is refused like any unknown name.
METRICS: dict[str, Any] = {
    "post_media_view": 0,
    "post_total_media_view_unique": 0,
    "post_clicks": 0,
    "post_reactions_by_type_total": {},
    "post_reactions_like_total": 0,
    "post_video_views": 0,
}


@edge("GET", "post", "insights")
def read_insights(request: Graph) -> dict[str, Any]:
    names = [name.strip() for name in request.call.text("metric").split(",") if name.strip()]
    if not names:
        raise GraphError(3001, "(#3001) No metric was specified to be fetched.", subcode=1504028)
    if set(names) - set(METRICS):
        raise invalid("The value must be a valid insights metric")
    data = [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": METRICS[name]}],
            "title": name.replace("_", " "),
            "id": f"{request.node_id}/insights/{name}/lifetime",
        }
        for name in names
    ]
    return {"data": data}
