"""A website as the contract tests see it: the sandbox's or a real WordPress, reached over HTTP alone."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

from builders import media_of
from local_server import serving
from medsos.channels.base import Committed, Media, Post
from medsos.channels.wordpress.api import WordPressSettings
from medsos.channels.wordpress.client import WordPressClient

EDITOR, AUTHOR, CONTRIBUTOR, SUBSCRIBER = "admin-medsos", "penulis", "kontributor", "pelanggan"


ARTICLE_TEXT = (
    "Ketua KPU Kota Bengkulu membuka rapat pleno.\n\nHadir: camat & lurah.\n"
    "Selengkapnya https://contoh.invalid/berita?a=1&b=2."
)


@dataclass(frozen=True)
class Website:
    """:param passwords: application password of each user."""

    site: str
    passwords: Mapping[str, str]

    def client(
        self, login: str = EDITOR, *, password: str | None = None, site: str | None = None, **settings: Any
    ) -> WordPressClient:
        """Does not wait between its tries."""
        secret = self.passwords.get(login, "") if password is None else password
        given = WordPressSettings(site=site or self.site, user=login, password=secret, **settings)
        return WordPressClient(given, sleep=lambda seconds: None)

    def rest(self, method: str, path: str, login: str | None = EDITOR, **request: Any) -> requests.Response:
        auth = (login, self.passwords[login]) if login else None
        return requests.request(method, f"{self.site}/wp-json/wp/v2/{path}", auth=auth, timeout=30, **request)

    def public(self, key: str) -> list[dict[str, Any]]:
        """What a stranger can see of the articles whose slug begins with `key`."""
        return [p for p in self._list("posts", None) if p["slug"].startswith(key)]

    def posts(self, key: str) -> list[dict[str, Any]]:
        """The same with drafts, as the editor sees them."""
        found = self._list("posts", EDITOR, status="any", context="edit")
        return [p for p in found if p["slug"].startswith(key)]

    def library(self, key: str) -> list[dict[str, Any]]:
        return [m for m in self._list("media", EDITOR, context="edit") if m["slug"].startswith(key)]

    def page(self, address: str) -> Page:
        answer = requests.get(address, timeout=30)
        page = Page(answer.status_code, answer.text)
        page.feed(answer.text)
        page.close()
        return page

    def _list(self, kind: str, login: str | None, **query: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        number = 1
        while True:
            answer = self.rest("GET", kind, login, params={**query, "per_page": "100", "page": str(number)})
            assert answer.status_code == 200, answer.text
            found += answer.json()
            if number >= int(answer.headers["X-WP-TotalPages"]):
                return found
            number += 1


class Page(HTMLParser):
    """What a visitor's browser makes of an answer: visible text, pictures, links, scripts."""

    def __init__(self, status: int, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.status, self.html = status, html
        self.text, self.title, self.heading = "", "", ""
        self.scripts: list[str] = []
        self.pictures: dict[str, str] = {}
        self.links: list[str] = []
        self.videos: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "title", "h1"):
            self._open.append(tag)
        elif tag == "img":
            self.pictures[values.get("src", "")] = values.get("alt", "")
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "video":
            self.videos.append(values.get("src", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside == "title":
            self.title += data
        elif inside != "style":
            self.text += data
            if inside == "h1":
                self.heading += data


def publish(client: WordPressClient, post: Post, journal: Any) -> Committed:
    client.prepare(post, journal)
    return client.commit(post, journal)


def plain(text: str) -> str:
    """Without WordPress's typography and line breaks, to compare what people read with what was written."""
    for signs, sign in (("“”„″", '"'), ("‘’′", "'"), ("–—", "-"), ("…", "..."), ("×", "x")):
        text = text.translate({ord(one): sign for one in signs})
    return " ".join(text.replace("--", "-").split())


# -- files ---------------------------------------------------------------------------------------------------


def written(path: Path, media_type: str, data: bytes, **facts: Any) -> Media:
    path.write_bytes(data)
    return media_of(path, media_type, **facts)


def picture(folder: Path, name: str, alt_text: str = "Foto kegiatan") -> Media:
    """A JPEG whose colour comes from its name."""
    colour = tuple(hashlib.sha256(name.encode()).digest()[:3])
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(buffer, "JPEG")
    path = folder / f"{name}.jpg"
    return written(path, "image/jpeg", buffer.getvalue(), width=400, height=300, alt_text=alt_text)


def document(folder: Path, name: str, title: str) -> Media:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(buffer, "PDF", title=name)
    return written(folder / f"{name}.pdf", "application/pdf", buffer.getvalue(), alt_text=title)


# -- broken connections --------------------------------------------------------------------------------------


@dataclass
class Breaker:
    """A proxy in front of a website. `at` is the request (counted from 0) whose connection breaks.

    `before`: the website never sees it. `after`: it does the work, and the answer is lost.
    """

    site: str
    at: int | None = None
    kind: str = "after"
    seen: list[tuple[str, str]] = field(default_factory=list)

    def breaks_now(self) -> bool:
        return self.at is not None and len(self.seen) - 1 == self.at


@contextmanager
def breaker(website: Website) -> Iterator[Breaker]:
    target = urlsplit(website.site)
    state = Breaker(site="")

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.seen.append((self.command, self.path))
            broken = state.breaks_now()
            if broken and state.kind == "before":
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
            answer = requests.request(
                self.command, f"{target.scheme}://{target.netloc}{self.path}", data=body, headers=headers,
                allow_redirects=False, timeout=60,
            )  # fmt: skip
            if broken:
                return
            self.send_response_only(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in (
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "content-encoding",
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on  # noqa: N815

    with serving(Handler) as address:
        state.site = f"{address}{target.path}"
        yield state
