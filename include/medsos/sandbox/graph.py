"""The Graph host that Facebook and Instagram share: versions, tokens, errors, nodes, edges and fields.

The platforms register their handlers here with `edge`; a node is found by its id (platform contract,
section 3).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.graph_errors import GraphError, invalid, missing
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall

DEFAULT_VERSION = "v26.0"
_VERSION = re.compile(r"^v[1-9]\d?\.\d$")
_METHODS = ["GET", "POST", "DELETE"]


@dataclass
class Graph:
    """One Graph request: who asks (`identity`: page, user, app or ig_login), where, about which node."""

    call: Call
    host: str
    version: str
    identity: str
    node_id: str = ""

    @property
    def sandbox(self) -> Sandbox:
        return self.call.sandbox

    def need(self, name: str) -> str:
        value = self.call.text(name)
        if not value:
            raise invalid(f"The parameter {name} is required.")
        return value


Handler = Callable[[Graph], dict[str, Any]]
_EDGES: dict[tuple[str, str, str], Handler] = {}
_NODE_KINDS: list[tuple[str, str]] = []


def edge(method: str, node: str, name: str = "") -> Callable[[Handler], Handler]:
    """Register the handler of `method /{node}/{name}`; an empty name stands for the node itself."""

    def register(handler: Handler) -> Handler:
        _EDGES[method, node, name] = handler
        return handler

    return register


def documents_are_nodes(kind: str, node: str) -> None:
    """Let documents of `kind` be found by id as nodes of the type `node`."""
    _NODE_KINDS.append((kind, node))


def _node_type(sandbox: Sandbox, id_: str) -> str | None:
    fixed = {
        accounts.FACEBOOK["page_id"]: "page",
        accounts.FACEBOOK["user_id"]: "user",
        accounts.INSTAGRAM["user_id"]: "ig_user",
    }
    if id_ in fixed:
        return fixed[id_]
    return next((node for kind, node in _NODE_KINDS if sandbox.state.get(kind, id_)), None)


# -- tokens --------------------------------------------------------------------------------------------------


def _cannot_parse() -> GraphError:
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def identify(call: Call, host: str) -> str:
    """Whose token this is (sections 3.1 and 4.1).

    :raises GraphError: no token, a wrong one, one of the other host, a dead one, a wrong `appsecret_proof`.
    """
    token = call.bearer or call.text("access_token")
    if not token:
        raise GraphError(
            2500, "An active access token must be used to query information about the current user."
        )
    if host == "instagram-graph":
        return _identify_login_token(call.sandbox, token)
    app_token = f"{accounts.FACEBOOK['app_id']}|{accounts.FACEBOOK['app_secret']}"
    known = {
        accounts.FACEBOOK["page_token"]: "page",
        accounts.FACEBOOK["user_token"]: "user",
        app_token: "app",
    }
    if token not in known:
        raise _cannot_parse()
    ends = float(call.sandbox.state.setting("meta_token_expires_at"))
    if ends and ends <= call.sandbox.state.time() and known[token] != "app":
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    _check_proof(call, token)
    return known[token]


def _identify_login_token(sandbox: Sandbox, token: str) -> str:
    pair = sandbox.state.get("access_token:instagram", token)
    if pair is None:
        raise _cannot_parse()
    if pair["expires_at"] <= sandbox.state.time():
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    return "ig_login"


def _check_proof(call: Call, token: str) -> None:
    proof = call.text("appsecret_proof")
    if not proof and not call.sandbox.state.setting("facebook_require_appsecret_proof"):
        return
    expected = hmac.new(accounts.FACEBOOK["app_secret"].encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof, expected):
        raise GraphError(
            100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
        )


def need_page_token(graph: Graph) -> None:
    if graph.identity != "page":
        raise GraphError(
            200,
            "(#200) The permission(s) pages_manage_posts are not available with this token. "
            "A page access token is required.",
            status=403,
        )


def need_permission(graph: Graph, name: str) -> None:
    """:raises GraphError: the settings say that the token lacks the permission `name`."""
    if name in graph.sandbox.state.setting("meta_missing_permissions"):
        raise GraphError(10, f"(#10) This endpoint requires the '{name}' permission", status=403)


# -- fields and lists ----------------------------------------------------------------------------------------


def split_fields(fields: str) -> list[str]:
    """Top-level names of a `fields` parameter: `a,b{c,d},e.limit(0).summary(true)` gives a, b, e."""
    names, depth, current = [], 0, ""
    for char in fields + ",":
        if char == "," and depth == 0:
            if current.strip():
                names.append(re.split(r"[.{(]", current.strip())[0])
            current = ""
            continue
        depth += (char in "{(") - (char in "})")
        current += char
    return names


def names(graph: Graph, parameter: str) -> list[str]:
    """A list of names, written `a,b` or as a JSON list (section 3.2)."""
    given = graph.call.structure(parameter) or []
    parts = given if isinstance(given, list) else str(given).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def select(graph: Graph, node: dict[str, Any], default: tuple[str, ...], kind: str) -> dict[str, Any]:
    """Only the asked fields of `node`; None values are left out, unknown names are code 100."""
    names = split_fields(graph.call.text("fields")) or list(default)
    for name in names:
        if name not in node:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type ({kind})")
    chosen = {name: node[name] for name in names if node[name] is not None}
    return {**chosen, "id": node["id"]}


def graph_time(unix: float) -> str:
    """`2026-11-20T10:00:00+0000`."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parse_time(text: str) -> float:
    """Unix seconds from unix seconds or ISO 8601 text.

    :raises GraphError: neither.
    """
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        moment = datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text))
    except ValueError:
        raise invalid(f"'{text}' is not a valid timestamp") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def paged(
    graph: Graph, posts: list[Document], node: Callable[[Document], dict[str, Any]],
    default: tuple[str, ...], kind: str,
) -> dict[str, Any]:  # fmt: skip
    """A list with `since`, `until`, `limit` and an `after` cursor, newest first (section 3.5)."""
    params = graph.call.params
    if "since" in params:
        posts = [p for p in posts if p["created_at"] >= parse_time(graph.call.text("since"))]
    if "until" in params:
        posts = [p for p in posts if p["created_at"] <= parse_time(graph.call.text("until"))]
    after = graph.call.text("after")
    if after:
        position = next((i for i, p in enumerate(posts) if _cursor(p) == after), len(posts))
        posts = posts[position + 1 :]
    limit = min(int(graph.call.text("limit", "25") or 25), 100)
    page = posts[:limit]
    answer: dict[str, Any] = {"data": [select(graph, node(p), default, kind) for p in page]}
    if page:
        answer["paging"] = {"cursors": {"before": _cursor(page[0]), "after": _cursor(page[-1])}}
        if len(posts) > limit:
            base = graph.sandbox.url(graph.call.path)
            answer["paging"]["next"] = f"{base}?limit={limit}&after={_cursor(page[-1])}"
    return answer


