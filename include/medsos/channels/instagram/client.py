"""An Instagram professional account through the Graph API (contract section 4).

Container → wait until finished → publish. Pictures are fetched by Instagram from the media host; videos are
sent to the address that the container names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from medsos import errors
from medsos.channels import access, advice, progress
from medsos.channels.access import Quota, Token
from medsos.channels.base import (
    Access,
    Account,
    ChannelClient,
    Committed,
    FoundPost,
    Journal,
    MediaHost,
    Post,
)
from medsos.channels.gate import Gate
from medsos.channels.graph import api as graph
from medsos.channels.graph import insights as graph_insights
from medsos.channels.graph import token as graph_token
from medsos.channels.http import Phase
from medsos.channels.instagram.containers import CONTAINER, NAME, Containers
from medsos.channels.limits import LIMITS
from medsos.channels.metrics import Numbers, figures, number_or_not_yet
from medsos.channels.usage import Usage
from medsos.clock import Clock, utc_now

_MEDIA_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp"
_LISTED_WITHIN = timedelta(minutes=30)
"""How long a published post may be missing from the account's list; the contract names no figure."""

_NO_SUCH_CONTAINER = "24/2207008"
_QUOTA_WAIT = timedelta(hours=1)
_INSIGHTS = ("views", "reach", "shares")
_LOGIN_TOKEN = Token(remark="60 hari sejak dibuat; tanggalnya tidak diberitahukan")

READ_BACK_WAITS = (0.0, 15.0, 60.0)
"""Seconds before each look: only repeated looks at the container prove absence (contract 4.4)."""


@dataclass(frozen=True)
class InstagramSettings:
    """:param login: which of the two kinds of token this is (contract 4.1).
    :param host: `https://graph.facebook.com` for "facebook", `https://graph.instagram.com` for "instagram".
    :param site: where people see the account; posts tell their own address.
    :param app_secret: needed only where the app asks for `appsecret_proof`.
    :param app_id: with `app_secret`, lets the token's rights and end be read (Facebook login).
    """

    account_id: str
    token: str = field(repr=False)
    login: Literal["facebook", "instagram"] = "facebook"
    app_secret: str | None = field(default=None, repr=False)
    app_id: str | None = None
    host: str = "https://graph.facebook.com"
    site: str = "https://www.instagram.com"
    version: str = graph.DEFAULT_VERSION


