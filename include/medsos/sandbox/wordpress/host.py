"""The WordPress REST host: routes, application passwords, errors, headers (platform contract, section 2).

Posts and media register their handlers here with `route`; both `/web/wp-json/…` and `/web/?rest_route=…` lead
to them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox.context import Sandbox
from medsos.sandbox.wire import Call, PlatformError, ReadCall
from medsos.sandbox.wordpress import users as wordpress_users

SITE_NAME = "KPU Kota Bengkulu"
SITE_DESCRIPTION = "Situs latihan Komisi Pemilihan Umum Kota Bengkulu"


class WordPressError(PlatformError):
    """`{"code", "message", "data": {"status", …}}` (section 2.6)."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(status, {"code": code, "message": message, "data": {"status": status, **data}})


def invalid_param(
    name: str, message: str, code: str = "rest_invalid_param", status: int | None = None, **data: Any
) -> WordPressError:
    """400 `rest_invalid_param`; `status` 401 or 403 hides an authentication failure in it."""
    data = data if status is None else {"status": status, **data}
    detail = {"code": code, "message": message, "data": data or None}
    return WordPressError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: message},
        details={name: detail},
    )


def in_words(choices: tuple[str, ...]) -> str:
    """As core lists values: `a and b`, `a, b, and c`."""
    return f"{', '.join(choices[:-1])}{',' if len(choices) > 2 else ''} and {choices[-1]}"


@dataclass
class Rest:
    """One REST request. `user` is None when nobody, or nobody known, is logged in."""

    call: Call
    user: dict[str, Any] | None
    args: dict[str, str] = field(default_factory=dict)
    path: str = ""

    def address(self, path: str) -> str:
        """Where the interface answers for `path`, which starts with a slash."""
        return self.sandbox.url(f"/web/wp-json{path}")

    @property
    def sandbox(self) -> Sandbox:
        return self.call.sandbox

    def can(self, capability: str) -> bool:
        return wordpress_users.may(self.user, capability)

    def need(self, capability: str, code: str, message: str) -> None:
        """:raises WordPressError: 401 for nobody, 403 for somebody without the capability."""
        if not self.can(capability):
            raise WordPressError(403 if self.user else 401, code, message)

    @property
    def context(self) -> str:
        """:raises WordPressError: 400 for a context that there is not."""
        return self.one_of("context", ("view", "embed", "edit"), "view")

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """A parameter with declared values.

        :raises WordPressError: 400 for any other.
        """
        value = self.call.text(name, default)
        if value not in choices:
            raise invalid_param(name, f"{name} is not one of {in_words(choices)}.", "rest_not_in_enum")
        return value


