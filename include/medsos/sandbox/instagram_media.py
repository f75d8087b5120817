"""Published Instagram media: list, read, metrics, delete (platform contract, section 4.6)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts, graph
from medsos.sandbox.graph import Graph, GraphError, edge, invalid
from medsos.sandbox.instagram import IG_ID
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document

# Section 4.6. Withdrawn names are refused like any other unknown one.
METRICS = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "follows",
           "profile_visits", "profile_activity")  # fmt: skip
REEL_METRICS = (*METRICS, "ig_reels_avg_watch_time", "ig_reels_video_view_total_time")


def media_node(request: Graph, post: Document) -> dict[str, Any]:
    kinds = {"IMAGE": "IMAGE", "STORIES": "IMAGE", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}
    products = {"REELS": "REELS", "STORIES": "STORY"}
    facts = request.sandbox.files.facts(post["media"][0])
    if post["media_type"] == "STORIES" and facts["type"].startswith("video/"):
        kinds = {**kinds, "STORIES": "VIDEO"}
    poster = request.sandbox.files.facts(post.get("poster") or facts.get("poster") or "")
    children = [{"id": id_} for id_ in post["children"]]
    return {
        "id": post["id"],
        "caption": post["text"] or None,
        "media_type": kinds[post["media_type"]],
        "media_product_type": products.get(post["media_type"], "FEED"),
        "media_url": request.sandbox.url(cdn_path(facts)),
        "thumbnail_url": request.sandbox.url(cdn_path(poster)) if poster else None,
        "permalink": request.sandbox.url(post["path"]),
        "shortcode": post["shortcode"],
        "timestamp": graph.graph_time(post["created_at"]),
        "username": accounts.USERNAME,
        "owner": {"id": IG_ID},
        "alt_text": post["alt_texts"][0] or None if post["alt_texts"] else None,
        "like_count": request.sandbox.state.count("instagram", "likes"),
        "comments_count": request.sandbox.state.count("instagram", "comments"),
        "is_comment_enabled": post.get("comment_enabled", True),
        "children": {"data": children} if children else None,
    }


def _list(request: Graph, stories: bool) -> dict[str, Any]:
    posts = [
        p for p in request.sandbox.listed_posts("instagram") if (p["media_type"] == "STORIES") == stories
    ]
    return graph.paged(request, posts, lambda p: media_node(request, p), ("id",), "IGMedia")


@edge("GET", "ig_user", "media")
def list_media(request: Graph) -> dict[str, Any]:
    return _list(request, stories=False)


@edge("GET", "ig_user", "stories")
def list_stories(request: Graph) -> dict[str, Any]:
    return _list(request, stories=True)


@edge("GET", "ig_media")
def read_media(request: Graph) -> dict[str, Any]:
    post = request.sandbox.post("instagram", request.node_id) or {}
    return graph.select(request, media_node(request, post), ("id",), "IGMedia")


@edge("GET", "ig_media", "children")
def list_children(request: Graph) -> dict[str, Any]:
    post = request.sandbox.post("instagram", request.node_id) or {}
    return {"data": [{"id": id_} for id_ in post["children"]]}


@edge("GET", "ig_media", "insights")
def read_insights(request: Graph) -> dict[str, Any]:
    post = request.sandbox.post("instagram", request.node_id) or {}
    allowed = REEL_METRICS if post["media_type"] == "REELS" else METRICS
    request.need("metric")
    names = graph.names(request, "metric")
    state = request.sandbox.state
    graph.need_permission(request, "instagram_manage_insights")
    for name in names:
        if name not in allowed or name in state.setting("meta_withdrawn_insights"):
            raise invalid(f"metric[0] must be one of the following values: {', '.join(allowed)}")
    data = [
        {"name": name, "period": "lifetime", "values": [{"value": state.count("instagram", name)}],
         "title": name, "id": f"{post['id']}/insights/{name}/lifetime"}
        for name in names
    ]  # fmt: skip
    return {"data": data}


@edge("POST", "ig_media")
def change_media(request: Graph) -> dict[str, Any]:
    if "comment_enabled" not in request.call.params:
        raise invalid("The parameter comment_enabled is required.")
    enabled = request.call.flag("comment_enabled", True)
    request.sandbox.state.update("post:instagram", request.node_id, comment_enabled=enabled)
    return {"success": True}


@edge("DELETE", "ig_media")
def delete_media(request: Graph) -> dict[str, Any]:
    """Facebook Login only (sections 0.3 and 4.1)."""
    if request.host == "instagram-graph":
        raise GraphError(10, "(#10) Application does not have permission for this action", status=403)
    graph.need_permission(request, "instagram_manage_contents")
    request.sandbox.state.delete("post:instagram", request.node_id)
    return {"success": True}
