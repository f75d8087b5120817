"""X's OAuth 2.0: consent, tokens for a code, rotation, revocation (platform contract, section 5.1).

There is nobody to ask in a training ground: the address of consent sends the browser straight back.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from medsos.sandbox import accounts
from medsos.sandbox.wire import Call, ReadCall, with_query
from medsos.sandbox.x.wire import answer, invalid_request

CODE_SECONDS = 30

router = APIRouter()


@router.get("/x/i/oauth2/authorize")
@router.get("/x.com/i/oauth2/authorize")
def authorize(call: ReadCall) -> Response:
    """Consent is given at once: back to `redirect_uri` with a code."""
    query = call.query
    if query.get("client_id") != accounts.X["client_id"] or query.get("response_type") != "code":
        raise invalid_request("client_id or response_type is wrong", client_id=query.get("client_id"))
    if not query.get("redirect_uri") or not query.get("code_challenge"):
        raise invalid_request("redirect_uri and code_challenge are required")
    code = secrets.token_urlsafe(24)
    kept = ("redirect_uri", "code_challenge", "code_challenge_method", "scope")
    call.sandbox.state.put("x_code", code, {
        **{name: query.get(name, "") for name in kept},
        "until": call.sandbox.state.time() + CODE_SECONDS,
    })  # fmt: skip
    back = {"state": query["state"]} if "state" in query else {}
    return RedirectResponse(with_query(query["redirect_uri"], {**back, "code": code}), 302)


@router.post("/x/2/oauth2/token")
def token(call: ReadCall) -> Response:
    """A new pair for a code or for a refresh token, which is used up by this."""
    if not _is_client(call):
        return _refused("unauthorized_client", "Missing valid authorization header", 401)
    grants = {"refresh_token": _refresh, "authorization_code": _exchange}
    grant = grants.get(call.text("grant_type"))
    if grant is None:
        return _refused("unsupported_grant_type", "Unsupported grant type")
    return grant(call)


def _basic(call: Call) -> str | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded + "==").decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _is_client(call: Call) -> bool:
    """Confidential clients use HTTP Basic, public ones send their id."""
    basic = _basic(call)
    if basic is None:
        return call.text("client_id") == accounts.X["client_id"]
    return basic == f"{accounts.X['client_id']}:{accounts.X['client_secret']}"


def _refresh(call: Call) -> Response:
    state = call.sandbox.state
    with state.transaction():
        current = state.get("current_token", "x") or {}
        if not current.get("refresh_token") or call.text("refresh_token") != current["refresh_token"]:
            return _refused("invalid_request", "Value passed for the token was invalid.")
        return _new_pair(call, accounts.X_SCOPES)


def _exchange(call: Call) -> Response:
    state = call.sandbox.state
    with state.transaction():
        code = state.get("x_code", call.text("code"))
        state.delete("x_code", call.text("code"))
        if code is None or code["until"] <= state.time():
            return _refused("invalid_request", "Value passed for the authorization code was invalid.")
        if code["redirect_uri"] != call.text("redirect_uri") or not _verified(code, call):
            return _refused("invalid_request", "Value passed for the code verifier did not match.")
        return _new_pair(call, " ".join(code["scope"].split()) or accounts.X_SCOPES)


def _verified(code: dict[str, Any], call: Call) -> bool:
    verifier = call.text("code_verifier")
    if code["code_challenge_method"].upper() == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return bool(verifier) and verifier == code["code_challenge"]


def _new_pair(call: Call, scope: str) -> Response:
    state = call.sandbox.state
    number = state.next_number("x_token", 2)
    access = f"{accounts.X['oauth2_access_token']}-{number}"
    renewed = f"{accounts.X['oauth2_refresh_token']}-{number}"
    offline = "offline.access" in scope.split()
    accounts.store_tokens(
        state, "x", access, renewed if offline else None, state.time(), accounts.X_ACCESS_SECONDS, scope
    )
    body = {"token_type": "bearer", "expires_in": accounts.X_ACCESS_SECONDS, "access_token": access,
            "scope": scope}  # fmt: skip
    return answer({**body, "refresh_token": renewed} if offline else body)


@router.post("/x/2/oauth2/revoke")
def revoke(call: ReadCall) -> Response:
    if not _is_client(call):
        return _refused("unauthorized_client", "Missing valid authorization header", 401)
    state, given = call.sandbox.state, call.text("token")
    with state.transaction():
        current = state.get("current_token", "x") or {}
        if given and given in (current.get("access_token"), current.get("refresh_token")):
            state.put("current_token", "x", {**current, "refresh_token": None})
            accounts.expire_token(state, "x")
        elif state.get("access_token:x", given):
            state.update("access_token:x", given, expires_at=state.time())
    return answer({"revoked": True})


@router.post("/x/oauth2/token")
def app_token(call: ReadCall) -> Response:
    """The app's own bearer token, for its key and secret."""
    if _basic(call) != f"{accounts.X['consumer_key']}:{accounts.X['consumer_secret']}":
        errors = [{"code": 99, "message": "Unable to verify your credentials",
                   "label": "authenticity_token_error"}]  # fmt: skip
        return JSONResponse({"errors": errors}, 403)
    if call.text("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "Unsupported grant type")
    return answer({"token_type": "bearer", "access_token": accounts.X["app_bearer_token"]})


def _refused(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
