"""Public pages of a platform on this machine, as the training platforms have them: some answer, some not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from local_server import serving


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        walled = "anggota" in self.path
        self.send_response(302 if walled else 404 if "hilang" in self.path else 200)
        if walled:
            self.send_header("Location", "/login/")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815  the name that the server looks for


@contextmanager
def social_pages() -> Iterator[str]:
    """Address of the pages, without a slash at the end; whatever has “hilang” in its path is gone, and
    “anggota” is shown only to people who are logged in."""
    with serving(_Handler) as address:
        yield address
