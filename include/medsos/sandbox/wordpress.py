"""The WordPress REST host: routes, application passwords, errors, users (platform contract, section 2).

Posts and media register their handlers here with `route`; both `/web/wp-json/…` and `/web/?rest_route=…` lead
to them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import wordpress_users
from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, PlatformError, ReadCall

SITE_NAME = "KPU Kota Bengkulu"
SITE_DESCRIPTION = "Situs latihan Komisi Pemilihan Umum Kota Bengkulu"
PER_PAGE = 100


class WordPressError(PlatformError):
    """`{"code", "message", "data": {"status", …}}` (section 2.6)."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(status, {"code": code, "message": message, "data": {"status": status, **data}})


def invalid_param(
    name: str, message: str, code: str = "rest_invalid_param", status: int | None = None
) -> Any:
    """400 `rest_invalid_param`; `status` 401 or 403 hides an authentication failure in it."""
    detail = {"code": code, "message": message, "data": None if status is None else {"status": status}}
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
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def dispatch(call: Call, path: str) -> Response:
    """Answer a REST request for `path`, which starts with a slash."""
    if not call.json_valid:
        raise WordPressError(400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4,
                             json_error_message="Syntax error")  # fmt: skip
    override = call.headers.get("x-http-method-override", call.query.get("_method", "")).upper()
    method = override or ("GET" if call.method == "HEAD" else call.method)
    for known_method, pattern, handler in _ROUTES:
        match = pattern.fullmatch(path)
        if match and known_method == method:
            answer = handler(Rest(call, _user(call), match.groupdict()))
            return _only_fields(call, answer)
    raise WordPressError(404, "rest_no_route", "No route was found matching the URL and request method.")


def _user(call: Call) -> dict[str, Any] | None:
    if call.sandbox.state.setting("web_password_revoked"):
        return None
    return wordpress_users.known_user(call.headers.get("authorization", ""))


def _only_fields(call: Call, answer: Response) -> Response:
    names = [name for name in call.text("_fields").split(",") if name]
    if not names or answer.status_code >= 300:
        return answer
    body = json.loads(bytes(answer.body))

    def cut(item: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for first, _, second in (name.strip().partition(".") for name in names):
            value = item.get(first)
            if second and isinstance(value, dict):
                kept.setdefault(first, {}).update({second: value[second]} if second in value else {})
            elif first in item:
                kept[first] = value
        return kept

    chosen = [cut(item) for item in body] if isinstance(body, list) else cut(body)
    headers = {k: v for k, v in answer.headers.items() if k not in ("content-length", "content-type")}
    return JSONResponse(chosen, answer.status_code, headers=headers)


@router.api_route("/web/wp-json", methods=_METHODS)
@router.api_route("/web/wp-json/{path:path}", methods=_METHODS)
def pretty(call: ReadCall, path: str = "") -> Response:
    return dispatch(call, "/" + path)


def rest_route(call: Call) -> Response | None:
    """The answer to `?rest_route=/…`, None when the request is for a page."""
    path = call.query.get("rest_route")
    return dispatch(call, path) if path else None


# -- lists ---------------------------------------------------------------------------------------------------


def listed(
    rest: Rest,
    items: list[Document],
    show: Callable[[Document], dict[str, Any]],
    readable: Callable[[Document], bool] = lambda item: True,
) -> Response:
    """One page of a list, with the totals in the headers; what is not `readable` is counted but not shown."""
    per_page = _number(rest, "per_page", 10, PER_PAGE)
    page = _number(rest, "page", 1, 10**9)
    pages = -(-len(items) // per_page)
    if items and page > pages:
        raise WordPressError(
            400, "rest_post_invalid_page_number",
            "The page number requested is larger than the number of pages available.",
        )  # fmt: skip
    chosen = items[(page - 1) * per_page : page * per_page]
    headers = {"X-WP-Total": str(len(items)), "X-WP-TotalPages": str(pages)}
    links = []
    if page > 1:
        links.append(f'<{rest.sandbox.url(rest.call.path)}?page={page - 1}>; rel="prev"')
    if page < pages:
        links.append(f'<{rest.sandbox.url(rest.call.path)}?page={page + 1}>; rel="next"')
    if links:
        headers["Link"] = ", ".join(links)
    return JSONResponse([show(item) for item in chosen if readable(item)], headers=headers)


def _number(rest: Rest, name: str, default: int, largest: int) -> int:
    text = rest.call.text(name, str(default))
    if not text.isdigit():
        raise invalid_param(name, f"{name} is not of type integer.", "rest_invalid_type")
    if not 1 <= int(text) <= largest:
        message = f"{name} must be between 1 (inclusive) and {largest} (inclusive)"
        raise invalid_param(name, message, "rest_out_of_bounds")
    return int(text)


def slugify(text: str) -> str:
    """As WordPress makes a slug from a title: small letters, digits and dashes.

    From an ampersand to the next semicolon everything goes, as in core.
    """
    text = re.sub(r"&.+?;", "", re.sub(r"<[^>]*>", "", text))
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[.\s/_]+", "-", plain.lower())
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "", plain)).strip("-")[:200]


def comma_list(value: Any) -> list[str]:
    """A list sent as JSON or as text with commas."""
    if value is None or value == "":
        return []
    return [str(v) for v in value] if isinstance(value, list) else [v.strip() for v in str(value).split(",")]


def indexed_list(call: Call, name: str) -> list[str]:
    """As `comma_list`, and also `name[]=…` and `name[0]=…` of forms and queries."""
    indexed = [value for key, value in call.params.items() if re.fullmatch(rf"{name}\[\d*\]", key)]
    return [str(v) for v in indexed] or comma_list(call.params.get(name))


# -- the site itself, users ----------------------------------------------------------------------------------


@route("GET", "")
def index(rest: Rest) -> Response:
    site = rest.sandbox.url("/web")
    return JSONResponse(
        {
            "name": SITE_NAME,
            "description": SITE_DESCRIPTION,
            "url": site,
            "home": site,
            "site_icon_url": "",
            "gmt_offset": 7,
            "timezone_string": "Asia/Jakarta",
            "namespaces": ["oembed/1.0", "wp/v2"],
            "authentication": {
                "application-passwords": {
                    "endpoints": {"authorization": f"{site}/wp-admin/authorize-application.php"}
                }
            },
            "routes": {},
        }
    )


def _show_user(rest: Rest, user: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": user["id"],
        "name": user["name"],
        "url": "",
        "description": "",
        "link": rest.sandbox.url(f"/web/author/{user['login']}/"),
        "slug": user["login"],
        "avatar_urls": dict.fromkeys(("24", "48", "96"), rest.sandbox.url("/avatar.svg")),
        "meta": [],
    }
    if rest.context == "edit":
        shown.update(
            username=user["login"], email=f"{user['login']}@contoh.invalid", roles=[user["role"]],
            capabilities=wordpress_users.capabilities(user), extra_capabilities={user["role"]: True},
            first_name="", last_name="", nickname=user["login"], locale="id_ID",
            registered_date="2026-01-05T01:00:00+00:00", meta={"persisted_preferences": []},
        )  # fmt: skip
    return shown


@route("GET", "/wp/v2/users/me")
def me(rest: Rest) -> Response:
    if rest.user is None:
        raise WordPressError(401, "rest_not_logged_in", "You are not currently logged in.")
    return JSONResponse(_show_user(rest, rest.user))
