"""Makes and deletes posts on X (platform contract, sections 5.2, 5.5 and 5.8)."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wire import ReadCall
from medsos.sandbox.x.auth import authenticate
from medsos.sandbox.x.body import checked_body
from medsos.sandbox.x.media import is_expired
from medsos.sandbox.x.text import INVALID, urls, weighted_length
from medsos.sandbox.x.view import View
from medsos.sandbox.x.wire import XError, answer, checked_id, forbidden, invalid_request, not_found

_CASHTAG = re.compile(r"(?<!\w)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?\b")

router = APIRouter()


@router.post("/x/2/tweets")
def create(call: ReadCall) -> Response:
    authenticate(call, "tweet.write")
    if call.sandbox.state.setting("x_credits_depleted"):
        raise XError(402, "CreditsDepleted", "Your account has no credits left.", "credits")
    body = checked_body(call)
    text = body.get("text") or ""
    media = _checked_media(call.sandbox, body)
    _check_text(call.sandbox, text)
    _check_reply(call.sandbox, body)
    if not text.strip() and not media:
        raise invalid_request("Either text or media is needed", text=text)
    with call.sandbox.state.transaction():
        hashes = [m["sha256"] for m in media]
        _refuse_duplicate(call.sandbox, text, hashes)
        post_id = ids.x_id(call.sandbox.state)
        post = call.sandbox.add_post(
            "x", post_id, f"/x.com/{accounts.USERNAME}/status/{post_id}", text, media=hashes,
            alt_texts=[m["alt_text"] for m in media], media_ids=[m["id"] for m in media],
            media_keys=[m["key"] for m in media],
            reply_to=(body.get("reply") or {}).get("in_reply_to_tweet_id"), links=_shorten(text),
            media_link=f"https://t.co/{ids.tco()}" if media else None, poll=body.get("poll"),
            reply_settings=body.get("reply_settings", "everyone"), public=not body.get("nullcast", False),
        )  # fmt: skip
    view = View(call)
    return answer({"data": {"id": post_id, "text": view.text(post), **view.history(post)}}, 201)


def _checked_media(sandbox: Sandbox, body: dict[str, Any]) -> list[Document]:
    wanted = (body.get("media") or {}).get("media_ids") or []
    media = [sandbox.state.get("x_media", id_) for id_ in wanted]
    found = [m for m in media if m and m["state"] == "succeeded" and not is_expired(sandbox, m)]
    if len(found) != len(wanted):
        raise invalid_request("Your media IDs are invalid.", **{"media.media_ids": wanted})
    if len(found) > 1 and any(m["kind"] != "image" for m in found):
        raise invalid_request(
            "Media of different kinds, or several videos, cannot be mixed", media_ids=wanted
        )
    return found


def _check_text(sandbox: Sandbox, text: str) -> None:
    if INVALID.search(text):
        raise invalid_request("text holds characters that are not allowed")
    if weighted_length(text) > int(sandbox.state.setting("x_text_limit")):
        raise forbidden("Your Tweet text is too long. For more information, see Counting characters.")
    if len(_CASHTAG.findall(text)) > 1:
        raise forbidden("Posts may hold no more than one cashtag.")


def _check_reply(sandbox: Sandbox, body: dict[str, Any]) -> None:
    """Replies only where the account was mentioned; here: only to its own posts."""
    target = (body.get("reply") or {}).get("in_reply_to_tweet_id")
    if target and sandbox.post("x", str(target)) is None:
        raise forbidden("You are not permitted to perform this action.")


def _refuse_duplicate(sandbox: Sandbox, text: str, hashes: list[str]) -> None:
    since = sandbox.state.time() - float(sandbox.state.setting("x_duplicate_window_seconds"))
    for post in sandbox.posts("x"):
        if post["created_at"] > since and post["text"] == text and post["media"] == hashes:
            raise forbidden("You are not allowed to create a Tweet with duplicate content.")


def _shorten(text: str) -> list[dict[str, str]]:
    links = []
    for start, end in urls(text):
        address = text[start:end]
        expanded = address if "://" in address else f"http://{address}"
        links.append({"given": address, "url": f"https://t.co/{ids.tco()}", "expanded_url": expanded})
    return links


@router.delete("/x/2/tweets/{post_id}")
def delete(call: ReadCall, post_id: str) -> Response:
    authenticate(call, "tweet.write")
    checked_id(post_id)
    if call.sandbox.post("x", post_id) is None:
        return answer({"data": {"deleted": False}, "errors": [not_found("id", post_id)]})
    call.sandbox.state.delete("post:x", post_id)
    return answer({"data": {"deleted": True}})
