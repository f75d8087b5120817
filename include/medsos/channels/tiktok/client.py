"""A TikTok account through the Content Posting API (contract section 6).

Of a video, the last chunk is the commit; of pictures, the init call is. After either, TikTok processes the
post, and only its status tells whether it came out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from medsos import errors
from medsos.channels import access, advice, progress
from medsos.channels.answer import Answer
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
from medsos.channels.http import Phase
from medsos.channels.limits import LIMITS
from medsos.channels.metrics import Numbers
from medsos.channels.rules import find_rule
from medsos.channels.tiktok.api import TikTokApi, TikTokSettings
from medsos.channels.tiktok.creator import CREATOR, NAME, PUBLIC, check_creator, post_info, remembered
from medsos.channels.tiktok.photos import TikTokPhotos
from medsos.channels.tiktok.read import found_post, is_listed_as, public_id_of, read_metrics
from medsos.channels.tiktok.rules import FAIL_RULES, fail_problem
from medsos.channels.tiktok.video import PUBLISH_ID, TikTokVideoUploader
from medsos.channels.tokens import TokenStore, life_of
from medsos.channels.usage import Usage
from medsos.channels.vault import Vault
from medsos.clock import Clock, utc_now

_PUBLISH_ID_PREFIXES = ("v_pub_", "p_pub_", "v_inbox_")


class TikTokClient(ChannelClient):
    """Publishes on one account.

    :param media_host: gives pictures their public address; its domain must be verified at TikTok.
    :param token_store: keeps refreshed tokens; without one, an ended token is an error.
    :param gate: holds the limits that the account's workers share; without one, none are shared.
    :param status_pauses: seconds between the looks at a post that TikTok is processing.
    :param public_id_pauses: seconds between further looks for the public id of a finished post.
    :param read_back_waits: seconds before each look for a post of unknown outcome.
    """

    channel = "tiktok"
    platform = NAME
    limits = LIMITS["tiktok"]

    def __init__(
        self,
        settings: TikTokSettings,
        *,
        media_host: MediaHost,
        token_store: TokenStore | None = None,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        status_pauses: Sequence[float] = (2, 3, 5, 5, 10, 10, 15, 15, 30, 30, 60, 60),
        public_id_pauses: Sequence[float] = (2, 5, 10, 15),
        read_back_waits: Sequence[float] = progress.READ_BACK_WAITS,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._status_pauses = status_pauses
        self._public_id_pauses = public_id_pauses
        self._read_back_waits = read_back_waits
        self._api = TikTokApi(settings, token_store=token_store, gate=gate, clock=clock, sleep=sleep)
        self._http = self._api.http
        self._uploader = TikTokVideoUploader(
            self._http,
            post=self._api.post,
            status=self._api.status,
            chunk_bytes=settings.chunk_bytes,
            vault=Vault(settings.client_secret or settings.refresh_token or settings.access_token),
            clock=clock,
        )
        self._photos = TikTokPhotos(self._api, media_host=media_host)

    def __repr__(self) -> str:
        return f"TikTokClient({self._settings.host})"

    def whoami(self) -> Account:
        """Ask for the creator: that call needs the very right that publishing needs."""
        creator = self._api.creator()
        name = str(creator.get("creator_username") or "")
        return Account(
            id=name,
            name=f"@{name} ({creator.get('creator_nickname', '')})",
            url=f"{self._settings.site.rstrip('/')}/@{name}",
        )

    def prepare(self, post: Post, journal: Journal) -> None:
        creator = self._api.creator()
        check_creator(creator, post, self._settings.privacy)
        journal[CREATOR] = remembered(creator)
        if post.video:
            self._uploader.prepare(
                post.video, post_info(post, journal[CREATOR], self._settings.privacy), journal
            )
        else:
            self._photos.hand_over(post, journal)

    def commit(self, post: Post, journal: Journal) -> Committed:
        def publish() -> Committed:
            if post.video:
                self._uploader.send_last(post.video, journal)
            else:
                info = post_info(post, journal[CREATOR], self._settings.privacy)
                self._photos.publish(post.images, info, journal)
            try:
                return self._outcome(journal)
            except errors.RateLimited as error:
                if not journal.get(PUBLISH_ID):
                    raise
                raise errors.NotYetKnown(str(error), retry_at=error.retry_at) from None

        return progress.commit_once(journal, self._http.server_now, publish, platform=NAME)

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """The publish id tells; without one (a lost answer for pictures) the public list is read."""
        if journal.get(PUBLISH_ID):
            return self._resolve_by_status(post, journal)
        found = progress.find_one(
            self.recent_posts,
            lambda candidate: is_listed_as(candidate.text, post),
            journal,
            sleep=self._sleep,
            platform=NAME,
            waits=self._read_back_waits,
        )
        if found is None:
            raise self._http.unknown(
                "postingan tidak ada pada daftar publik, tetapi mungkin masih diproses. Periksa akun ini."
            )
        return progress.remember(journal, Committed(post_id=found.post_id, permalink=found.permalink))

    def permalink(self, post_id: str) -> str | None:
        """Address of a public post. A publish id is accepted too, and answered once the post is public."""
        public_id = self._public_id(post_id)
        if not public_id:
            return None
        for video in self._api.query(public_id):
            if video.get("share_url"):
                return str(video["share_url"])
        name = self._api.creator().get("creator_username")
        return f"{self._settings.site.rstrip('/')}/@{name}/video/{public_id}" if name else None

    def read_back(self, post_id: str) -> FoundPost:
        """Of a post that is not public, or not yet, TikTok tells its status and nothing else."""
        public_id = self._public_id(post_id)
        if not public_id:
            status = self._api.status(post_id).object.get("data") or {}
            return FoundPost(post_id=post_id, text="", created_at=None, permalink=None, raw=status)
        for video in self._api.query(public_id):
            return found_post(video)
        raise errors.PostGone(f"{NAME}: {advice.MISSING}")

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        """Public posts only: TikTok lists no others."""
        return progress.newest_first(self._api.newest, since)

    def metrics(self, post_id: str) -> Numbers:
        """A post that is not public, or not yet, has no numbers in the API. Reach is told for none."""
        public_id = self._public_id(post_id)
        if not public_id:
            return read_metrics({})
        for video in self._api.query(public_id):
            return read_metrics(video)
        raise errors.PostGone(f"{NAME}: {advice.MISSING}")

    def access(self) -> Access:
        """The scopes come with the token's renewal; before the first one they are tried out."""
        account, pair = self.whoami(), self._api.token.pair
        if pair.scopes:
            lacking = access.missing(access.TIKTOK, pair.scopes)
        else:
            # Asking for the creator needs `video.publish`, so only the other scope is in question.
            granted = {"video.publish"} | ({"video.list"} if self._api.may_list() else set())
            lacking = access.missing(access.TIKTOK, granted)
        # TikTok counts the posts of all apps together and tells no number: ours is the least there were.
        return Access(account, lacking=lacking, token=life_of(pair), quota=self._http.gate.posts_left())

    @property
    def has_answered(self) -> bool:
        return self._http.has_answered

    def usage(self) -> Usage:
        return self._http.usage

    def _public_id(self, post_id: str) -> str | None:
        """The id of the public post; None while there is none."""
        if not post_id.startswith(_PUBLISH_ID_PREFIXES):
            return post_id
        return public_id_of(self._api.status(post_id))

    def _outcome(self, journal: Journal) -> Committed:
        """Wait until TikTok has finished, then a little longer for the public id.

        :raises UnknownOutcome: it is still processing; `resolve` looks again later.
        :raises RateLimited: TikTok does not want to be asked again before a moment.
        """
        publish_id = journal[PUBLISH_ID]

        def look() -> Answer | None:
            answer = self._api.status(publish_id)
            status = answer.text_at("data", "status")
            if status == "FAILED":
                journal[PUBLISH_ID] = None
                self._photos.forget(journal)
                self._uploader.forget(journal)
                problem = fail_problem(answer)
                raise self._http.refusal(
                    find_rule(FAIL_RULES, answer.status, problem), problem, answer, Phase.PREPARE
                )
            return answer if status in ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX") else None

        try:
            done = progress.wait_until(look, pauses=self._status_pauses, sleep=self._sleep)
            if done is None:
                raise self._http.unknown("postingan masih diproses TikTok. Status diperiksa lagi nanti.")
        except errors.RateLimited:
            raise
        except errors.ChannelError as error:
            if journal.get(PUBLISH_ID) and not isinstance(error, errors.UnknownOutcome):
                # The post was accepted; only its status could not be read.
                raise self._http.unknown("status postingan belum terbaca. Diperiksa lagi nanti.") from None
            raise
        # Not public yet, or never: its number at TikTok stands in, and leads to the public post later.
        return Committed(post_id=public_id_of(done) or self._late_public_id(publish_id) or publish_id)

    def _late_public_id(self, publish_id: str) -> str | None:
        """A post that is not public never gets one, and moderation may take hours: both are final here."""
        if self._settings.privacy != PUBLIC:
            return None
        try:
            return progress.wait_until(
                lambda: public_id_of(self._api.status(publish_id)),
                pauses=self._public_id_pauses,
                sleep=self._sleep,
            )
        except errors.ChannelError:
            # The post is up; not knowing its address yet must not fail it (contract 1.1).
            return None

    def _resolve_by_status(self, post: Post, journal: Journal) -> Committed | None:
        if post.video and self._uploader.waits_for_bytes(self._api.status(journal[PUBLISH_ID]), post.video):
            # The same upload goes on: its publish id cannot become two posts.
            progress.forget_commit(journal)
            return None
        try:
            return progress.remember(journal, self._outcome(journal))
        except errors.UnknownOutcome as error:
            raise errors.NotReady(str(error)) from None
        except errors.ChannelError as error:
            if isinstance(error, errors.RateLimited) and journal.get(PUBLISH_ID):
                raise
            # The status says FAILED: nothing became public.
            progress.forget_commit(journal)
            return None
