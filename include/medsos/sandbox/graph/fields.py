"""What a Graph answer shows: asked fields, times, pages of a list (platform contract, 3.2 to 3.6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from medsos.sandbox.graph.errors import invalid
from medsos.sandbox.state import Document
from medsos.sandbox.wire import with_query

if TYPE_CHECKING:
    from medsos.sandbox.graph.host import Graph

PAGE_SIZE, LARGEST_PAGE = 25, 100
_RELATIVE = re.compile(r"^\+?\s*(\d+)\s*(minute|hour|day|week)s?$")
_MODIFIER = re.compile(r"\.(\w+)\(([^()]*)\)")


@dataclass
class Field:
    """One name of a `fields` parameter: `likes.limit(0).summary(true){id}`."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inner: list[Field] = field(default_factory=list)


class Node(dict[str, Any]):
    """An object that another one points to: its id alone, unless names of its fields are asked for."""


def parse_fields(text: str) -> list[Field]:
    """The names of a `fields` parameter, with what stands behind each."""
    fields = []
    for part in _top_level(text):
        head, brace, inner = part.partition("{")
        name = re.split(r"[.(]", head)[0].strip()
        tail = inner.rpartition("}")
        modifiers = dict(_MODIFIER.findall(head + tail[2]))
        fields.append(Field(name, modifiers, parse_fields(tail[0]) if brace else []))
    return fields


def _top_level(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in text + ",":
        if char == "," and depth <= 0:
            if current.strip():
                parts.append(current.strip())
            current = ""
            continue
        depth += (char in "{(") - (char in "})")
        current += char
    return parts


def asked_fields(graph: Graph) -> list[Field]:
    given = graph.call.structure("fields")
    return parse_fields(",".join(map(str, given)) if isinstance(given, list) else str(given or ""))


def asks_for(graph: Graph, name: str) -> bool:
    return any(asked.name == name for asked in asked_fields(graph))


def select(graph: Graph, node: dict[str, Any], default: tuple[str, ...], kind: str) -> dict[str, Any]:
    """Only the asked fields of `node`; None values are left out, unknown names are code 100."""
    chosen = {}
    for asked in asked_fields(graph) or [Field(name) for name in default]:
        if asked.name not in node:
            raise invalid(f"Tried accessing nonexisting field ({asked.name}) on node type ({kind})")
        if node[asked.name] is not None:
            chosen[asked.name] = _cut(node[asked.name], asked)
    return {**chosen, "id": node["id"]}


def _cut(value: Any, asked: Field) -> Any:
    """A nested value as its modifiers and inner names ask for it."""
    if isinstance(value, list):
        return [_cut(item, asked) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        limit = asked.modifiers.get("limit", "")
        data = value["data"][: int(limit)] if limit.isdigit() else value["data"]
        cut = {**value, "data": [_cut(item, asked) for item in data]}
        if asked.modifiers.get("summary", "false") in ("false", "0"):
            cut.pop("summary", None)
        return cut
    if not asked.inner:
        return {"id": value["id"]} if isinstance(value, Node) else value
    kept = {
        inner.name: _cut(value[inner.name], inner)
        for inner in asked.inner
        if value.get(inner.name) is not None
    }
    return {**kept, "id": value["id"]} if "id" in value else kept


def names(graph: Graph, parameter: str) -> list[str]:
    """A list of names, written `a,b` or as a JSON list (section 3.2)."""
    given = graph.call.structure(parameter) or []
    parts = given if isinstance(given, list) else str(given).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


# -- times ---------------------------------------------------------------------------------------------------


def graph_time(unix: float) -> str:
    """`2026-11-20T10:00:00+0000`."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parse_time(text: str, now: float) -> float:
    """Unix seconds from unix seconds, ISO 8601 or the plain forms of strtotime (section 3.3).

    :raises GraphError: none of them.
    """
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    relative = _RELATIVE.match(text.lower())
    if relative:
        return now + timedelta(**{f"{relative[2]}s": int(relative[1])}).total_seconds()
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": now, "today": today.timestamp(), "tomorrow": today.timestamp() + 86400,
             "yesterday": today.timestamp() - 86400}  # fmt: skip
    if text.lower() in words:
        return words[text.lower()]
    try:
        # The zone may be glued on as +0700, or stand as a word.
        moment = datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text))
    except ValueError:
        raise invalid(f"'{text}' is not a valid timestamp") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


# -- lists ---------------------------------------------------------------------------------------------------


def paged(
    graph: Graph, posts: list[Document], node: Callable[[Document], dict[str, Any]],
    default: tuple[str, ...], kind: str,
) -> dict[str, Any]:  # fmt: skip
    """A list with `since`, `until`, `limit` and cursors, newest first (section 3.5)."""
    call, now = graph.call, graph.sandbox.state.time()
    if call.text("since"):
        since = parse_time(call.text("since"), now)
        posts = [post for post in posts if _made(post) >= since]
    if call.text("until"):
        until = parse_time(call.text("until"), now)
        posts = [post for post in posts if _made(post) <= until]
    limit = min(graph.number("limit", PAGE_SIZE), LARGEST_PAGE)
    first = 0
    if call.text("after"):
        first = _position(posts, call.text("after")) + 1
    elif call.text("before"):
        first = max(0, _position(posts, call.text("before")) - limit)
    page = posts[first : first + limit]
    answer: dict[str, Any] = {"data": [select(graph, node(post), default, kind) for post in page]}
    if page:
        before, after = _cursor(page[0]), _cursor(page[-1])
        answer["paging"] = {"cursors": {"before": before, "after": after}}
        if first + limit < len(posts):
            answer["paging"]["next"] = _link(graph, limit, after=after)
        if first:
            answer["paging"]["previous"] = _link(graph, limit, before=before)
    return answer


def _made(post: Document) -> float:
    return float(post["visible_at"] if "visible_at" in post else post["created_at"])


def _position(posts: list[Document], cursor: str) -> int:
    found = next((at for at, post in enumerate(posts) if _cursor(post) == cursor), None)
    if found is None:
        raise invalid("Invalid cursors values")
    return found


def _cursor(post: Document) -> str:
    return hashlib.sha256(post["id"].encode()).hexdigest()[:32]


def _link(graph: Graph, limit: int, **cursor: str) -> str:
    """The whole address of another page, token included, as Graph gives it."""
    kept = {name: value for name, value in graph.call.query.items() if name not in ("after", "before")}
    query = {**kept, "access_token": graph.token, "limit": str(limit), **cursor}
    return with_query(graph.sandbox.url(graph.call.path), query)
