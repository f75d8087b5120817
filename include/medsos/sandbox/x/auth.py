"""Who sends a request to X: OAuth 1.0a signatures and bearer tokens (platform contract, section 5.1)."""

from __future__ import annotations

import base64
import hmac
import time
from urllib.parse import parse_qsl, unquote

from oauthlib.oauth1.rfc5849 import signature  # type: ignore[import-untyped]

from medsos.sandbox import accounts
from medsos.sandbox.wire import Call
from medsos.sandbox.x.wire import XError, unauthorized

# Real seconds: the signature's time stamp comes from the client's own clock.
TIMESTAMP_SECONDS = 300


def authenticate(call: Call, scope: str, *, app_only: bool = False) -> bool:
    """Let the training account through; True when a person stands behind the request.

    :param scope: what an OAuth 2.0 token must be allowed.
    :param app_only: whether the app's own bearer token will do, as it does for public reads.
    :raises XError: 401 for bad signatures and dead tokens, 403 for the wrong kind of token.
    """
    if call.headers.get("authorization", "").lower().startswith("oauth "):
        _check_signature(call)
        return True
    token = call.bearer
    if not token:
        raise unauthorized()
    if token == accounts.X["app_bearer_token"]:
        if app_only:
            return False
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
    return True


# -- OAuth 1.0a ----------------------------------------------------------------------------------------------


def _check_signature(call: Call) -> None:
    header = call.headers["authorization"]
    oauth = {
        unquote(name.strip()): unquote(value.strip().strip('"'))
        for name, _, value in (part.partition("=") for part in header[6:].split(","))
    }
    known = (accounts.X["consumer_key"], accounts.X["access_token"], "HMAC-SHA1")
    given = (oauth.get("oauth_consumer_key"), oauth.get("oauth_token"), oauth.get("oauth_signature_method"))
    if given != known or oauth.get("oauth_version", "1.0") != "1.0":
        raise unauthorized()
    expected = [_sign(call, oauth, address) for address in _addresses(call)]
    sent = oauth.get("oauth_signature", "").encode()
    if not any(hmac.compare_digest(sent, one.encode()) for one in expected):
        raise unauthorized()
    _use_up_nonce(call, oauth)


def _use_up_nonce(call: Call, oauth: dict[str, str]) -> None:
    """A time stamp of now, and a nonce that was never seen with it."""
    stamp, nonce, state = oauth.get("oauth_timestamp", ""), oauth.get("oauth_nonce", ""), call.sandbox.state
    now = time.time()
    if not nonce or not stamp.isdigit() or abs(now - int(stamp)) > TIMESTAMP_SECONDS:
        raise unauthorized()
    with state.transaction():
        if state.get("x_nonce", f"{stamp}:{nonce}"):
            raise unauthorized()
        state.put("x_nonce", f"{stamp}:{nonce}", {"until": int(stamp) + TIMESTAMP_SECONDS})
        if state.next_number("x_nonces") % 500 == 0:
            # Requests with older stamps are refused anyway.
            state.forget("x_nonce", now)


def _addresses(call: Call) -> list[str]:
    """What the client may have signed for: this server, or the platform's own host (section 8)."""
    own = f"http://{call.headers.get('host', '')}{call.path}"
    path = call.path.removeprefix("/x")
    secure = own.replace("http://", "https://", 1)
    bases = call.sandbox.state.setting("x_signature_base_urls")
    return [own, secure, call.sandbox.url(call.path), *(f"{base.rstrip('/')}{path}" for base in bases)]


def _sign(call: Call, oauth: dict[str, str], address: str) -> str:
    """Query and form parameters are signed; JSON and multipart bodies are not."""
    pairs = parse_qsl(call.raw_query, keep_blank_values=True)
    if call.content_type == "application/x-www-form-urlencoded":
        pairs += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    pairs += [(name, value) for name, value in oauth.items() if name not in ("oauth_signature", "realm")]
    base = signature.signature_base_string(
        call.method, signature.base_string_uri(address), signature.normalize_parameters(pairs)
    )
    key = f"{accounts.X['consumer_secret']}&{accounts.X['access_token_secret']}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), "sha1").digest()).decode()
