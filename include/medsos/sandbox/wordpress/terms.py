"""Categories and tags of the WordPress site (platform contract, section 2.5)."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import Rest, WordPressError, route
from medsos.sandbox.wordpress.lists import chosen_ids, indexed_list, listed, slugify
from medsos.sandbox.wordpress.view import CURIES

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
    shown = {**term, "count": count, "link": link, "meta": []}
    if taxonomy == "categories":
        shown["parent"] = 0
    if rest.context == "embed":
        shown = {name: shown[name] for name in ("id", "link", "name", "slug", "taxonomy")}
    own = rest.address(f"/wp/v2/{taxonomy}")
    links = {
        "self": [{"href": f"{own}/{term['id']}"}], "collection": [{"href": own}],
        "about": [{"href": rest.address(f"/wp/v2/taxonomies/{term['taxonomy']}")}],
        "wp:post_type": [{"href": rest.address(f"/wp/v2/posts?{taxonomy}={term['id']}")}], **CURIES,
    }  # fmt: skip
    return {**shown, "_links": links}


@route("GET", "/wp/v2/(?P<taxonomy>categories|tags)")
def list_terms(rest: Rest) -> Response:
    taxonomy = rest.args["taxonomy"]
    found = sorted(terms(rest.sandbox, taxonomy), key=lambda term: term["name"].lower())
    search, slugs = rest.call.text("search").lower(), indexed_list(rest.call, "slug")
    if search:
        found = [t for t in found if search in t["name"].lower() or search in t["slug"]]
    if slugs:
        found = [t for t in found if t["slug"] in slugs]
    for id_ in indexed_list(rest.call, "post"):
        post = rest.sandbox.post("web", id_)
        found = [t for t in found if post and t["id"] in post[taxonomy]]
    if rest.call.flag("hide_empty", False):
        used = {id_ for post in rest.sandbox.visible_posts("web") for id_ in post[taxonomy]}
        found = [t for t in found if t["id"] in used]
    found = chosen_ids(rest, found)
    return listed(rest, found, lambda term: _show_term(rest, taxonomy, term))


@route("GET", "/wp/v2/(?P<taxonomy>categories|tags)/(?P<id>\\d+)")
def read_term(rest: Rest) -> Response:
    return JSONResponse(_show_term(rest, rest.args["taxonomy"], _own_term(rest)))


def _own_term(rest: Rest) -> Document:
    taxonomy = rest.args["taxonomy"]
    terms(rest.sandbox, taxonomy)
    term = rest.sandbox.state.get(f"wp_{taxonomy}", rest.args["id"])
    if term is None:
        raise WordPressError(404, "rest_term_invalid", "Term does not exist.")
    return term


@route("POST PUT PATCH", "/wp/v2/(?P<taxonomy>categories|tags)/(?P<id>\\d+)")
def update_term(rest: Rest) -> Response:
    taxonomy, term = rest.args["taxonomy"], _own_term(rest)
    rest.need("manage_categories", "rest_cannot_update", "Sorry, you are not allowed to edit this term.")
    for name in ("name", "slug", "description"):
        if name in rest.call.params:
            term[name] = rest.call.text(name)
    rest.sandbox.state.put(f"wp_{taxonomy}", str(term["id"]), term)
    return JSONResponse(_show_term(rest, taxonomy, term))


@route("DELETE", "/wp/v2/(?P<taxonomy>categories|tags)/(?P<id>\\d+)")
def delete_term(rest: Rest) -> Response:
    taxonomy, term = rest.args["taxonomy"], _own_term(rest)
    rest.need("manage_categories", "rest_cannot_delete", "Sorry, you are not allowed to delete this term.")
    if not rest.call.flag("force", False):
        message = "Terms do not support trashing. Set 'force=true' to delete."
        raise WordPressError(501, "rest_trash_not_supported", message)
    state = rest.sandbox.state
    previous = {name: value for name, value in _show_term(rest, taxonomy, term).items() if name != "_links"}
    with state.transaction():
        state.delete(f"wp_{taxonomy}", str(term["id"]))
        for post in rest.sandbox.posts("web"):
            if term["id"] in post[taxonomy]:
                kept = [id_ for id_ in post[taxonomy] if id_ != term["id"]]
                state.update("post:web", post["id"], **{taxonomy: kept})
    return JSONResponse({"deleted": True, "previous": previous})


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
