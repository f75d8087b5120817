"""How the WordPress site shows a post: rendered text, dates, links (platform contract, section 2.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import Rest
from medsos.sandbox.wordpress.lists import slugify
from medsos.sandbox.wordpress.text import excerpt, render, texturize

__all__ = ["CURIES", "SITE_TIME", "current_status", "iso", "link", "media_url", "raw_title", "render", "show"]

SITE_TIME = timezone(timedelta(hours=7))
CURIES = {"curies": [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]}
EMBEDDED = ("id", "date", "slug", "type", "link", "title", "excerpt", "author", "featured_media")


def iso(unix: float, zone: Any) -> str:
    return datetime.fromtimestamp(unix, zone).strftime("%Y-%m-%dT%H:%M:%S")


def current_status(rest: Rest, post: Document) -> str:
    """A scheduled post is published once its time has come."""
    due = post["visible_at"] <= rest.sandbox.state.time()
    return "publish" if post["status"] == "future" and due else str(post["status"])


def link(rest: Rest, post: Document) -> str:
    if current_status(rest, post) in ("publish", "private"):
        return rest.sandbox.url(f"/web/{post['slug']}/")
    return rest.sandbox.url(f"/web/?p={post['id']}")


def raw_title(post: Document) -> str:
    """The title as stored, markup included; `post["title"]` is what people read."""
    return str(post["raw_title"] if "raw_title" in post else post["title"])


def show(rest: Rest, post: Document, context: str | None = None) -> dict[str, Any]:
    context = context or rest.context
    locked = post.get("password", "")
    # Behind a password, except for those who may edit and for those who send it along.
    hidden = bool(locked) and context != "edit" and rest.call.query.get("password") != locked
    rendered: dict[str, Any] = {
        "id": int(post["id"]),
        "date": iso(post["visible_at"], SITE_TIME),
        "date_gmt": iso(post["visible_at"], UTC),
        "guid": {"rendered": rest.sandbox.url(post.get("guid_path", f"/web/?p={post['id']}"))},
        "modified": iso(post["modified_at"], SITE_TIME),
        "modified_gmt": iso(post["modified_at"], UTC),
        "slug": post["slug"],
        "status": current_status(rest, post),
        "type": "post",
        "link": link(rest, post),
        "title": {"rendered": texturize(raw_title(post))},
        "content": {"rendered": "" if hidden else render(post["content"]), "protected": bool(locked)},
        "excerpt": {
            "rendered": "" if hidden else excerpt(post["excerpt"], post["content"]),
            "protected": bool(locked),
        },
        "author": post["author"],
        "featured_media": post["featured_media"],
        "comment_status": post["comment_status"],
        "ping_status": post["ping_status"],
        "sticky": post["sticky"],
        "template": post.get("template", ""),
        "format": post["format"],
        "meta": {"footnotes": ""},
        "categories": post["categories"],
        "tags": post["tags"],
    }
    if context == "edit":
        rendered["password"] = locked
        rendered["generated_slug"] = slugify(raw_title(post))
        named = rest.sandbox.url("/web/%postname%/")
        rendered["permalink_template"] = link(rest, post) if post["status"] == "trash" else named
        rendered["guid"]["raw"] = rendered["guid"]["rendered"]
        rendered["content"]["block_version"] = int("<!-- wp:" in post["content"])
        raw = {"title": raw_title(post), "content": post["content"], "excerpt": post["excerpt"]}
        for name, text in raw.items():
            rendered[name]["raw"] = text
    if context == "embed":
        rendered = {name: rendered[name] for name in EMBEDDED}
        rendered["excerpt"] = {**rendered["excerpt"]}
    return {**rendered, "_links": _links(rest, post)}


def _links(rest: Rest, post: Document) -> dict[str, Any]:
    own, api = post["id"], "/wp/v2"

    def to(path: str, **more: Any) -> list[dict[str, Any]]:
        return [{**more, "href": rest.address(api + path)}]

    links = {
        "self": to(f"/posts/{own}"), "collection": to("/posts"), "about": to("/types/post"),
        "author": to(f"/users/{post['author']}", embeddable=True),
        "replies": to(f"/comments?post={own}", embeddable=True),
        "wp:attachment": to(f"/media?parent={own}"),
        "wp:term": to(f"/categories?post={own}", taxonomy="category", embeddable=True)
        + to(f"/tags?post={own}", taxonomy="post_tag", embeddable=True),
        **CURIES,
    }  # fmt: skip
    if post["featured_media"]:
        links["wp:featuredmedia"] = to(f"/media/{post['featured_media']}", embeddable=True)
    return links


def media_url(rest: Rest, media: Document) -> str:
    return rest.sandbox.url(f"/web/wp-content/uploads/{media['file']}")
