"""How the WordPress site shows a post: rendered text, dates, links (platform contract, section 2.2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import Rest, slugify

SITE_TIME = timezone(timedelta(hours=7))
_BLOCK = re.compile(
    r"^\s*<(?:p|div|h[1-6]|ul|ol|li|table|figure|blockquote|pre|hr|section|iframe|img|video|!--)", re.I
)


def render(raw: str) -> str:
    """As WordPress turns plain text into paragraphs; markup is left as it is."""
    parts = []
    for block in re.split(r"\n\s*\n", raw.strip()):
        if not block.strip() or (block.strip().startswith("<!--") and "\n" not in block.strip()):
            continue
        if _BLOCK.match(block):
            parts.append(re.sub(r"<!--.*?-->\s*", "", block, flags=re.S))
        else:
            parts.append("<p>" + block.strip().replace("\n", "<br />\n") + "</p>")
    return "\n".join(parts) + ("\n" if parts else "")


def _entities(text: str) -> str:
    return re.sub(r"&(?!#?\w+;)", "&#038;", text)


def iso(unix: float, zone: Any) -> str:
    return datetime.fromtimestamp(unix, zone).strftime("%Y-%m-%dT%H:%M:%S")


def current_status(rest: Rest, post: Document) -> str:
    """A scheduled post is published once its time has come."""
    due = post["visible_at"] <= rest.sandbox.state.time()
    return "publish" if post["status"] == "future" and due else str(post["status"])


def link(rest: Rest, post: Document) -> str:
    if current_status(rest, post) in ("publish", "future", "private"):
        return rest.sandbox.url(f"/web/{post['slug']}/")
    return rest.sandbox.url(f"/web/?p={post['id']}")


def show(rest: Rest, post: Document, context: str | None = None) -> dict[str, Any]:
    context = context or rest.context
    excerpt = post["excerpt"] or re.sub(r"<[^>]*>", "", render(post["content"])).strip()[:300]
    rendered: dict[str, Any] = {
        "id": int(post["id"]),
        "date": iso(post["visible_at"], SITE_TIME),
        "date_gmt": iso(post["visible_at"], UTC),
        "guid": {"rendered": rest.sandbox.url(f"/web/?p={post['id']}")},
        "modified": iso(post["modified_at"], SITE_TIME),
        "modified_gmt": iso(post["modified_at"], UTC),
        "slug": post["slug"],
        "status": current_status(rest, post),
        "type": "post",
        "link": link(rest, post),
        "title": {"rendered": _entities(post["title"])},
        "content": {"rendered": render(post["content"]), "protected": False},
        "excerpt": {"rendered": render(excerpt), "protected": False},
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
        rendered["generated_slug"] = slugify(post["title"])
        rendered["permalink_template"] = rest.sandbox.url("/web/%postname%/")
        rendered["guid"]["raw"] = rendered["guid"]["rendered"]
        for name in ("title", "content", "excerpt"):
            rendered[name]["raw"] = post[name]
    if "_embed" in rest.call.query:
        media = rest.sandbox.state.get("wp_media", str(post["featured_media"]))
        embedded = [{"id": media["id"], "source_url": media_url(rest, media)}] if media else []
        rendered["_embedded"] = {"wp:featuredmedia": embedded}
    return rendered


def media_url(rest: Rest, media: Document) -> str:
    return rest.sandbox.url(f"/web/wp-content/uploads/{media['file']}")
