"""The WordPress media library (platform contract, section 2.4)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse, JSONResponse, Response

from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.files import smaller
from medsos.sandbox.wordpress.host import Rest, WordPressError, invalid_param, route
from medsos.sandbox.wordpress.lists import chosen_ids, indexed_list, listed, slugify
from medsos.sandbox.wordpress.text import field_text, readable, texturize
from medsos.sandbox.wordpress.view import SITE_TIME, iso, media_url, render

# What WordPress lets an editor upload, as far as an office needs it; extension by true type.
ALLOWED = {
    "image/jpeg": ("jpg", "jpeg", "jpe"), "image/png": ("png",), "image/gif": ("gif",),
    "image/webp": ("webp",), "image/bmp": ("bmp",), "image/tiff": ("tif", "tiff"),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"), "video/webm": ("webm",), "application/pdf": ("pdf",),
}  # fmt: skip
EMBEDDED = ("id", "date", "slug", "type", "link", "title", "author", "featured_media", "caption", "alt_text",
            "media_type", "mime_type", "media_details", "source_url")  # fmt: skip
_NOT_ALLOWED = "Sorry, you are not allowed to upload this file type."


@route("POST", "/wp/v2/media")
def upload(rest: Rest) -> Response:
    rest.need(
        "upload_files", "rest_cannot_create", "Sorry, you are not allowed to create posts as this user."
    )
    filename, data, raw = _sent_file(rest)
    md5 = rest.call.headers.get("content-md5", "")
    if md5 and md5.strip() != hashlib.md5(data).hexdigest():  # noqa: S324
        raise WordPressError(412, "rest_upload_hash_mismatch", "Content hash did not match expected.")
    if len(data) > int(rest.sandbox.state.setting("web_upload_max_bytes")):
        # As the web server in front of PHP does.
        page = "<html><head><title>413 Request Entity Too Large</title></head></html>"
        return HTMLResponse(page, 413)
    facts = rest.sandbox.files.store(data)
    stem, _, extension = filename.rpartition(".")
    allowed = ALLOWED.get(facts["type"])
    if allowed is None or not stem:
        code = "rest_upload_sideload_error" if raw else "rest_upload_unknown_error"
        raise WordPressError(500, code, _NOT_ALLOWED)
    if extension.lower() not in allowed:
        extension = allowed[0]
    with rest.sandbox.state.transaction():
        media = _new_media(rest, slugify(stem) or "berkas", extension.lower(), facts)
    stored = {"X-WP-Upload-Attachment-ID": str(media["id"])}
    fault = rest.call.processing_fault("web")
    if fault:
        # Section 2.4: the file is there, its smaller pictures are not.
        broken = WordPressError(500, "internal_server_error", fault)
        return JSONResponse(broken.body, 500, headers=stored)
    location = rest.address(f"/wp/v2/media/{media['id']}")
    return JSONResponse(show(rest, media, "edit"), 201, headers={"Location": location, **stored})


@route("POST", "/wp/v2/media/(?P<id>\\d+)/post-process")
def post_process(rest: Rest) -> Response:
    """Make the smaller pictures that failed to be made."""
    media = _own_media(rest)
    _need(rest, media, "edit", "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
    rest.one_of("action", ("create-image-subsizes",), "create-image-subsizes")
    return JSONResponse(show(rest, media, "edit"))


def _sent_file(rest: Rest) -> tuple[str, bytes, bool]:
    """File name, bytes, and whether they came as a raw body."""
    call = rest.call
    if call.files:
        file = call.files.get("file")
        if file is None or not file.data:
            raise WordPressError(400, "rest_upload_no_data", "No data supplied.")
        return file.filename, file.data, False
    if not call.body:
        raise WordPressError(400, "rest_upload_no_data", "No data supplied.")
    if not call.content_type:
        raise WordPressError(400, "rest_upload_no_content_type", "No Content-Type supplied.")
    disposition = call.headers.get("content-disposition", "")
    if not disposition:
        raise WordPressError(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
    match = re.search(r'filename="?([^";]+)"?', disposition)
    if not match:
        raise WordPressError(
            400, "rest_upload_invalid_disposition",
            "Invalid Content-Disposition supplied. Content-Disposition needs to be formatted as "
            '`attachment; filename="image.png"` or similar.',
        )  # fmt: skip
    return match.group(1), call.body, True


def _new_media(rest: Rest, name: str, extension: str, facts: Facts) -> Document:
    state, call = rest.sandbox.state, rest.call
    folder = state.now().astimezone(SITE_TIME).strftime("%Y/%m")
    taken = {media["file"] for media in state.all("wp_media")}
    file, number = f"{folder}/{name}.{extension}", 1
    while file in taken:
        file = f"{folder}/{name}-{number}.{extension}"
        number += 1
    id_ = state.next_number("wp_id", 10)
    title = call.text("title") or file.rpartition("/")[2].rpartition(".")[0]
    media = {
        "id": id_,
        "file": file,
        "sha256": facts["sha256"],
        "mime_type": facts["type"],
        "slug": _free_slug(rest, slugify(title)),
        "title": title,
        "caption": call.text("caption"),
        **_alt_text(call.text("alt_text")),
        "description": call.text("description"),
        "post": _parent(call.text("post")),
        "author": (rest.user or {})["id"],
        "created_at": state.time(),
        "modified_at": state.time(),
    }
    return state.put("wp_media", str(id_), media)


def _parent(sent: str) -> int | None:
    if sent and not sent.isdigit():
        raise invalid_param("post", "post is not of type integer.", "rest_invalid_type", param="post")
    return int(sent or 0) or None


def _alt_text(sent: str) -> dict[str, str]:
    """As the interface gives it back, and as people read it."""
    raw = field_text(sent)
    return {"raw_alt_text": raw, "alt_text": readable(raw)}


def _free_slug(rest: Rest, wanted: str) -> str:
    """Attachments share their slugs with all posts."""
    state = rest.sandbox.state
    taken = {media["slug"] for media in state.all("wp_media")}
    taken |= {post["slug"] for post in rest.sandbox.posts("web")}
    slug, number = wanted, 2
    while slug in taken:
        slug = f"{wanted}-{number}"
        number += 1
    return slug


def show(rest: Rest, media: Document, context: str | None = None) -> dict[str, Any]:
    facts = rest.sandbox.files.facts(media["sha256"])
    url = media_url(rest, media)
    picture = media["mime_type"].startswith("image/")
    details: dict[str, Any] = {"filesize": facts["size"]}
    if "width" in facts:
        details.update(width=facts["width"], height=facts["height"], file=media["file"])
    details["sizes"] = {}
    if picture:
        for name, size in smaller(media, facts).items():
            details["sizes"][name] = {**size, "mime_type": media["mime_type"],
                                      "source_url": f"{url.rpartition('/')[0]}/{size['file']}"}  # fmt: skip
        full = {"file": media["file"].rpartition("/")[2], "width": facts["width"], "height": facts["height"],
                "mime_type": media["mime_type"], "source_url": url}  # fmt: skip
        details["sizes"]["full"] = full
    shown: dict[str, Any] = {
        "id": media["id"],
        "date": iso(media["created_at"], SITE_TIME),
        "slug": media["slug"],
        "date_gmt": iso(media["created_at"], UTC),
        "modified": iso(media["modified_at"], SITE_TIME),
        "modified_gmt": iso(media["modified_at"], UTC),
        "guid": {"rendered": url},
        "status": "inherit",
        "type": "attachment",
        "link": rest.sandbox.url(f"/web/{media['slug']}/"),
        "title": {"rendered": texturize(media["title"])},
        "comment_status": "open",
        "ping_status": "closed",
        "template": "",
        "meta": [],
        "author": media["author"],
        "caption": {"rendered": render(media["caption"])},
        "description": {"rendered": _attachment_html(media, url) + render(media["description"])},
        "alt_text": media.get("raw_alt_text", media["alt_text"]),
        "media_type": "image" if picture else "file",
        "mime_type": media["mime_type"],
        "media_details": details,
        "post": media["post"],
        "featured_media": 0,
        "source_url": url,
    }
    if (context or rest.context) == "edit":
        for name in ("title", "caption", "description"):
            shown[name]["raw"] = media[name]
        shown["guid"]["raw"] = url
        shown["generated_slug"] = media["slug"]
        shown["permalink_template"] = rest.sandbox.url(f"/web/?attachment_id={media['id']}")
        shown["missing_image_sizes"] = []
    if (context or rest.context) == "embed":
        shown = {name: shown[name] for name in EMBEDDED}
    own = rest.address("/wp/v2/media")
    links = {
        "self": [{"href": f"{own}/{media['id']}"}], "collection": [{"href": own}],
        "about": [{"href": rest.address("/wp/v2/types/attachment")}],
        "author": [{"embeddable": True, "href": rest.address(f"/wp/v2/users/{media['author']}")}],
        "replies": [{"embeddable": True, "href": rest.address(f"/wp/v2/comments?post={media['id']}")}],
    }  # fmt: skip
    return {**shown, "_links": links}


def _attachment_html(media: Document, url: str) -> str:
    shown = escape(media["title"])
    if media["mime_type"].startswith("image/"):
        shown = f'<img src="{escape(url)}" class="attachment-medium" alt="{escape(media["alt_text"])}" />'
    return f"<p class=\"attachment\"><a href='{escape(url)}'>{shown}</a></p>\n"


def _own_media(rest: Rest) -> Document:
    media = rest.sandbox.state.get("wp_media", rest.args["id"])
    if media is None:
        raise WordPressError(404, "rest_post_invalid_id", "Invalid post ID.")
    return media


def _need(rest: Rest, media: Document, verb: str, code: str, message: str) -> None:
    own = media["author"] == (rest.user or {}).get("id")
    if not (rest.can(f"{verb}_posts") and (own or rest.can(f"{verb}_others_posts"))):
        raise WordPressError(403 if rest.user else 401, code, message)


@route("GET", "/wp/v2/media/(?P<id>\\d+)")
def read(rest: Rest) -> Response:
    media = _own_media(rest)
    if rest.context == "edit":
        _need(rest, media, "edit", "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
    return JSONResponse(show(rest, media))


@route("POST PUT PATCH", "/wp/v2/media/(?P<id>\\d+)")
def update(rest: Rest) -> Response:
    media = _own_media(rest)
    _need(rest, media, "edit", "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
    for name in ("title", "caption", "alt_text", "description"):
        if name in rest.call.params:
            value = rest.call.params[name]
            text = str(value.get("raw", "") if isinstance(value, dict) else value)
            media.update(_alt_text(text) if name == "alt_text" else {name: text})
    if "post" in rest.call.params:
        media["post"] = _parent(rest.call.text("post"))
    media["modified_at"] = rest.sandbox.state.time()
    rest.sandbox.state.put("wp_media", str(media["id"]), media)
    return JSONResponse(show(rest, media, "edit"))


@route("DELETE", "/wp/v2/media/(?P<id>\\d+)")
def delete(rest: Rest) -> Response:
    media = _own_media(rest)
    _need(rest, media, "delete", "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
    if not rest.call.flag("force", False):
        message = "The post does not support trashing. Set 'force=true' to delete."
        raise WordPressError(501, "rest_trash_not_supported", message)
    previous = show(rest, media, "edit")
    with rest.sandbox.state.transaction():
        rest.sandbox.state.delete("wp_media", str(media["id"]))
        for post in rest.sandbox.posts("web"):
            if post["featured_media"] == media["id"]:
                rest.sandbox.state.put("post:web", post["id"], {**post, "featured_media": 0})
    return JSONResponse({"deleted": True, "previous": previous})


@route("GET", "/wp/v2/media")
def list_media(rest: Rest) -> Response:
    if rest.context == "edit":
        message = "Sorry, you are not allowed to edit posts in this post type."
        rest.need("edit_posts", "rest_forbidden_context", message)
    found = rest.sandbox.state.all("wp_media")
    slugs, search = indexed_list(rest.call, "slug"), rest.call.text("search").lower()
    if slugs:
        found = [media for media in found if media["slug"] in slugs]
    if search:
        found = [media for media in found if search in f"{media['title']} {media['file']}".lower()]
    parents = indexed_list(rest.call, "parent")
    if parents:
        found = [media for media in found if str(media["post"] or 0) in parents]
    kind, mime = rest.call.text("media_type"), rest.call.text("mime_type")
    if kind:
        found = [media for media in found if media["mime_type"].startswith(f"{kind}/")]
    if mime:
        found = [media for media in found if media["mime_type"] == mime]
    return listed(rest, chosen_ids(rest, found), lambda media: show(rest, media))
