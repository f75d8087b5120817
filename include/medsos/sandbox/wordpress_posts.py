"""Posts of the WordPress site: write, list, trash, delete (platform contract, sections 2.2 and 2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import (
    Rest,
    WordPressError,
    comma_list,
    indexed_list,
    invalid_param,
    listed,
    route,
    slugify,
)
from medsos.sandbox.wordpress_terms import terms
from medsos.sandbox.wordpress_view import SITE_TIME, current_status, show

STATUSES = ("publish", "future", "draft", "pending", "private")
_PUBLIC = ("publish", "future")


# -- writing -------------------------------------------------------------------------------------------------


@route("POST", "/wp/v2/posts")
def create(rest: Rest) -> Response:
    if rest.call.params.get("id"):
        raise WordPressError(400, "rest_post_exists", "Cannot create existing post.")
    changes = _changes(rest)
    rest.need("edit_posts", "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
    _need_publish(rest, changes)
    post: Document = {
        "title": "", "content": "", "excerpt": "", "status": "draft", "slug": "", "featured_media": 0,
        "author": (rest.user or {})["id"], "comment_status": "open", "ping_status": "open", "sticky": False,
        "format": "standard", "categories": [1], "tags": [],
    }  # fmt: skip
    with rest.sandbox.state.transaction():
        terms(rest.sandbox, "categories")
        post.update(changes)
        if not (post["title"] or post["content"] or post["excerpt"]):
            raise WordPressError(400, "empty_content", "Content, title, and excerpt are empty.")
        now = rest.sandbox.state.time()
        post["id"] = str(rest.sandbox.state.next_number("wp_id", 10))
        post.setdefault("created_at", now)
        post.setdefault("visible_at", now)
        _save(rest, post)
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
            changes[name] = str(value.get("raw", "") if isinstance(value, dict) else value or "")
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
        changes["featured_media"] = _featured(rest, params["featured_media"])
    for name in ("categories", "tags"):
        if name in params or any(key.startswith(f"{name}[") for key in params):
            changes[name] = _term_ids(rest, name)
    moment = _moment(rest)
    if moment is not None:
        changes["visible_at"] = moment
    return changes


def _featured(rest: Rest, value: Any) -> int:
    number = int(value) if str(value).isdigit() else -1
    if number and rest.sandbox.state.get("wp_media", str(number)) is None:
        raise WordPressError(400, "rest_invalid_featured_media", "Invalid featured media ID.")
    return number


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


def _save(rest: Rest, post: Document) -> None:
    """Bring status, slug and media in line, and store the post."""
    sandbox, now = rest.sandbox, rest.sandbox.state.time()
    if post["status"] in _PUBLIC:
        # Less than a minute ahead counts as now.
        post["status"] = "future" if post["visible_at"] > now + 60 else "publish"
        if post["status"] == "publish":
            post["visible_at"] = min(post["visible_at"], now)
        post["slug"] = post["slug"] or slugify(post["title"]) or post["id"]
        post["categories"] = post["categories"] or [1]
    if post["slug"] and post["status"] != "trash":
        post["slug"] = _free_slug(rest, post)
    media, alt_texts = _media_of(rest, post)
    post.update(
        platform="web", path=f"/web/{post['slug']}/", text=post["content"], media=media, alt_texts=alt_texts,
        public=post["status"] in _PUBLIC, modified_at=now,
    )  # fmt: skip
    sandbox.state.put("post:web", post["id"], post)


def _free_slug(rest: Rest, post: Document) -> str:
    """A taken slug gets `-2`, `-3`… without an error, for drafts too."""
    taken = {other["slug"] for other in rest.sandbox.posts("web") if other["id"] != post["id"]}
    slug, number = post["slug"], 2
    while slug in taken:
        slug = f"{post['slug']}-{number}"
        number += 1
    return str(slug)


def _media_of(rest: Rest, post: Document) -> tuple[list[str], list[str]]:
    """The featured picture first, then every upload that the article shows or links to."""
    names = set(re.findall(r"/wp-content/uploads/([\w./%-]+)", post["content"]))
    hashes: list[str] = []
    alt_texts: list[str] = []
    for media in reversed(rest.sandbox.state.all("wp_media")):
        featured = media["id"] == post["featured_media"]
        if (featured or media["file"] in names) and media["sha256"] not in hashes:
            hashes.insert(0 if featured else len(hashes), media["sha256"])
            alt_texts.insert(0 if featured else len(alt_texts), media["alt_text"])
    return hashes, alt_texts


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
        _need_edit(rest, post, "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        _need_publish(rest, changes)
        unpublished = post["status"] not in _PUBLIC
        post.update(changes)
        if unpublished and post["status"] in _PUBLIC and "visible_at" not in changes:
            post["visible_at"] = rest.sandbox.state.time()
        _save(rest, post)
    return JSONResponse(show(rest, post, "edit"))


def _need_edit(rest: Rest, post: Document, code: str, message: str) -> None:
    """Contributors may change only their own unpublished posts."""
    allowed = rest.can("publish_posts") or (
        rest.can("edit_posts")
        and post["author"] == (rest.user or {}).get("id")
        and post["status"] not in _PUBLIC
    )
    if not allowed:
        raise WordPressError(403 if rest.user else 401, code, message)


@route("DELETE", "/wp/v2/posts/(?P<id>\\d+)")
def delete(rest: Rest) -> Response:
    with rest.sandbox.state.transaction():
        post = _own_post(rest)
        _need_edit(rest, post, "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        if rest.call.flag("force", False):
            previous = show(rest, post, "edit")
            rest.sandbox.state.delete("post:web", post["id"])
            return JSONResponse({"deleted": True, "previous": previous})
        if post["status"] == "trash":
            raise WordPressError(410, "rest_already_trashed", "The post has already been deleted.")
        post["status"] = "trash"
        post["slug"] = f"{post['slug']}__trashed" if post["slug"] else ""
        _save(rest, post)
    return JSONResponse(show(rest, post, "edit"))


# -- reading -------------------------------------------------------------------------------------------------


@route("GET", "/wp/v2/posts/(?P<id>\\d+)")
def read(rest: Rest) -> Response:
    post = _own_post(rest)
    if rest.context == "edit":
        _need_edit(rest, post, "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
    if current_status(rest, post) != "publish":
        _need_edit(rest, post, "rest_forbidden", "Sorry, you are not allowed to do that.")
    return JSONResponse(show(rest, post))


@route("GET", "/wp/v2/posts")
def list_posts(rest: Rest) -> Response:
    statuses = indexed_list(rest.call, "status") or ["publish"]
    if "any" in statuses:
        statuses = list(STATUSES)
    for status in statuses:
        if status not in (*STATUSES, "trash"):
            raise invalid_param(
                "status", f"status[0] is not one of {', '.join(STATUSES)}.", "rest_not_in_enum"
            )
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
    return listed(rest, _sorted(rest, _filtered(rest, posts)), lambda post: show(rest, post))


def _filtered(rest: Rest, posts: list[Document]) -> list[Document]:
    call = rest.call
    slugs, search = indexed_list(call, "slug"), call.text("search").lower()
    if slugs:
        posts = [post for post in posts if post["slug"] in slugs]
    if search:
        posts = [post for post in posts if search in f"{post['title']} {post['content']}".lower()]
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
    key, ascending = rest.call.text("orderby", "date"), rest.call.text("order", "desc") == "asc"
    if key == "id":
        return sorted(posts, key=lambda post: int(post["id"]), reverse=not ascending)
    return sorted(posts, key=lambda post: post[keys.get(key, "visible_at")], reverse=not ascending)
