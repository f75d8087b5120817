"""The public pages: a page per post, a timeline per platform, files. All say MODE LATIHAN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response

from medsos.sandbox import accounts
from medsos.sandbox.context import Sandbox
from medsos.sandbox.mailbox import letters
from medsos.sandbox.media import Facts
from medsos.sandbox.page_views import TIMELINES, templates, view_of
from medsos.sandbox.state import Document
from medsos.sandbox.wire import ReadCall
from medsos.sandbox.wordpress.files import find_file
from medsos.sandbox.wordpress.host import rest_route
from medsos.sandbox.wordpress.users import USERS

router = APIRouter()


def show_page(sandbox: Sandbox, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for people: nothing from outside, no scripts."""
    origin = sandbox.base_url
    policy = (
        f"default-src 'none'; img-src 'self' data: {origin}; media-src 'self' {origin}; "
        "style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
    html = templates.get_template(template).render(**values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


def missing_page(sandbox: Sandbox, headers: dict[str, str] | None = None) -> HTMLResponse:
    """Says that there is no such page."""
    page = show_page(sandbox, "missing.html", 404)
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
    svg = templates.get_template("avatar.svg").render()
    return Response(svg, media_type="image/svg+xml")


# -- pages ---------------------------------------------------------------------------------------------------

_ANY = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


@router.api_route("/", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    counts = {platform: len(sandbox.visible_posts(platform)) for platform in TIMELINES}
    return show_page(sandbox, "index.html", counts=counts, letters=len(letters(sandbox)))


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
            return missing_page(sandbox, _discovery(sandbox))
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
        return missing_page(sandbox, _discovery(sandbox))
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
    return _timeline(sandbox, "web", found) if found else missing_page(sandbox, _discovery(sandbox))


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
    home = TIMELINES[platform][1].rstrip("/")
    if full.rstrip("/") == home or full.rstrip("/") == f"/facebook.com/{accounts.FACEBOOK['page_id']}":
        return _timeline(sandbox, platform)
    # Short addresses made from an id alone (sections 3.5 and 5.6).
    post = sandbox.post(platform, path.strip("/").rpartition("/")[2])
    if post and post["path"].rstrip("/") != full.rstrip("/") and platform in ("facebook", "x"):
        return RedirectResponse(post["path"], 302)
    return _post_page(sandbox, platform, full)


def _counter(sandbox: Sandbox, platform: str) -> Callable[[str], int]:
    return partial(sandbox.state.count, platform)


def _is_story(post: Document) -> bool:
    return "ends_at" in post


def _timeline(sandbox: Sandbox, platform: str, posts: list[Document] | None = None) -> HTMLResponse:
    """The newest posts of a platform, or the newest of the given ones."""
    if posts is None:
        posts = [post for post in sandbox.visible_posts(platform) if not _is_story(post)]
    newest = sorted(posts, key=lambda post: -post["visible_at"])[:50]
    views = [view_of(sandbox, post) for post in newest]
    page = show_page(
        sandbox, f"{platform}.html", posts=views, single=False, count=_counter(sandbox, platform)
    )
    page.headers.update(_discovery(sandbox) if platform == "web" else {})
    return page


def _post_page(sandbox: Sandbox, platform: str, path: str) -> HTMLResponse:
    for post in sandbox.visible_posts(platform):
        if post["path"].rstrip("/") == path.rstrip("/"):
            view, count = view_of(sandbox, post), _counter(sandbox, platform)
            page = show_page(sandbox, f"{platform}.html", posts=[view], single=True, count=count)
            page.headers.update(_discovery(sandbox) if platform == "web" else {})
            return page
    return missing_page(sandbox, _discovery(sandbox) if platform == "web" else {})
