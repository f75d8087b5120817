"""Posts and photos of a Facebook Page (platform contract, sections 3.3 to 3.5)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts, graph, ids
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.graph import Graph, GraphError, edge, invalid
from medsos.sandbox.media import Facts, cdn_path
from medsos.sandbox.state import Document

PAGE_ID = accounts.FACEBOOK["page_id"]

# Section 3.4.
MESSAGE_LENGTH = 63206
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff")
ATTACHED_PHOTOS = 10
# Section 3.3: 10 minutes to 30 days ahead.
SCHEDULE_SECONDS = (600, 30 * 86400)

POST_FIELDS = ("created_time", "message", "id")

graph.documents_are_nodes("post:facebook", "post")
graph.documents_are_nodes("fb_photo", "photo")


# -- writing -------------------------------------------------------------------------------------------------


@edge("POST", "page", "feed")
def create_post(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    call = request.call
    message, link = call.text("message"), call.text("link")
    photos = _attached_photos(request)
    if not (message.strip() or link or photos):
        raise GraphError(197, "(#197) The post is empty. Please enter a message to share.")
    check_message(message)
    if "facebook.com/" in link:
        raise GraphError(1609008, "Links to facebook.com are not allowed in the link parameter.")
    with request.sandbox.state.transaction():
        if not photos:
            _refuse_duplicate(request, message, link)
        post = add_page_post(
            request, message, media=[p["sha256"] for p in photos], alt_texts=[p["alt_text"] for p in photos],
            link=link, photo_ids=[p["id"] for p in photos],
        )  # fmt: skip
        for photo in photos:
            request.sandbox.state.update("fb_photo", photo["id"], post_id=post["id"])
    if call.text("fields"):
        return graph.select(request, post_node(request, post), POST_FIELDS, "Post")
    return {"id": post["id"]}


@edge("POST", "page", "photos")
def create_photo(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    call = request.call
    facts = _photo_facts(request)
    caption = call.text("caption") or call.text("message")
    check_message(caption)
    photo = {
        "id": ids.graph_id(),
        "sha256": facts["sha256"],
        "caption": caption,
        "alt_text": call.text("alt_text_custom"),
        "created_at": request.sandbox.state.time(),
        "post_id": None,
    }
    state = request.sandbox.state
    with state.transaction():
        state.put("fb_photo", photo["id"], photo)
        if not call.flag("published", True) and not call.text("scheduled_publish_time"):
            return {"id": photo["id"]}
        post = add_page_post(
            request, caption, media=[facts["sha256"]], alt_texts=[photo["alt_text"]], photo_ids=[photo["id"]]
        )
        state.update("fb_photo", photo["id"], post_id=post["id"])
    if not post["public"]:
        return {"id": photo["id"]}
    return {"id": photo["id"], "post_id": post["id"]}


def check_message(text: str) -> None:
    if len(text) > MESSAGE_LENGTH:
        raise invalid(f"Param message must be no longer than {MESSAGE_LENGTH} characters")


def add_page_post(request: Graph, message: str, *, published: bool | None = None, **more: Any) -> Document:
    """Make a page post, public now, later (`scheduled_publish_time`) or not at all (`published=false`)."""
    call, state = request.call, request.sandbox.state
    published = call.flag("published", True) if published is None else published
    when = call.text("scheduled_publish_time")
    visible_at = state.time()
    if when:
        if published:
            raise invalid("You cannot specify a scheduled publish time on a published post")
        ahead = graph.parse_time(when) - state.time()
        if not SCHEDULE_SECONDS[0] <= ahead <= SCHEDULE_SECONDS[1]:
            raise invalid("The specified scheduled publish time is invalid.", subcode=1363120)
        visible_at = graph.parse_time(when)
    post_id = f"{PAGE_ID}_{ids.graph_id()}"
    path = f"/facebook.com/{accounts.USERNAME}/posts/{post_id.partition('_')[2]}"
    more = {"path": path, **more}
    return request.sandbox.add_post(
        "facebook", post_id, text=message, public=published or bool(when), visible_at=visible_at,
        scheduled=bool(when), **more,
    )  # fmt: skip


def _refuse_duplicate(request: Graph, message: str, link: str) -> None:
    window = float(request.sandbox.state.setting("facebook_duplicate_window_seconds"))
    since = request.sandbox.state.time() - window
    for post in request.sandbox.posts("facebook"):
        same = post["text"] == message and post.get("link", "") == link and not post["media"]
        if window and same and post["created_at"] > since:
            raise GraphError(
                506, "(#506) Duplicate status message", subcode=1455006, user_msg="Kiriman ini sudah ada."
            )


def _attached_photos(request: Graph) -> list[Document]:
    attached = request.call.structure("attached_media") or []
    if not isinstance(attached, list) or len(attached) > ATTACHED_PHOTOS:
        raise invalid(f"attached_media must be a list of at most {ATTACHED_PHOTOS} photos")
    photos = []
    for entry in attached:
        id_ = str(entry.get("media_fbid", "")) if isinstance(entry, dict) else ""
        photo = request.sandbox.state.get("fb_photo", id_)
        if photo is None:
            raise invalid(f"Invalid media_fbid '{id_}' in attached_media")
        if photo["post_id"]:
            raise GraphError(1, "Photos were already posted.", subcode=1366051)
        photos.append(photo)
    return photos


def _photo_facts(request: Graph) -> Facts:
    source, url = request.call.files.get("source"), request.call.text("url")
    if source is None and not url:
        raise GraphError(324, "(#324) Requires upload file", subcode=2069019)
    if source is not None:
        data = source.data
    else:
        try:
            timeout = float(request.sandbox.state.setting("fetch_timeout_seconds"))
            data = fetch(url, max_bytes=PHOTO_BYTES, timeout=timeout, redirects=True)
        except FetchFailed as error:
            raise GraphError(324, f"(#324) Missing or invalid image file: {error}") from error
    facts = request.sandbox.files.store(data)
    if facts["size"] > PHOTO_BYTES:
        raise GraphError(1, "Your photos couldn't be uploaded: too large.", subcode=1366046)
    animated = facts["type"] == "image/gif" and facts.get("frames", 1) > 1
    if facts["type"] not in PHOTO_TYPES or facts.get("broken") or animated:
        raise GraphError(324, "(#324) Missing or invalid image file")
    return facts


# -- reading, changing, deleting -----------------------------------------------------------------------------


def post_node(request: Graph, post: Document) -> dict[str, Any]:
    """All fields of a page post."""
    url = request.sandbox.url(post["path"])
    shares, likes, comments = (
        request.sandbox.state.count("facebook", name) for name in ("shares", "likes", "comments")
    )
    return {
        "id": post["id"],
        "message": post["text"] or None,
        "created_time": graph.graph_time(post["visible_at"]),
        "updated_time": graph.graph_time(post["visible_at"]),
        "permalink_url": url,
        "is_published": post["public"] and post["visible_at"] <= request.sandbox.state.time(),
        "scheduled_publish_time": int(post["visible_at"]) if post.get("scheduled") else None,
        "from": {"id": PAGE_ID, "name": accounts.DISPLAY_NAME},
        "attachments": _attachments(request, post, url),
        "full_picture": _first_picture(request, post),
        "shares": {"count": shares} if shares else None,
        "likes": {"data": [], "summary": {"total_count": likes, "can_like": True, "has_liked": False}},
        "comments": {
            "data": [],
            "summary": {"order": "ranked", "total_count": comments, "can_comment": True},
        },
        "reactions": {"data": [], "summary": {"total_count": likes, "viewer_reaction": "NONE"}},
    }


def _first_picture(request: Graph, post: Document) -> str | None:
    if not post["media"]:
        return None
    facts = request.sandbox.files.facts(post["media"][0])
    return request.sandbox.url(cdn_path(request.sandbox.files.facts(facts.get("poster") or facts["sha256"])))


def _attachments(request: Graph, post: Document, url: str) -> dict[str, Any] | None:
    targets = post.get("photo_ids") or ([post["video_id"]] if post.get("video_id") else [])
    kind = "video" if post.get("video_id") else "photo"
    parts = [{"media_type": kind, "target": {"id": id_, "url": url}, "url": url} for id_ in targets]
    if len(parts) > 1:
        return {"data": [{"media_type": "album", "target": {"id": post["id"], "url": url}, "url": url,
                          "subattachments": {"data": parts}}]}  # fmt: skip
    if post.get("link"):
        parts = [{"media_type": "link", "target": {"url": post["link"]}, "url": post["link"]}]
    return {"data": parts} if parts else None


def _list_posts(request: Graph) -> dict[str, Any]:
    return graph.paged(
        request,
        request.sandbox.listed_posts("facebook"),
        lambda p: post_node(request, p),
        POST_FIELDS,
        "Post",
    )


for _name in ("published_posts", "posts", "feed"):
    edge("GET", "page", _name)(_list_posts)


@edge("GET", "page", "scheduled_posts")
def list_scheduled(request: Graph) -> dict[str, Any]:
    now = request.sandbox.state.time()
    waiting = [p for p in request.sandbox.posts("facebook") if p.get("scheduled") and p["visible_at"] > now]
    return graph.paged(request, waiting, lambda p: post_node(request, p), POST_FIELDS, "Post")


def _own_post(request: Graph) -> Document:
    post = request.sandbox.post("facebook", request.node_id)
    if post is None:
        raise graph.missing(request.node_id)
    return post


@edge("GET", "post")
def read_post(request: Graph) -> dict[str, Any]:
    return graph.select(request, post_node(request, _own_post(request)), POST_FIELDS, "Post")


@edge("POST", "post")
def update_post(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    check_message(request.call.text("message"))
    request.sandbox.state.update("post:facebook", request.node_id, text=request.need("message"))
    return {"success": True}


@edge("DELETE", "post")
def delete_post(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    request.sandbox.state.delete("post:facebook", request.node_id)
    return {"success": True}


@edge("GET", "photo")
def read_photo(request: Graph) -> dict[str, Any]:
    photo = request.sandbox.state.get("fb_photo", request.node_id) or {}
    facts = request.sandbox.files.facts(photo["sha256"])
    post = request.sandbox.post("facebook", photo["post_id"] or "")
    picture = {
        "source": request.sandbox.url(cdn_path(facts)),
        "width": facts["width"],
        "height": facts["height"],
    }
    node = {
        "id": photo["id"],
        "name": photo["caption"] or None,
        "alt_text": photo["alt_text"] or None,
        "alt_text_custom": photo["alt_text"] or None,
        "created_time": graph.graph_time(photo["created_at"]),
        "images": [picture],
        "page_story_id": photo["post_id"],
        "link": request.sandbox.url(post["path"]) if post else None,
    }
    return graph.select(request, node, ("created_time", "name", "id"), "Photo")
