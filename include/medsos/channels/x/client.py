"""An X account through API v2 (contract section 5): media in chunks, then one post."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from requests.auth import AuthBase
from requests_oauthlib import OAuth1

from medsos import errors
from medsos.channels import access, advice, progress
from medsos.channels.access import NEVER_ENDS
from medsos.channels.answer import Answer
from medsos.channels.base import Access, Account, ChannelClient, Committed, FoundPost, Journal, Post
from medsos.channels.gate import Gate
from medsos.channels.http import HttpSession, Phase
from medsos.channels.limits import LIMITS
from medsos.channels.metrics import Numbers
from medsos.channels.tokens import (
    EXCHANGE_TIMEOUT_SECONDS,
    RotatingToken,
    TokenPair,
    TokenStore,
    life_of,
    pair_from,
)
from medsos.channels.usage import Usage
from medsos.channels.x.media import XMediaUploader
from medsos.channels.x.numbers import read_metrics
from medsos.channels.x.read import moment, written_text
from medsos.channels.x.rules import NO_SUCH_POST, read_problem, rules
from medsos.clock import Clock, utc_now

NAME = "X"
_MEDIA_REFUSED = "x_media_refused"
_FIELDS = "created_at,entities,attachments"


@dataclass(frozen=True)
class XSettings:
    """OAuth 1.0a keys, or `bearer_token` for OAuth 2.0 user context, which goes before them.

    :param refresh_token: with `client_id` and `client_secret`, gets new OAuth 2.0 tokens every two hours.
    :param renewal_host: where tokens are renewed; the API's own host when empty.
    :param site: where people see the posts; permalinks are made from it.
    :param fields_parameter: "tweet.fields" or "post.fields"; which one the service wants is not settled.
    :param chunk_bytes: size of an upload chunk.
    """

    consumer_key: str = ""
    consumer_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_secret: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    renewal_host: str = ""
    host: str = "https://api.x.com"
    site: str = "https://x.com"
    fields_parameter: str = "tweet.fields"
    chunk_bytes: int = 1024 * 1024


class XClient(ChannelClient):
    """Publishes on one account.

    :param token_store: keeps refreshed OAuth 2.0 tokens; without one, an ended token is an error.
    :param gate: holds the limits that the account's workers share; without one, none are shared.
    :param status_pauses: seconds between the looks at a video, where X does not say.
    :param read_back_waits: seconds before each look for a post of unknown outcome.
    """

    channel = "x"
    platform = NAME
    limits = LIMITS["x"]

    def __init__(
        self,
        settings: XSettings,
        *,
        token_store: TokenStore | None = None,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        status_pauses: Sequence[float] = (5,) * 60,
        read_back_waits: Sequence[float] = progress.READ_BACK_WAITS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._read_back_waits = read_back_waits
        self._token = RotatingToken(
            TokenPair(settings.bearer_token, settings.refresh_token),
            platform=NAME,
            store=token_store,
            exchange=self._exchange,
            keep_secret=lambda value: self._http.add_secret(value),
        )
        self._http = HttpSession(
            NAME,
            rules=rules(oauth2=bool(settings.bearer_token)),
            read_problem=read_problem,
            secrets=(
                settings.consumer_secret,
                settings.access_token,
                settings.access_secret,
                settings.bearer_token,
                settings.refresh_token,
                settings.client_secret,
            ),
            auth=self._token if settings.bearer_token else _oauth1(settings),
            renew=self._token.renew,
            gate=gate,
            clock=clock,
            sleep=sleep,
        )
        self._uploader = XMediaUploader(
            self._http,
            host=settings.host.rstrip("/"),
            chunk_bytes=settings.chunk_bytes,
            clock=clock,
            sleep=sleep,
            pauses=status_pauses,
        )

    def __repr__(self) -> str:
        return f"XClient({self._settings.host})"

    def whoami(self) -> Account:
        answer = self._get("users/me")
        name = answer.text_at("data", "username")
        return Account(
            id=answer.text_at("data", "id"), name=f"@{name}", url=f"{self._settings.site.rstrip('/')}/{name}"
        )

    def prepare(self, post: Post, journal: Journal) -> None:
        self._uploader.upload(post.media, journal)

    def commit(self, post: Post, journal: Journal) -> Committed:
        body: dict[str, Any] = {"text": post.text}
        if post.media:
            body["media"] = {"media_ids": self._uploader.media_ids(post.media, journal)}

        def create() -> Committed:
            answer = self._http.send("POST", self._url("tweets"), json=body, phase=Phase.COMMIT)
            post_id = answer.text_at("data", "id")
            if not post_id:
                raise self._http.unknown()
            return Committed(post_id=post_id)

        try:
            return progress.commit_once(journal, self._http.server_now, create, platform=NAME)
        except errors.MediaInvalid as error:
            # The ids have expired or were refused: the next try uploads anew, once by itself (contract 5.8).
            self._uploader.forget(journal)
            if journal.get(_MEDIA_REFUSED):
                raise
            journal[_MEDIA_REFUSED] = True
            raise errors.Transient(str(error), code=error.code, http_status=error.http_status) from None

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """Read the account's posts. Absence cannot be proved (contract 1.2)."""
        found = progress.find_one(
            self.recent_posts,
            lambda candidate: (
                progress.same_text(candidate.text, post.text)
                and bool(candidate.raw.get("attachments")) == bool(post.media)
            ),
            journal,
            sleep=self._sleep,
            platform=NAME,
            waits=self._read_back_waits,
        )
        if found is None:
            raise self._http.unknown(
                "postingan belum ditemukan di akun, tetapi mungkin belum tampil. Periksa akun ini."
            )
        return progress.remember(journal, Committed(post_id=found.post_id, permalink=found.permalink))

    def permalink(self, post_id: str) -> str | None:
        return f"{self._account.url}/status/{post_id}"

    def read_back(self, post_id: str) -> FoundPost:
        answer = self._get(f"tweets/{post_id}", **{self._settings.fields_parameter: _FIELDS})
        return self._found(answer.object.get("data") or {})

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        def read(cursor: str) -> tuple[list[FoundPost], str]:
            answer = self._get(
                f"users/{self._account.id}/tweets",
                # X charges for every post that is read (contract 5.9).
                max_results="10",
                start_time=since.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ"),
                exclude="replies,retweets",
                **{self._settings.fields_parameter: _FIELDS},
                **({"pagination_token": cursor} if cursor else {}),
            )
            data = answer.object.get("data")
            page = [self._found(row) for row in (data if isinstance(data, list) else ())]
            return page, answer.text_at("meta", "next_token")

        return progress.newest_first(read, since)

    def metrics(self, post_id: str) -> Numbers:
        answer = self._get(f"tweets/{post_id}", **{self._settings.fields_parameter: "public_metrics"})
        return read_metrics(answer.object.get("data") or {})

    def delete(self, post_id: str) -> None:
        # Seen first, so that "no such post" afterwards can only mean that it is gone.
        self._get(f"tweets/{post_id}")
        try:
            answer = self._http.send("DELETE", self._url(f"tweets/{post_id}"), phase=Phase.PREPARE)
        except errors.ContentInvalid as error:
            if error.code != NO_SUCH_POST:
                raise
            return
        if answer.text_at("data", "deleted") != "True" and not answer.object.get("errors"):
            raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")

    def access(self) -> Access:
        """OAuth 1 keys do not tell their rights; the scopes of an OAuth 2 token come with its renewal."""
        account = self.whoami()
        if not self._settings.bearer_token:
            return Access(account, token=NEVER_ENDS)
        pair = self._token.pair
        lacking = access.missing(access.X, pair.scopes) if pair.scopes else None
        return Access(account, lacking=lacking, token=life_of(pair))

    @property
    def has_answered(self) -> bool:
        return self._http.has_answered

    def usage(self) -> Usage:
        return self._http.usage

    def _exchange(self, refresh_token: str) -> TokenPair:
        basic = b64encode(f"{self._settings.client_id}:{self._settings.client_secret}".encode()).decode()
        answer = self._http.send(
            "POST",
            f"{(self._settings.renewal_host or self._settings.host).rstrip('/')}/2/oauth2/token",
            form={
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                "client_id": self._settings.client_id,
            },
            headers={"Authorization": f"Basic {basic}"} if self._settings.client_secret else None,
            signed=False,
            phase=Phase.PREPARE,
            retry=False,
            timeout=EXCHANGE_TIMEOUT_SECONDS,
        )
        return pair_from(answer, refresh_token=refresh_token, platform=NAME, now=self._clock())

    @cached_property
    def _account(self) -> Account:
        return self.whoami()

    def _found(self, row: dict[str, Any]) -> FoundPost:
        post_id = str(row.get("id", ""))
        return FoundPost(
            post_id=post_id,
            text=written_text(row),
            created_at=moment(row.get("created_at")),
            permalink=self.permalink(post_id) if post_id else None,
            raw=row,
        )

    def _get(self, path: str, **query: str) -> Answer:
        return self._http.send("GET", self._url(path), params=query, phase=Phase.READ)

    def _url(self, path: str) -> str:
        return f"{self._settings.host.rstrip('/')}/2/{path}"


def _oauth1(settings: XSettings) -> AuthBase:
    return OAuth1(
        settings.consumer_key, settings.consumer_secret, settings.access_token, settings.access_secret
    )
