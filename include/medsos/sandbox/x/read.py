"""Reads posts and users of X (platform contract, sections 5.6 and 5.7)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import accounts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall
from medsos.sandbox.x.auth import authenticate
from medsos.sandbox.x.view import View, stamp
from medsos.sandbox.x.wire import (
    FIELD_PARAMETERS,
    XError,
    answer,
    checked_id,
    invalid_request,
    moment,
    not_found,
    number,
    only_known,
)

LONGEST_LIST = 3200
_TIMELINE = ("max_results", "start_time", "end_time", "since_id", "until_id", "exclude", "pagination_token",
             *FIELD_PARAMETERS)  # fmt: skip
_PAGE_PREFIX = "7140dibdnow9c7btw"

router = APIRouter()


# -- users ---------------------------------------------------------------------------------------------------


@router.get("/x/2/users/me")
def me(call: ReadCall) -> Response:
    person = authenticate(call, "users.read")
    only_known(call, *FIELD_PARAMETERS)
    return answer({"data": View(call, person).user()})


@router.get("/x/2/users")
@router.get("/x/2/users/by")
def users(call: ReadCall) -> Response:
    person = authenticate(call, "users.read", app_only=True)
    name, own = ("usernames", accounts.USERNAME) if call.path.endswith("/by") else ("ids", _OWN_ID)
    only_known(call, name, *FIELD_PARAMETERS)
    wanted = [value for value in call.query.get(name, "").split(",") if value]
    if not 1 <= len(wanted) <= 100:
        raise invalid_request(f"The `{name}` query parameter must have 1 to 100 values")
    view, body = View(call, person), dict[str, Any]()
    if [value for value in wanted if value.lower() == own]:
        body["data"] = [view.user()]
    missing = [not_found(name, value, "user") for value in wanted if value.lower() != own]
    return answer({**body, "errors": missing} if missing else body)


@router.get("/x/2/users/by/username/{username}")
@router.get("/x/2/users/{user_id}")
def user(call: ReadCall, username: str = "", user_id: str = "") -> Response:
    person = authenticate(call, "users.read", app_only=True)
    only_known(call, *FIELD_PARAMETERS)
    if username.lower() == accounts.USERNAME or user_id == _OWN_ID:
        return answer({"data": View(call, person).user()})
    if user_id:
        checked_id(user_id)
    missing = not_found("username" if username else "id", username or user_id, "user")
    return answer({"errors": [missing]})


_OWN_ID = accounts.X["user_id"]


# -- lists ---------------------------------------------------------------------------------------------------


@router.get("/x/2/users/{user_id}/tweets")
def timeline(call: ReadCall, user_id: str) -> Response:
    person = authenticate(call, "tweet.read", app_only=True)
    only_known(call, *_TIMELINE)
    checked_id(user_id)
    if user_id != _OWN_ID:
        return answer({"errors": [not_found("id", user_id, "user")]})
    return answer(_page(call, person, call.sandbox.listed_posts("x")))


@router.get("/x/2/users/{user_id}/mentions")
def mentions(call: ReadCall, user_id: str) -> Response:
    """Nobody mentions a training account."""
    authenticate(call, "tweet.read", app_only=True)
    only_known(call, *_TIMELINE)
    checked_id(user_id)
    return answer({"meta": {"result_count": 0}})


def _page(call: Call, person: bool, posts: list[Document]) -> dict[str, Any]:
    size = number(call, "max_results", 10, 5, 100)
    view = View(call, person)
    posts = _filtered(call, posts)[:LONGEST_LIST]
    start = _start(call, posts)
    page = posts[start : start + size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if start:
        meta["previous_token"] = _token("b", posts[max(0, start - size)])
    if not page:
        return {"meta": meta}
    meta.update(newest_id=page[0]["id"], oldest_id=page[-1]["id"])
    if start + size < len(posts):
        meta["next_token"] = _token("n", posts[start + size])
    return {"data": [view.post(post) for post in page], **view.answer(page), "meta": meta}


def _token(direction: str, first: Document) -> str:
    """Opaque to clients: names the first post of the page that it leads to."""
    return f"{_PAGE_PREFIX}{direction}{int(first['id']):x}"


def _start(call: Call, posts: list[Document]) -> int:
    token = call.query.get("pagination_token")
    if not token:
        return 0
    body = token.removeprefix(_PAGE_PREFIX)
    try:
        if body == token or body[:1] not in ("n", "b"):
            raise ValueError
        first = int(body[1:], 16)
    except ValueError:
        raise invalid_request(
            f"The `pagination_token` query parameter value [{token}] is not valid", pagination_token=token
        ) from None
    return next((at for at, post in enumerate(posts) if int(post["id"]) <= first), len(posts))


def _filtered(call: Call, posts: list[Document]) -> list[Document]:
    excluded = {value for value in call.query.get("exclude", "").split(",") if value}
    if excluded - {"replies", "retweets"}:
        raise invalid_request("The `exclude` query parameter is not one of [replies,retweets]")
    if "replies" in excluded:
        posts = [post for post in posts if not post["reply_to"]]
    since, until = moment(call, "start_time"), moment(call, "end_time")
    if since is not None:
        posts = [post for post in posts if post["created_at"] >= since]
    if until is not None:
        posts = [post for post in posts if post["created_at"] < until]
    if call.query.get("since_id"):
        first = int(checked_id(call.query["since_id"], "since_id"))
        posts = [post for post in posts if int(post["id"]) > first]
    if call.query.get("until_id"):
        last = int(checked_id(call.query["until_id"], "until_id"))
        posts = [post for post in posts if int(post["id"]) < last]
    return posts


# -- single posts --------------------------------------------------------------------------------------------


def _wanted(call: Call) -> list[str]:
    wanted = [id_ for id_ in call.query.get("ids", "").split(",") if id_]
    if not 1 <= len(wanted) <= 100:
        raise invalid_request("The `ids` query parameter must have 1 to 100 values", ids=call.text("ids"))
    return [checked_id(id_, "ids") for id_ in wanted]


@router.get("/x/2/tweets")
def read_many(call: ReadCall) -> Response:
    person = authenticate(call, "tweet.read", app_only=True)
    only_known(call, "ids", *FIELD_PARAMETERS)
    found = {id_: call.sandbox.post("x", id_) for id_ in _wanted(call)}
    view, body = View(call, person), dict[str, Any]()
    present = [post for post in found.values() if post]
    if present:
        body = {"data": [view.post(post) for post in present], **view.answer(present)}
    errors = [not_found("ids", id_) for id_, post in found.items() if not post]
    return answer({**body, "errors": errors} if errors else body)


@router.get("/x/2/tweets/analytics")
def analytics(call: ReadCall) -> Response:
    """A series of one entry: what the counts are now."""
    authenticate(call, "tweet.read")
    only_known(call, "ids", "start_time", "end_time", "granularity", "analytics.fields")
    since, until = moment(call, "start_time"), moment(call, "end_time")
    if since is None or until is None:
        raise invalid_request("The `start_time` and `end_time` query parameters are required")
    count = call.sandbox.state.count
    metrics = {"impressions": count("x", "views"), "likes": count("x", "likes"),
               "replies": count("x", "comments"), "retweets": count("x", "shares"), "quote_tweets": 0,
               "bookmarks": 0, "engagements": count("x", "likes") + count("x", "comments")}  # fmt: skip
    asked = {name for name in call.query.get("analytics.fields", "").split(",") if name}
    shown = {name: value for name, value in metrics.items() if not asked or name in asked}
    data = [
        {"id": id_, "timestamped_metrics": [{"timestamp": stamp(since), "metrics": shown}]}
        for id_ in _wanted(call)
        if call.sandbox.post("x", id_)
    ]
    return answer({"data": data})


@router.get("/x/2/tweets/{post_id}")
def read(call: ReadCall, post_id: str) -> Response:
    person = authenticate(call, "tweet.read", app_only=True)
    only_known(call, *FIELD_PARAMETERS)
    post = call.sandbox.post("x", checked_id(post_id))
    if post is None:
        return answer({"errors": [not_found("id", post_id)]})
    view = View(call, person)
    return answer({"data": view.post(post), **view.answer([post])})


@router.api_route("/x/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def unknown(call: ReadCall, path: str) -> Response:
    raise XError(404, "Not Found", f"The resource /{path} does not exist.", "resource-not-found")
