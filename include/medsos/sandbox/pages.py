"""The public pages: a page per post, a timeline per platform, files. All say MODE LATIHAN."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from medsos.sandbox import accounts
from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts, cdn_path
from medsos.sandbox.state import Document
from medsos.sandbox.wire import ReadCall
from medsos.sandbox.wordpress import SITE_DESCRIPTION, SITE_NAME, rest_route
from medsos.sandbox.wordpress_files import find_file
from medsos.sandbox.wordpress_users import USERS
from medsos.sandbox.wordpress_view import render

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

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
router = APIRouter()


# -- what templates see --------------------------------------------------------------------------------------


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


_templates.filters.update(long_date=long_date, short_date=short_date, linked=linked, file_size=file_size)
_templates.globals.update(
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


def _view(sandbox: Sandbox, post: Document) -> dict[str, Any]:
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
        "summary": re.sub(r"<[^>]*>", "", LOCKED if locked else render(post["excerpt"] or post["content"]))[
            :180
        ],
        "category_names": [
            term["name"]
            for term in (sandbox.state.get("wp_categories", str(id_)) for id_ in post["categories"])
            if term
        ],
    }


def _page(sandbox: Sandbox, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    origin = sandbox.base_url
    policy = (
        f"default-src 'none'; img-src 'self' data: {origin}; media-src 'self' {origin}; "
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    html = _templates.get_template(template).render(**values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


def _missing(sandbox: Sandbox, headers: dict[str, str] | None = None) -> HTMLResponse:
    page = _page(sandbox, "missing.html", 404)
    page.headers.update(headers or {})
    return page


# -- files ---------------------------------------------------------------------------------------------------


def _file(sandbox: Sandbox, facts: Facts) -> Response:
    path = sandbox.files.path(facts.get("sha256", "-"))
    if not facts or not path.exists():
        return PlainTextResponse("Berkas tidak ditemukan", 404)
    return FileResponse(path, media_type=facts["type"], headers={"Cache-Control": "max-age=3600"})


@router.api_route("/cdn/{filename}", methods=["GET", "HEAD"])
def cdn(request: Request, filename: str) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return _file(sandbox, sandbox.files.facts(filename.partition(".")[0]))


@router.api_route("/web/wp-content/uploads/{path:path}", methods=["GET", "HEAD"])
def upload(request: Request, path: str) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return _file(sandbox, find_file(sandbox, path))


@router.get("/avatar.svg")
def avatar() -> Response:
    svg = _templates.get_template("avatar.svg").render()
    return Response(svg, media_type="image/svg+xml")


# -- pages ---------------------------------------------------------------------------------------------------

_ANY = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


@router.api_route("/", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    counts = {platform: len(sandbox.visible_posts(platform)) for platform in TIMELINES}
    return _page(sandbox, "index.html", counts=counts)


@router.api_route("/web/", methods=_ANY)
@router.api_route("/web", methods=_ANY)
@router.api_route("/web/index.php", methods=_ANY)
def site(call: ReadCall) -> Response:
    """The website's front page; also `?rest_route=`, `?p=`, `?attachment_id=` and `?s=`."""
    answer = rest_route(call)
    if answer is not None:
        return answer
    sandbox = call.sandbox
    if "p" in call.query:
        post = sandbox.post("web", call.query["p"])
        if post is None or post not in sandbox.visible_posts("web"):
            return _missing(sandbox, _discovery(sandbox))
        return RedirectResponse(sandbox.url(post["path"]), 301)
    if "attachment_id" in call.query:
        return _attachment(sandbox, sandbox.state.get("wp_media", call.query["attachment_id"]))
    word = call.query.get("s", "").lower()
    found = [
        post for post in sandbox.visible_posts("web") if word in f"{post['title']} {post['text']}".lower()
    ]
    return _timeline(sandbox, "web", found)


def _discovery(sandbox: Sandbox) -> dict[str, str]:
    return {"Link": f'<{sandbox.url("/web/wp-json/")}>; rel="https://api.w.org/"'}


def _attachment(sandbox: Sandbox, media: Document | None) -> Response:
    """Files have no pages of their own: straight to the file."""
    if media is None:
        return _missing(sandbox, _discovery(sandbox))
    return RedirectResponse(sandbox.url(f"/web/wp-content/uploads/{media['file']}"), 301)


@router.api_route("/web/{kind}/{slug}/", methods=["GET", "HEAD"])
def archive(request: Request, kind: str, slug: str) -> Response:
    """What was published in a category, under a tag or by an author."""
    sandbox: Sandbox = request.app.state.sandbox
    key, documents = {"category": ("categories", "wp_categories"), "tag": ("tags", "wp_tags")}.get(
        kind, ("", "")
    )
    ids = {term["id"] for term in sandbox.state.all(documents) if term["slug"] == slug}
    if kind == "author" and slug in USERS:
        key, ids = "author", {USERS[slug]["id"]}
    found = [
        post for post in sandbox.visible_posts("web")
        if key and ids & set(post[key] if isinstance(post[key], list) else [post[key]])
    ]  # fmt: skip
    return _timeline(sandbox, "web", found) if found else _missing(sandbox, _discovery(sandbox))


@router.api_route("/web/{slug}/", methods=["GET", "HEAD"])
@router.api_route("/web/{slug}", methods=["GET", "HEAD"])
def article(request: Request, slug: str) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    media = next((m for m in sandbox.state.all("wp_media") if m["slug"] == slug), None)
    if media:
        return _attachment(sandbox, media)
    return _post_page(sandbox, "web", f"/web/{slug}/")


@router.api_route("/facebook.com/{path:path}", methods=["GET", "HEAD"])
@router.api_route("/instagram.com/{path:path}", methods=["GET", "HEAD"])
@router.api_route("/x.com/{path:path}", methods=["GET", "HEAD"])
@router.api_route("/tiktok.com/{path:path}", methods=["GET", "HEAD"])
def social(request: Request, path: str) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    full = request.url.path
    platform = full.split("/")[1].removesuffix(".com")
    if full.rstrip("/") == TIMELINES[platform][1].rstrip("/"):
        return _timeline(sandbox, platform)
    # Short addresses made from an id alone (sections 3.5 and 5.6).
    post = sandbox.post(platform, path.strip("/").rpartition("/")[2])
    if post and post["path"].rstrip("/") != full.rstrip("/") and platform in ("facebook", "x"):
        return RedirectResponse(post["path"], 302)
    return _post_page(sandbox, platform, full)


def _timeline(sandbox: Sandbox, platform: str, posts: list[Document] | None = None) -> HTMLResponse:
    """The newest posts of a platform, or the newest of the given ones."""
    posts = sandbox.visible_posts(platform) if posts is None else posts
    newest = sorted(posts, key=lambda post: -post["visible_at"])[:50]
    page = _page(sandbox, f"{platform}.html", posts=[_view(sandbox, post) for post in newest], single=False)
    page.headers.update(_discovery(sandbox) if platform == "web" else {})
    return page


def _post_page(sandbox: Sandbox, platform: str, path: str) -> HTMLResponse:
    for post in sandbox.visible_posts(platform):
        if post["path"].rstrip("/") == path.rstrip("/"):
            page = _page(sandbox, f"{platform}.html", posts=[_view(sandbox, post)], single=True)
            page.headers.update(_discovery(sandbox) if platform == "web" else {})
            return page
    return _missing(sandbox, _discovery(sandbox) if platform == "web" else {})
