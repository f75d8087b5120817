"""Who sends a request to X: OAuth 1.0a signatures and OAuth 2.0 tokens (platform contract, section 5.1)."""

from __future__ import annotations

import base64
import hmac
import time
from typing import Any
from urllib.parse import parse_qsl, unquote

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from oauthlib.oauth1.rfc5849 import signature  # type: ignore[import-untyped]

from medsos.sandbox import accounts, ids
from medsos.sandbox.wire import Call, PlatformError, ReadCall

# Real seconds: the signature's time stamp comes from the client's own clock.
TIMESTAMP_SECONDS = 300
# Clients that sign for the platform's own address are accepted too (section 8).
PLATFORM_HOSTS = ("https://api.x.com", "https://api.twitter.com")

# Section 5.8: both hosts occur; the newer specification, and clients made from it, know only this one.
PROBLEMS = "https://api.x.com/2/problems"

router = APIRouter()


class XError(PlatformError):
    """A problem document (section 5.8)."""

    def __init__(
        self, status: int, title: str, detail: str, problem: str = "about:blank",
        errors: list[dict[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        kind = problem if problem == "about:blank" else f"{PROBLEMS}/{problem}"
        body: dict[str, Any] = {"title": title, "detail": detail, "type": kind, "status": status}
        if errors:
            body["errors"] = errors
        super().__init__(status, body, {"x-transaction-id": ids.trace_id()})

    def response(self) -> Response:
        return JSONResponse(
            self.body, self.status, headers=self.headers, media_type="application/problem+json"
        )


def unauthorized() -> XError:
    return XError(401, "Unauthorized", "Unauthorized")


def authenticate(call: Call, scope: str) -> None:
    """Let the training account through.

    :param scope: what an OAuth 2.0 token must be allowed.
    :raises XError: 401 for bad signatures and dead tokens, 403 for the wrong kind of token.
    """
    if call.headers.get("authorization", "").lower().startswith("oauth "):
        _check_signature(call)
        return
    token = call.bearer
    if not token:
        raise unauthorized()
    if token == accounts.X["app_bearer_token"]:
        raise XError(
            403,
            "Unsupported Authentication",
            "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported "
            "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
            "unsupported-authentication",
        )
    pair = call.sandbox.state.get("access_token:x", token)
    if pair is None or pair["expires_at"] <= call.sandbox.state.time():
        raise unauthorized()
    if scope not in pair["scope"].split():
        raise XError(403, "Forbidden", f"The token lacks the scope {scope}.", "client-forbidden")


# -- OAuth 1.0a ----------------------------------------------------------------------------------------------


def _check_signature(call: Call) -> None:
    header = call.headers["authorization"]
    oauth = {
        unquote(name.strip()): unquote(value.strip().strip('"'))
        for name, _, value in (part.partition("=") for part in header[6:].split(","))
    }
    known = (accounts.X["consumer_key"], accounts.X["access_token"], "HMAC-SHA1")
    given = (oauth.get("oauth_consumer_key"), oauth.get("oauth_token"), oauth.get("oauth_signature_method"))
    if given != known:
        raise unauthorized()
    _check_freshness(call, oauth)
    expected = [_sign(call, oauth, address) for address in _addresses(call)]
    if not any(hmac.compare_digest(oauth.get("oauth_signature", ""), one) for one in expected):
        raise unauthorized()


def _check_freshness(call: Call, oauth: dict[str, str]) -> None:
    stamp, nonce = oauth.get("oauth_timestamp", ""), oauth.get("oauth_nonce", "")
    if not nonce or not stamp.isdigit() or abs(time.time() - int(stamp)) > TIMESTAMP_SECONDS:
        raise unauthorized()
    with call.sandbox.state.transaction():
        if call.sandbox.state.get("x_nonce", f"{stamp}:{nonce}"):
            raise unauthorized()
        call.sandbox.state.put("x_nonce", f"{stamp}:{nonce}", {"used": True})


def _addresses(call: Call) -> list[str]:
    own = f"http://{call.headers.get('host', '')}{call.path}"
    path = call.path.removeprefix("/x")
    secure = own.replace("http://", "https://", 1)
    return [own, secure, call.sandbox.url(call.path), *(host + path for host in PLATFORM_HOSTS)]


def _sign(call: Call, oauth: dict[str, str], address: str) -> str:
    """Query and form parameters are signed; JSON and multipart bodies are not."""
    pairs = [(name, value) for name, value in call.query.items()]
    if call.content_type == "application/x-www-form-urlencoded":
        pairs += parse_qsl(call.body.decode(), keep_blank_values=True)
    pairs += [(name, value) for name, value in oauth.items() if name not in ("oauth_signature", "realm")]
    base = signature.signature_base_string(
        call.method, signature.base_string_uri(address), signature.normalize_parameters(pairs)
    )
    key = f"{accounts.X['consumer_secret']}&{accounts.X['access_token_secret']}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), "sha1").digest()).decode()


# -- OAuth 2.0 -----------------------------------------------------------------------------------------------


@router.post("/x/2/oauth2/token")
def refresh(call: ReadCall) -> Response:
    """Give a new pair for a refresh token, which is used up by this."""
    client_id = call.text("client_id")
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        decoded = base64.b64decode(encoded + "==").decode("utf-8", "replace")
        if decoded != f"{accounts.X['client_id']}:{accounts.X['client_secret']}":
            return _refused("unauthorized_client", "Missing valid authorization header", 401)
    elif client_id != accounts.X["client_id"]:
        return _refused("unauthorized_client", "Missing valid authorization header", 401)
    if call.text("grant_type") != "refresh_token":
        return _refused("unsupported_grant_type", "Unsupported grant type")
    state = call.sandbox.state
    with state.transaction():
        current = state.get("current_token", "x") or {}
        if call.text("refresh_token") != current["refresh_token"]:
            return _refused("invalid_request", "Value passed for the token was invalid.")
        number = state.next_number("x_token", 2)
        access = f"{accounts.X['oauth2_access_token']}-{number}"
        renewed = f"{accounts.X['oauth2_refresh_token']}-{number}"
        accounts.store_tokens(
            state, "x", access, renewed, state.time(), accounts.X_ACCESS_SECONDS, accounts.X_SCOPES
        )
    return JSONResponse(
        {
            "token_type": "bearer",
            "expires_in": accounts.X_ACCESS_SECONDS,
            "access_token": access,
            "scope": accounts.X_SCOPES,
            "refresh_token": renewed,
        }
    )


def _refused(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
