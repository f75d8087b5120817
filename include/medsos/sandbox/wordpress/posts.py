"""Writes, trashes and deletes posts of the WordPress site (platform contract, section 2.2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import users as wordpress_users
from medsos.sandbox.wordpress.host import Rest, WordPressError, in_words, invalid_param, route
from medsos.sandbox.wordpress.lists import indexed_list, slugify
from medsos.sandbox.wordpress.reading import STATUSES, need, own_post
from medsos.sandbox.wordpress.saving import PUBLIC, save
from medsos.sandbox.wordpress.terms import terms
from medsos.sandbox.wordpress.text import filtered
from medsos.sandbox.wordpress.view import SITE_TIME, show

_FORMATS = (
    "standard", "aside", "chat", "gallery", "link", "image", "quote", "status", "video", "audio",
)  # fmt: skip
_CHOICES = {"comment_status": ("open", "closed"), "ping_status": ("open", "closed"), "format": _FORMATS,
            "template": ("",)}  # fmt: skip
_TRASHED = "__trashed"


# -- writing -------------------------------------------------------------------------------------------------


@route("POST", "/wp/v2/posts")
def create(rest: Rest) -> Response:
    if rest.call.params.get("id"):
        raise WordPressError(400, "rest_post_exists", "Cannot create existing post.")
    changes = _changes(rest)
    rest.need("edit_posts", "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
    _need_publish(rest, changes)
    _check_author(rest, changes)
    post: Document = {
        "raw_title": "", "content": "", "excerpt": "", "status": "draft", "slug": "", "featured_media": 0,
        "author": (rest.user or {})["id"], "comment_status": "open", "ping_status": "open", "sticky": False,
        "format": "standard", "categories": [1], "tags": [],
    }  # fmt: skip
    with rest.sandbox.state.transaction():
        terms(rest.sandbox, "categories")
        post.update(changes)
        if not (post["raw_title"] or post["content"] or post["excerpt"]):
            raise WordPressError(400, "empty_content", "Content, title, and excerpt are empty.")
        now = rest.sandbox.state.time()
        post["id"] = str(rest.sandbox.state.next_number("wp_id", 10))
        post.setdefault("created_at", now)
        post.setdefault("visible_at", now)
        save(rest, post, unique_slug="status" in changes)
        # What an article is called for ever is its address of the moment it was made.
        post["guid_path"] = post["path"] if post["status"] == "publish" else f"/web/?p={post['id']}"
        rest.sandbox.state.put("post:web", post["id"], post)
    shown = show(rest, post, "edit")
    location = rest.sandbox.url(f"/web/wp-json/wp/v2/posts/{post['id']}")
    return JSONResponse(shown, 201, headers={"Location": location})


def _changes(rest: Rest) -> dict[str, Any]:
    """The known fields of the body, checked; unknown ones are ignored without a word (section 2.3)."""
    params = rest.call.params
    changes: dict[str, Any] = {}
    for name in ("title", "content", "excerpt"):
        if name in params:
            value = params[name]
            text = value.get("raw") if isinstance(value, dict) else value
            text = text if isinstance(text, str) else ""
            key = "raw_title" if name == "title" else name
            changes[key] = text if rest.can("unfiltered_html") else filtered(text)
    if "status" in params:
        if params["status"] not in STATUSES:
            message = "status is not one of publish, future, draft, pending, and private."
            raise invalid_param("status", message, "rest_not_in_enum")
        changes["status"] = params["status"]
    if "slug" in params:
        changes["slug"] = slugify(str(params["slug"] or ""))
    for name, choices in _CHOICES.items():
        if name in params:
            if params[name] not in choices:
                given = in_words(choices) if len(choices) > 1 else "single-with-sidebar"
                code = "rest_not_in_enum" if len(choices) > 1 else "rest_invalid_param"
                raise invalid_param(name, f"{name} is not one of {given}.", code)
            changes[name] = str(params[name])
    if "sticky" in params:
        changes["sticky"] = rest.call.flag("sticky", False)
    if "password" in params:
        changes["password"] = str(params["password"] or "")
    if changes.get("sticky") and changes.get("password"):
        raise WordPressError(400, "rest_invalid_field", "A post can not be sticky and have a password.")
    for name in ("author", "featured_media"):
        if name in params and not re.fullmatch(r"\d+", str(params[name] or 0)):
            raise invalid_param(name, f"{name} is not of type integer.", "rest_invalid_type", param=name)
    if params.get("author"):
        changes["author"] = int(params["author"])
    if "featured_media" in params:
        number = int(params["featured_media"] or 0)
        # A picture that is not in the library is passed over without a word.
        if number == 0 or rest.sandbox.state.get("wp_media", str(number)):
            changes["featured_media"] = number
    for name in ("categories", "tags"):
        if name in params or any(key.startswith(f"{name}[") for key in params):
            changes[name] = _term_ids(rest, name)
    moment = _moment(rest)
    if moment is not None:
        changes["visible_at"] = moment
    return changes


def _check_author(rest: Rest, changes: dict[str, Any]) -> None:
    author = changes.get("author")
    if author is None or author == (rest.user or {})["id"]:
        return
    message = "Sorry, you are not allowed to create posts as this user."
    rest.need("edit_others_posts", "rest_cannot_edit_others", message)
    if author not in {user["id"] for user in wordpress_users.USERS.values()}:
        raise WordPressError(400, "rest_invalid_author", "Invalid author ID.")


def _term_ids(rest: Rest, taxonomy: str) -> list[int]:
    wanted = indexed_list(rest.call, taxonomy)
    if not all(value.isdigit() for value in wanted):
        raise invalid_param(taxonomy, f"{taxonomy}[0] is not of type integer.", "rest_invalid_type")
    known = {term["id"] for term in terms(rest.sandbox, taxonomy)}
    return [int(value) for value in wanted if int(value) in known]


def _moment(rest: Rest) -> float | None:
    for name, zone in (("date_gmt", UTC), ("date", SITE_TIME)):
        text = rest.call.text(name)
        if not text:
            continue
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()
    return None


def _need_publish(rest: Rest, changes: dict[str, Any]) -> None:
    if changes.get("status") in ("publish", "future", "private"):
        message = "Sorry, you are not allowed to publish posts in this post type."
        rest.need("publish_posts", "rest_cannot_publish", message)


@route("POST PUT PATCH", "/wp/v2/posts/(?P<id>\\d+)")
def update(rest: Rest) -> Response:
    changes = _changes(rest)
    with rest.sandbox.state.transaction():
        post = own_post(rest)
        need(rest, post, "edit", "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        _need_publish(rest, changes)
        _check_author(rest, changes)
        unpublished = post["status"] not in PUBLIC
        if post["status"] == "trash" and "status" in changes:
            post["slug"] = post["slug"].removesuffix(_TRASHED)
        post.update(changes)
        if unpublished and post["status"] in PUBLIC and "visible_at" not in changes:
            post["visible_at"] = rest.sandbox.state.time()
        save(rest, post, unique_slug="slug" in changes)
    return JSONResponse(show(rest, post, "edit"))


@route("DELETE", "/wp/v2/posts/(?P<id>\\d+)")
def delete(rest: Rest) -> Response:
    with rest.sandbox.state.transaction():
        post = own_post(rest)
        need(rest, post, "delete", "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        if rest.call.flag("force", False):
            previous = show(rest, post, "edit")
            rest.sandbox.state.delete("post:web", post["id"])
            return JSONResponse({"deleted": True, "previous": previous})
        if post["status"] == "trash":
            raise WordPressError(410, "rest_already_trashed", "The post has already been deleted.")
        post["status"] = "trash"
        post["slug"] = f"{post['slug']}{_TRASHED}" if post["slug"] else ""
        save(rest, post)
    return JSONResponse(show(rest, post, "edit"))
