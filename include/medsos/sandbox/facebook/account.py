"""The Facebook Page itself, its person, the app and the tokens (platform contract, section 3.1)."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from medsos.sandbox import accounts
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import Node, paged, select
from medsos.sandbox.graph.host import Graph, edge
from medsos.sandbox.graph.tokens import APP_TOKEN, KINDS, has_ended
from medsos.sandbox.wire import ReadCall, with_query

PAGE_ID = accounts.FACEBOOK["page_id"]
TASKS = ("CREATE_CONTENT", "MODERATE", "ANALYZE", "MANAGE", "ADVERTISE", "MESSAGING")
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_manage_posts", "read_insights",
          "instagram_basic", "instagram_content_publish", "instagram_manage_insights",
          "instagram_manage_contents")  # fmt: skip
LONG_SECONDS = 60 * 86400

router = APIRouter()


def _page(request: Graph) -> dict[str, Any]:
    sandbox = request.sandbox
    token = accounts.FACEBOOK["page_token"] if request.identity in ("page", "user") else None
    instagram = Node(
        id=accounts.INSTAGRAM["user_id"], username=accounts.USERNAME, name=accounts.DISPLAY_NAME,
        profile_picture_url=sandbox.url("/avatar.svg"),
    )  # fmt: skip
    return {
        "id": PAGE_ID,
        "name": accounts.DISPLAY_NAME,
        "username": accounts.USERNAME,
        "about": accounts.BIOGRAPHY,
        "link": sandbox.url(f"/facebook.com/{accounts.USERNAME}"),
        "website": sandbox.url("/web/"),
        "access_token": token,
        "category": "Organisasi pemerintah",
        "tasks": list(TASKS),
        "fan_count": 2418,
        "followers_count": 2590,
        "is_published": True,
        "picture": {"data": {"url": sandbox.url("/avatar.svg"), "is_silhouette": False}},
        "instagram_business_account": instagram,
        "connected_instagram_account": instagram,
    }


@edge("GET", "page")
def read_page(request: Graph) -> dict[str, Any]:
    return select(request, _page(request), ("name", "id"), "Page")


@edge("GET", "user")
def read_user(request: Graph) -> dict[str, Any]:
    pages = {"data": [{name: _page(request)[name] for name in _LISTED}]}
    node = {"id": accounts.FACEBOOK["user_id"], "name": "Admin Medsos", "first_name": "Admin",
            "last_name": "Medsos", "accounts": pages}  # fmt: skip
    return select(request, node, ("name", "id"), "User")


_LISTED = ("access_token", "category", "name", "id", "tasks")


@edge("GET", "user", "accounts")
def list_pages(request: Graph) -> dict[str, Any]:
    request.need_permission("pages_show_list")
    page = {"id": PAGE_ID, "created_at": 0}
    return paged(request, [page], lambda _: _page(request), _LISTED, "Page")


@edge("GET", "user", "permissions")
def list_permissions(request: Graph) -> dict[str, Any]:
    lacking = request.sandbox.state.setting("meta_missing_permissions")
    return {
        "data": [
            {"permission": scope, "status": "declined" if scope in lacking else "granted"} for scope in SCOPES
        ]
    }


@edge("GET", "app")
def read_app(request: Graph) -> dict[str, Any]:
    node = {"id": accounts.FACEBOOK["app_id"], "name": "Aplikasi latihan", "category": "Pemerintah"}
    return select(request, node, ("name", "id", "category"), "Application")


# -- tokens --------------------------------------------------------------------------------------------------


@edge("GET", "root", "debug_token")
def debug_token(request: Graph) -> dict[str, Any]:
    state, token = request.sandbox.state, request.need("input_token")
    if token not in KINDS:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    ends = int(state.setting("meta_token_expires_at"))
    data: dict[str, Any] = {
        "app_id": accounts.FACEBOOK["app_id"],
        "type": KINDS[token].upper(),
        "application": "Aplikasi latihan",
        "is_valid": True,
    }
    if token == APP_TOKEN:
        return {"data": {**data, "scopes": []}}
    data.update(
        expires_at=ends, data_access_expires_at=int(state.time()) + 90 * 86400,
        user_id=accounts.FACEBOOK["user_id"],
        scopes=[scope for scope in SCOPES if scope not in state.setting("meta_missing_permissions")],
    )  # fmt: skip
    if KINDS[token] == "page":
        data["profile_id"] = PAGE_ID
    if has_ended(request.sandbox):
        error = {"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired"}
        data.update(is_valid=False, error=error)
    return {"data": data}


def _exchange(request: Graph) -> dict[str, Any]:
    """Section 3.1: a long-lived token for a short one; also the app's token, and the one for a code."""
    call, state = request.call, request.sandbox.state
    known = (accounts.FACEBOOK["app_id"], accounts.FACEBOOK["app_secret"])
    if (call.text("client_id"), call.text("client_secret")) != known:
        raise GraphError(101, "Error validating application. Invalid application ID or secret.")
    grant = call.text("grant_type")
    if grant == "client_credentials":
        return {"access_token": APP_TOKEN, "token_type": "bearer"}
    long = {
        "access_token": accounts.FACEBOOK["user_token"],
        "token_type": "bearer",
        "expires_in": LONG_SECONDS,
    }
    if grant == "fb_exchange_token":
        if request.need("fb_exchange_token") != accounts.FACEBOOK["user_token"] or has_ended(request.sandbox):
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
        return long
    with state.transaction():
        code = state.get("fb_code", request.need("code"))
        state.delete("fb_code", call.text("code"))
    if code is None or code["redirect_uri"] != call.text("redirect_uri"):
        raise invalid("This authorization code has been used or does not fit.", subcode=36009)
    # A new login gives tokens that live again.
    state.set_setting("meta_token_expires_at", 0)
    return long


for _method in ("GET", "POST"):
    edge(_method, "root", "oauth/access_token")(_exchange)


@router.get("/facebook.com/{version}/dialog/oauth")
@router.get("/facebook.com/dialog/oauth")
def dialog(call: ReadCall, version: str = "") -> Response:
    """Consent is given at once: back to `redirect_uri` with a code."""
    query = call.query
    if query.get("client_id") != accounts.FACEBOOK["app_id"] or not query.get("redirect_uri"):
        raise GraphError(101, "Error validating application. Invalid application ID.")
    code = secrets.token_urlsafe(32)
    call.sandbox.state.put("fb_code", code, {"redirect_uri": query["redirect_uri"]})
    back = {"state": query["state"]} if "state" in query else {}
    return RedirectResponse(with_query(query["redirect_uri"], {"code": code, **back}), 302)
