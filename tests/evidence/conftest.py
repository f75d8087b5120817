"""A small website on this machine, with pages that behave well and badly."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest
from filled_cycle import fill
from PIL import Image

from local_server import serving
from medsos.evidence.archive import Archive

SLOW_SECONDS = 1.5


def square(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (300, 200), colour).save(target, "PNG")
    return target.getvalue()


def html(body: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><body style='margin:0'>{body}".encode()


LATE = (
    "<script>setTimeout(() => { const i = new Image(); i.src = '/slow.png'; document.body.prepend(i) }, 300)"
    "</script>"
)
MOVED = {"/moved": "/post", "/wall": "/accounts/login/?next=/wall"}
PAGES: dict[str, tuple[int, str, bytes]] = {
    "/red.png": (200, "image/png", square("#ff0000")),
    "/slow.png": (200, "image/png", square("#0000ff")),
    "/text.png": (200, "image/png", b"not a picture"),
    "/post": (200, "text/html", html("<h1>Postingan</h1><img src=/red.png>")),
    "/slow": (200, "text/html", html("<img style='display:block' src=/slow.png>")),
    "/late": (200, "text/html", html(LATE)),
    "/lazy": (200, "text/html", html("<div style='height:3000px'></div><img loading=lazy src=/slow.png>")),
    "/broken": (200, "text/html", html("<img src=/missing.png?token=rahasia>")),
    "/damaged": (200, "text/html", html("<img src=/text.png>")),
    "/hidden": (200, "text/html", html("<img src=/red.png><img style='display:none' src=/missing.png>")),
    "/never": (200, "text/html", html("<img src=/hang.png>")),
    "/poster": (200, "text/html", html("<video poster=/red.png src=/missing.mp4></video>")),
    "/video": (200, "text/html", html("<video src=/missing.mp4 width=300 height=200></video>")),
    "/endless": (200, "text/html", html("<div style='height:60000px;background:#eee'></div>")),
    "/members": (403, "text/html", html("Khusus anggota")),
    "/refused": (401, "text/html", b""),
    "/accounts/login/": (200, "text/html", html("<h1>Masuk</h1>")),
    "/covered": (200, "text/html", html("<h1>Postingan</h1><form><input type=password></form>")),
    "/uncovered": (200, "text/html", html("<h1>Postingan</h1><input type=password style='display:none'>")),
    "/login/tips-aman": (200, "text/html", html("<h1>Postingan</h1><img src=/red.png>")),
    "/empty": (404, "text/html", b""),
    "/gone": (404, "text/html", html("Tidak ada")),
    "/down": (503, "text/html", html("Gangguan")),
    "/where": (
        200,
        "text/html",
        html(
            "<p id=p></p><script>p.textContent = navigator.language + ' ' + "
            "Intl.DateTimeFormat().resolvedOptions().timeZone</script>"
        ),
    ),
}


class _Handler(BaseHTTPRequestHandler):
    released = threading.Event()
    """Set when `/hang.png` need not hang any longer."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path in MOVED:
            self.send_response(302)
            self.send_header("Location", MOVED[path])
            self.end_headers()
            return
        if path == "/slow.png":
            time.sleep(SLOW_SECONDS)
        if path == "/hang.png":
            self.released.wait(30)
            return
        status, media_type, body = PAGES.get(path, (404, "text/plain", b""))
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def website() -> Iterator[str]:
    """Address of the website, without a slash at the end."""
    with serving(_Handler) as address:
        yield address
        _Handler.released.set()


@pytest.fixture
def filled(home: Path) -> Archive:
    """The archive with cycle 1 in it: a material, a design, a proof, a link page and a report."""
    archive = Archive(home / "archive")
    assert fill(archive) == 1
    return archive
