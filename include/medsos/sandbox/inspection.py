"""Looks into the sandbox and sets it up, outside of every imitated path (platform contract, section 9)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, faults, rates
from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import DEFAULT_SETTINGS, Document
from medsos.sandbox.wire import Call, PlatformError, ReadCall

PLATFORMS = ("web", "facebook", "instagram", "x", "tiktok")

router = APIRouter(prefix="/_inspect")


def _refused(message: str) -> PlatformError:
    return PlatformError(400, {"error": message})


def _body(call: Call) -> dict[str, Any]:
    if not call.json_valid or not isinstance(call.json or {}, dict):
        raise _refused("The body must be a JSON object")
    return call.json or {}


@router.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/accounts")
def read_accounts(call: ReadCall) -> dict[str, Any]:
    sandbox = call.sandbox
    described = accounts.describe(sandbox.state, sandbox.base_url)
    if sandbox.mail_port is not None:
        described["mail"] = {"host": urlsplit(sandbox.base_url).hostname, "port": sandbox.mail_port}
    return described


@router.get("/posts")
def read_posts(call: ReadCall) -> list[dict[str, Any]]:
    """All publicly visible posts, oldest first; `?all=true` adds drafts, scheduled and private ones."""
    sandbox = call.sandbox
    everything = call.flag("all", False)
    wanted = [call.text("platform")] if call.text("platform") else PLATFORMS
    found = [
        post
        for platform in wanted
        for post in (sandbox.posts(platform) if everything else sandbox.visible_posts(platform))
    ]
    return [_show(sandbox, post) for post in sorted(found, key=lambda post: post["created_at"])]


def _show(sandbox: Sandbox, post: Document) -> dict[str, Any]:
    return {
        "platform": post["platform"],
        "id": post["id"],
        "permalink": sandbox.url(post["path"]),
        "title": post["title"],
        "text": post["text"],
        "media": post["media"],
        "alt_texts": post["alt_texts"],
        "public": post["public"] and post["visible_at"] <= sandbox.state.time(),
        "created_at": datetime.fromtimestamp(post["visible_at"], UTC).isoformat(),
    }


@router.get("/requests")
def read_requests(call: ReadCall) -> list[dict[str, Any]]:
    """Every request to an imitated platform, oldest first. Secrets are never kept.

    `?path=` keeps those whose path a regular expression is found in, `?method=` those of a method.
    """
    method, path = call.query.get("method", ""), call.query.get("path", "")
    try:
        pattern = re.compile(path)
    except re.error as error:
        raise _refused(f"path is no regular expression: {error}") from error
    return [
        {**entry, "time": datetime.fromtimestamp(entry["time"], UTC).isoformat()}
        for entry in call.sandbox.state.requests()
        if method in ("", entry["method"]) and pattern.search(entry["path"])
    ]


@router.post("/reset")
def reset(call: ReadCall) -> dict[str, str]:
    """Everything is forgotten: posts, requests, faults, settings, the clock; the first keys open it again.

    `{"keep_files": true}` keeps what was learnt about media, so that sending the same ones again costs less;
    `{"settings": {…}}` sets some up in the same step.
    """
    body = _body(call)
    settings = _known_settings(body.get("settings") or {})
    with call.sandbox.state.transaction():
        call.sandbox.reset(keep_files=bool(body.get("keep_files")))
        for name, value in settings.items():
            call.sandbox.state.set_setting(name, value)
    return {"status": "ok"}


def _known_settings(changes: Any) -> dict[str, Any]:
    unknown = sorted(set(changes) - set(DEFAULT_SETTINGS)) if isinstance(changes, dict) else [str(changes)]
    if unknown:
        raise _refused(f"Unknown settings: {', '.join(unknown)}")
    return dict(changes)


@router.get("/settings")
def read_settings(call: ReadCall) -> dict[str, Any]:
    return call.sandbox.state.settings()


@router.post("/settings")
def change_settings(call: ReadCall) -> dict[str, Any]:
    changes = _known_settings(_body(call))
    with call.sandbox.state.transaction():
        for name, value in changes.items():
            call.sandbox.state.set_setting(name, value)
    return call.sandbox.state.settings()


@router.get("/clock")
def read_clock(call: ReadCall) -> dict[str, str]:
    return {"now": call.sandbox.state.now().isoformat()}


@router.post("/clock")
def advance_clock(call: ReadCall) -> Response:
    """`{"advance_seconds": n}` lets that much time pass at once."""
    seconds = _body(call).get("advance_seconds")
    if not isinstance(seconds, (int, float)) or seconds < 0:
        raise _refused("advance_seconds must be a number not below 0")
    call.sandbox.state.advance(timedelta(seconds=seconds))
    return JSONResponse({"now": call.sandbox.state.now().isoformat()})


@router.get("/faults")
def read_faults(call: ReadCall) -> dict[str, Any]:
    """What is still to go wrong, oldest first, and the ready-made answers and rate rules by name."""
    return {
        "faults": [_show_fault(fault) for fault in faults.waiting(call.sandbox.state)],
        "presets": sorted(faults.PRESETS),
        "kinds": list(faults.KINDS),
        "rates": [rule.name for rule in rates.RULES],
    }


@router.post("/faults")
def add_faults(call: ReadCall) -> dict[str, Any]:
    """Take one fault or a list of them; see `medsos.sandbox.faults` for their keys."""
    given = call.json if isinstance(call.json, list) else [call.json]
    state = call.sandbox.state
    try:
        checked = [faults.checked(fault, state.time()) for fault in given]
    except (TypeError, ValueError) as error:
        raise _refused(str(error)) from error
    with state.transaction():
        return {"faults": [_show_fault(faults.add(state, fault)) for fault in checked]}


def _show_fault(fault: Document) -> Document:
    until = fault["until"]
    return {**fault, "until": until and datetime.fromtimestamp(until, UTC).isoformat()}


@router.delete("/faults")
def clear_faults(call: ReadCall) -> dict[str, str]:
    """Everything works again."""
    for fault in call.sandbox.state.all("fault"):
        call.sandbox.state.delete("fault", fault["id"])
    return {"status": "ok"}


@router.post("/expire")
def expire_token(call: ReadCall) -> dict[str, str]:
    """`{"platform": "x"}`: the living access token of a platform ends at this moment.

    `facebook` means the page's and its person's token, `instagram` the one of Instagram Login, `web` the
    application passwords. To have them back: the settings `meta_token_expires_at` 0, `web_password_revoked`
    false; the others are refreshed as the platform lets them be.
    """
    platform = str(_body(call).get("platform"))
    if platform not in PLATFORMS:
        raise _refused(f"platform must be one of {', '.join(PLATFORMS)}")
    accounts.expire_token(call.sandbox.state, platform)
    return {"status": "ok"}
