"""TikTok's OAuth: consent, tokens for a code, rotation, revocation (platform contract, section 6.1).

There is nobody to ask in a training ground: the address of consent sends the browser straight back.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.state import State
from medsos.sandbox.tiktok.wire import TikTokError
from medsos.sandbox.wire import Call, ReadCall, with_query

CODE_SECONDS = 300

router = APIRouter()


@router.get("/tiktok/v2/auth/authorize/")
@router.get("/tiktok.com/v2/auth/authorize/")
def authorize(call: ReadCall) -> Response:
    """Consent is given at once: back to `redirect_uri` with a code."""
    query, state = call.query, call.sandbox.state
    if query.get("client_key") != accounts.TIKTOK["client_key"] or query.get("response_type") != "code":
        return _refused(state, "invalid_client", "client_key or response_type is wrong.")
    if not query.get("redirect_uri"):
        return _refused(state, "invalid_request", "redirect_uri is required.")
    code, scopes = secrets.token_urlsafe(48), query.get("scope", "").replace(" ", "")
    state.put("tiktok_code", code, {
        "redirect_uri": query["redirect_uri"], "scope": scopes or accounts.TIKTOK_SCOPES,
        "code_challenge": query.get("code_challenge", ""), "until": state.time() + CODE_SECONDS,
    })  # fmt: skip
    back = {"code": code, "scopes": scopes}
    if "state" in query:
        back["state"] = query["state"]
    return RedirectResponse(with_query(query["redirect_uri"], back), 302)


@router.post("/tiktok/v2/oauth/token/")
def token(call: ReadCall) -> Response:
    """A new pair for a code or for a refresh token, which stops working. Errors are flat here."""
    problem = _client_problem(call)
    if problem:
        return problem
    grants = {"refresh_token": _refresh, "authorization_code": _exchange, "client_credentials": _app_token}
    grant = grants.get(call.text("grant_type"))
    if grant is None:
        return _refused(call.sandbox.state, "unsupported_grant_type", "The grant type is not supported.")
    return grant(call)


def _client_problem(call: Call) -> Response | None:
    state = call.sandbox.state
    if call.content_type != "application/x-www-form-urlencoded":
        return _refused(state, "invalid_request", "Only `application/x-www-form-urlencoded` is supported.")
    known = (accounts.TIKTOK["client_key"], accounts.TIKTOK["client_secret"])
    if (call.text("client_key"), call.text("client_secret")) != known:
        return _refused(state, "invalid_client", "Client key or secret is incorrect.")
    return None


def _refresh(call: Call) -> Response:
    state = call.sandbox.state
    with state.transaction():
        current = state.get("current_token", "tiktok") or {}
        living = current.get("refresh_token") if current["refresh_expires_at"] > state.time() else None
        if living is None or call.text("refresh_token") != living:
            return _refused(state, "invalid_grant", "Refresh token is invalid or expired.")
        return _new_pair(call, current["scope"])


def _exchange(call: Call) -> Response:
    state = call.sandbox.state
    with state.transaction():
        code = state.get("tiktok_code", call.text("code"))
        state.delete("tiktok_code", call.text("code"))
        if code is None or code["until"] <= state.time():
            return _refused(state, "invalid_grant", "Authorization code is expired.")
        if code["redirect_uri"] != call.text("redirect_uri"):
            return _refused(state, "invalid_request", "Redirect_uri is not matched with the uri of the code.")
        challenge, verifier = code["code_challenge"], call.text("code_verifier")
        digest = hashlib.sha256(verifier.encode())
        # TikTok's desktop clients send the digest in hexadecimal digits, others as PKCE has it.
        forms = (digest.hexdigest(), base64.urlsafe_b64encode(digest.digest()).decode().rstrip("="))
        if challenge and challenge not in forms:
            return _refused(state, "invalid_request", "Code verifier or code challenge is invalid.")
        return _new_pair(call, code["scope"])


def _app_token(call: Call) -> Response:
    """A token of the app alone, which opens nothing that belongs to a person."""
    access = f"clt.{secrets.token_hex(24)}"
    body = {"access_token": access, "expires_in": accounts.TIKTOK_ACCESS_SECONDS, "token_type": "Bearer"}
    return JSONResponse(body)


def _new_pair(call: Call, scopes: str) -> Response:
    state = call.sandbox.state
    number = state.next_number("tiktok_token", 2)
    access = f"{accounts.TIKTOK['access_token']}-{number}"
    renewed = f"{accounts.TIKTOK['refresh_token']}-{number}"
    seconds = accounts.TIKTOK_ACCESS_SECONDS
    accounts.store_tokens(state, "tiktok", access, renewed, state.time(), seconds, scopes)
    return JSONResponse({
        "access_token": access, "expires_in": seconds, "open_id": accounts.TIKTOK["open_id"],
        "refresh_token": renewed, "refresh_expires_in": accounts.TIKTOK_REFRESH_SECONDS, "scope": scopes,
        "token_type": "Bearer",
    })  # fmt: skip


@router.post("/tiktok/v2/oauth/revoke/")
def revoke(call: ReadCall) -> Response:
    problem = _client_problem(call)
    if problem:
        return problem
    state, given = call.sandbox.state, call.text("token")
    with state.transaction():
        if state.get("access_token:tiktok", given) is None:
            return _refused(state, "invalid_request", "The token is not known.")
        state.update("access_token:tiktok", given, expires_at=state.time())
        current = state.get("current_token", "tiktok") or {}
        if current.get("access_token") == given:
            state.put(
                "current_token", "tiktok", {**current, "refresh_token": None, "expires_at": state.time()}
            )
    return JSONResponse({})


def _refused(state: State, error: str, description: str) -> Response:
    log_id = ids.log_id(state)
    body = {"error": error, "error_description": description, "log_id": log_id}
    return JSONResponse(body, 400, headers={"x-tt-logid": log_id})


@router.api_route("/tiktok/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
def unknown(call: ReadCall, path: str) -> Response:
    raise TikTokError(call.sandbox.state, "invalid_params", f"Unsupported path /{path}", status=404)
