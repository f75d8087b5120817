"""The keys and tokens of the sandbox's X account are checked as X checks them."""

from __future__ import annotations

import time

import requests
from requests_oauthlib import OAuth1
from x_kit import tweet


def test_signatures_are_recomputed_and_used_once(sandbox, keys, oauth, visible):
    x = keys["x"]
    wrong = OAuth1(x["consumer_key"], "salah", x["access_token"], x["access_token_secret"])
    refused = tweet(sandbox, wrong, text="a")
    assert (refused.status_code, refused.json()["title"]) == (401, "Unauthorized")
    signed = requests.Request("POST", f"{sandbox}/x/2/tweets", json={"text": "a"}, auth=oauth).prepare()
    with requests.Session() as session:
        assert session.send(signed, timeout=10).status_code == 201
        signed.body = b'{"text": "b"}'
        assert session.send(signed, timeout=10).status_code == 401
    old = OAuth1(x["consumer_key"], x["consumer_secret"], x["access_token"], x["access_token_secret"],
                 timestamp=str(int(time.time()) - 1000))  # fmt: skip
    assert tweet(sandbox, old, text="c").status_code == 401
    assert len(visible()) == 1


def test_a_refresh_token_is_used_up(sandbox, keys, visible):
    x = keys["x"]
    form = {"grant_type": "refresh_token", "refresh_token": x["oauth2_refresh_token"]}
    basic = (x["client_id"], x["client_secret"])
    first = requests.post(f"{sandbox}/x/2/oauth2/token", data=form, auth=basic, timeout=10)
    assert first.json()["expires_in"] == 7200
    second = requests.post(f"{sandbox}/x/2/oauth2/token", data=form, auth=basic, timeout=10)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_request")
    header = {"Authorization": f"Bearer {first.json()['access_token']}"}
    made = requests.post(f"{sandbox}/x/2/tweets", json={"text": "OAuth 2"}, headers=header, timeout=10)
    assert made.status_code == 201
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 7300}, timeout=10)
    late = requests.post(f"{sandbox}/x/2/tweets", json={"text": "lagi"}, headers=header, timeout=10)
    assert late.status_code == 401
    now = requests.get(f"{sandbox}/_inspect/accounts", timeout=10).json()["x"]
    assert now["oauth2_refresh_token"] == first.json()["refresh_token"]


def test_an_application_token_cannot_post(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['app_bearer_token']}"}
    answer = requests.post(f"{sandbox}/x/2/tweets", json={"text": "a"}, headers=header, timeout=10)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/unsupported-authentication")


def test_a_refresh_token_is_good_once_and_a_revoked_pair_opens_nothing(sandbox, keys):
    x, url = keys["x"], f"{sandbox}/x/2/oauth2"
    form = {"grant_type": "refresh_token", "refresh_token": x["oauth2_refresh_token"]}
    client = (x["client_id"], x["client_secret"])
    pair = requests.post(f"{url}/token", data=form, auth=client, timeout=10).json()
    assert requests.post(f"{url}/token", data=form, auth=client, timeout=10).status_code == 400
    revoked = requests.post(f"{url}/revoke", data={"token": pair["access_token"]}, auth=client, timeout=10)
    assert revoked.json() == {"revoked": True}
    header = {"Authorization": f"Bearer {pair['access_token']}"}
    assert requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10).status_code == 401
    form["refresh_token"] = pair["refresh_token"]
    assert requests.post(f"{url}/token", data=form, auth=client, timeout=10).status_code == 400
    own = requests.post(
        f"{sandbox}/x/oauth2/token", data={"grant_type": "client_credentials"}, timeout=10,
        auth=(x["consumer_key"], x["consumer_secret"]),
    ).json()  # fmt: skip
    assert own["access_token"] == x["app_bearer_token"]
