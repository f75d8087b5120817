"""Lists, reads, changes and deletes posts and photos of a page (platform contract, sections 3.5 and 3.6)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox.facebook.posts import check_message, scheduled_time
from medsos.sandbox.facebook.view import PHOTO_FIELDS, POST_FIELDS, counted, photo_node, post_node
from medsos.sandbox.graph.errors import invalid, missing
from medsos.sandbox.graph.fields import paged, select
from medsos.sandbox.graph.host import Graph, edge
from medsos.sandbox.state import Document

# -- lists ---------------------------------------------------------------------------------------------------


def _list_posts(request: Graph) -> dict[str, Any]:
    request.need_permission("pages_read_engagement")
    posts = [post for post in request.sandbox.listed_posts("facebook") if not post.get("story")]
    posts.sort(key=lambda post: -post["visible_at"])
    return paged(request, posts, lambda post: post_node(request, post), POST_FIELDS, "Post")


for _name in ("published_posts", "posts", "feed"):
    edge("GET", "page", _name)(_list_posts)


@edge("GET", "page", "scheduled_posts")
def list_scheduled(request: Graph) -> dict[str, Any]:
    now = request.sandbox.state.time()
    waiting = [p for p in request.sandbox.posts("facebook") if p.get("scheduled") and p["visible_at"] > now]
    return paged(request, waiting, lambda post: post_node(request, post), POST_FIELDS, "Post")


@edge("GET", "page", "photos")
def list_photos(request: Graph) -> dict[str, Any]:
    """`type=uploaded` lists what the page published; otherwise the pictures in which it is tagged: none."""
    out = {post["id"] for post in request.sandbox.listed_posts("facebook")}
    uploaded = request.call.text("type") == "uploaded"
    photos = [p for p in request.sandbox.state.all("fb_photo") if uploaded and p["post_id"] in out]
    return paged(request, photos, lambda photo: photo_node(request, photo), PHOTO_FIELDS, "Photo")


def _reactions(name: str, **summary: Any) -> None:
    def read(request: Graph) -> dict[str, Any]:
        shown = counted(request, name, **summary)
        if not request.call.flag("summary", False):
            shown.pop("summary")
        return shown

    edges = {"likes": ("likes", "reactions"), "comments": ("comments",)}[name]
    for node in ("post", "photo", "video"):
        for edge_name in edges:
            edge("GET", node, edge_name)(read)


_reactions("likes", can_like=True, has_liked=False)
_reactions("comments", order="ranked", can_comment=True)


# -- posts ---------------------------------------------------------------------------------------------------


def _own_post(request: Graph) -> Document:
    post = request.sandbox.post("facebook", request.node_id)
    if post is None:
        raise missing(request.node_id)
    return post


@edge("GET", "post")
def read_post(request: Graph) -> dict[str, Any]:
    request.need_permission("pages_read_engagement")
    return select(request, post_node(request, _own_post(request)), POST_FIELDS, "Post")


@edge("POST", "post")
def update_post(request: Graph) -> dict[str, Any]:
    """Another text, another time, or out with it: `message`, `scheduled_publish_time`, `is_published`."""
    request.need_page_token()
    call, state = request.call, request.sandbox.state
    check_message(call.text("message"))
    with state.transaction():
        post, now = _own_post(request), state.time()
        waiting = not post["public"] or post["visible_at"] > now
        changes: dict[str, Any] = {"changed_at": now}
        if "message" in call.params:
            changes["text"] = request.need("message")
        if call.text("scheduled_publish_time"):
            if not waiting:
                raise invalid("The post is already published")
            moment = scheduled_time(request, call.text("scheduled_publish_time"))
            changes.update(visible_at=moment, scheduled=True, public=True)
        elif call.flag("is_published", False) and waiting:
            changes.update(visible_at=now, scheduled=False, public=True)
        if len(changes) == 1 and "is_published" not in call.params:
            raise invalid("The parameter message is required.")
        state.update("post:facebook", post["id"], **changes)
    return {"success": True}


@edge("DELETE", "post")
def delete_post(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    delete_with_media(request, _own_post(request))
    return {"success": True}


def delete_with_media(request: Graph, post: Document) -> None:
    """A post takes its photos and its video along."""
    state = request.sandbox.state
    with state.transaction():
        state.delete("post:facebook", post["id"])
        for photo_id in post.get("photo_ids") or []:
            state.delete("fb_photo", photo_id)
        if post.get("video_id"):
            state.delete("fb_video", post["video_id"])


# -- photos --------------------------------------------------------------------------------------------------


def _own_photo(request: Graph) -> Document:
    photo = request.sandbox.state.get("fb_photo", request.node_id)
    if photo is None:
        raise missing(request.node_id)
    return photo


@edge("GET", "photo")
def read_photo(request: Graph) -> dict[str, Any]:
    return select(request, photo_node(request, _own_photo(request)), PHOTO_FIELDS, "Photo")


@edge("DELETE", "photo")
def delete_photo(request: Graph) -> dict[str, Any]:
    """The last photo of a post takes the post along."""
    request.need_page_token()
    state = request.sandbox.state
    with state.transaction():
        photo = _own_photo(request)
        state.delete("fb_photo", photo["id"])
        post = request.sandbox.post("facebook", photo["post_id"] or "")
        if post and photo["id"] in (post.get("photo_ids") or []):
            at = post["photo_ids"].index(photo["id"])
            kept = {
                name: post[name][:at] + post[name][at + 1 :] for name in ("photo_ids", "media", "alt_texts")
            }
            if kept["photo_ids"]:
                state.update("post:facebook", post["id"], **kept)
            else:
                state.delete("post:facebook", post["id"])
    return {"success": True}
