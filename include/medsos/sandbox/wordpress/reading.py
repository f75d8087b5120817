"""Reads and lists posts of the WordPress site, and who may (platform contract, section 2.3)."""

from __future__ import annotations

from datetime import datetime

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import Rest, WordPressError, in_words, invalid_param, route
from medsos.sandbox.wordpress.lists import chosen_ids, indexed_list, listed
from medsos.sandbox.wordpress.saving import PUBLIC
from medsos.sandbox.wordpress.view import SITE_TIME, current_status, link, raw_title, show

STATUSES = ("publish", "future", "draft", "pending", "private")
_LISTABLE = (
    *STATUSES, "trash", "auto-draft", "inherit", "request-pending", "request-confirmed", "request-failed",
    "request-completed", "any",
)  # fmt: skip
_ORDERS = (
    "author", "date", "id", "include", "modified", "parent", "relevance", "slug", "include_slugs", "title",
)  # fmt: skip


def own_post(rest: Rest) -> Document:
    post = rest.sandbox.post("web", rest.args["id"])
    if post is None:
        raise WordPressError(404, "rest_post_invalid_id", "Invalid post ID.")
    return post


def may(rest: Rest, post: Document, verb: str) -> bool:
    """`edit` or `delete`: other people's and published posts each need a capability of their own."""
    needed = [f"{verb}_posts"]
    if post["author"] != (rest.user or {}).get("id"):
        needed.append(f"{verb}_others_posts")
    if post["status"] in PUBLIC:
        needed.append(f"{verb}_published_posts")
    return all(rest.can(capability) for capability in needed)


def need(rest: Rest, post: Document, verb: str, code: str, message: str) -> None:
    if not may(rest, post, verb):
        raise WordPressError(403 if rest.user else 401, code, message)


def readable_by(rest: Rest, post: Document) -> bool:
    """In lists, posts that somebody may not see are left out, though still counted."""
    if rest.context == "edit":
        return may(rest, post, "edit")
    return current_status(rest, post) == "publish" or may(rest, post, "edit")


# -- reading -------------------------------------------------------------------------------------------------


@route("GET", "/wp/v2/posts/(?P<id>\\d+)")
def read(rest: Rest) -> Response:
    post = own_post(rest)
    if rest.context == "edit":
        need(rest, post, "edit", "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
    if current_status(rest, post) != "publish":
        need(rest, post, "edit", "rest_forbidden", "Sorry, you are not allowed to do that.")
    own = {"Link": f'<{link(rest, post)}>; rel="alternate"; type=text/html'}
    return JSONResponse(show(rest, post), headers=own)


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
    found = chosen_ids(rest, _sorted(rest, _filtered(rest, posts)))
    return listed(rest, found, lambda post: show(rest, post), lambda post: readable_by(rest, post))


def _filtered(rest: Rest, posts: list[Document]) -> list[Document]:
    call = rest.call
    slugs, search = indexed_list(call, "slug"), call.text("search").lower()
    if slugs:
        posts = [post for post in posts if post["slug"] in slugs]
    if search:
        posts = [post for post in posts if search in f"{raw_title(post)} {post['content']}".lower()]
    for name in ("categories", "tags"):
        wanted, barred = set(indexed_list(call, name)), set(indexed_list(call, f"{name}_exclude"))
        if wanted:
            posts = [post for post in posts if wanted & set(map(str, post[name]))]
        posts = [post for post in posts if not barred & set(map(str, post[name]))]
    authors, others = indexed_list(call, "author"), indexed_list(call, "author_exclude")
    if authors:
        posts = [post for post in posts if str(post["author"]) in authors]
    posts = [post for post in posts if str(post["author"]) not in others]
    if call.text("sticky"):
        posts = [post for post in posts if post["sticky"] == call.flag("sticky", False)]
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
