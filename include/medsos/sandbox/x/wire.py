"""X's problem documents, and what a query may hold (platform contract, sections 5.3 and 5.8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response

from medsos.sandbox import ids
from medsos.sandbox.wire import Call, PlatformError

# Section 5.8: both hosts occur; the newer specification, and clients made from it, know only this one.
PROBLEMS = "https://api.x.com/2/problems"
# Section 5.2.
ID = re.compile(r"^[0-9]{1,19}$")
# What every reading endpoint takes; `post.fields` is the newer word for `tweet.fields` (section 5.3).
FIELD_PARAMETERS = ("tweet.fields", "post.fields", "expansions", "media.fields", "poll.fields", "user.fields",
                    "place.fields")  # fmt: skip


class XError(PlatformError):
    """A problem document."""

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


def forbidden(detail: str) -> XError:
    return XError(403, "Forbidden", detail)


def invalid_request(message: str, **parameters: Any) -> XError:
    shown = {name: [str(value)] for name, value in parameters.items()}
    return XError(
        400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request",
        [{"parameters": shown, "message": message}],
    )  # fmt: skip


def not_found(parameter: str, value: str, kind: str = "tweet") -> dict[str, Any]:
    """An entry of `errors` in an answer that is otherwise a success (section 5.6)."""
    return {
        "value": value, "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "resource_type": kind, "parameter": parameter, "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }  # fmt: skip


def answer(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"x-transaction-id": ids.trace_id()})


def only_known(call: Call, *names: str) -> None:
    """Refuse a query with a parameter that the endpoint does not have (section 9, point 2)."""
    for name in call.query:
        if name not in names:
            known = ",".join(names)
            raise invalid_request(
                f"The query parameter [{name}] is not one of [{known}]", **{name: call.query[name]}
            )


def checked_id(value: str, name: str = "id") -> str:
    if not ID.match(value):
        raise invalid_request(f"The `{name}` query parameter value [{value}] is not valid", **{name: value})
    return value


def number(call: Call, name: str, default: int, least: int, most: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid_request(
            f"The `{name}` query parameter value [{text}] is not between {least} and {most}", **{name: text}
        )
    return int(text)


def moment(call: Call, name: str) -> float | None:
    """Unix seconds of an RFC 3339 time in the query."""
    text = call.query.get(name)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_request(
            f"The `{name}` query parameter value [{text}] is not an RFC3339 time", **{name: text}
        ) from None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
