"""Published Instagram media: list, read, metrics, delete (platform contract, section 4.6)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import Node, graph_time, names, paged, select
from medsos.sandbox.graph.host import Graph, documents_are_nodes, edge
from medsos.sandbox.instagram.account import IG_ID
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document

# Section 4.6. Withdrawn names are refused like any other unknown one.
METRICS = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "follows",
           "profile_visits", "profile_activity")  # fmt: skip
REEL_METRICS = (*METRICS, "ig_reels_avg_watch_time", "ig_reels_video_view_total_time")
STORY_METRICS = ("views", "reach", "replies", "shares", "total_interactions", "follows", "profile_visits",
                 "profile_activity", "navigation")  # fmt: skip
METRICS_OF = {"REELS": REEL_METRICS, "STORIES": STORY_METRICS}
# A story seen by fewer people has no numbers.
FEWEST_VIEWERS = 5

documents_are_nodes("ig_child", "ig_child")


def media_node(request: Graph, post: Document) -> dict[str, Any]:
    kinds = {"IMAGE": "IMAGE", "STORIES": "IMAGE", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}
    products = {"REELS": "REELS", "STORIES": "STORY"}
    facts = request.sandbox.files.facts(post["media"][0])
    if post["media_type"] == "STORIES" and facts["type"].startswith("video/"):
        kinds = {**kinds, "STORIES": "VIDEO"}
    poster = request.sandbox.files.facts(post.get("poster") or facts.get("poster") or "")
    children = [child_node(request, post, id_) for id_ in post["children"]]
    return {
        "id": post["id"],
        "caption": post["text"] or None,
        "media_type": kinds[post["media_type"]],
        "media_product_type": products.get(post["media_type"], "FEED"),
        "media_url": request.sandbox.url(cdn_path(facts)),
        "thumbnail_url": request.sandbox.url(cdn_path(poster)) if poster else None,
        "permalink": request.sandbox.url(post["path"]),
        "shortcode": post["shortcode"],
        "timestamp": graph_time(post["created_at"]),
        "username": accounts.USERNAME,
        "owner": {"id": IG_ID},
        "alt_text": post["alt_texts"][0] or None if post["alt_texts"] else None,
        "like_count": request.sandbox.state.count("instagram", "likes"),
        "comments_count": request.sandbox.state.count("instagram", "comments"),
        "is_shared_to_feed": True if post["media_type"] == "REELS" else None,
        "comments": {"data": []},
        "is_comment_enabled": post.get("comment_enabled", True),
        "children": {"data": children} if children else None,
    }


def child_node(request: Graph, post: Document, id_: str) -> Node:
    child = request.sandbox.state.get("ig_child", id_) or {}
    facts = request.sandbox.files.facts(child.get("sha256", ""))
    poster = request.sandbox.files.facts(facts.get("poster", ""))
    return Node(
        id=id_, media_type="VIDEO" if poster else "IMAGE", media_url=request.sandbox.url(cdn_path(facts)),
        thumbnail_url=request.sandbox.url(cdn_path(poster)) if poster else None,
        permalink=request.sandbox.url(post["path"]),
        shortcode=child["shortcode"], alt_text=child["alt_text"] or None, username=accounts.USERNAME,
        timestamp=graph_time(post["created_at"]), owner={"id": IG_ID},
    )  # fmt: skip


def _post_of(request: Graph) -> Document:
    """The post of this medium; of a carousel's child, the carousel."""
    child = request.sandbox.state.get("ig_child", request.node_id)
    return request.sandbox.post("instagram", child["parent"] if child else request.node_id) or {}


def _list(request: Graph, stories: bool) -> dict[str, Any]:
    request.need_permission("instagram_basic")
    posts = [
        p for p in request.sandbox.listed_posts("instagram") if (p["media_type"] == "STORIES") == stories
    ]
    return paged(request, posts, lambda p: media_node(request, p), ("id",), "IGMedia")


@edge("GET", "ig_user", "media")
def list_media(request: Graph) -> dict[str, Any]:
    return _list(request, stories=False)


@edge("GET", "ig_user", "stories")
def list_stories(request: Graph) -> dict[str, Any]:
    return _list(request, stories=True)


@edge("GET", "ig_media")
def read_media(request: Graph) -> dict[str, Any]:
    post = _post_of(request)
    return select(request, media_node(request, post), ("id",), "IGMedia")


@edge("GET", "ig_child")
def read_child(request: Graph) -> dict[str, Any]:
    node = child_node(request, _post_of(request), request.node_id)
    return select(request, node, ("id",), "IGMedia")


@edge("GET", "ig_media", "children")
def list_children(request: Graph) -> dict[str, Any]:
    post = _post_of(request)
    return {"data": [select(request, child_node(request, post, id_), ("id",), "IGMedia")
                     for id_ in post["children"]]}  # fmt: skip


@edge("GET", "ig_media", "comments")
def list_comments(request: Graph) -> dict[str, Any]:
    return {"data": []}


@edge("GET", "ig_child", "insights")
def read_no_insights(request: Graph) -> dict[str, Any]:
    """Nothing is counted for one part of a carousel."""
    request.need("metric")
    return {"data": []}


@edge("GET", "ig_media", "insights")
def read_insights(request: Graph) -> dict[str, Any]:
    post, state = _post_of(request), request.sandbox.state
    allowed = METRICS_OF.get(post["media_type"], METRICS)
    request.need("metric")
    wanted = names(request, "metric")
    request.need_permission("instagram_manage_insights")
    for at, name in enumerate(wanted):
        if name not in allowed or name in state.setting("meta_withdrawn_insights"):
            raise invalid(f"metric[{at}] must be one of the following values: {', '.join(allowed)}")
    if post["media_type"] == "STORIES" and state.count("instagram", "views") < FEWEST_VIEWERS:
        raise GraphError(10, "(#10) Not enough viewers for the media to show insights", status=403)
    data = [
        {"name": name, "period": "lifetime", "values": [{"value": state.count("instagram", name)}],
         "title": name, "description": name, "id": f"{post['id']}/insights/{name}/lifetime"}
        for name in wanted
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
    request.need_permission("instagram_manage_contents")
    state = request.sandbox.state
    with state.transaction():
        for child in _post_of(request)["children"]:
            state.delete("ig_child", child)
        state.delete("post:instagram", request.node_id)
    return {"success": True}


@edge("DELETE", "ig_child")
def delete_child(request: Graph) -> dict[str, Any]:
    raise invalid("One part of a carousel cannot be deleted")
