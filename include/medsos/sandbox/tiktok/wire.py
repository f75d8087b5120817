"""TikTok's envelope, errors and bearer tokens (platform contract, sections 6.1, 6.2 and 6.9)."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox import ids
from medsos.sandbox.state import State
from medsos.sandbox.wire import Call, PlatformError

# Section 6.9: code -> HTTP status.
STATUS = {
    "invalid_param": 400, "invalid_params": 400, "invalid_publish_id": 400, "invalid_file_upload": 400,
    "publish_not_cancellable": 400, "access_token_invalid": 401, "scope_not_authorized": 401,
    "unaudited_client_can_only_post_to_private_accounts": 403, "url_ownership_unverified": 403,
    "privacy_level_option_mismatch": 403, "spam_risk_too_many_pending_share": 403,
    "spam_risk_too_many_posts": 403, "rate_limit_exceeded": 429, "internal_error": 500,
}  # fmt: skip


class TikTokError(PlatformError):
    """An answer whose `error.code` is not `ok`."""

    def __init__(self, state: State, code: str, message: str, status: int | None = None) -> None:
        log_id = ids.log_id(state)
        error = {"code": code, "message": message, "log_id": log_id}
        super().__init__(status or STATUS[code], {"data": {}, "error": error}, {"x-tt-logid": log_id})


def ok(call: Call, data: dict[str, Any]) -> Response:
    log_id = ids.log_id(call.sandbox.state)
    error = {"code": "ok", "message": "", "log_id": log_id}
    return JSONResponse({"data": data, "error": error}, headers={"x-tt-logid": log_id})


def authenticate(call: Call, *scopes: str) -> None:
    """:raises TikTokError: the bearer token is missing, dead or has none of `scopes`."""
    state = call.sandbox.state
    pair = state.get("access_token:tiktok", call.bearer or "")
    if pair is None or pair["expires_at"] <= state.time():
        raise TikTokError(
            state, "access_token_invalid", "The access token is invalid or not found in the request."
        )
    if not set(scopes) & set(pair["scope"].split(",")):
        raise TikTokError(
            state, "scope_not_authorized", f"The user did not authorize the scope {' or '.join(scopes)}."
        )


def json_body(call: Call) -> dict[str, Any]:
    body = call.json if call.json_valid else None
    if call.body.strip() and not isinstance(body, dict):
        raise TikTokError(call.sandbox.state, "invalid_params", "The request body is not valid JSON.")
    return body or {}
