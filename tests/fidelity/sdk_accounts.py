"""The office's accounts, reached with the platforms' own SDKs, unmodified except for the host."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from xdk import Client
from xdk.oauth1_auth import OAuth1


@pytest.fixture
def api(sandbox: str, keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> FacebookAdsApi:
    """Meta's SDK with the page's token."""
    monkeypatch.setattr(FacebookSession, "GRAPH", f"{sandbox}/graph")
    facebook = keys["facebook"]
    return FacebookAdsApi(FacebookSession(facebook["app_id"], facebook["app_secret"], facebook["page_token"]))


@pytest.fixture
def page(api: FacebookAdsApi, keys: dict[str, Any]) -> Page:
    return Page(keys["facebook"]["page_id"], api=api)


@pytest.fixture
def account(api: FacebookAdsApi, keys: dict[str, Any]) -> IGUser:
    """The account of Instagram."""
    return IGUser(keys["instagram"]["user_id"], api=api)


@pytest.fixture
def person(sandbox: str, keys: dict[str, Any]) -> Client:
    """X's SDK as a person who signed in."""
    return oauth2(sandbox, keys["x"])


def oauth1(sandbox: str, x: dict[str, str]) -> Client:
    keys = OAuth1(
        api_key=x["consumer_key"], api_secret=x["consumer_secret"], callback="oob",
        access_token=x["access_token"], access_token_secret=x["access_token_secret"],
    )  # fmt: skip
    return Client(base_url=f"{sandbox}/x", auth=keys)


def oauth2(sandbox: str, x: dict[str, str]) -> Client:
    return Client(base_url=f"{sandbox}/x", access_token=x["oauth2_access_token"])
