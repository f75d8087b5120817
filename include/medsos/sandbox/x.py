"""Posts on X: create, read, list, delete (platform contract, sections 5.2 to 5.8)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall
from medsos.sandbox.x_auth import PROBLEMS, XError, authenticate
from medsos.sandbox.x_media import invalid_request, is_expired
from medsos.sandbox.x_text import INVALID, urls, weighted_length

# Section 5.2: every field that may stand at the top of a new post.
FIELDS = frozenset({
    "text", "media", "reply", "quote_tweet_id", "poll", "reply_settings", "geo", "community_id",
    "share_with_followers", "for_super_followers_only", "made_with_ai", "paid_partnership", "nullcast",
    "card_uri", "direct_message_deep_link", "edit_options",
})  # fmt: skip
MEDIA_FIELDS = frozenset({"media_ids", "tagged_user_ids"})
EXCLUSIVE = ("media", "poll", "quote_tweet_id", "card_uri", "direct_message_deep_link")
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
PHOTOS = 4
_ID = re.compile(r"^[0-9]{1,19}$")
_CASHTAG = re.compile(r"(?<!\w)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?\b")

router = APIRouter()


def forbidden(detail: str) -> XError:
    return XError(403, "Forbidden", detail)


# -- create --------------------------------------------------------------------------------------------------


@router.post("/x/2/tweets")
def create(call: ReadCall) -> Response:
    authenticate(call, "tweet.write")
    if call.sandbox.state.setting("x_credits_depleted"):
        raise XError(402, "CreditsDepleted", "Your account has no credits left.", "credits")
    body = _checked_body(call)
    text = body.get("text") or ""
    media = _checked_media(call.sandbox, body)
    _check_text(call.sandbox, text)
    _check_reply(call.sandbox, body)
    with call.sandbox.state.transaction():
        hashes = [m["sha256"] for m in media]
        _refuse_duplicate(call.sandbox, text, hashes)
        post_id = ids.x_id(call.sandbox.state)
        post = call.sandbox.add_post(
            "x", post_id, f"/x.com/{accounts.USERNAME}/status/{post_id}", text, media=hashes,
            alt_texts=[m["alt_text"] for m in media], media_ids=[m["id"] for m in media],
            reply_to=(body.get("reply") or {}).get("in_reply_to_tweet_id"), links=_shorten(text),
            media_link=f"https://t.co/{ids.tco()}" if media else None, poll=body.get("poll"),
        )  # fmt: skip
    shown = _entity(call, post)
    history = "edit_history_post_ids" if _new_words(call) else "edit_history_tweet_ids"
    return JSONResponse({"data": {"id": post_id, "text": shown["text"], history: [post_id]}}, 201)


def _checked_body(call: Call) -> dict[str, Any]:
    body = call.json
    if call.content_type != "application/json" or not isinstance(body, dict):
        raise invalid_request("The body must be a JSON object")
    for name in body:
        if name not in FIELDS:
            raise invalid_request(f"[{name}] is not a valid field of the request body", **{name: body[name]})
    if sum(bool(body.get(name)) for name in EXCLUSIVE) > 1:
        raise invalid_request(f"Only one of {', '.join(EXCLUSIVE)} may be given")
    if not isinstance(body.get("text", ""), str):
        raise invalid_request("text must be a string", text=body["text"])
    settings = body.get("reply_settings")
    if settings is not None and settings not in REPLY_SETTINGS:
        raise invalid_request(f"reply_settings must be one of {REPLY_SETTINGS}", reply_settings=settings)
    if body.get("quote_tweet_id"):
        raise forbidden("You are not permitted to perform this action.")
    _check_poll(body.get("poll"))
    return body


def _check_poll(poll: Any) -> None:
    if poll is None:
        return
    options = poll.get("options") if isinstance(poll, dict) else None
    minutes = poll.get("duration_minutes") if isinstance(poll, dict) else None
    if not isinstance(options, list) or not 2 <= len(options) <= 4:
        raise invalid_request("poll.options must have 2 to 4 entries")
    if not isinstance(minutes, int) or not 5 <= minutes <= 10080:
        raise invalid_request("poll.duration_minutes must be between 5 and 10080")


def _checked_media(sandbox: Sandbox, body: dict[str, Any]) -> list[Document]:
    given = body.get("media")
    if given is None:
        return []
    if not isinstance(given, dict) or set(given) - MEDIA_FIELDS:
        raise invalid_request("media may hold media_ids and tagged_user_ids only", media=given)
    wanted = given.get("media_ids")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= PHOTOS:
        raise invalid_request("media.media_ids must have 1 to 4 entries", media_ids=wanted)
    if not all(isinstance(id_, str) and _ID.match(id_) for id_ in wanted):
        raise invalid_request("media.media_ids must be strings of 1 to 19 digits", media_ids=wanted)
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
    if not text.strip() and not hashes:
        raise invalid_request("Either text or media is needed", text=text)
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


# -- read ----------------------------------------------------------------------------------------------------


def _new_words(call: Call) -> bool:
    """Section 5.3: answer in the vocabulary of the request."""
    return "post.fields" in call.query


def _fields(call: Call) -> set[str]:
    return set((call.text("post.fields") or call.text("tweet.fields")).split(",")) - {""}


def _entity(call: Call, post: Document) -> dict[str, Any]:
    """A post as the API shows it: short links, escaped text, only the asked fields."""
    text, entities, position = "", [], 0
    for link in post["links"]:
        start = post["text"].index(link["given"], position)
        text += post["text"][position:start] + link["url"]
        position = start + len(link["given"])
        entities.append({"start": len(text) - len(link["url"]), "end": len(text), "url": link["url"],
                         "expanded_url": link["expanded_url"], "display_url": link["given"]})  # fmt: skip
    text += post["text"][position:]
    if post["media_link"]:
        text = f"{text} {post['media_link']}".strip()
        kind = "photo" if len(post["media"]) > 1 or not _is_video(call, post) else "video"
        entities.append({
            "start": len(text) - len(post["media_link"]), "end": len(text), "url": post["media_link"],
            "expanded_url": f"https://x.com{post['path'].removeprefix('/x.com')}/{kind}/1",
            "display_url": "pic.x.com/latihan",
        })  # fmt: skip
    new, count = _new_words(call), call.sandbox.state.count
    everything: dict[str, Any] = {
        "created_at": datetime.fromtimestamp(post["created_at"], UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "author_id": accounts.X["user_id"],
        "conversation_id": post["reply_to"] or post["id"],
        "lang": "in",
        "entities": {"urls": entities} if entities else None,
        "attachments": {"media_keys": [f"3_{id_}" for id_ in post["media_ids"]]} if post["media"] else None,
        "public_metrics": {
            "like_count": count("x", "likes"), "reply_count": count("x", "comments"), "quote_count": 0,
            "bookmark_count": 0, "impression_count": count("x", "views"),
            "repost_count" if new else "retweet_count": count("x", "shares"),
        },
    }  # fmt: skip
    wanted = _fields(call)
    shown = {name: value for name, value in everything.items() if name in wanted and value is not None}
    history = "edit_history_post_ids" if new else "edit_history_tweet_ids"
    return {"id": post["id"], "text": html.escape(text, quote=False), history: [post["id"]], **shown}


def _is_video(call: Call, post: Document) -> bool:
    return call.sandbox.files.facts(post["media"][0])["type"].startswith("video/")


@router.get("/x/2/users/me")
def me(call: ReadCall) -> Response:
    authenticate(call, "users.read")
    return JSONResponse(
        {"data": {"id": accounts.X["user_id"], "name": accounts.DISPLAY_NAME, "username": accounts.USERNAME}}
    )


@router.get("/x/2/users/{user_id}/tweets")
def timeline(call: ReadCall, user_id: str) -> Response:
    authenticate(call, "tweet.read")
    if user_id != accounts.X["user_id"]:
        return JSONResponse({"errors": [_not_found("id", user_id, "user")]})
    size = call.text("max_results", "10")
    if not size.isdigit() or not 5 <= int(size) <= 100:
        raise invalid_request("The `max_results` query parameter value must be between 5 and 100",
                              max_results=size)  # fmt: skip
    posts = _filtered(call, call.sandbox.listed_posts("x"))
    token = call.text("pagination_token")
    if token:
        posts = [post for post in posts if int(post["id"]) < int(token, 36)]
    page = posts[: int(size)]
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return JSONResponse({"meta": meta})
    meta.update(newest_id=page[0]["id"], oldest_id=page[-1]["id"])
    if len(posts) > len(page):
        meta["next_token"] = _base36(int(page[-1]["id"]))
    return JSONResponse({"data": [_entity(call, post) for post in page], "meta": meta})


def _filtered(call: Call, posts: list[Document]) -> list[Document]:
    if "replies" in call.text("exclude"):
        posts = [post for post in posts if not post["reply_to"]]
    if call.text("start_time"):
        posts = [post for post in posts if post["created_at"] >= _moment(call, "start_time")]
    if call.text("end_time"):
        posts = [post for post in posts if post["created_at"] < _moment(call, "end_time")]
    if call.text("since_id"):
        posts = [post for post in posts if int(post["id"]) > int(call.text("since_id"))]
    if call.text("until_id"):
        posts = [post for post in posts if int(post["id"]) < int(call.text("until_id"))]
    return posts


def _moment(call: Call, name: str) -> float:
    try:
        moment = datetime.fromisoformat(call.text(name))
    except ValueError:
        raise invalid_request(f"The `{name}` query parameter is not an RFC3339 time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def _not_found(parameter: str, value: str, kind: str = "tweet") -> dict[str, Any]:
    return {
        "value": value, "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "resource_type": kind, "parameter": parameter, "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }  # fmt: skip


@router.get("/x/2/tweets")
def read_many(call: ReadCall) -> Response:
    authenticate(call, "tweet.read")
    wanted = [id_ for id_ in call.text("ids").split(",") if id_]
    if not 1 <= len(wanted) <= 100:
        raise invalid_request("The `ids` query parameter must have 1 to 100 values", ids=call.text("ids"))
    found = {id_: call.sandbox.post("x", id_) for id_ in wanted}
    answer: dict[str, Any] = {}
    present = [_entity(call, post) for post in found.values() if post]
    if present:
        answer["data"] = present
    errors = [_not_found("ids", id_) for id_, post in found.items() if not post]
    if errors:
        answer["errors"] = errors
    return JSONResponse(answer)


@router.get("/x/2/tweets/{post_id}")
def read(call: ReadCall, post_id: str) -> Response:
    authenticate(call, "tweet.read")
    post = call.sandbox.post("x", post_id)
    if post is None:
        return JSONResponse({"errors": [_not_found("id", post_id)]})
    return JSONResponse({"data": _entity(call, post)})


@router.delete("/x/2/tweets/{post_id}")
def delete(call: ReadCall, post_id: str) -> Response:
    authenticate(call, "tweet.write")
    if call.sandbox.post("x", post_id) is None:
        return JSONResponse({"data": {"deleted": False}, "errors": [_not_found("id", post_id)]})
    call.sandbox.state.delete("post:x", post_id)
    return JSONResponse({"data": {"deleted": True}})


@router.api_route("/x/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
def unknown(call: ReadCall, path: str) -> Response:
    raise XError(404, "Not Found", f"The resource /{path} does not exist.", "resource-not-found")
