"""Photographs a post as the public sees it, with Chromium (SOP step 4: screenshot of every upload)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Response, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from medsos.browser import first_line, open_browser
from medsos.clock import Clock, utc_now
from medsos.errors import BehindLogin, BrowserError, EvidenceError
from medsos.evidence.login_walls import ASKS_OVER_THE_POST, REFUSED, sent_to_login

VIEWPORT = (1280, 900)
MAX_HEIGHT = 8_000
"""Pixels; a timeline that never ends is cut here."""

QUIET_SECONDS = 0.5
"""Scripts may add pictures after the page has loaded: wait until none has come for this long."""

_WAKE_LAZY_PICTURES = """async () => {
    for (const image of document.images) image.loading = 'eager';
    for (const video of document.querySelectorAll('video')) if (!video.poster) video.preload = 'auto';
    const end = Math.min(document.documentElement.scrollHeight, MAX_HEIGHT);
    for (let y = 0; y < end; y += innerHeight) {
        scrollTo(0, y);
        await new Promise(done => setTimeout(done, 30));
    }
    scrollTo(0, 0);
}""".replace("MAX_HEIGHT", str(MAX_HEIGHT))

_WHAT_IS_MISSING = """async () => {
    const loading = [], broken = [];
    const sort = (complete, ok, address) => {
        if (!complete) loading.push(address); else if (!ok) broken.push(address);
    };
    for (const image of document.images) {
        const address = image.currentSrc || image.src;
        if (address && image.checkVisibility()) sort(image.complete, image.naturalWidth > 0, address);
    }
    window.medsosPosters ??= new Map();
    for (const video of document.querySelectorAll('video')) {
        if (!video.checkVisibility()) continue;
        if (video.poster) {
            if (!medsosPosters.has(video.poster)) {
                const image = new Image();
                image.src = video.poster;
                medsosPosters.set(video.poster, image);
            }
            const image = medsosPosters.get(video.poster);
            sort(image.complete, image.naturalWidth > 0, video.poster);
        } else {
            const sources = video.querySelectorAll('source');
            const address = video.currentSrc || video.src || (sources[0] && sources[0].src) || 'video';
            const failed = video.error || video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE;
            sort(failed || video.readyState >= 2, !failed, address);
        }
    }
    if (document.fonts.status !== 'loaded') loading.push('font');
    return {loading, broken, count: document.images.length};
}"""


@dataclass(frozen=True)
class Screenshot:
    """A picture of a page. `final_url` is the address after redirects; `captured_at` is UTC."""

    png: bytes
    final_url: str
    captured_at: datetime


def capture(
    url: str,
    *,
    channel: str = "",
    chromium: str | None = None,
    viewport: tuple[int, int] = VIEWPORT,
    timeout: float = 60.0,
    clock: Clock = utc_now,
) -> Screenshot:
    """Photograph the whole page at `url`, once every picture, font and first video frame is there.

    :param channel: whose page it is; some platforms lay their log-in over a post.
    :param chromium: path of the program (`settings.chromium`); None looks for it.
    :param viewport: width and height in pixels.
    :param timeout: seconds for everything.
    :raises BehindLogin: the post is shown only to people who are logged in.
    :raises EvidenceError: the page does not answer, answers with 400 or more, or a picture stays away.
    """
    deadline = time.monotonic() + timeout
    with open_page(chromium, viewport) as page:
        _open(page, url, deadline)
        _require_public(page, url, channel)
        _wait_for_pictures(page, url, deadline)
        height = page.evaluate("document.documentElement.scrollHeight")
        width = page.evaluate("document.documentElement.clientWidth")
        try:
            png = page.screenshot(
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": min(height, MAX_HEIGHT)},
                animations="disabled",
                caret="hide",
                timeout=_left(deadline),
            )
        except PlaywrightError as error:
            raise EvidenceError(f"Tangkapan layar {_plain(url)} gagal dibuat: {first_line(error)}.") from None
        return Screenshot(png=png, final_url=page.url, captured_at=clock())


@contextmanager
def open_page(chromium: str | None, viewport: tuple[int, int]) -> Iterator[Page]:
    """An empty page as an office sees it: Indonesian, local time, nothing kept from earlier visits.

    :raises EvidenceError: Chromium cannot be started.
    """
    try:
        with open_browser(chromium) as browser:
            context = browser.new_context(
                viewport=ViewportSize(width=viewport[0], height=viewport[1]),
                locale="id-ID",
                timezone_id="Asia/Jakarta",
                service_workers="block",
            )
            yield context.new_page()
    except BrowserError as error:
        raise EvidenceError(f"Tangkapan layar tidak dapat dibuat. {error}") from None


def _open(page: Page, url: str, deadline: float) -> None:
    statuses: list[int] = []
    page.on("response", lambda answer: _note_status(page, answer, statuses))
    try:
        page.goto(url, wait_until="load", timeout=_left(deadline))
    except PlaywrightTimeout:
        raise EvidenceError(
            f"Halaman {_plain(url)} belum termuat lengkap sampai batas waktu. "
            "Periksa jaringan, lalu ulangi tugas ini."
        ) from None
    except PlaywrightError as error:
        # Chromium calls an error page without any content a failure of its own.
        if not statuses or statuses[-1] < 400:
            raise EvidenceError(
                f"Halaman {_plain(url)} tidak dapat dibuka ({first_line(error)}). "
                "Periksa jaringan dan tautannya."
            ) from None
    status = statuses[-1] if statuses else None
    if status in REFUSED:
        raise BehindLogin(f"Halaman {_plain(url)} menolak pengunjung tanpa akun (status {status}).")
    if status is None or status >= 400:
        raise EvidenceError(
            f"Halaman {_plain(url)} menjawab dengan status {status or 'tanpa jawaban'}, jadi tidak ada yang "
            "dapat dibuktikan. Periksa apakah postingan masih tayang dan dapat dilihat tanpa masuk akun."
        )


def _note_status(page: Page, answer: Response, statuses: list[int]) -> None:
    """Remember how the page itself answered, the last time after redirects."""
    if answer.request.is_navigation_request() and answer.request.frame == page.main_frame:
        statuses.append(answer.status)


def _require_public(page: Page, url: str, channel: str) -> None:
    """:raises BehindLogin: what has been opened is a log-in, not the post."""
    if sent_to_login(url, page.url):
        raise BehindLogin(f"Halaman {_plain(url)} dialihkan ke halaman masuk akun ({_plain(page.url)}).")
    if channel not in ASKS_OVER_THE_POST:
        return
    try:
        asks = page.locator("input[type=password]").locator("visible=true").count() > 0
    except PlaywrightError as error:
        raise EvidenceError(f"Halaman {_plain(url)} berubah selagi difoto ({first_line(error)}).") from None
    if asks:
        raise BehindLogin(f"Halaman {_plain(url)} meminta masuk akun sebelum memperlihatkan postingan.")


def _wait_for_pictures(page: Page, url: str, deadline: float) -> None:
    try:
        page.evaluate(_WAKE_LAZY_PICTURES)
        quiet_since, count = time.monotonic(), None
        while True:
            missing = page.evaluate(_WHAT_IS_MISSING)
            if missing["loading"] or missing["count"] != count:
                quiet_since, count = time.monotonic(), missing["count"]
            if time.monotonic() >= min(deadline, quiet_since + QUIET_SECONDS):
                break
            page.wait_for_timeout(100)
    except PlaywrightError as error:
        raise EvidenceError(f"Halaman {_plain(url)} berubah selagi difoto ({first_line(error)}).") from None
    if problems := [*missing["broken"], *missing["loading"]]:
        named = ", ".join(_plain(address) for address in problems[:3])
        raise EvidenceError(
            f"Pada halaman {_plain(url)} ada {len(problems)} gambar atau video yang tidak termuat ({named}). "
            "Tangkapan layar tidak dibuat karena tidak lengkap; ulangi tugas ini nanti."
        )


def _left(deadline: float) -> float:
    """Milliseconds until `deadline`; at least one, for 0 would mean “no limit”."""
    return max(1.0, (deadline - time.monotonic()) * 1000)


def _plain(address: str) -> str:
    """The address without user, query and fragment: those may hold secrets."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}:…" if parts.scheme else address[:80]
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
