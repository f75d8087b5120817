"""The Graph host that Facebook and Instagram share: versions, nodes, edges, batches.

The platforms register their handlers here with `edge`; a node is found by its id (platform contract,
section 3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.graph.errors import GraphError, invalid, missing
from medsos.sandbox.graph.tokens import identify, token_of
from medsos.sandbox.wire import Call, ReadCall

DEFAULT_VERSION = "v26.0"
BATCH_SIZE = 50
IDS = 50
_VERSION = re.compile(r"^v[1-9]\d?\.\d$")
_METHODS = ["GET", "HEAD", "POST", "DELETE"]


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

    @property
    def token(self) -> str:
        return token_of(self.call)

    def need(self, name: str) -> str:
        value = self.call.text(name)
        if not value:
            raise invalid(f"The parameter {name} is required.")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number not below 0; required when there is no default."""
        text = self.need(name) if default is None else self.call.text(name) or str(default)
        if not text.isdigit():
            raise invalid(f"Param {name} must be an integer not below 0")
        return int(text)

    def need_page_token(self) -> None:
        """:raises GraphError: another kind of token, or one without the permission to publish."""
        if self.identity != "page" or "pages_manage_posts" in self._lacking:
            raise GraphError(
                200,
                "(#200) The permission(s) pages_manage_posts are not available with this token. "
                "A page access token is required.",
                status=403,
            )

    def need_permission(self, *names: str) -> None:
        """:raises GraphError: the settings say that the token lacks one of the permissions."""
        for name in names:
            if name in self._lacking:
                raise GraphError(10, f"(#10) This endpoint requires the '{name}' permission", status=403)

    @property
    def _lacking(self) -> list[str]:
        return list(self.sandbox.state.setting("meta_missing_permissions"))


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
        accounts.FACEBOOK["app_id"]: "app",
        accounts.INSTAGRAM["user_id"]: "ig_user",
    }
    if id_ in fixed:
        return fixed[id_]
    return next((node for kind, node in _NODE_KINDS if sandbox.state.get(kind, id_)), None)


# -- dispatch ------------------------------------------------------------------------------------------------

# What is asked without a token.
_NO_TOKEN = ("oauth/access_token", "refresh_access_token", "access_token")

router = APIRouter()


def _handle(call: Call, host: str, path: str) -> Response:
    parts = [part for part in path.split("/") if part]
    version = DEFAULT_VERSION
    try:
        if parts and re.match(r"^v\d", parts[0]):
            version = parts.pop(0)
            if not _VERSION.match(version):
                version = DEFAULT_VERSION
                raise GraphError(2635, f"(#2635) '{path.split('/')[0]}' is not a valid Graph API version.")
        body = _body(call, host, version, parts)
    except GraphError as error:
        answer = error.response()
        if error.body["error"]["code"] == 190:
            told = f'"{error.body["error"]["message"]}"'
            answer.headers["www-authenticate"] = f'OAuth "Facebook Platform" "invalid_token" {told}'
    else:
        answer = JSONResponse(body)
    answer.headers.update({
        "facebook-api-version": version, "x-fb-trace-id": ids.trace_id(), "x-fb-request-id": ids.trace_id(),
    })  # fmt: skip
    return answer


def _body(call: Call, host: str, version: str, parts: list[str]) -> Any:
    joined = "/".join(parts)
    if joined in _NO_TOKEN:
        graph = Graph(call, host, version, "none")
        return _find(graph, "root", joined)(graph)
    if not parts and call.structure("batch") is not None:
        return _batch(call, host, version)
    graph = Graph(call, host, version, identify(call, host))
    if joined == "debug_token":
        return _find(graph, "root", joined)(graph)
    if not parts and call.text("ids"):
        wanted = call.text("ids").split(",")
        if len(wanted) > IDS:
            raise invalid(f"Too many IDs. Maximum: {IDS}")
        return {id_: _at_node(Graph(call, host, version, graph.identity), [id_]) for id_ in wanted}
    if not parts or len(parts) > 2:
        raise GraphError(2500, f"Unknown path components: /{joined}")
    return _at_node(graph, parts)


def _at_node(graph: Graph, parts: list[str]) -> dict[str, Any]:
    graph.node_id = _resolve_me(graph) if parts[0] == "me" else parts[0]
    node = _node_type(graph.sandbox, graph.node_id)
    if node is None:
        raise missing(graph.node_id, graph.call.method.lower())
    return _find(graph, node, parts[1] if len(parts) == 2 else "")(graph)


def _resolve_me(graph: Graph) -> str:
    return {
        "page": accounts.FACEBOOK["page_id"],
        "user": accounts.FACEBOOK["user_id"],
        "app": accounts.FACEBOOK["app_id"],
        "ig_login": accounts.INSTAGRAM["user_id"],
    }[graph.identity]


def _find(graph: Graph, node: str, name: str) -> Handler:
    # Real clients may tunnel a method through POST.
    method = "GET" if graph.call.method == "HEAD" else graph.call.method
    tunnelled = graph.call.text("method").upper()
    method = tunnelled if method == "POST" and tunnelled in ("GET", "DELETE") else method
    handler = _EDGES.get((method, node, name))
    if handler is None and name:
        raise GraphError(2500, f"Unknown path components: /{name}")
    if handler is None:
        raise missing(graph.node_id, method.lower())
    return handler


def _batch(call: Call, host: str, version: str) -> list[dict[str, Any]]:
    """Several requests in one, each with an answer of its own."""
    entries = call.structure("batch")
    if not isinstance(entries, list) or not 1 <= len(entries) <= BATCH_SIZE:
        raise invalid(f"batch must be a list of 1 to {BATCH_SIZE} requests")
    return [_batch_answer(call, host, version, entry) for entry in entries]


def _batch_answer(call: Call, host: str, version: str, entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("relative_url"), str):
        raise invalid("Each request of a batch needs method and relative_url")
    path, _, query = entry["relative_url"].partition("?")
    inherited = {name: call.text(name) for name in ("access_token", "appsecret_proof") if call.text(name)}
    names = [name.strip() for name in str(entry.get("attached_files") or "").split(",")]
    attached = [("source", call.files[name]) for name in names if name in call.files]
    part = Call(
        call.sandbox, str(entry.get("method", "GET")).upper(), call.path, call.headers,
        query={**inherited, **dict(parse_qsl(query, keep_blank_values=True))}, body=b"",
        form=dict(parse_qsl(str(entry.get("body") or ""), keep_blank_values=True)),
        files=dict(attached),
    )  # fmt: skip
    parts = [piece for piece in path.split("/") if piece]
    if parts and _VERSION.match(parts[0]):
        parts = parts[1:]
    try:
        code, body = 200, _body(part, host, version, parts)
    except GraphError as error:
        code, body = error.status, error.body
    return {"code": code, "headers": [{"name": "Content-Type", "value": "application/json"}],
            "body": json.dumps(body)}  # fmt: skip


@router.api_route("/graph", methods=_METHODS)
@router.api_route("/graph/{path:path}", methods=_METHODS)
def graph_host(call: ReadCall, path: str = "") -> Response:
    return _handle(call, "graph", path)


@router.api_route("/graph-video/{path:path}", methods=_METHODS)
def graph_video_host(call: ReadCall, path: str) -> Response:
    return _handle(call, "graph-video", path)


@router.api_route("/instagram-graph/{path:path}", methods=_METHODS)
def instagram_host(call: ReadCall, path: str) -> Response:
    return _handle(call, "instagram-graph", path)
