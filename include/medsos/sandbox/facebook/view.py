"""How a page's posts, photos and videos are shown (platform contract, sections 3.3 and 3.5)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts
from medsos.sandbox.graph.fields import graph_time
from medsos.sandbox.graph.host import Graph
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document

PAGE_ID = accounts.FACEBOOK["page_id"]
OWNER = {"id": PAGE_ID, "name": accounts.DISPLAY_NAME}
POST_FIELDS = ("created_time", "message", "id")
PHOTO_FIELDS = ("created_time", "name", "id")


def is_out(request: Graph, post: Document) -> bool:
    return bool(post["public"]) and post["visible_at"] <= request.sandbox.state.time()


def counted(request: Graph, name: str, **summary: Any) -> dict[str, Any]:
    """An edge of people's reactions, as a field: nobody's name, only how many."""
    total = request.sandbox.state.count("facebook", name)
    return {"data": [], "summary": {"total_count": total, **summary}}


def post_node(request: Graph, post: Document) -> dict[str, Any]:
    """All fields of a page post."""
    url = request.sandbox.url(post["path"])
    made = graph_time(post.get("backdated_at") or post["visible_at"])
    shares = request.sandbox.state.count("facebook", "shares")
    kinds = {"video": "added_video", "photo": "added_photos", "link": "shared_story"}
    picture = _first_picture(request, post)
    return {
        "id": post["id"],
        "message": post["text"] or None,
        "story": None,
        "created_time": made,
        "updated_time": graph_time(post.get("changed_at") or post["visible_at"]),
        "backdated_time": made if post.get("backdated_at") else None,
        "permalink_url": url,
        "is_published": is_out(request, post),
        "is_hidden": False,
        "is_expired": False,
        "is_eligible_for_promotion": True,
        "is_instagram_eligible": False,
        "is_popular": False,
        "is_spherical": False,
        "scheduled_publish_time": int(post["visible_at"]) if post.get("scheduled") else None,
        "status_type": kinds.get(_kind(post) or "", "mobile_status_update"),
        "timeline_visibility": "normal",
        "promotable_id": post["id"],
        "privacy": {"value": "EVERYONE", "description": "Public", "friends": "", "allow": "", "deny": ""},
        "from": OWNER,
        "attachments": _attachments(post, url, picture),
        "full_picture": picture,
        "picture": picture,
        "shares": {"count": shares} if shares else None,
        "likes": counted(request, "likes", can_like=True, has_liked=False),
        "comments": counted(request, "comments", order="ranked", can_comment=True),
        "reactions": counted(request, "likes", viewer_reaction="NONE"),
    }


def _kind(post: Document) -> str | None:
    if post.get("video_id"):
        return "video"
    if post.get("photo_ids"):
        return "photo"
    return "link" if post.get("link") else None


def _first_picture(request: Graph, post: Document) -> str | None:
    if not post["media"]:
        return None
    facts = request.sandbox.files.facts(post["media"][0])
    shown = post.get("poster") or facts.get("poster") or facts["sha256"]
    return request.sandbox.url(cdn_path(request.sandbox.files.facts(shown)))


def _attachments(post: Document, url: str, picture: str | None) -> dict[str, Any] | None:
    kind = _kind(post)
    if kind is None:
        return None
    types = {"video": "video_inline", "photo": "photo", "link": "share"}
    media = {"image": {"src": picture}} if picture else None
    if kind == "link":
        return {"data": [{"media_type": "link", "type": "share", "title": post["link"], "url": post["link"],
                          "unshimmed_url": post["link"], "target": {"url": post["link"]}}]}  # fmt: skip
    targets = post.get("photo_ids") or [post["video_id"]]
    parts = [
        {"media_type": kind, "type": types[kind], "media": media, "description": post["text"] or None,
         "target": {"id": id_, "url": url}, "url": url}
        for id_ in targets
    ]  # fmt: skip
    parts = [{name: value for name, value in part.items() if value is not None} for part in parts]
    if len(parts) > 1:
        album = {"media_type": "album", "type": "album", "target": {"id": post["id"], "url": url},
                 "url": url, "subattachments": {"data": parts}}  # fmt: skip
        return {"data": [album]}
    return {"data": parts}


def photo_node(request: Graph, photo: Document) -> dict[str, Any]:
    facts = request.sandbox.files.facts(photo["sha256"])
    post = request.sandbox.post("facebook", photo["post_id"] or "")
    source = request.sandbox.url(cdn_path(facts))
    return {
        "id": photo["id"],
        "name": photo["caption"] or None,
        "alt_text": photo["alt_text"] or None,
        "alt_text_custom": photo["alt_text"] or None,
        "created_time": graph_time(photo["created_at"]),
        "updated_time": graph_time(photo["created_at"]),
        "images": [{"source": source, "width": facts["width"], "height": facts["height"]}],
        "picture": source,
        "width": facts["width"],
        "height": facts["height"],
        "page_story_id": photo["post_id"],
        "link": request.sandbox.url(post["path"]) if post else None,
        "from": OWNER,
        "likes": counted(request, "likes", can_like=True, has_liked=False),
        "comments": counted(request, "comments", order="ranked", can_comment=True),
        "reactions": counted(request, "likes", viewer_reaction="NONE"),
    }
