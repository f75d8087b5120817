"""Whose token opens the Graph hosts (platform contract, sections 3.1 and 4.1)."""

from __future__ import annotations

import hashlib
import hmac

from medsos.sandbox import accounts
from medsos.sandbox.context import Sandbox
from medsos.sandbox.graph.errors import GraphError
from medsos.sandbox.wire import Call

APP_TOKEN = f"{accounts.FACEBOOK['app_id']}|{accounts.FACEBOOK['app_secret']}"
KINDS = {
    accounts.FACEBOOK["page_token"]: "page",
    accounts.FACEBOOK["user_token"]: "user",
    APP_TOKEN: "app",
}


def token_of(call: Call) -> str:
    return call.bearer or call.text("access_token")


def identify(call: Call, host: str) -> str:
    """Who asks: page, user, app or ig_login.

    :raises GraphError: no token, a wrong one, one of the other host, a dead one, a wrong `appsecret_proof`.
    """
    token = token_of(call)
    if not token:
        raise GraphError(
            2500, "An active access token must be used to query information about the current user."
        )
    if host == "instagram-graph":
        return _identify_login_token(call.sandbox, token)
    if token not in KINDS:
        raise cannot_parse()
    if KINDS[token] != "app" and has_ended(call.sandbox):
        raise ended()
    _check_proof(call, token)
    return KINDS[token]


def cannot_parse() -> GraphError:
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def ended() -> GraphError:
    return GraphError(190, "Error validating access token: Session has expired", subcode=463)


def has_ended(sandbox: Sandbox) -> bool:
    """Whether the page's and the person's tokens are over, by the settings."""
    ends = float(sandbox.state.setting("meta_token_expires_at"))
    return bool(ends) and ends <= sandbox.state.time()


def _identify_login_token(sandbox: Sandbox, token: str) -> str:
    pair = sandbox.state.get("access_token:instagram", token)
    if pair is None:
        raise cannot_parse()
    if pair["expires_at"] <= sandbox.state.time():
        raise ended()
    return "ig_login"


def _check_proof(call: Call, token: str) -> None:
    proof = call.text("appsecret_proof")
    if not proof and not call.sandbox.state.setting("facebook_require_appsecret_proof"):
        return
    expected = hmac.new(accounts.FACEBOOK["app_secret"].encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof.encode(), expected.encode()):
        raise GraphError(
            100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
        )
