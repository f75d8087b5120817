"""Listens to what really goes over the wire, to learn the secrets that nobody knows beforehand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from leak_search import SECRET_KEYS, Secrets

_OAUTH_FIELD = re.compile(r'(oauth_[a-z_]+)="([^"]*)"')
_NO_SECRET = {"oauth_signature_method", "oauth_version", "oauth_timestamp", "oauth_consumer_key"}


def listen(monkeypatch: pytest.MonkeyPatch, secrets: Secrets) -> None:
    """Add signatures, proofs, tokens and upload addresses to `secrets` as they pass."""
    send: Callable[..., requests.Response] = HTTPAdapter.send

    def tapped(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        _learn_request(secrets, request)
        response = send(self, request, **options)
        if "json" in response.headers.get("Content-Type", "") and "/_inspect/" not in (request.url or ""):
            _learn_answer(secrets, response.content)
        return response

    monkeypatch.setattr(HTTPAdapter, "send", tapped)


def _learn_request(secrets: Secrets, request: requests.PreparedRequest) -> None:
    header = str(request.headers.get("Authorization", ""))
    scheme, _, rest = header.partition(" ")
    fields = _OAUTH_FIELD.findall(header)
    for name, value in fields:
        if name not in _NO_SECRET:
            secrets.add(f"header {name}", value)
    if rest and not fields:
        secrets.add(f"header {scheme}", rest)
    for name, value in parse_qsl(urlsplit(str(request.url)).query):
        if SECRET_KEYS.search(name):
            secrets.add(f"parameter {name}", value)


def _learn_answer(secrets: Secrets, body: bytes) -> None:
    try:
        answer = json.loads(body)
    except ValueError:
        return
    secrets.add_from(answer, path="answer")
    data = answer.get("data") if isinstance(answer, dict) else None
    url = data.get("upload_url") if isinstance(data, dict) else None
    for name, value in parse_qsl(urlsplit(str(url or "")).query):
        secrets.add(f"upload address {name}", value)
