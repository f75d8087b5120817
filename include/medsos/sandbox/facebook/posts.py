"""Makes posts and photos of a Facebook Page (platform contract, sections 3.3 and 3.4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from medsos.sandbox import accounts, ids
from medsos.sandbox.facebook.view import POST_FIELDS, post_node
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import asked_fields, parse_time, select
from medsos.sandbox.graph.host import Graph, documents_are_nodes, edge
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document

PAGE_ID = accounts.FACEBOOK["page_id"]

# Section 3.4.
MESSAGE_LENGTH = 63206
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff")
ATTACHED_PHOTOS = 10
# Section 3.3: 10 minutes to 30 days ahead.
SCHEDULE_SECONDS = (600, 30 * 86400)

documents_are_nodes("post:facebook", "post")
documents_are_nodes("fb_photo", "photo")


# -- writing -------------------------------------------------------------------------------------------------


@edge("POST", "page", "feed")
def create_post(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    call = request.call
    message, link = call.text("message"), call.text("link")
    check_message(message)
    _check_link(link)
    for name in ("targeting", "feed_targeting"):
        if name in call.params and not isinstance(call.structure(name), dict):
            raise invalid(f"Param {name} must be a JSON object")
    with request.sandbox.state.transaction():
        photos = _attached_photos(request)
        if not (message.strip() or link or photos):
            raise GraphError(197, "(#197) The post is empty. Please enter a message to share.")
        if not photos:
            _refuse_duplicate(request, message, link)
        post = add_page_post(
            request, message, media=[p["sha256"] for p in photos], alt_texts=[p["alt_text"] for p in photos],
            link=link, photo_ids=[p["id"] for p in photos],
        )  # fmt: skip
        for photo in photos:
            request.sandbox.state.update("fb_photo", photo["id"], post_id=post["id"])
    if asked_fields(request):
        # Read after write (section 3.3).
        return select(request, post_node(request, post), POST_FIELDS, "Post")
    return {"id": post["id"]}


def _check_link(link: str) -> None:
    parts = urlsplit(link)
    if link and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise GraphError(1609005, "The link could not be read.", user_msg="Tautan tidak dapat dibaca.")
    host = parts.hostname or ""
    if host == "facebook.com" or host.endswith(".facebook.com"):
        raise GraphError(1609008, "Links to facebook.com are not allowed in the link parameter.")


@edge("POST", "page", "photos")
def create_photo(request: Graph) -> dict[str, Any]:
    request.need_page_token()
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
        visible_at = scheduled_time(request, when)
    elif call.text("backdated_time"):
        more["backdated_at"] = parse_time(call.text("backdated_time"), state.time())
    post_id = f"{PAGE_ID}_{ids.graph_id()}"
    path = f"/facebook.com/{accounts.USERNAME}/posts/{post_id.partition('_')[2]}"
    more = {"path": path, **more}
    return request.sandbox.add_post(
        "facebook", post_id, text=message, public=published or bool(when), visible_at=visible_at,
        scheduled=bool(when), **more,
    )  # fmt: skip


def scheduled_time(request: Graph, when: str) -> float:
    """Unix seconds of a time for publishing.

    :raises GraphError: not 10 minutes to 30 days ahead.
    """
    now = request.sandbox.state.time()
    moment = parse_time(when, now)
    if not SCHEDULE_SECONDS[0] <= moment - now <= SCHEDULE_SECONDS[1]:
        raise invalid("The specified scheduled publish time is invalid.", subcode=1363120)
    return moment


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
            if error.too_large:
                raise _too_large() from error
            raise GraphError(324, f"(#324) Missing or invalid image file: {error}") from error
    facts = request.sandbox.files.store(data)
    if facts["size"] > PHOTO_BYTES:
        raise _too_large()
    animated = facts["type"] == "image/gif" and facts.get("frames", 1) > 1
    if facts["type"] not in PHOTO_TYPES or facts.get("broken") or animated:
        raise GraphError(324, "(#324) Missing or invalid image file")
    return facts


def _too_large() -> GraphError:
    return GraphError(
        1, "Your photos couldn't be uploaded. Photos should be smaller than 10 MB.", subcode=1366046
    )
