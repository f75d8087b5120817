"""Stands before every request to an imitated API: faults, rate windows, the ledger of requests.

The ledger keeps method, path, harmless query parameters and status, never a secret.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from starlette.types import Message, Receive, Scope, Send

from medsos.sandbox import accounts, faults, rates
from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document
from medsos.sandbox.wire import PROCESSING_FAULT

API_PREFIXES = (
    "/graph/", "/graph-video/", "/instagram-graph/", "/rupload/", "/x/", "/tiktok/", "/tiktok-upload/",
    "/web/wp-json",
)  # fmt: skip
TRANSPORT = "medsos.sandbox.transport"
# Answers that the platform never made carry none of its rate headers.
_UNTOUCHED = ("status", "process_then_status")
_NOT_COUNTED = ("status", "drop_before")
# How much of a body the `match` of a fault is searched in, bytes.
_MATCHED_BYTES = 1 << 16
_SECRET_WORDS = ("token", "secret", "proof", "password", "code_verifier")

App = Callable[[Scope, Receive, Send], Awaitable[None]]


def is_api(scope: Scope) -> bool:
    """Whether a request goes to an imitated API, not to a page or the inspection."""
    rest = b"rest_route=" in scope["query_string"]
    site = scope["path"].rstrip("/") in ("/web", "/web/index.php")
    return str(scope["path"]).startswith(API_PREFIXES) or (site and rest)


def _matched_path(scope: Scope) -> str:
    """The path that faults are aimed at: `?rest_route=/x` is the same as `/web/wp-json/x`."""
    routes = parse_qs(scope["query_string"].decode("latin-1")).get("rest_route")
    return f"/web/wp-json{routes[-1]}" if routes else str(scope["path"])


def harmless_query(query: bytes) -> str:
    """The query without values of secret parameters."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(k, "…" if any(word in k.lower() for word in _SECRET_WORDS) else v) for k, v in pairs])


class Answer:
    """An answer held back before it goes out."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    @classmethod
    def of(cls, fault: dict[str, Any]) -> Answer:
        """The answer that a fault or a preset describes."""
        answer = cls()
        answer.status = int(fault["status"])
        body = fault.get("body", "")
        answer.body = (body if isinstance(body, str) else json.dumps(body)).encode()
        headers = {k.lower(): _moments(str(v)) for k, v in (fault.get("headers") or {}).items()}
        headers.setdefault("content-type", "text/html" if isinstance(body, str) else "application/json")
        headers["content-length"] = str(len(answer.body))
        answer.headers = [(k.encode(), v.encode()) for k, v in headers.items()]
        return answer

    async def send(self, send: Send, *, half: bool = False) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        body = self.body[: len(self.body) // 2] if half else self.body
        await send({"type": "http.response.body", "body": body, "more_body": half})


class Gate:
    """Wraps the application; one per sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_api(scope):
            await app(scope, receive, send)
            return
        state = self._sandbox.state
        method, path, began = scope["method"], scope["path"], state.time()
        fault, receive = await self._fault(scope, receive)
        kind = fault["kind"] if fault else ""
        verdict = rates.Verdict({}) if kind in _NOT_COUNTED else rates.check(state, method, path)
        status: list[int] = []

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
                extra = [(k.encode(), v.encode()) for k, v in verdict.headers.items()]
                if kind not in _UNTOUCHED:
                    names = {name for name, _ in extra}
                    message["headers"] = [h for h in message["headers"] if h[0] not in names] + extra
            await send(message)

        try:
            if verdict.refusal and not fault:
                await Answer.of(verdict.refusal).send(watched)
            elif fault:
                await self._with_fault(fault, app, scope, receive, watched)
            else:
                await app(scope, receive, watched)
        finally:
            query = harmless_query(scope["query_string"])
            state.log_request(began, method, path, query, status[0] if status else None, kind or None)

    async def _fault(self, scope: Scope, receive: Receive) -> tuple[Document | None, Receive]:
        """The fault that hits this request, and where to go on reading it."""
        state = self._sandbox.state
        waiting = faults.waiting(state)
        if not waiting:
            return None, receive
        body = b""
        if any(fault["match"] for fault in waiting):
            body, receive = await _read_ahead(receive)
            waiting = faults.waiting(state)
        with state.transaction():
            path = _matched_path(scope)
            fault = faults.take(state, waiting, scope["method"], path, lambda: _content(scope, body))
            return fault, receive

    async def _with_fault(
        self, fault: Document, app: App, scope: Scope, receive: Receive, send: Send
    ) -> None:
        kind, seconds = fault["kind"], float(fault["seconds"])
        if kind == "drop_before":
            await _read_to_end(receive)
            await _drop(scope)
            return
        if kind == "status":
            await _read_to_end(receive)
            await Answer.of(fault).send(send)
            return
        if kind == "slow":
            await asyncio.sleep(seconds)
        if kind == "expire_token":
            accounts.expire_token(self._sandbox.state, accounts.platform_of(scope["path"]))
        if kind == "fail_processing":
            scope.setdefault("extensions", {})[PROCESSING_FAULT] = fault["reason"]
        if kind in ("slow", "expire_token", "fail_processing"):
            await app(scope, receive, send)
            return
        held = Answer()
        await app(scope, receive, held.take)
        if kind == "process_then_status":
            await Answer.of(fault).send(send)
        elif kind == "process_then_slow":
            await asyncio.sleep(seconds)
            await held.send(send)
        elif kind == "wrong_type":
            kept = [header for header in held.headers if header[0] != b"content-type"]
            held.headers = [*kept, (b"content-type", str(fault["content_type"]).encode())]
            await held.send(send)
        elif kind == "truncated":
            await held.send(send, half=True)
            await _drop(scope, abort=False)
        else:
            await _drop(scope)


def _moments(value: str) -> str:
    """Fill in `{now+120}` and `{date+120}` of a header."""
    now = time.time()
    value = re.sub(r"\{now\+(\d+)\}", lambda found: str(int(now) + int(found[1])), value)
    return re.sub(r"\{date\+(\d+)\}", lambda found: formatdate(now + int(found[1]), usegmt=True), value)


def _content(scope: Scope, body: bytes) -> str:
    headers = b"".join(name + b": " + value + b"\n" for name, value in scope["headers"])
    return (scope["query_string"] + b"\n" + headers + body[:_MATCHED_BYTES]).decode("latin-1")


async def _read_ahead(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a `receive` that gives it once more."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    again: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]
    if message["type"] == "http.disconnect":
        again = [message]

    async def replayed() -> Message:
        return again.pop() if again else await receive()

    return bytes(body), replayed


async def _read_to_end(receive: Receive) -> None:
    """Let the client send everything, so that it cannot tell where the request was lost."""
    while (await receive()).get("more_body"):
        pass


async def _drop(scope: Scope, *, abort: bool = True) -> None:
    transport = scope["extensions"][TRANSPORT]
    if abort:
        transport.abort()
    else:
        transport.close()
    # The server notices the closed connection in its next turn.
    await asyncio.sleep(0.05)
