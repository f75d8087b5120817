"""Comments under the WordPress site's articles (platform contract, section 2.7)."""

from __future__ import annotations

from datetime import UTC
from html import escape
from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import Rest, WordPressError, route
from medsos.sandbox.wordpress.lists import chosen_ids, indexed_list, listed
from medsos.sandbox.wordpress.view import SITE_TIME, iso, link

# Comments that the setting `counts` asks for have ids above every written one.
_COUNTED = 1_000_000


def _counted(rest: Rest, post: Document) -> list[Document]:
    """As many comments by the people of this training world as the settings say."""
    return [
        {"id": _COUNTED + int(post["id"]) * 1000 + number, "post": int(post["id"]), "author_name": "Warga",
         "author": 0, "text": f"Komentar latihan {number}", "created_at": post["visible_at"]}
        for number in range(rest.sandbox.state.count("web", "comments"), 0, -1)
    ]  # fmt: skip


def _show(rest: Rest, comment: Document) -> dict[str, Any]:
    post = rest.sandbox.post("web", str(comment["post"]))
    address = link(rest, post) if post else rest.sandbox.url("/web/")
    own = rest.address("/wp/v2/comments")
    return {
        "id": comment["id"], "post": comment["post"], "parent": 0, "author": comment["author"],
        "author_name": comment["author_name"], "author_url": "",
        "date": iso(comment["created_at"], SITE_TIME), "date_gmt": iso(comment["created_at"], UTC),
        "content": {"rendered": f"<p>{escape(comment['text'], quote=False)}</p>\n"},
        "link": f"{address}#comment-{comment['id']}", "status": "approved", "type": "comment", "meta": [],
        "_links": {"self": [{"href": f"{own}/{comment['id']}"}], "collection": [{"href": own}],
                   "up": [{"embeddable": True, "post_type": "post",
                           "href": rest.address(f"/wp/v2/posts/{comment['post']}")}]},
    }  # fmt: skip


def _visible(rest: Rest) -> list[Document]:
    posts = {post["id"]: post for post in rest.sandbox.visible_posts("web")}
    written = [c for c in rest.sandbox.state.all("wp_comment") if str(c["post"]) in posts]
    return written + [comment for post in posts.values() for comment in _counted(rest, post)]


@route("GET", "/wp/v2/comments")
def list_comments(rest: Rest) -> Response:
    """Approved ones under public articles."""
    wanted = indexed_list(rest.call, "post")
    found = [comment for comment in _visible(rest) if not wanted or str(comment["post"]) in wanted]
    return listed(rest, chosen_ids(rest, found), lambda comment: _show(rest, comment))


@route("GET", "/wp/v2/comments/(?P<id>\\d+)")
def read_comment(rest: Rest) -> Response:
    comment = next((c for c in _visible(rest) if str(c["id"]) == rest.args["id"]), None)
    if comment is None:
        raise WordPressError(404, "rest_comment_invalid_id", "Invalid comment ID.")
    return JSONResponse(_show(rest, comment))


@route("POST", "/wp/v2/comments")
def create_comment(rest: Rest) -> Response:
    """By somebody who moderates comments, so that it is approved at once."""
    message = "Sorry, you are not allowed to comment on this post."
    rest.need("moderate_comments", "rest_cannot_create_comment", message)
    user = rest.user or {}
    with rest.sandbox.state.transaction():
        post = rest.sandbox.post("web", rest.call.text("post"))
        if post is None:
            message = "Sorry, you are not allowed to create this comment without a post."
            raise WordPressError(403, "rest_comment_invalid_post_id", message)
        comment = {
            "id": rest.sandbox.state.next_number("wp_comment_id", 1), "post": int(post["id"]),
            "author": user["id"], "author_name": user["name"], "text": rest.call.text("content"),
            "created_at": rest.sandbox.state.time(),
        }  # fmt: skip
        rest.sandbox.state.put("wp_comment", str(comment["id"]), comment)
    return JSONResponse(_show(rest, comment), 201)
