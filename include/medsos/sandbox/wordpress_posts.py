"""Posts of the WordPress site: write, list, trash, delete (platform contract, sections 2.2 and 2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import (
    Rest,
    WordPressError,
    comma_list,
    in_words,
    indexed_list,
    invalid_param,
    listed,
    route,
    slugify,
)
from medsos.sandbox.wordpress_saving import PUBLIC, save
from medsos.sandbox.wordpress_terms import terms
from medsos.sandbox.wordpress_text import filtered
from medsos.sandbox.wordpress_view import SITE_TIME, current_status, raw_title, show

STATUSES = ("publish", "future", "draft", "pending", "private")
_LISTABLE = (
    *STATUSES, "trash", "auto-draft", "inherit", "request-pending", "request-confirmed", "request-failed",
    "request-completed", "any",
)  # fmt: skip
_ORDERS = (
    "author", "date", "id", "include", "modified", "parent", "relevance", "slug", "include_slugs", "title",
)  # fmt: skip
_TRASHED = "__trashed"


# -- writing -------------------------------------------------------------------------------------------------


@route("POST", "/wp/v2/posts")
def create(rest: Rest) -> Response:
    if rest.call.params.get("id"):
        raise WordPressError(400, "rest_post_exists", "Cannot create existing post.")
    changes = _changes(rest)
    rest.need("edit_posts", "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
    _need_publish(rest, changes)
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
    for name in ("comment_status", "ping_status", "format"):
        if name in params:
            changes[name] = str(params[name])
    if "sticky" in params:
        changes["sticky"] = rest.call.flag("sticky", False)
    if "featured_media" in params:
        number = int(params["featured_media"]) if str(params["featured_media"]).isdigit() else 0
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


def _own_post(rest: Rest) -> Document:
    post = rest.sandbox.post("web", rest.args["id"])
    if post is None:
        raise WordPressError(404, "rest_post_invalid_id", "Invalid post ID.")
    return post


@route("POST PUT PATCH", "/wp/v2/posts/(?P<id>\\d+)")
def update(rest: Rest) -> Response:
    changes = _changes(rest)
    with rest.sandbox.state.transaction():
        post = _own_post(rest)
        _need(rest, post, "edit", "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        _need_publish(rest, changes)
        unpublished = post["status"] not in PUBLIC
        if post["status"] == "trash" and "status" in changes:
            post["slug"] = post["slug"].removesuffix(_TRASHED)
        post.update(changes)
        if unpublished and post["status"] in PUBLIC and "visible_at" not in changes:
            post["visible_at"] = rest.sandbox.state.time()
        save(rest, post, unique_slug="slug" in changes)
    return JSONResponse(show(rest, post, "edit"))


def _may(rest: Rest, post: Document, verb: str) -> bool:
    """`edit` or `delete`: other people's and published posts each need a capability of their own."""
    needed = [f"{verb}_posts"]
    if post["author"] != (rest.user or {}).get("id"):
        needed.append(f"{verb}_others_posts")
    if post["status"] in PUBLIC:
        needed.append(f"{verb}_published_posts")
    return all(rest.can(capability) for capability in needed)


def _need(rest: Rest, post: Document, verb: str, code: str, message: str) -> None:
    if not _may(rest, post, verb):
        raise WordPressError(403 if rest.user else 401, code, message)


def _readable_by(rest: Rest, post: Document) -> bool:
    """In lists, posts that somebody may not see are left out, though still counted."""
    if rest.context == "edit":
        return _may(rest, post, "edit")
    return current_status(rest, post) == "publish" or _may(rest, post, "edit")


@route("DELETE", "/wp/v2/posts/(?P<id>\\d+)")
def delete(rest: Rest) -> Response:
    with rest.sandbox.state.transaction():
        post = _own_post(rest)
        _need(rest, post, "delete", "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
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


# -- reading -------------------------------------------------------------------------------------------------


@route("GET", "/wp/v2/posts/(?P<id>\\d+)")
def read(rest: Rest) -> Response:
    post = _own_post(rest)
    if rest.context == "edit":
        _need(rest, post, "edit", "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
    if current_status(rest, post) != "publish":
        _need(rest, post, "edit", "rest_forbidden", "Sorry, you are not allowed to do that.")
    return JSONResponse(show(rest, post))


@route("GET", "/wp/v2/posts")
def list_posts(rest: Rest) -> Response:
    statuses = indexed_list(rest.call, "status") or ["publish"]
    if "any" in statuses:
        statuses = list(STATUSES)
    for status in statuses:
        if status not in _LISTABLE:
            message = f"status[0] is not one of {in_words(_LISTABLE)}."
            raise invalid_param("status", message, "rest_not_in_enum")
    if statuses != ["publish"] and not rest.can("edit_posts"):
        code = 403 if rest.user else 401
        raise invalid_param("status", "Status is forbidden.", "rest_forbidden_status", code)
    if rest.context == "edit":
        message = "Sorry, you are not allowed to edit posts in this post type."
        rest.need("edit_posts", "rest_forbidden_context", message)
    delay = float(rest.sandbox.state.setting("visibility_delay_seconds"))
    newest = rest.sandbox.state.time() - delay
    posts = [
        post for post in rest.sandbox.posts("web")
        if current_status(rest, post) in statuses and post["modified_at"] <= newest
    ]  # fmt: skip
    found = _sorted(rest, _filtered(rest, posts))
    return listed(rest, found, lambda post: show(rest, post), lambda post: _readable_by(rest, post))


def _filtered(rest: Rest, posts: list[Document]) -> list[Document]:
    call = rest.call
    slugs, search = indexed_list(call, "slug"), call.text("search").lower()
    if slugs:
        posts = [post for post in posts if post["slug"] in slugs]
    if search:
        posts = [post for post in posts if search in f"{raw_title(post)} {post['content']}".lower()]
    for name in ("categories", "tags"):
        wanted = set(indexed_list(call, name))
        if wanted:
            posts = [post for post in posts if wanted & set(map(str, post[name]))]
    authors = comma_list(call.params.get("author"))
    if authors:
        posts = [post for post in posts if str(post["author"]) in authors]
    bounds = {"after": ("visible_at", 1), "before": ("visible_at", -1),
              "modified_after": ("modified_at", 1), "modified_before": ("modified_at", -1)}  # fmt: skip
    for name, (key, sign) in bounds.items():
        if call.text(name):
            moment = _bound(rest, name)
            posts = [post for post in posts if (post[key] - moment) * sign > 0]
    return posts


def _bound(rest: Rest, name: str) -> float:
    try:
        moment = datetime.fromisoformat(rest.call.text(name))
    except ValueError:
        raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SITE_TIME)).timestamp()


def _sorted(rest: Rest, posts: list[Document]) -> list[Document]:
    keys = {"date": "visible_at", "modified": "modified_at", "title": "title", "slug": "slug"}
    key, ascending = (
        rest.one_of("orderby", _ORDERS, "date"),
        rest.one_of("order", ("asc", "desc"), "desc") == "asc",
    )
    if key == "id":
        return sorted(posts, key=lambda post: int(post["id"]), reverse=not ascending)
    return sorted(posts, key=lambda post: post[keys.get(key, "visible_at")], reverse=not ascending)
