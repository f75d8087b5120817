"""The five clients, pointed at a sandbox, each with the account that the sandbox has for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from medsos.channels.base import ChannelClient
from medsos.channels.facebook.client import FacebookClient, FacebookSettings
from medsos.channels.gate import ALLOWANCES
from medsos.channels.instagram.client import InstagramClient, InstagramSettings
from medsos.channels.tiktok.client import TikTokClient, TikTokSettings
from medsos.channels.tokens import TokenStore
from medsos.channels.wordpress.api import WordPressSettings
from medsos.channels.wordpress.client import WordPressClient
from medsos.channels.x.client import XClient, XSettings
from medsos.clock import Clock
from medsos.hooks.shared_limits import SharedLimits

Accounts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Surroundings:
    """What a client needs besides its account.

    :param accounts: the sandbox's `GET /_inspect/accounts`.
    :param tokens: keeps rotated tokens across the processes of one run; without it a token that ends is lost.
    :param clock: with `sleep`: time passes only when somebody waits.
    """

    url: str
    accounts: Accounts
    tokens: TokenStore | None
    clock: Clock
    sleep: Callable[[float], None]

    def as_given(self, channel: str) -> dict[str, Any]:
        """What every client of `channel` takes: time, and the limits that all workers share."""
        gate = SharedLimits(channel, channel, ALLOWANCES[channel], clock=self.clock)
        return {"clock": self.clock, "sleep": self.sleep, "gate": gate}


def web(around: Surroundings, **changes: Any) -> WordPressClient:
    """:param changes: settings that are to be others than the account's, here and below."""
    keys = around.accounts["web"]
    settings = WordPressSettings(
        site=f"{around.url}/web", user=keys["username"], password=keys["application_password"]
    )
    return WordPressClient(replace(settings, **changes), **around.as_given("web"))


def facebook(around: Surroundings, **changes: Any) -> FacebookClient:
    keys = around.accounts["facebook"]
    settings = FacebookSettings(
        page_id=keys["page_id"],
        token=keys["page_token"],
        app_secret=keys["app_secret"],
        host=f"{around.url}/graph",
        video_host=f"{around.url}/graph-video",
        site=f"{around.url}/facebook.com",
    )
    return FacebookClient(replace(settings, **changes), **around.as_given("facebook"))


def instagram(around: Surroundings, **changes: Any) -> InstagramClient:
    keys = around.accounts["instagram"]
    settings = InstagramSettings(
        account_id=keys["user_id"],
        token=keys["access_token"],
        app_secret=keys["app_secret"],
        host=f"{around.url}/graph",
    )
    return InstagramClient(
        replace(settings, **changes), media_host=web(around), **around.as_given("instagram")
    )


def x(around: Surroundings, **changes: Any) -> XClient:
    keys = around.accounts["x"]
    settings = XSettings(
        consumer_key=keys["consumer_key"],
        consumer_secret=keys["consumer_secret"],
        access_token=keys["access_token"],
        access_secret=keys["access_token_secret"],
        host=f"{around.url}/x",
        site=f"{around.url}/x.com",
    )
    return XClient(replace(settings, **changes), **around.as_given("x"))


def x_rotating(around: Surroundings, **changes: Any) -> XClient:
    """With OAuth 2.0: the token ends after two hours and its refresh token works once."""
    keys = around.accounts["x"]
    settings = XSettings(
        bearer_token=keys["oauth2_access_token"],
        refresh_token=keys["oauth2_refresh_token"],
        client_id=keys["client_id"],
        client_secret=keys["client_secret"],
        host=f"{around.url}/x",
        site=f"{around.url}/x.com",
    )
    return XClient(replace(settings, **changes), token_store=around.tokens, **around.as_given("x"))


def tiktok(around: Surroundings, **changes: Any) -> TikTokClient:
    keys = around.accounts["tiktok"]
    settings = TikTokSettings(
        access_token=keys["access_token"],
        refresh_token=keys["refresh_token"],
        client_key=keys["client_key"],
        client_secret=keys["client_secret"],
        host=f"{around.url}/tiktok",
        site=f"{around.url}/tiktok.com",
    )
    return TikTokClient(
        replace(settings, **changes),
        media_host=web(around),
        token_store=around.tokens,
        **around.as_given("tiktok"),
    )


ClientBuilder = Callable[[Surroundings], ChannelClient]
