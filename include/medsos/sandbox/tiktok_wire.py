"""TikTok's envelope, errors and tokens (platform contract, sections 6.1, 6.2 and 6.9)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.state import State
from medsos.sandbox.wire import Call, PlatformError, ReadCall

# Section 6.9: code -> HTTP status.
STATUS = {
    "invalid_param": 400, "invalid_params": 400, "invalid_publish_id": 400, "invalid_file_upload": 400,
    "publish_not_cancellable": 400, "access_token_invalid": 401, "scope_not_authorized": 401,
    "unaudited_client_can_only_post_to_private_accounts": 403, "url_ownership_unverified": 403,
    "privacy_level_option_mismatch": 403, "spam_risk_too_many_pending_share": 403,
    "spam_risk_too_many_posts": 403, "rate_limit_exceeded": 429, "internal_error": 500,
}  # fmt: skip

router = APIRouter()


class TikTokError(PlatformError):
    """An answer whose `error.code` is not `ok`."""

    def __init__(self, state: State, code: str, message: str) -> None:
        error = {"code": code, "message": message, "log_id": ids.log_id(state)}
        super().__init__(STATUS[code], {"data": {}, "error": error})


def ok(call: Call, data: dict[str, Any]) -> Response:
    error = {"code": "ok", "message": "", "log_id": ids.log_id(call.sandbox.state)}
    return JSONResponse({"data": data, "error": error})


def authenticate(call: Call, scope: str) -> None:
    """:raises TikTokError: the bearer token is missing, dead or lacks `scope`."""
    state = call.sandbox.state
    pair = state.get("access_token:tiktok", call.bearer or "")
    if pair is None or pair["expires_at"] <= state.time():
        raise TikTokError(
            state, "access_token_invalid", "The access token is invalid or not found in the request."
        )
    if scope not in pair["scope"].split(","):
        raise TikTokError(state, "scope_not_authorized", f"The user did not authorize the scope {scope}.")


def json_body(call: Call) -> dict[str, Any]:
    body = call.json if call.json_valid else None
    if call.body.strip() and not isinstance(body, dict):
        raise TikTokError(call.sandbox.state, "invalid_params", "The request body is not valid JSON.")
    return body or {}


@router.post("/tiktok/v2/oauth/token/")
def token(call: ReadCall) -> Response:
    """Give a new pair for a refresh token, which stops working. Errors are flat here."""
    state = call.sandbox.state
    if call.content_type != "application/x-www-form-urlencoded":
        return _refused(state, "invalid_request", "Only `application/x-www-form-urlencoded` is supported.")
    known = (accounts.TIKTOK["client_key"], accounts.TIKTOK["client_secret"])
    if (call.text("client_key"), call.text("client_secret")) != known:
        return _refused(state, "invalid_client", "Client key or secret is incorrect.")
    if call.text("grant_type") != "refresh_token":
        return _refused(state, "unsupported_grant_type", "The grant type is not supported here.")
    with state.transaction():
        current = state.get("current_token", "tiktok") or {}
        expired = current["refresh_expires_at"] <= state.time()
        if expired or call.text("refresh_token") != current["refresh_token"]:
            return _refused(state, "invalid_grant", "Refresh token is invalid or expired.")
        number = state.next_number("tiktok_token", 2)
        access = f"{accounts.TIKTOK['access_token']}-{number}"
        renewed = f"{accounts.TIKTOK['refresh_token']}-{number}"
        scopes = accounts.TIKTOK_SCOPES
        seconds = accounts.TIKTOK_ACCESS_SECONDS
        accounts.store_tokens(state, "tiktok", access, renewed, state.time(), seconds, scopes)
    return JSONResponse(
        {
            "access_token": access,
            "expires_in": seconds,
            "open_id": accounts.TIKTOK["open_id"],
            "refresh_token": renewed,
            "refresh_expires_in": accounts.TIKTOK_REFRESH_SECONDS,
            "scope": scopes,
            "token_type": "Bearer",
        }
    )


def _refused(state: State, error: str, description: str) -> Response:
    body = {"error": error, "error_description": description, "log_id": ids.log_id(state)}
    return JSONResponse(body, 400)
