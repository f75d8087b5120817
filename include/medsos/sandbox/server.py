"""Runs the sandbox as a process: `python -m medsos.sandbox --port 8091 --state DIR`."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from medsos.sandbox.app import create_app
from medsos.sandbox.gate import TRANSPORT

DEFAULT_PORT = 8091


class DroppableProtocol(H11Protocol):
    """HTTP that hands its connection to the application, so that a fault can break it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = self.transport
            await served(scope, receive, send)

        self.app = with_transport


def serve(host: str, port: int, state_dir: Path, base_url: str | None = None, smtp_port: int = 0) -> None:
    """Serve until stopped. Prints one JSON line `{"url": …}` as soon as the address is taken.

    :param port: 0 picks a free one.
    :param smtp_port: of the mailbox; 0 picks the one it had last, or a free one.
    :param base_url: address that stands in permalinks, if it is not `http://host:port`.
    :raises OSError: the port is taken.
    """
    listener = listen(host, port)
    url = base_url or f"http://{host}:{listener.getsockname()[1]}"
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()
    make_server(state_dir, url, listen_for_mail(host, smtp_port, state_dir)).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Take the address at once, so that nobody else can between choosing and serving."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def listen_for_mail(host: str, port: int, state_dir: Path) -> socket.socket:
    """As `listen`; with port 0 the port stays the same over restarts, because connections hold it."""
    memory = state_dir / "porta-surat"
    last = int(memory.read_text()) if not port and memory.is_file() else 0
    try:
        listener = listen(host, port or last)
    except OSError:
        if port or not last:
            raise
        listener = listen(host, 0)
    state_dir.mkdir(parents=True, exist_ok=True)
    memory.write_text(str(listener.getsockname()[1]))
    return listener


def make_server(state_dir: Path, base_url: str, mail_listener: socket.socket | None = None) -> uvicorn.Server:
    """The server for sockets that are already listening."""
    config = uvicorn.Config(
        create_app(state_dir, base_url, mail_listener), http=DroppableProtocol, log_level="warning",
        access_log=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    return uvicorn.Server(config)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m medsos.sandbox", description="Lima platform latihan")
    parser.add_argument("--host", default="127.0.0.1", help="alamat yang didengarkan (bawaan: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="nomor porta; 0 memilih yang bebas")
    parser.add_argument(
        "--smtp-port", type=int, default=0, help="porta kotak surat; 0: yang lalu atau yang bebas"
    )
    parser.add_argument("--state", type=Path, required=True, help="folder penyimpanan")
    parser.add_argument("--base-url", help="alamat yang tampak pada tautan, bila berbeda")
    options = parser.parse_args(arguments)
    serve(options.host, options.port, options.state, options.base_url, options.smtp_port)
