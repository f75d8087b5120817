"""What the public pages show of a post: dates in Indonesian, links, media, counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from medsos.sandbox import accounts
from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import SITE_DESCRIPTION, SITE_NAME
from medsos.sandbox.wordpress.view import render

WIB = timezone(timedelta(hours=7))
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip
TIMELINES = {
    "web": ("Situs web", "/web/"),
    "facebook": ("Facebook", f"/facebook.com/{accounts.USERNAME}"),
    "instagram": ("Instagram", f"/instagram.com/{accounts.USERNAME}/"),
    "x": ("X", f"/x.com/{accounts.USERNAME}"),
    "tiktok": ("TikTok", f"/tiktok.com/@{accounts.USERNAME}"),
}
LOCKED = "<p>Isi artikel ini dilindungi kata sandi.</p>"
_LINKED = re.compile(r"(https?://[^\s<]+[^\s<.,;:!?)\]]|(?<![\w&])[#@][\w.]*\w)")

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def long_date(unix: float) -> str:
    """`23 November 2026 pukul 07.05 WIB`."""
    moment = datetime.fromtimestamp(unix, UTC).astimezone(WIB)
    return f"{short_date(unix)} pukul {moment:%H.%M} WIB"


def short_date(unix: float) -> str:
    moment = datetime.fromtimestamp(unix, UTC).astimezone(WIB)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def linked(text: str) -> Markup:
    """Text with addresses, hashtags and names marked as links; line breaks kept by the style sheet."""
    parts = _LINKED.split(text)
    marked = [
        Markup('<a class="in-text" href="{}">{}</a>').format(part if part.startswith("http") else "#", part)
        if index % 2
        else escape(part)
        for index, part in enumerate(parts)
    ]
    return Markup("").join(marked)


def file_size(size: int) -> str:
    return f"{size / 1048576:.1f} MB".replace(".", ",") if size >= 1048576 else f"{max(1, size // 1024)} kB"


def thousands(number: int) -> str:
    """`1.210`, as Indonesian writes it."""
    return f"{number:,}".replace(",", ".")


def host(address: str) -> str:
    return urlsplit(address).hostname or address


def summary(html: str, length: int = 180) -> str:
    """The beginning of an article's text, cut between two words."""
    words = unescape(re.sub(r"<[^>]*>", " ", html)).split()
    text = " ".join(words)
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + " …"


templates.filters.update(thousands=thousands, host=host)
templates.filters.update(long_date=long_date, short_date=short_date, linked=linked, file_size=file_size)
templates.globals.update(
    name=accounts.DISPLAY_NAME, username=accounts.USERNAME, bio=accounts.BIOGRAPHY, timelines=TIMELINES,
    site_name=SITE_NAME, site_description=SITE_DESCRIPTION,
)  # fmt: skip


def media_view(sandbox: Sandbox, post: Document) -> list[dict[str, Any]]:
    """Each file of a post with its address, kind, poster and alternative text."""
    views = []
    for sha256, alt in zip(post["media"], post["alt_texts"], strict=True):
        facts = sandbox.files.facts(sha256)
        poster = sandbox.files.facts(post.get("poster") or facts.get("poster") or "")
        views.append({
            **facts,
            "url": cdn_path(facts),
            "kind": "document" if facts["type"] == "application/pdf" else facts["type"].partition("/")[0],
            "poster_url": cdn_path(poster) if poster else cdn_path(facts),
            "alt": alt or f"Media kiriman {accounts.DISPLAY_NAME}",
        })  # fmt: skip
    return views


def view_of(sandbox: Sandbox, post: Document) -> dict[str, Any]:
    view = {"link": "", **post, "views": media_view(sandbox, post), "when": post["visible_at"]}
    if post["platform"] == "web":
        view.update(_web_view(sandbox, post))
    return view


def _web_view(sandbox: Sandbox, post: Document) -> dict[str, Any]:
    library = {media["sha256"]: media for media in sandbox.state.all("wp_media")}
    featured = sandbox.state.get("wp_media", str(post["featured_media"]))
    in_article = bool(featured and featured["file"] in post["content"])
    documents = [
        {"name": media["title"], "url": f"/web/wp-content/uploads/{media['file']}",
         "size": sandbox.files.facts(sha256)["size"]}
        for sha256, media in library.items()
        if sha256 in post["media"] and media["mime_type"] == "application/pdf"
    ]  # fmt: skip
    locked = bool(post.get("password"))
    html = LOCKED if locked else render(post["content"])
    return {
        "html": Markup(html),  # noqa: S704  an editor's article may hold markup
        "featured": cdn_path(sandbox.files.facts(featured["sha256"])) if featured else None,
        "featured_alt": (featured or {}).get("alt_text") or post["title"],
        "featured_in_article": in_article,
        "documents": documents,
        "summary": summary(LOCKED if locked else render(post["excerpt"] or post["content"])),
        "category_names": [
            term["name"]
            for term in (sandbox.state.get("wp_categories", str(id_)) for id_ in post["categories"])
            if term
        ],
    }