Handler = Callable[[Rest], Response]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(methods: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler for methods (`"POST PUT PATCH"`) and a path such as `/wp/v2/posts/(?P<id>\\d+)`."""

    def register(handler: Handler) -> Handler:
        _ROUTES.extend((method, re.compile(f"{pattern}/?"), handler) for method in methods.split())
        return handler

    return register


# -- dispatch ------------------------------------------------------------------------------------------------

router = APIRouter()
_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


def routes() -> dict[str, list[str]]:
    """Every path as WordPress writes it, with its methods."""
    found: dict[str, list[str]] = {}
    for method, pattern, _ in _ROUTES:
        path = pattern.pattern.removesuffix("/?") or "/"
        found.setdefault(path, []).append(method)
    return found


def dispatch(call: Call, path: str) -> Response:
    """Answer a REST request for `path`, which starts with a slash."""
    try:
        answer = _answer(call, path)
    except WordPressError as error:
        answer = error.response()
    methods = [method for method, pattern, _ in _ROUTES if pattern.fullmatch(path)]
    known = {
        "Link": f'<{call.sandbox.url("/web/wp-json/")}>; rel="https://api.w.org/"',
        "Allow": ", ".join(methods if user_of(call) else [m for m in methods if m == "GET"]),
        "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
        "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
        "Access-Control-Allow-Headers": "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, "
                                        "Content-Type",
    }  # fmt: skip
    for name, value in known.items():
        answer.headers.setdefault(name, value)
    if answer.headers["content-type"] == "application/json":
        answer.headers["content-type"] = "application/json; charset=UTF-8"
    return answer


def _answer(call: Call, path: str) -> Response:
    if not call.json_valid:
        raise WordPressError(400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4,
                             json_error_message="Syntax error")  # fmt: skip
    override = call.headers.get("x-http-method-override", call.query.get("_method", "")).upper()
    method = override or ("GET" if call.method == "HEAD" else call.method)
    if method == "OPTIONS":
        return _describe(path)
    handler, args = _handler(method, path)
    answer = handler(Rest(call, user_of(call), args, path))
    if answer.status_code >= 300 or not {"_embed", "_fields"} & {
        name.removesuffix("[]") for name in call.query
    }:
        return answer
    body = json.loads(bytes(answer.body))
    if "_embed" in call.query:
        for item in body if isinstance(body, list) else [body]:
            _embed(call, item)
    names = [name for name in call.text("_fields").split(",") if name]
    if names:
        body = [_cut(item, names) for item in body] if isinstance(body, list) else _cut(body, names)
    headers = {k: v for k, v in answer.headers.items() if k not in ("content-length", "content-type")}
    return JSONResponse(body, answer.status_code, headers=headers)


def _handler(method: str, path: str) -> tuple[Handler, dict[str, str]]:
    for known_method, pattern, handler in _ROUTES:
        match = pattern.fullmatch(path)
        if match and known_method == method:
            return handler, match.groupdict()
    raise WordPressError(404, "rest_no_route", "No route was found matching the URL and request method.")


def _describe(path: str) -> Response:
    methods = [method for method, pattern, _ in _ROUTES if pattern.fullmatch(path)]
    if not methods:
        raise WordPressError(404, "rest_no_route", "No route was found matching the URL and request method.")
    space = "/".join(path.strip("/").split("/")[:2])
    return JSONResponse({"namespace": space, "methods": methods,
                         "endpoints": [{"methods": [method], "args": {}} for method in methods]})  # fmt: skip


def user_of(call: Call) -> dict[str, Any] | None:
    """Who asks; None for nobody, and for everybody while the application passwords are revoked."""
    if call.sandbox.state.setting("web_password_revoked"):
        return None
    return wordpress_users.known_user(call.headers.get("authorization", ""))


def _cut(item: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Only the named keys; `a.b` reaches into an object."""
    kept: dict[str, Any] = {}
    for first, _, rest in (name.strip().partition(".") for name in names):
        if first not in item:
            continue
        value = item[first]
        if rest and isinstance(value, dict):
            inner = _cut(value, [rest])
            kept[first] = {**kept.get(first, {}), **inner} if isinstance(kept.get(first, {}), dict) else inner
        else:
            kept[first] = value
    return kept


def _embed(call: Call, item: dict[str, Any]) -> None:
    """Answer the embeddable links of `item` as their own addresses would (section 2.3)."""
    wanted = {name for name in call.query["_embed"].split(",") if name and name not in ("1", "true")}
    embedded = {}
    for relation, links in (item.get("_links") or {}).items():
        chosen = [link["href"] for link in links if isinstance(link, dict) and link.get("embeddable")]
        if chosen and (not wanted or relation in wanted):
            embedded[relation] = [_embedded(call, href) for href in chosen]
    if embedded:
        item["_embedded"] = embedded


def _embedded(call: Call, href: str) -> Any:
    path, _, query = href.removeprefix(call.sandbox.url("/web/wp-json")).partition("?")
    inner = Call(
        call.sandbox, "GET", call.path, call.headers, {**dict(parse_qsl(query)), "context": "embed"}, b""
    )
    try:
        handler, args = _handler("GET", path)
        return json.loads(bytes(handler(Rest(inner, user_of(call), args, path)).body))
    except WordPressError as error:
        return error.body


@router.api_route("/web/wp-json", methods=_METHODS)
@router.api_route("/web/wp-json/{path:path}", methods=_METHODS)
def pretty(call: ReadCall, path: str = "") -> Response:
    return dispatch(call, "/" + path)


def rest_route(call: Call) -> Response | None:
    """The answer to `?rest_route=/…`, None when the request is for a page."""
    path = call.query.get("rest_route")
    return dispatch(call, "/" + path.strip("/")) if path else None
