"""Keeps other sites from answering forms with a visitor's session: same origin, and a token per form."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import urlsplit

from fastapi import Request

from medsos.settings import load_settings

VALID_SECONDS = 12 * 3600
"""A page left open over a working day still works."""


def form_token(username: str, purpose: str, *, now: float | None = None) -> str:
    """A token for one person and one form. `purpose` names the form, for example `persetujuan/12/1`."""
    issued = str(int(time.time() if now is None else now))
    return f"{issued}.{_signature(username, purpose, issued)}"


def is_genuine(token: str, username: str, purpose: str, *, now: float | None = None) -> bool:
    """Was the token made here, for this person and form, and not too long ago?"""
    issued, _, signature = token.partition(".")
    if not (issued.isascii() and issued.isdigit() and len(issued) <= 12):
        return False
    age = (time.time() if now is None else now) - int(issued)
    expected = _signature(username, purpose, issued)
    return -60 <= age <= VALID_SECONDS and hmac.compare_digest(signature.encode(), expected.encode())


def is_same_origin(request: Request) -> bool:
    """Does the request come from one of our own pages, as far as the browser tells?

    A browser always tells one of the two; programs with a bearer token tell neither and need the token.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = {request.headers.get("host", ""), urlsplit(load_settings().public_url).netloc}
    return urlsplit(origin).netloc in ours


def _signature(username: str, purpose: str, issued: str) -> str:
    from airflow.configuration import conf

    secret = conf.get_mandatory_value("api", "secret_key").encode()
    message = "\0".join(("medsos-form", username, purpose, issued)).encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
