"""What can be made to go wrong with the next requests (platform contract, section 9, point 7).

A fault names the requests it hits (`method`, and a regular expression searched in the path), how many of them
(`times`, after letting `skip` pass), and its `kind`:

| kind | the platform … |
| --- | --- |
| `drop_before` | never sees the request; the connection breaks |
| `process_then_drop` | does the work, then the connection breaks without an answer |
| `status` | does nothing and answers `status`, `headers`, `body` |
| `process_then_status` | does the work and answers `status`, `headers`, `body` all the same |
| `slow` | waits `seconds`, then works and answers |
| `process_then_slow` | works, and answers only after `seconds` |
| `truncated` | works, and the connection breaks in the middle of the answer |

`preset` fills in `status`, `headers` and `body` with an answer of a platform from `PRESETS`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from medsos.sandbox.state import Document, State

KINDS = (
    "drop_before",
    "process_then_drop",
    "status",
    "process_then_status",
    "slow",
    "process_then_slow",
    "truncated",
)
_KEYS = {"kind", "method", "path", "times", "skip", "status", "headers", "body", "seconds", "preset"}


def _graph(code: int, message: str, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Alatihan", **more}
    if subcode is not None:
        error["error_subcode"] = subcode
    return {"status": more.pop("http", 400), "body": {"error": error}}


def _x(status: int, title: str, detail: str, problem: str = "about:blank", **headers: str) -> dict[str, Any]:
    kind = problem if problem == "about:blank" else f"https://api.twitter.com/2/problems/{problem}"
    body = {"title": title, "detail": detail, "type": kind, "status": status}
    return {"status": status, "body": body, "headers": headers}


def _tiktok(status: int, code: str) -> dict[str, Any]:
    error = {"code": code, "message": code.replace("_", " "), "log_id": "20261101000000LATIHAN"}
    return {"status": status, "body": {"data": {}, "error": error}}


_HTML = {"content-type": "text/html"}
_PAGE = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>"
_USAGE = {"104589211773650": [{"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25,
                               "estimated_time_to_regain_access": 2}]}  # fmt: skip

PRESETS: dict[str, dict[str, Any]] = {
    # Any platform (sections 2.6 and 5.8).
    "html_503": {"status": 503, "body": _PAGE, "headers": _HTML},
    "html_502": {"status": 502, "body": _PAGE.replace("503", "502"), "headers": _HTML},
    "html_200": {"status": 200, "body": "<html>OK</html>", "headers": _HTML},
    "empty_200": {"status": 200, "body": ""},
    "http_500": {"status": 500, "body": {"error": "internal"}},
    "retry_after_429": {"status": 429, "body": "", "headers": {"retry-after": "120"}},
    "bare_429": {"status": 429, "body": ""},
    # Graph (sections 3.7 and 4.7).
    "graph_1": _graph(1, "An unknown error occurred", is_transient=True),
    "graph_2": _graph(2, "Service temporarily unavailable", is_transient=True),
    "graph_4": _graph(4, "(#4) Application request limit reached", is_transient=True),
    "graph_80001": {**_graph(80001, "(#80001) There have been too many calls to this Page account."),
                    "headers": {"x-business-use-case-usage": json.dumps(_USAGE)}},
    "graph_190": _graph(190, "Error validating access token: Session has expired", 463),
    "graph_200": _graph(200, "(#200) Permissions error"),
    "graph_368": _graph(368, "The action attempted has been deemed abusive", 1390008),
    "graph_506": _graph(506, "(#506) Duplicate status message", 1455006),
    "graph_200_with_error": {**_graph(1, "An unknown error occurred"), "status": 200},
    "instagram_not_ready": _graph(9007, "Media ID is not available", 2207027),
    "instagram_server_error": _graph(-1, "Instagram server error", 2207001, is_transient=True),
    "instagram_limit": _graph(9, "You reached the maximum number of posts", 2207042),
    # X (section 5.8).
    "x_401": _x(401, "Unauthorized", "Unauthorized"),
    "x_402": _x(402, "CreditsDepleted", "Your account has no credits left.", "credits"),
    "x_403_duplicate": _x(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    "x_429": _x(429, "Too Many Requests", "Too Many Requests", **{"x-rate-limit-remaining": "0"}),
    "x_503": _x(503, "Service Unavailable", "Service Unavailable"),
    # TikTok (section 6.9).
    "tiktok_401": _tiktok(401, "access_token_invalid"),
    "tiktok_429": _tiktok(429, "rate_limit_exceeded"),
    "tiktok_500": _tiktok(500, "internal_error"),
    "tiktok_spam": _tiktok(403, "spam_risk_too_many_posts"),
    # WordPress (section 2.6).
    "wordpress_401": {"status": 401, "body": {"code": "rest_not_logged_in", "data": {"status": 401},
                                              "message": "You are not currently logged in."}},
    "wordpress_500": {"status": 500, "body": {"code": "db_insert_error", "data": {"status": 500},
                                              "message": "Could not insert post into the database."}},
}  # fmt: skip


def checked(fault: Any) -> Document:
    """A fault as it is stored.

    :raises ValueError: it could never do what it says.
    """
    if not isinstance(fault, dict) or set(fault) - _KEYS:
        raise ValueError(f"A fault has the keys {', '.join(sorted(_KEYS))}")
    preset = fault.get("preset")
    if preset is not None and preset not in PRESETS:
        raise ValueError(f"Unknown preset; known are {', '.join(PRESETS)}")
    full = {"kind": "status", "method": "", "path": "", "times": 1, "skip": 0, "status": 500, "headers": {},
            "body": "", "seconds": 0.0, **PRESETS.get(preset or "", {}), **fault}  # fmt: skip
    if full["kind"] not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    try:
        re.compile(full["path"])
    except re.error as error:
        raise ValueError(f"path is no regular expression: {error}") from error
    return full


def add(state: State, fault: Document) -> Document:
    number = str(state.next_number("fault"))
    return state.put("fault", number, {"id": number, **fault})


def take(state: State, method: str, path: str) -> Document | None:
    """The oldest fault that hits this request; counts it down. `times` below 0 means for ever."""
    with state.transaction():
        for fault in reversed(state.all("fault")):
            if fault["method"] not in ("", method) or not re.search(fault["path"], path):
                continue
            if fault["skip"] > 0:
                state.update("fault", fault["id"], skip=fault["skip"] - 1)
                continue
            if fault["times"] == 1:
                state.delete("fault", fault["id"])
            elif fault["times"] > 1:
                state.update("fault", fault["id"], times=fault["times"] - 1)
            return fault
    return None