class InstagramClient(ChannelClient):
    """Publishes on one professional account.

    :param media_host: gives pictures their public address.
    :param gate: holds the limits that the account's workers share; without one, none are shared.
    :param status_pauses: seconds between the looks at a container.
    :param publish_pauses: seconds before the publish call is repeated when Instagram says "not ready".
    :param read_back_waits: seconds before each look for a post of unknown outcome.
    """

    channel = "instagram"
    platform = NAME
    limits = LIMITS["instagram"]

    def __init__(
        self,
        settings: InstagramSettings,
        *,
        media_host: MediaHost,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        status_pauses: Sequence[float] = (1, 2, 5, 10, 15, 30, 60, 60, 60, 60),
        publish_pauses: Sequence[float] = (2, 5, 10),
        read_back_waits: Sequence[float] = READ_BACK_WAITS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._publish_pauses = publish_pauses
        self._read_back_waits = read_back_waits
        self._api = graph.GraphApi(NAME, settings, gate=gate, clock=clock, sleep=sleep)
        self._http = self._api.http
        self._containers = Containers(
            self._api,
            account_id=settings.account_id,
            token=settings.token,
            media_host=media_host,
            pauses=status_pauses,
            sleep=sleep,
        )

    def __repr__(self) -> str:
        return f"InstagramClient({self._settings.account_id})"

    def whoami(self) -> Account:
        by_page = self._settings.login == "facebook"
        path, fields = (self._settings.account_id, "id,username") if by_page else ("me", "user_id,username")
        answer = self._api.get(path, fields=fields)
        name = answer.text_at("username")
        return Account(
            id=answer.text_at("id" if by_page else "user_id") or self._settings.account_id,
            name=f"@{name}",
            url=f"{self._settings.site.rstrip('/')}/{name}/",
        )

    def prepare(self, post: Post, journal: Journal) -> None:
        self._containers.prepare(post, journal)

    def commit(self, post: Post, journal: Journal) -> Committed:
        if not journal.get(progress.COMMIT_STARTED):
            self._check_quota()
        return progress.commit_once(
            journal, self._http.server_now, lambda: self._publish(journal), platform=NAME
        )

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """The container tells whether it was published; the account's media tell as which post."""
        status = self._settled_status(journal)
        if status == "PUBLISHED":
            found = progress.find_one(
                self.recent_posts,
                lambda candidate: progress.same_text(candidate.text, post.text),
                journal,
                sleep=self._sleep,
                platform=NAME,
                waits=self._read_back_waits,
            )
            if found is None:
                self._await_listing(journal)
            else:
                return progress.remember(journal, Committed(post_id=found.post_id, permalink=found.permalink))
        if status in ("FINISHED", "EXPIRED", "ERROR"):
            if status != "FINISHED":
                self._containers.drop(journal)
            progress.forget_commit(journal)
            return None
        raise errors.NotReady(f"{NAME}: {advice.NOT_READY}")

    def permalink(self, post_id: str) -> str | None:
        return self._api.get(post_id, fields="permalink").text_at("permalink") or None

    def read_back(self, post_id: str) -> FoundPost:
        return _found(self._api.get(post_id, fields=_MEDIA_FIELDS).object)

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        edge = f"{self._settings.account_id}/media"
        return graph.recent(self._api, edge, _MEDIA_FIELDS, _found, since)

    def metrics(self, post_id: str) -> Numbers:
        counted = self._api.get(post_id, fields="like_count,comments_count").object
        return figures(
            likes=number_or_not_yet(counted.get("like_count")),
            comments=number_or_not_yet(counted.get("comments_count")),
            **graph_insights.under_our_names(self._api, post_id, {name: name for name in _INSIGHTS}),
        )

    def delete(self, post_id: str) -> None:
        if self._settings.login == "instagram":
            raise errors.NotSupported(
                "Penghapusan tidak didukung oleh Instagram untuk token Instagram Login. Hapus postingan di "
                "aplikasinya, atau pakai token Facebook Login."
            )
        # Seen first, so that "no such post" afterwards can only mean that it is gone.
        self.read_back(post_id)
        try:
            self._api.delete(post_id)
        except errors.ContentInvalid as error:
            if error.code != graph.NO_SUCH_OBJECT:
                raise

    def access(self) -> Access:
        account, quota = self.whoami(), self._quota()
        if self._settings.login == "instagram":
            return Access(account, token=_LOGIN_TOKEN, quota=quota)
        facts = graph_token.token_facts(self._api, self._settings, self._settings.app_id)
        return Access(
            account,
            lacking=graph_token.rights_missing(facts, access.INSTAGRAM),
            token=graph_token.life_of(facts),
            quota=quota,
        )

    @property
    def has_answered(self) -> bool:
        return self._http.has_answered

    def usage(self) -> Usage:
        return self._http.usage

    def _quota(self) -> Quota | None:
        """How many posts of the day are left; the total differs by account (contract 4.4)."""
        answer = self._api.get(
            f"{self._settings.account_id}/content_publishing_limit", fields="quota_usage,config"
        )
        for row in graph.rows(answer):
            total = (row.get("config") or {}).get("quota_total")
            if isinstance(total, int):
                return Quota(used=int(row.get("quota_usage") or 0), total=total, period="24 jam")
        return None

    def _check_quota(self) -> None:
        quota = self._quota()
        if quota and not quota.left:
            raise errors.RateLimited(
                f"{NAME}: {advice.DAILY} ({quota.used} dari {quota.total} dalam {quota.period})",
                retry_at=self._clock() + _QUOTA_WAIT,
            )

    def _publish(self, journal: Journal) -> Committed:
        edge = f"{self._settings.account_id}/media_publish"
        for pause in (*self._publish_pauses, None):
            try:
                fields = {"creation_id": journal[CONTAINER]}
                answer = self._api.post(edge, fields, phase=Phase.COMMIT)
            except errors.NotReady as error:
                # The one refusal of this call that proves nothing became public (contract 4.4).
                if pause is None:
                    if error.code == _NO_SUCH_CONTAINER:
                        self._containers.drop(journal)
                    raise
                self._sleep(pause)
                continue
            media_id = answer.text_at("id")
            if not media_id:
                raise self._http.unknown()
            return Committed(post_id=media_id)
        raise AssertionError("the last pause is None and always returns or raises")

    def _await_listing(self, journal: Journal) -> None:
        """It is up, but only the account's list tells its number and address (contract 4.4).

        :raises NotReady: the list may just be late.
        :raises UnknownOutcome: it should be there by now; a person has to look.
        """
        started = progress.commit_started(journal)
        if started and self._http.server_now - started < _LISTED_WITHIN:
            raise errors.NotReady(f"{NAME}: {advice.NOT_LISTED}")
        raise self._http.unknown(advice.NOT_LISTED)

    def _settled_status(self, journal: Journal) -> str:
        """The container's status after several looks, since PUBLISHED may come late."""
        container, status = journal.get(CONTAINER), ""
        if not container:
            raise self._http.unknown("nomor wadah media tidak tercatat. Periksa akun Instagram ini.")
        for wait in self._read_back_waits:
            if wait:
                self._sleep(wait)
            status = self._api.get(container, fields="status_code").text_at("status_code")
            if status in ("PUBLISHED", "EXPIRED", "ERROR"):
                break
        return status


def _found(row: dict[str, Any]) -> FoundPost:
    return FoundPost(
        post_id=str(row.get("id", "")),
        text=str(row.get("caption") or ""),
        created_at=graph.graph_time(row.get("timestamp")),
        permalink=row.get("permalink") or None,
        raw=row,
    )
