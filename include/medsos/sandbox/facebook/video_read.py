"""The state of a page's videos, their lists and their end (platform contract, section 3.3)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts
from medsos.sandbox.facebook.posts import check_message
from medsos.sandbox.facebook.read import delete_with_media
from medsos.sandbox.facebook.view import OWNER, counted, is_out
from medsos.sandbox.graph.fields import asks_for, graph_time, paged, select
from medsos.sandbox.graph.host import Graph, edge
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document

VIDEO_FIELDS = ("description", "updated_time", "id")


def video_node(request: Graph, video: Document, *, status: bool) -> dict[str, Any]:
    post = request.sandbox.post("facebook", video["post_id"]) if video["post_id"] else None
    path = post["path"] if post else f"/facebook.com/{accounts.USERNAME}/videos/{video['id']}"
    facts = request.sandbox.files.facts(video["sha256"] or "")
    scheduled = bool(post and post.get("scheduled") and not is_out(request, post))
    return {
        "id": video["id"],
        "title": video["title"] or None,
        "description": video["description"] or None,
        "status": _status(request, video, post) if status else None,
        "permalink_url": request.sandbox.url(path),
        "post_id": video["post_id"],
        "published": bool(post and is_out(request, post)),
        "scheduled_publish_time": graph_time(post["visible_at"]) if post and scheduled else None,
        "created_time": graph_time(video["created_at"]),
        "updated_time": graph_time(video["created_at"]),
        "length": facts.get("duration"),
        "source": request.sandbox.url(cdn_path(facts)) if facts else None,
        "picture": request.sandbox.url(cdn_path(request.sandbox.files.facts(facts["poster"])))
        if facts.get("poster")
        else None,
        "from": OWNER,
        "views": request.sandbox.state.count("facebook", "views"),
        "likes": counted(request, "likes", can_like=True, has_liked=False),
        "comments": counted(request, "comments", order="ranked", can_comment=True),
        "reactions": counted(request, "likes", viewer_reaction="NONE"),
    }


def _status(request: Graph, video: Document, post: Document | None) -> dict[str, Any]:
    waiting = {"status": "not_started"}
    if not video["sha256"]:
        uploading = {"status": "in_progress", "bytes_transferred": video["received"]}
        return {"video_status": "processing", "uploading_phase": uploading,
                "processing_phase": waiting, "publishing_phase": waiting}  # fmt: skip
    size = request.sandbox.files.facts(video["sha256"])["size"]
    uploaded = {"status": "complete", "bytes_transferred": size}
    if post is None:
        return {"video_status": "upload_complete", "uploading_phase": uploaded,
                "processing_phase": waiting, "publishing_phase": waiting}  # fmt: skip
    ready = request.sandbox.is_ready("fb_video", video["id"])
    if ready and video.get("fault"):
        failed = {"status": "error", "error": {"message": video["fault"]}}
        return {"video_status": "error", "uploading_phase": uploaded, "processing_phase": failed,
                "publishing_phase": waiting}  # fmt: skip
    publish_status = "draft"
    if post["public"]:
        publish_status = "published" if is_out(request, post) else "scheduled"
    publishing = {"status": "complete" if ready else "in_progress", "publish_status": publish_status,
                  "publish_time": int(post["visible_at"])}  # fmt: skip
    return {
        "video_status": "ready" if ready else "processing",
        "uploading_phase": uploaded,
        "processing_phase": {"status": "complete" if ready else "in_progress"},
        "publishing_phase": publishing,
    }


@edge("GET", "video")
def read_video(request: Graph) -> dict[str, Any]:
    video = request.sandbox.state.get("fb_video", request.node_id) or {}
    # A look at the state counts as one, so it is worked out only when it is asked for.
    node = video_node(request, video, status=asks_for(request, "status"))
    return select(request, node, VIDEO_FIELDS, "Video")


@edge("POST", "video")
def update_video(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    state, call = request.sandbox.state, request.call
    check_message(call.text("description"))
    with state.transaction():
        video = state.get("fb_video", request.node_id) or {}
        changes = {name: call.text(name) for name in ("title", "description") if name in call.params}
        state.update("fb_video", video["id"], **changes)
        if video["post_id"] and "description" in changes:
            state.update("post:facebook", video["post_id"], text=changes["description"])
    return {"success": True}


@edge("DELETE", "video")
def delete_video(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    state = request.sandbox.state
    with state.transaction():
        video = state.get("fb_video", request.node_id) or {}
        post = request.sandbox.post("facebook", video["post_id"] or "")
        if post:
            delete_with_media(request, post)
        state.delete("fb_video", video["id"])
    return {"success": True}


def _list(kind: str) -> None:
    def read(request: Graph) -> dict[str, Any]:
        out = {post["id"] for post in request.sandbox.listed_posts("facebook")}
        status = asks_for(request, "status")
        videos = [
            v for v in request.sandbox.state.all("fb_video") if v["kind"] == kind and v["post_id"] in out
        ]
        return paged(request, videos, lambda v: video_node(request, v, status=status), VIDEO_FIELDS, "Video")

    edge("GET", "page", {"video": "videos", "reel": "video_reels"}[kind])(read)


_list("video")
_list("reel")
