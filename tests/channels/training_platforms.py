"""The sandbox as the tests of the clients see it, and the five clients pointed at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests

from medsos.channels.base import ChannelClient
from medsos.channels.facebook import FacebookClient, FacebookSettings
from medsos.channels.instagram import InstagramClient, InstagramSettings
from medsos.channels.tiktok import TikTokClient, TikTokSettings
from medsos.channels.wordpress import WordPressClient
from medsos.channels.wordpress_api import WordPressSettings
from medsos.channels.x import XClient, XSettings


class MemoryJournal(dict[str, Any]):
    """A journal that keeps what a JSON column would keep."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, json.loads(json.dumps(value)))


class Sandbox:
    """The sandbox as a test sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.accounts: dict[str, dict[str, Any]] = self.ask("accounts")

    def ask(self, what: str) -> Any:
        answer = requests.get(f"{self.url}/_inspect/{what}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def tell(self, what: str, body: dict[str, Any]) -> None:
        requests.post(f"{self.url}/_inspect/{what}", json=body, timeout=20).raise_for_status()

    def posts(self, platform: str) -> list[dict[str, Any]]:
        """The publicly visible posts."""
        return self.ask(f"posts?platform={platform}")

    def requests(self, method: str, path_part: str) -> int:
        """How many requests of that kind the platform has seen."""
        seen = self.ask("requests")
        return sum(1 for entry in seen if entry["method"] == method and path_part in entry["path"])

    def client(self, channel: str, **changes: Any) -> ChannelClient:
        return BUILDERS[channel](self, **changes)


SEVERAL_LOOKS = (0.0, 15.0, 60.0)
"""In place of the publishing protocol, which calls `resolve` again later."""


def _no_sleep(seconds: float) -> None:
    """Tests do not wait: the sandbox's own clock is moved on instead, where it counts."""


def build_web(sandbox: Sandbox, **changes: Any) -> WordPressClient:
    keys = sandbox.accounts["web"]
    fields = {
        "site": f"{sandbox.url}/web",
        "user": keys["username"],
        "password": keys["application_password"],
    } | changes
    return WordPressClient(WordPressSettings(**fields), sleep=_no_sleep)


def build_facebook(sandbox: Sandbox, **changes: Any) -> FacebookClient:
    keys = sandbox.accounts["facebook"]
    fields = {
        "page_id": keys["page_id"],
        "token": keys["page_token"],
        "app_secret": keys["app_secret"],
        "host": f"{sandbox.url}/graph",
        "video_host": f"{sandbox.url}/graph-video",
        "site": f"{sandbox.url}/facebook.com",
    } | changes
    return FacebookClient(FacebookSettings(**fields), sleep=_advance(sandbox), read_back_waits=SEVERAL_LOOKS)


def build_instagram(sandbox: Sandbox, **changes: Any) -> InstagramClient:
    keys = sandbox.accounts["instagram"]
    fields = {
        "account_id": keys["user_id"],
        "token": keys["access_token"],
        "app_secret": keys["app_secret"],
        "host": f"{sandbox.url}/graph",
    } | changes
    return InstagramClient(
        InstagramSettings(**fields), media_host=build_web(sandbox), sleep=_advance(sandbox)
    )


def build_x(sandbox: Sandbox, **changes: Any) -> XClient:
    keys = sandbox.accounts["x"]
    fields = {
        "consumer_key": keys["consumer_key"],
        "consumer_secret": keys["consumer_secret"],
        "access_token": keys["access_token"],
        "access_secret": keys["access_token_secret"],
        "host": f"{sandbox.url}/x",
        "site": f"{sandbox.url}/x.com",
        "chunk_bytes": 20_000,
    } | changes
    return XClient(XSettings(**fields), sleep=_advance(sandbox), read_back_waits=SEVERAL_LOOKS)


def build_tiktok(sandbox: Sandbox, token_store: Any = None, **changes: Any) -> TikTokClient:
    keys = sandbox.accounts["tiktok"]
    fields = {
        "access_token": keys["access_token"],
        "refresh_token": keys["refresh_token"],
        "client_key": keys["client_key"],
        "client_secret": keys["client_secret"],
        "host": f"{sandbox.url}/tiktok",
        "site": f"{sandbox.url}/tiktok.com",
    } | changes
    return TikTokClient(
        TikTokSettings(**fields),
        media_host=build_web(sandbox),
        token_store=token_store,
        sleep=_advance(sandbox),
        read_back_waits=SEVERAL_LOOKS,
    )


BUILDERS: dict[str, Callable[..., ChannelClient]] = {
    "web": build_web,
    "facebook": build_facebook,
    "instagram": build_instagram,
    "x": build_x,
    "tiktok": build_tiktok,
}


def _advance(sandbox: Sandbox) -> Callable[[float], None]:
    """Lets the sandbox's clock pass as long as the client would have waited."""
    return lambda seconds: sandbox.tell("clock", {"advance_seconds": seconds})
