"""Categories, tags and comments of the WordPress site (platform contract, sections 2.5 and 2.7)."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wordpress import Rest, WordPressError, comma_list, indexed_list, listed, route, slugify

_TAXONOMIES = {"categories": "category", "tags": "post_tag"}


def terms(sandbox: Sandbox, taxonomy: str) -> list[Document]:
    """All terms, newest first. The category "Berita" is always there."""
    with sandbox.state.transaction():
        if sandbox.state.get("wp_categories", "1") is None:
            sandbox.state.next_number("wp_term")
            first = {"id": 1, "name": "Berita", "slug": "berita", "description": "", "taxonomy": "category"}
            sandbox.state.put("wp_categories", "1", first)
    return sandbox.state.all(f"wp_{taxonomy}")


def _show_term(rest: Rest, taxonomy: str, term: Document) -> dict[str, Any]:
    count = sum(term["id"] in post[taxonomy] for post in rest.sandbox.visible_posts("web"))
    folder = "category" if taxonomy == "categories" else "tag"
    link = rest.sandbox.url(f"/web/{folder}/{term['slug']}/")
    parent = {"parent": 0} if taxonomy == "categories" else {}
    return {**term, **parent, "count": count, "link": link, "meta": []}


@route("GET", "/wp/v2/(?P<taxonomy>categories|tags)")
def list_terms(rest: Rest) -> Response:
    taxonomy = rest.args["taxonomy"]
    found = sorted(terms(rest.sandbox, taxonomy), key=lambda term: term["name"].lower())
    search, slugs = rest.call.text("search").lower(), indexed_list(rest.call, "slug")
    if search:
        found = [t for t in found if search in t["name"].lower() or search in t["slug"]]
    if slugs:
        found = [t for t in found if t["slug"] in slugs]
    return listed(rest, found, lambda term: _show_term(rest, taxonomy, term))


@route("GET", "/wp/v2/(?P<taxonomy>categories|tags)/(?P<id>\\d+)")
def read_term(rest: Rest) -> Response:
    taxonomy = rest.args["taxonomy"]
    terms(rest.sandbox, taxonomy)
    term = rest.sandbox.state.get(f"wp_{taxonomy}", rest.args["id"])
    if term is None:
        raise WordPressError(404, "rest_term_invalid", "Term does not exist.")
    return JSONResponse(_show_term(rest, taxonomy, term))


@route("POST", "/wp/v2/(?P<taxonomy>categories|tags)")
def create_term(rest: Rest) -> Response:
    taxonomy = rest.args["taxonomy"]
    # Both taxonomies need it for creation here: tags by `edit_posts`, categories by `manage_categories`.
    capability = "manage_categories" if taxonomy == "categories" else "edit_posts"
    rest.need(
        capability, "rest_cannot_create", "Sorry, you are not allowed to create terms in this taxonomy."
    )
    name = rest.call.text("name").strip()
    if not name:
        raise WordPressError(
            400, "rest_missing_callback_param", "Missing parameter(s): name", params=["name"]
        )
    with rest.sandbox.state.transaction():
        for term in terms(rest.sandbox, taxonomy):
            if term["name"].lower() == name.lower():
                message = "A term with the name provided already exists in this taxonomy."
                error = WordPressError(400, "term_exists", message, term_id=term["id"])
                error.body["additional_data"] = [term["id"], term["id"]]
                raise error
        terms(rest.sandbox, "categories")
        number = rest.sandbox.state.next_number("wp_term")
        term = {
            "id": number,
            "name": name,
            "slug": rest.call.text("slug") or slugify(name) or str(number),
            "description": rest.call.text("description"),
            "taxonomy": _TAXONOMIES[taxonomy],
        }
        rest.sandbox.state.put(f"wp_{taxonomy}", str(number), term)
    location = rest.sandbox.url(f"/web/wp-json/wp/v2/{taxonomy}/{number}")
    return JSONResponse(_show_term(rest, taxonomy, term), 201, headers={"Location": location})


@route("GET", "/wp/v2/comments")
def list_comments(rest: Rest) -> Response:
    wanted = comma_list(rest.call.params.get("post"))
    comments = rest.sandbox.state.all("wp_comment")
    return listed(rest, [c for c in comments if not wanted or str(c["post"]) in wanted], dict)


@route("POST", "/wp/v2/comments")
def create_comment(rest: Rest) -> Response:
    """By somebody who moderates comments, so that it is approved at once."""
    message = "Sorry, you are not allowed to comment on this post."
    rest.need("moderate_comments", "rest_cannot_create_comment", message)
    with rest.sandbox.state.transaction():
        post = rest.sandbox.post("web", rest.call.text("post"))
        if post is None:
            message = "Sorry, you are not allowed to create this comment without a post."
            raise WordPressError(403, "rest_comment_invalid_post_id", message)
        comment = {
            "id": rest.sandbox.state.next_number("wp_comment_id", 1),
            "post": int(post["id"]),
            "content": {"rendered": f"<p>{rest.call.text('content')}</p>\n"},
            "status": "approved",
        }
        rest.sandbox.state.put("wp_comment", str(comment["id"]), comment)
    return JSONResponse(comment, 201)
