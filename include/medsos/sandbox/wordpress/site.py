"""The WordPress site as its interface describes it: index, types, users, search (contract section 2)."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.wordpress import users as wordpress_users
from medsos.sandbox.wordpress.host import (
    SITE_DESCRIPTION,
    SITE_NAME,
    Rest,
    WordPressError,
    route,
    routes,
)
from medsos.sandbox.wordpress.lists import chosen_ids, indexed_list, listed
from medsos.sandbox.wordpress.view import CURIES, link, raw_title

# slug: name, hierarchical, folder of the interface, taxonomies.
TYPES: dict[str, tuple[str, bool, str, list[str]]] = {
    "post": ("Posts", False, "posts", ["category", "post_tag"]),
    "page": ("Pages", True, "pages", []),
    "attachment": ("Media", False, "media", []),
}
TAXONOMIES = {"category": ("Categories", True, "categories"), "post_tag": ("Tags", False, "tags")}
STATUSES = {"publish": "Published", "future": "Scheduled", "draft": "Draft", "pending": "Pending",
            "private": "Private", "trash": "Trash"}  # fmt: skip


def _routes(rest: Rest, beginning: str) -> dict[str, Any]:
    shown = {}
    for path, methods in routes().items():
        if path.startswith(beginning):
            space = "/".join(path.strip("/").split("/")[:2])
            shown[path] = {"namespace": space, "methods": methods,
                           "endpoints": [{"methods": [method], "args": {}} for method in methods],
                           "_links": {"self": [{"href": rest.address(path)}]}}  # fmt: skip
    return shown


@route("GET", "")
def index(rest: Rest) -> Response:
    site = rest.sandbox.url("/web")
    authorization = f"{site}/wp-admin/authorize-application.php"
    return JSONResponse({
        "name": SITE_NAME, "description": SITE_DESCRIPTION, "url": site, "home": site, "gmt_offset": 7,
        "timezone_string": "Asia/Jakarta", "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": {"application-passwords": {"endpoints": {"authorization": authorization}}},
        "routes": _routes(rest, "/"), "site_logo": 0, "site_icon": 0, "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    })  # fmt: skip


@route("GET", "/wp/v2")
def namespace(rest: Rest) -> Response:
    up = {"up": [{"href": rest.address("/")}]}
    return JSONResponse({"namespace": "wp/v2", "routes": _routes(rest, "/wp/v2"), "_links": up})


# -- types, taxonomies, statuses -----------------------------------------------------------------------------


def _kind_links(rest: Rest, kinds: str, folder: str) -> dict[str, Any]:
    return {"collection": [{"href": rest.address(f"/wp/v2/{kinds}")}],
            "wp:items": [{"href": rest.address(f"/wp/v2/{folder}")}], **CURIES}  # fmt: skip


def _need_edit(rest: Rest) -> None:
    if rest.context == "edit":
        rest.need(
            "edit_posts", "rest_cannot_view", "Sorry, you are not allowed to edit posts in this post type."
        )


def _show_type(rest: Rest, slug: str) -> dict[str, Any]:
    name, hierarchical, folder, taxonomies = TYPES[slug]
    return {"description": "", "hierarchical": hierarchical, "has_archive": False, "name": name, "slug": slug,
            "icon": "dashicons-admin-post", "taxonomies": taxonomies, "rest_base": folder,
            "rest_namespace": "wp/v2", "_links": _kind_links(rest, "types", folder)}  # fmt: skip


@route("GET", "/wp/v2/types")
def list_types(rest: Rest) -> Response:
    _need_edit(rest)
    return JSONResponse({slug: _show_type(rest, slug) for slug in TYPES})


@route("GET", "/wp/v2/types/(?P<slug>[\\w-]+)")
def read_type(rest: Rest) -> Response:
    _need_edit(rest)
    if rest.args["slug"] not in TYPES:
        raise WordPressError(404, "rest_type_invalid", "Invalid post type.")
    return JSONResponse(_show_type(rest, rest.args["slug"]))


def _show_taxonomy(rest: Rest, slug: str) -> dict[str, Any]:
    name, hierarchical, folder = TAXONOMIES[slug]
    return {"name": name, "slug": slug, "description": "", "types": ["post"], "hierarchical": hierarchical,
            "rest_base": folder, "rest_namespace": "wp/v2",
            "_links": _kind_links(rest, "taxonomies", folder)}  # fmt: skip


@route("GET", "/wp/v2/taxonomies")
def list_taxonomies(rest: Rest) -> Response:
    return JSONResponse({slug: _show_taxonomy(rest, slug) for slug in TAXONOMIES})


@route("GET", "/wp/v2/taxonomies/(?P<slug>[\\w-]+)")
def read_taxonomy(rest: Rest) -> Response:
    if rest.args["slug"] not in TAXONOMIES:
        raise WordPressError(404, "rest_taxonomy_invalid", "Invalid taxonomy.")
    return JSONResponse(_show_taxonomy(rest, rest.args["slug"]))


@route("GET", "/wp/v2/statuses")
def list_statuses(rest: Rest) -> Response:
    visible = list(STATUSES) if rest.can("edit_posts") else ["publish"]
    posts = rest.address("/wp/v2/posts")
    return JSONResponse({
        slug: {
            "name": STATUSES[slug], "public": slug == "publish", "queryable": slug == "publish", "slug": slug,
            "date_floating": slug in ("draft", "pending"),
            "_links": {"archives": [{"href": posts if slug == "publish" else f"{posts}?status={slug}"}]},
        }
        for slug in visible
    })  # fmt: skip


# -- users ---------------------------------------------------------------------------------------------------


def _show_user(rest: Rest, user: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": user["id"],
        "name": user["name"],
        "url": "",
        "description": "",
        "link": rest.sandbox.url(f"/web/author/{user['login']}/"),
        "slug": user["login"],
        "avatar_urls": dict.fromkeys(("24", "48", "96"), rest.sandbox.url("/avatar.svg")),
        "meta": [],
    }
    if rest.context == "embed":
        del shown["meta"]
    if rest.context == "edit":
        shown.update(
            username=user["login"], email=f"{user['login']}{wordpress_users.MAIL}", roles=[user["role"]],
            capabilities=wordpress_users.capabilities(user), extra_capabilities={user["role"]: True},
            first_name="", last_name="", nickname=user["login"], locale="id_ID",
            registered_date="2026-01-05T01:00:00+00:00", meta={"persisted_preferences": []},
        )  # fmt: skip
    own = rest.address(f"/wp/v2/users/{user['id']}")
    links = {"self": [{"href": own}], "collection": [{"href": rest.address("/wp/v2/users")}]}
    return {**shown, "_links": links}


@route("GET", "/wp/v2/users/me")
def me(rest: Rest) -> Response:
    if rest.user is None:
        raise WordPressError(401, "rest_not_logged_in", "You are not currently logged in.")
    return JSONResponse(_show_user(rest, rest.user))


@route("GET", "/wp/v2/users/(?P<user>me|\\d+)/application-passwords/introspect")
def introspect(rest: Rest) -> Response:
    """Which application password this request came with."""
    if rest.user is None:
        message = "Sorry, you are not allowed to read this application password."
        raise WordPressError(401, "rest_cannot_introspect_app_password_for_non_authenticated_user", message)
    uuid = f"00000000-0000-4000-8000-{rest.user['id']:012d}"
    return JSONResponse({"uuid": uuid, "app_id": "", "name": "latihan", "created": "2026-01-05T01:00:00",
                         "last_used": None, "last_ip": None})  # fmt: skip


def _authors(rest: Rest) -> set[int]:
    return {post["author"] for post in rest.sandbox.visible_posts("web")}


def _need_list_users(rest: Rest) -> None:
    if rest.context == "edit":
        message = "Sorry, you are not allowed to list users."
        rest.need("list_users", "rest_forbidden_context", message)


@route("GET", "/wp/v2/users")
def list_users(rest: Rest) -> Response:
    """To others than administrators: who has published something."""
    _need_list_users(rest)
    authors = _authors(rest)
    users = [{**user, "login": login} for login, user in wordpress_users.USERS.items()]
    found = chosen_ids(rest, [user for user in users if user["id"] in authors])
    slugs, search = indexed_list(rest.call, "slug"), rest.call.text("search").lower()
    if slugs:
        found = [user for user in found if user["login"] in slugs]
    if search:
        found = [user for user in found if search in f"{user['login']} {user['name']}".lower()]
    return listed(rest, found, lambda user: _show_user(rest, user))


@route("GET", "/wp/v2/users/(?P<id>\\d+)")
def read_user(rest: Rest) -> Response:
    users = {str(user["id"]): {**user, "login": login} for login, user in wordpress_users.USERS.items()}
    user = users.get(rest.args["id"])
    if user is None:
        raise WordPressError(404, "rest_user_invalid_id", "Invalid user ID.")
    own = rest.user is not None and rest.user["id"] == user["id"]
    if not own:
        _need_list_users(rest)
        if user["id"] not in _authors(rest):
            rest.need("list_users", "rest_user_cannot_view", "Sorry, you are not allowed to list users.")
    return JSONResponse(_show_user(rest, user))


# -- the rest ------------------------------------------------------------------------------------------------


@route("GET POST", "/wp/v2/settings")
def settings(rest: Rest) -> Response:
    rest.need("manage_options", "rest_forbidden", "Sorry, you are not allowed to do that.")
    return JSONResponse({"title": SITE_NAME, "description": SITE_DESCRIPTION})


@route("GET", "/wp/v2/pages")
def list_pages(rest: Rest) -> Response:
    """The training site has articles only."""
    return listed(rest, [], dict)


@route("GET", "/wp/v2/search")
def search(rest: Rest) -> Response:
    word = rest.call.text("search").lower()
    found = [post for post in rest.sandbox.listed_posts("web")
             if word in f"{raw_title(post)} {post['content']}".lower()]  # fmt: skip

    def show(post: dict[str, Any]) -> dict[str, Any]:
        own = rest.address(f"/wp/v2/posts/{post['id']}")
        links = {"self": [{"embeddable": True, "href": own}],
                 "about": [{"href": rest.address("/wp/v2/types/post")}],
                 "collection": [{"href": rest.address("/wp/v2/search")}]}  # fmt: skip
        return {"id": int(post["id"]), "title": post["title"], "url": link(rest, post), "type": "post",
                "subtype": "post", "_links": links}  # fmt: skip

    return listed(rest, found, show)
