"""The Facebook Page itself, its person and its tokens (platform contract, section 3.1)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import accounts, graph
from medsos.sandbox.graph import Graph, GraphError, edge

PAGE_ID = accounts.FACEBOOK["page_id"]


@edge("GET", "page")
def read_page(request: Graph) -> dict[str, Any]:
    token = accounts.FACEBOOK["page_token"] if request.identity in ("page", "user") else None
    node = {
        "id": PAGE_ID,
        "name": accounts.DISPLAY_NAME,
        "username": accounts.USERNAME,
        "link": request.sandbox.url(f"/facebook.com/{accounts.USERNAME}"),
        "access_token": token,
        "category": "Organisasi pemerintah",
        "tasks": ["CREATE_CONTENT", "MODERATE", "ANALYZE", "MANAGE"],
        "fan_count": 2418,
        "followers_count": 2590,
        "instagram_business_account": {"id": accounts.INSTAGRAM["user_id"]},
    }
    return graph.select(request, node, ("name", "id"), "Page")


@edge("GET", "user")
def read_user(request: Graph) -> dict[str, Any]:
    node = {"id": accounts.FACEBOOK["user_id"], "name": "Admin Medsos"}
    return graph.select(request, node, ("name", "id"), "User")


@edge("GET", "user", "accounts")
def list_pages(request: Graph) -> dict[str, Any]:
    page = {
        "id": PAGE_ID,
        "name": accounts.DISPLAY_NAME,
        "access_token": accounts.FACEBOOK["page_token"],
        "category": "Organisasi pemerintah",
        "tasks": ["CREATE_CONTENT", "MODERATE", "ANALYZE", "MANAGE"],
    }
    return {"data": [page], "paging": {"cursors": {"before": "MAZDZD", "after": "MAZDZD"}}}


@edge("GET", "root", "debug_token")
def debug_token(request: Graph) -> dict[str, Any]:
    state, token = request.sandbox.state, request.need("input_token")
    kinds = {accounts.FACEBOOK["page_token"]: "PAGE", accounts.FACEBOOK["user_token"]: "USER"}
    if token not in kinds:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    ends = int(state.setting("meta_token_expires_at"))
    if ends and ends <= state.time():
        error = {"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired"}
        return {"data": {"is_valid": False, "error": error, "expires_at": ends, "scopes": []}}
    scopes = [
        "pages_show_list", "pages_read_engagement", "pages_manage_posts", "read_insights",
        "instagram_basic", "instagram_content_publish", "instagram_manage_insights",
        "instagram_manage_contents",
    ]  # fmt: skip
    data = {
        "app_id": accounts.FACEBOOK["app_id"],
        "type": kinds[token],
        "is_valid": True,
        "expires_at": ends,
        "data_access_expires_at": int(state.time()) + 90 * 86400,
        "scopes": [scope for scope in scopes if scope not in state.setting("meta_missing_permissions")],
        "profile_id": PAGE_ID,
    }
    return {"data": data}


@edge("GET", "root", "oauth/access_token")
def exchange_token(request: Graph) -> dict[str, Any]:
    known = (accounts.FACEBOOK["app_id"], accounts.FACEBOOK["app_secret"])
    if (request.call.text("client_id"), request.call.text("client_secret")) != known:
        raise GraphError(101, "Error validating application. Invalid application ID or secret.")
    if request.call.text("fb_exchange_token") != accounts.FACEBOOK["user_token"]:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    return {"access_token": accounts.FACEBOOK["user_token"], "token_type": "bearer", "expires_in": 5184000}
