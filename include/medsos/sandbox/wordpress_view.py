"""How the WordPress site shows a post: rendered text, dates, links (platform contract, section 2.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import Rest, slugify
from medsos.sandbox.wordpress_text import excerpt, render, texturize

__all__ = ["SITE_TIME", "current_status", "iso", "link", "media_url", "raw_title", "render", "show"]

SITE_TIME = timezone(timedelta(hours=7))


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
        "content": {"rendered": render(post["content"]), "protected": False},
        "excerpt": {"rendered": excerpt(post["excerpt"], post["content"]), "protected": False},
        "author": post["author"],
        "featured_media": post["featured_media"],
        "comment_status": post["comment_status"],
        "ping_status": post["ping_status"],
        "sticky": post["sticky"],
        "template": "",
        "format": post["format"],
        "meta": {"footnotes": ""},
        "categories": post["categories"],
        "tags": post["tags"],
    }
    if context == "edit":
        rendered["password"] = ""
        rendered["generated_slug"] = slugify(raw_title(post))
        named = rest.sandbox.url("/web/%postname%/")
        rendered["permalink_template"] = link(rest, post) if post["status"] == "trash" else named
        rendered["guid"]["raw"] = rendered["guid"]["rendered"]
        rendered["content"]["block_version"] = int("<!-- wp:" in post["content"])
        raw = {"title": raw_title(post), "content": post["content"], "excerpt": post["excerpt"]}
        for name, text in raw.items():
            rendered[name]["raw"] = text
    if "_embed" in rest.call.query:
        media = rest.sandbox.state.get("wp_media", str(post["featured_media"]))
        embedded = [{"id": media["id"], "source_url": media_url(rest, media)}] if media else []
        rendered["_embedded"] = {"wp:featuredmedia": embedded}
    return rendered


def media_url(rest: Rest, media: Document) -> str:
    return rest.sandbox.url(f"/web/wp-content/uploads/{media['file']}")
