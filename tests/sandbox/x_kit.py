"""Calls to the sandbox's X account."""

from __future__ import annotations

import pytest
import requests
from requests_oauthlib import OAuth1


@pytest.fixture
def oauth(keys) -> OAuth1:
    x = keys["x"]
    return OAuth1(x["consumer_key"], x["consumer_secret"], x["access_token"], x["access_token_secret"])


def tweet(sandbox, auth, **body):
    return requests.post(f"{sandbox}/x/2/tweets", json=body, auth=auth, timeout=10)


def upload(sandbox, auth, data: bytes, media_type: str, category: str, chunk: int = 1 << 20) -> dict:
    base = f"{sandbox}/x/2/media/upload"
    body = {"media_type": media_type, "total_bytes": len(data), "media_category": category}
    media = requests.post(f"{base}/initialize", json=body, auth=auth, timeout=10).json()["data"]
    for index, start in enumerate(range(0, len(data), chunk)):
        part = {"media": ("blob", data[start : start + chunk])}
        answer = requests.post(f"{base}/{media['id']}/append", files=part, data={"segment_index": index},
                               auth=auth, timeout=10)  # fmt: skip
        assert answer.ok, answer.text
    return requests.post(f"{base}/{media['id']}/finalize", auth=auth, timeout=10).json()
