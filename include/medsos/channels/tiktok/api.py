"""How TikTok is spoken to: addresses, envelope, tokens (contract 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.base import FoundPost
from medsos.channels.gate import Gate
from medsos.channels.http import HttpSession, Phase
from medsos.channels.tiktok.creator import NAME, PUBLIC
from medsos.channels.tiktok.read import COUNTS, found_post, videos
from medsos.channels.tiktok.rules import RULES, read_problem
from medsos.channels.tokens import (
    EXCHANGE_TIMEOUT_SECONDS,
    RotatingToken,
    TokenPair,
    TokenStore,
    pair_from,
)
from medsos.clock import Clock

_VIDEO_FIELDS = ",".join(("id", "title", "video_description", "create_time", "share_url", *COUNTS))


@dataclass(frozen=True)
class TikTokSettings:
    """:param refresh_token: with `client_key` and `client_secret`, gets new tokens every two hours.
    :param privacy: wanted `privacy_level`; refused when the account does not offer it.
    :param renewal_host: where tokens are renewed; the API's own host when empty.
    :param site: where people see the posts; stands in for a permalink that TikTok does not tell.
    :param chunk_bytes: size of an upload chunk, 5 to 64 MB.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    client_key: str = ""
    client_secret: str = field(default="", repr=False)
    privacy: str = PUBLIC
    renewal_host: str = ""
    host: str = "https://open.tiktokapis.com"
    site: str = "https://www.tiktok.com"
    chunk_bytes: int = 10_000_000


class TikTokApi:
    """Calls of one account, with a token that renews itself."""

    def __init__(
        self,
        settings: TikTokSettings,
        *,
        token_store: TokenStore | None,
        gate: Gate | None,
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self.token = RotatingToken(
            TokenPair(settings.access_token, settings.refresh_token),
            platform=NAME,
            store=token_store,
            exchange=self._exchange,
            keep_secret=lambda value: self.http.add_secret(value),
        )
        self.http = HttpSession(
            NAME,
            rules=RULES,
            read_problem=read_problem,
            secrets=(settings.access_token, settings.refresh_token, settings.client_secret),
            auth=self.token,
            renew=self.token.renew,
            gate=gate,
            clock=clock,
            sleep=sleep,
        )

    def post(self, path: str, body: dict[str, Any], *, phase: Phase) -> Answer:
        return self.http.send(
            "POST",
            f"{self._settings.host.rstrip('/')}/v2/{path}",
            json=body,
            headers={"Content-Type": "application/json; charset=UTF-8"},
            phase=phase,
        )

    def creator(self) -> dict[str, Any]:
        """What the account may do and is called.

        :raises Transient: the answer says nothing of it.
        """
        answer = self.post("post/publish/creator_info/query/", {}, phase=Phase.READ)
        data = answer.object.get("data")
        if not isinstance(data, dict) or not data:
            raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")
        return data

    def status(self, publish_id: str) -> Answer:
        return self.post("post/publish/status/fetch/", {"publish_id": publish_id}, phase=Phase.READ)

    def query(self, post_id: str) -> list[dict[str, Any]]:
        """The public post of that id, if there is one."""
        body = {"filters": {"video_ids": [post_id]}}
        return videos(self.post(f"video/query/?fields={_VIDEO_FIELDS}", body, phase=Phase.READ))

    def newest(self, cursor: str = "") -> tuple[list[FoundPost], str]:
        """A page of the public posts, newest first, and the cursor of the next one."""
        body = {"max_count": 20, **({"cursor": int(cursor)} if cursor else {})}
        answer = self.post(f"video/list/?fields={_VIDEO_FIELDS}", body, phase=Phase.READ)
        more = answer.text_at("data", "has_more") == "True"
        return [found_post(video) for video in videos(answer)], answer.text_at(
            "data", "cursor"
        ) if more else ""

    def may_list(self) -> bool:
        """Whether the token may read the account's posts."""
        try:
            self.newest()
        except errors.PermissionMissing:
            return False
        return True

    def _exchange(self, refresh_token: str) -> TokenPair:
        answer = self.http.send(
            "POST",
            f"{(self._settings.renewal_host or self._settings.host).rstrip('/')}/v2/oauth/token/",
            form={
                "client_key": self._settings.client_key,
                "client_secret": self._settings.client_secret,
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
            },
            signed=False,
            phase=Phase.PREPARE,
            retry=False,
            timeout=EXCHANGE_TIMEOUT_SECONDS,
        )
        return pair_from(answer, refresh_token=refresh_token, platform=NAME, now=self._clock())
