"""An Instagram professional account: profile, quota, publishing (platform contract, sections 4.1 and 4.4)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts, ids
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import select
from medsos.sandbox.graph.host import Graph, documents_are_nodes, edge
from medsos.sandbox.graph.tokens import ended
from medsos.sandbox.instagram import rules
from medsos.sandbox.instagram.containers import status_code
from medsos.sandbox.state import Document

IG_ID = accounts.INSTAGRAM["user_id"]
STORY_SECONDS = 86400

documents_are_nodes("post:instagram", "ig_media")


# -- account -------------------------------------------------------------------------------------------------


@edge("GET", "ig_user")
def read_account(request: Graph) -> dict[str, Any]:
    request.need_permission("instagram_basic")
    node = {
        "id": IG_ID,
        "user_id": IG_ID,
        "username": accounts.USERNAME,
        "name": accounts.DISPLAY_NAME,
        "account_type": "BUSINESS",
        "profile_picture_url": request.sandbox.url("/avatar.svg"),
        "website": request.sandbox.url("/web/"),
        "biography": accounts.BIOGRAPHY,
        "followers_count": 3120,
        "follows_count": 41,
        "media_count": len(request.sandbox.listed_posts("instagram")),
    }
    return select(request, node, ("id",), "IGUser")


@edge("GET", "root", "refresh_access_token")
def refresh_login_token(request: Graph) -> dict[str, Any]:
    """Section 1.3: the token must be at least 24 hours old and not yet expired."""
    state = request.sandbox.state
    if request.host != "instagram-graph" or request.call.text("grant_type") != "ig_refresh_token":
        raise invalid("grant_type must be ig_refresh_token")
    pair = state.get("access_token:instagram", request.need("access_token"))
    if pair is None or pair["expires_at"] <= state.time():
        raise ended()
    if state.time() - pair["issued_at"] < 86400:
        raise invalid("The access token must be at least 24 hours old to be refreshed")
    return _new_login_token(request)


def _new_login_token(request: Graph) -> dict[str, Any]:
    state = request.sandbox.state
    token = f"{accounts.INSTAGRAM['login_token']}-{state.next_number('instagram_token', 2)}"
    seconds = accounts.INSTAGRAM_LOGIN_SECONDS
    accounts.store_tokens(state, "instagram", token, None, state.time(), seconds, "")
    return {"access_token": token, "token_type": "bearer", "expires_in": seconds}


@edge("GET", "root", "access_token")
def exchange_login_token(request: Graph) -> dict[str, Any]:
    """A token of 60 days for the one of a fresh login, which here is the training token."""
    call = request.call
    if request.host != "instagram-graph" or call.text("grant_type") != "ig_exchange_token":
        raise invalid("grant_type must be ig_exchange_token")
    if call.text("client_secret") != accounts.FACEBOOK["app_secret"]:
        raise GraphError(101, "Error validating application. Invalid application secret.")
    if not request.need("access_token").startswith(accounts.INSTAGRAM["login_token"]):
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    return _new_login_token(request)


@edge("GET", "ig_user", "content_publishing_limit")
def read_limit(request: Graph) -> dict[str, Any]:
    config = {"quota_total": request.sandbox.state.setting("instagram_quota_total"), "quota_duration": 86400}
    node = {"id": IG_ID, "quota_usage": published_today(request), "config": config}
    chosen = select(request, node, ("quota_usage",), "ContentPublishingLimit")
    chosen.pop("id")
    return {"data": [chosen]}


def published_today(request: Graph) -> int:
    since = request.sandbox.state.time() - 86400
    return sum(
        c["published_at"] > since for c in request.sandbox.state.all("ig_container") if c["published_at"]
    )


# -- commit --------------------------------------------------------------------------------------------------


@edge("POST", "ig_user", "media_publish")
def publish(request: Graph) -> dict[str, Any]:
    sandbox = request.sandbox
    request.need_permission("instagram_content_publish")
    with sandbox.state.transaction():
        container = sandbox.state.get("ig_container", request.need("creation_id"))
        if container is None or container["child"]:
            raise rules.error("not_found")
        code = status_code(request, container)
        if code == "EXPIRED":
            raise rules.error("expired")
        if code == "PUBLISHED":
            # The contract is silent here; the container is used up, so it is refused as unusable.
            raise rules.error("not_usable")
        if code == "IN_PROGRESS":
            raise rules.error("not_ready")
        if code == "ERROR":
            raise rules.error(container["error"])
        if published_today(request) >= int(sandbox.state.setting("instagram_quota_total")):
            raise rules.error("publishing_limit")
        post = _add_media(request, container)
        sandbox.state.update("ig_container", container["id"], published_at=sandbox.state.time())
    return {"id": post["id"]}


def _add_media(request: Graph, container: Document) -> Document:
    code = ids.shortcode()
    media_type = container["media_type"]
    section = "reel" if media_type == "REELS" else "p"
    path = f"/instagram.com/{section}/{code}/"
    if media_type == "STORIES":
        path = f"/instagram.com/stories/{accounts.USERNAME}/{code}/"
    ends = {"ends_at": request.sandbox.state.time() + STORY_SECONDS} if media_type == "STORIES" else {}
    children = [ids.instagram_id() for _ in container["media"]] if media_type == "CAROUSEL" else []
    post_id = ids.instagram_id()
    for at, child in enumerate(children):
        request.sandbox.state.put("ig_child", child, {
            "id": child, "parent": post_id, "sha256": container["media"][at],
            "alt_text": container["alt_texts"][at], "shortcode": ids.shortcode(),
        })  # fmt: skip
    return request.sandbox.add_post(
        "instagram", post_id, path, container["caption"], media=container["media"],
        alt_texts=container["alt_texts"], media_type=media_type, shortcode=code, children=children,
        poster=container["cover"], **ends,
    )  # fmt: skip