def _cursor(post: Document) -> str:
    return hashlib.sha256(post["id"].encode()).hexdigest()[:32]


# -- dispatch ------------------------------------------------------------------------------------------------

router = APIRouter()


def _handle(call: Call, host: str, path: str) -> Response:
    parts = [part for part in path.split("/") if part]
    version = DEFAULT_VERSION
    if parts and re.match(r"^v\d", parts[0]):
        version = parts.pop(0)
        if not _VERSION.match(version):
            raise GraphError(2635, f"(#2635) '{version}' is not a valid Graph API version.")
    identityless = {"oauth/access_token", "refresh_access_token"}
    joined = "/".join(parts)
    if joined in identityless:
        graph = Graph(call, host, version, "none")
        return _answer(graph, _find(graph, call.method, "root", joined)(graph))
    graph = Graph(call, host, version, identify(call, host))
    if joined == "debug_token":
        return _answer(graph, _find(graph, call.method, "root", joined)(graph))
    if not parts or len(parts) > 2:
        raise GraphError(2500, f"Unknown path components: /{joined}")
    graph.node_id = _resolve_me(graph) if parts[0] == "me" else parts[0]
    node = _node_type(call.sandbox, graph.node_id)
    if node is None:
        raise missing(graph.node_id, call.method.lower())
    handler = _find(graph, call.method, node, parts[1] if len(parts) == 2 else "")
    return _answer(graph, handler(graph))


def _resolve_me(graph: Graph) -> str:
    return {
        "page": accounts.FACEBOOK["page_id"],
        "user": accounts.FACEBOOK["user_id"],
        "ig_login": accounts.INSTAGRAM["user_id"],
    }.get(graph.identity, "me")


def _find(graph: Graph, method: str, node: str, name: str) -> Handler:
    # Real clients may tunnel a method through POST.
    tunnelled = graph.call.text("method").upper()
    method = tunnelled if method == "POST" and tunnelled in ("GET", "DELETE") else method
    handler = _EDGES.get((method, node, name))
    if handler is None and name:
        raise GraphError(2500, f"Unknown path components: /{name}")
    if handler is None:
        raise missing(graph.node_id, method.lower())
    return handler


def _answer(graph: Graph, body: dict[str, Any]) -> Response:
    headers = {
        "facebook-api-version": graph.version,
        "x-fb-trace-id": ids.trace_id(),
    }
    return JSONResponse(body, headers=headers)


@router.api_route("/graph/{path:path}", methods=_METHODS)
def graph_host(call: ReadCall, path: str) -> Response:
    return _handle(call, "graph", path)


@router.api_route("/graph-video/{path:path}", methods=_METHODS)
def graph_video_host(call: ReadCall, path: str) -> Response:
    return _handle(call, "graph-video", path)


@router.api_route("/instagram-graph/{path:path}", methods=_METHODS)
def instagram_host(call: ReadCall, path: str) -> Response:
    return _handle(call, "instagram-graph", path)
