"""The search for leaked secrets finds them in every form, and takes nothing else for one."""

from __future__ import annotations

import base64

import pytest

from leak_search import Leak, Secrets, forms
from medsos.channels.metrics import METRICS


def test_the_search_finds_a_secret_in_every_form_it_may_take() -> None:
    secret = 'rahasia/ku+dan "kutip" & 100%'
    known = Secrets()
    known.add("kunci", secret)
    for form in forms(secret):
        assert known.search("x", b"awal " + form + b" akhir") == [Leak("x", "kunci")]
    for before in ("", "a", "ab", "abc", "admin:"):
        text = base64.b64encode(f"{before}{secret}:sisa".encode())
        assert known.search("x", text) == [Leak("x", "kunci")], before
    assert known.search("x", "tidak ada apa-apa") == []


@pytest.mark.parametrize(
    "text",
    [
        "GET /me?access_token=EAABsbCS1iHgBA",
        "https://h/?a=1&access_token%3DEAABsbCS1iHgBA",
        'Authorization: OAuth oauth_consumer_key="c", oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"',
        "PUT /video/?upload_id=1&upload_token=Xza123abc",
        "GET /me?appsecret_proof=9f86d081884c7d659a2feaa0c55ad015",
        "{'Authorization': 'Bearer abcdefgh12345678'}",
    ],
)
def test_the_search_finds_secrets_that_nobody_knew(text: str) -> None:
    assert Secrets().search("x", text) != []


def test_the_numbers_of_a_post_are_no_secrets() -> None:
    assert Secrets().search("x", " ".join(METRICS)) == []
