"""Fetches media from an address, as the platforms' own servers do (platform contract, section 9, point 3)."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

_USER_AGENT = "facebookexternalhit/1.1 (mode latihan)"


class FetchFailed(Exception):
    """The address gave no usable file. The message says why."""

    def __init__(self, message: str, *, too_large: bool = False, too_slow: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large
        self.too_slow = too_slow


def fetch(url: str, *, max_bytes: int, timeout: float, redirects: bool = False) -> bytes:
    """Get the bytes behind `url` over HTTP.

    :param redirects: follow redirects; platforms that forbid them pass False.
    :raises FetchFailed: not http(s), refused, a status other than 200, a page instead of a file, too large.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchFailed("not an http(s) address")
    try:
        with requests.get(
            url, timeout=timeout, allow_redirects=redirects, stream=True, headers={"User-Agent": _USER_AGENT}
        ) as answer:
            if answer.is_redirect:
                raise FetchFailed("redirects are not followed")
            if answer.status_code != 200:
                raise FetchFailed(f"HTTP {answer.status_code}")
            if answer.headers.get("content-type", "").startswith("text/html"):
                raise FetchFailed("the address gives a web page")
            return _read(answer, max_bytes)
    except requests.Timeout as error:
        raise FetchFailed("the address answers too slowly", too_slow=True) from error
    except requests.RequestException as error:
        raise FetchFailed(type(error).__name__) from error


def _read(answer: requests.Response, max_bytes: int) -> bytes:
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise FetchFailed("too large", too_large=True)
    chunks = bytearray()
    for chunk in answer.iter_content(1 << 16):
        chunks += chunk
        if len(chunks) > max_bytes:
            raise FetchFailed("too large", too_large=True)
    return bytes(chunks)
