"""Asks whether a link answers, as anybody on the internet would: without log-in and without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import requests

from medsos.clock import Clock, utc_now

TIMEOUT = (5.0, 15.0)
"""Seconds to connect and to wait for an answer."""

USER_AGENT = "Mozilla/5.0 (compatible; medsos-link-check)"
REFUSES_ROBOTS = {401, 403, 429}
"""The host answers, but not to programs; whether the post is there cannot be told."""

_WHAT_HAPPENED: tuple[tuple[type[requests.RequestException], str], ...] = (
    (requests.exceptions.SSLError, "sertifikat keamanan situs tidak sah"),
    (requests.exceptions.Timeout, "tidak menjawab sampai batas waktu"),
    (requests.exceptions.TooManyRedirects, "dialihkan terus-menerus"),
    (requests.exceptions.ConnectionError, "tidak dapat dihubungi"),
)


@dataclass(frozen=True)
class LinkStatus:
    """Whether a link answered. `problem` is Indonesian, empty when all is well; it may be set on a
    living link too, when the host turns programs away."""

    address: str
    alive: bool
    http_status: int | None
    problem: str
    checked_at: datetime


def check_link(address: str, *, timeout: tuple[float, float] = TIMEOUT, clock: Clock = utc_now) -> LinkStatus:
    """Ask for `address`: HEAD first; where that is refused or fails, GET. Redirects are followed."""

    def status(alive: bool, http_status: int | None, problem: str = "") -> LinkStatus:
        return LinkStatus(address, alive, http_status, problem, clock())

    if urlsplit(address).scheme not in ("http", "https"):
        return status(False, None, "Tautan bukan alamat web. Salin ulang tautannya dari postingan.")
    try:
        code = _ask("HEAD", address, timeout)
        if code >= 400:
            code = _ask("GET", address, timeout)
    except requests.RequestException as error:
        what = next((text for kind, text in _WHAT_HAPPENED if isinstance(error, kind)), "tidak dapat dibuka")
        return status(False, None, f"Tautan {what}. Periksa jaringan, lalu buka tautannya di peramban.")
    if code in REFUSES_ROBOTS:
        return status(
            True, code, f"Situs menolak pemeriksaan otomatis (status {code}); buka tautannya di peramban."
        )
    if code >= 400:
        return status(
            False, code, f"Tautan menjawab dengan status {code}. Periksa apakah postingan masih tayang."
        )
    return status(True, code)


def _ask(method: str, address: str, timeout: tuple[float, float]) -> int:
    with requests.Session() as session:
        session.headers["User-Agent"] = USER_AGENT
        # Otherwise requests would send a password found in ~/.netrc.
        session.auth = lambda request: request
        with session.request(method, address, timeout=timeout, allow_redirects=True, stream=True) as answer:
            return answer.status_code
