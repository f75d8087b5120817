"""A tiny HTTP server on a real socket that answers, hangs or breaks off as its script says."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from local_server import serving


@dataclass(frozen=True)
class Reply:
    """`how`: "answer", "close" (no answer), "reset", "hang" (longer than any test waits) or "truncate"."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"


@dataclass
class Script:
    """Replies in order; the last one is repeated. `seen` has what arrived."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def scripted_server() -> Iterator[Script]:
    script = Script()
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_call(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.seen.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "headers": dict(self.headers),
                    "body": body,
                    "connection": self.client_address,
                }
            )
            self.give(script.next())

        do_GET = do_POST = do_PUT = handle_one_call  # noqa: N815

        def give(self, reply: Reply) -> None:
            if reply.how == "hang":
                stopping.wait(30)
            if reply.how == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if reply.how in ("hang", "reset", "close"):
                self.close_connection = True
                self.connection.close()
                return
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            data = text.encode()
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) + (50 if reply.how == "truncate" else 0)))
            self.end_headers()
            self.wfile.write(data)
            if reply.how == "truncate":
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    with serving(Handler) as script.url:
        try:
            yield script
        finally:
            stopping.set()
