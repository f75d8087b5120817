"""A Facebook Page through the Graph API (contract section 3).

Pictures are uploaded unpublished and videos in chunks, so that the commit is one small request.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from medsos import errors
from medsos.channels import access, advice, progress
from medsos.channels.addresses import ADDRESS
from medsos.channels.base import Access, Account, ChannelClient, Committed, FoundPost, Journal, Media, Post
from medsos.channels.facebook.numbers import INSIGHTS, read_metrics
from medsos.channels.facebook.video import FIELDS as VIDEO_FIELDS
from medsos.channels.facebook.video import VIDEO_ID, FacebookVideos
from medsos.channels.gate import Gate
from medsos.channels.graph import api as graph
from medsos.channels.graph import token as graph_token
from medsos.channels.http import Phase
from medsos.channels.limits import LIMITS
from medsos.channels.metrics import Numbers
from medsos.channels.usage import Usage
from medsos.clock import Clock, utc_now

NAME = "Facebook"
_POST_FIELDS = "id,message,created_time,permalink_url,is_published,attachments{media_type,target,url}"
_OWN_SITE = re.compile(r"https?://([\w.-]+\.)?(facebook\.com|fb\.com|fb\.watch)(/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class FacebookSettings:
    """:param token: page access token.
    :param app_secret: needed only where the app asks for `appsecret_proof`.
    :param app_id: with `app_secret`, lets the token's rights and end be read.
    :param insights: Meta's names of the insights that stand for the project's metrics.
    :param site: where people see the posts; videos tell their permalink without it.
    :param video_host: host of the video uploads; the API's own host does as well.
    """

    page_id: str
    token: str = field(repr=False)
    app_secret: str | None = field(default=None, repr=False)
    app_id: str | None = None
    insights: Mapping[str, str] = field(default_factory=lambda: INSIGHTS)
    host: str = "https://graph.facebook.com"
    video_host: str = "https://graph-video.facebook.com"
    site: str = "https://www.facebook.com"
    version: str = graph.DEFAULT_VERSION


class FacebookClient(ChannelClient):
    """Publishes on one Page.

    :param gate: holds the limits that the account's workers share; without one, none are shared.
    :param video_pauses: seconds between the looks at a video after its commit.
    :param read_back_waits: seconds before each look for a post of unknown outcome.
    """

    channel = "facebook"
    platform = NAME
    limits = LIMITS["facebook"]

    def __init__(
        self,
        settings: FacebookSettings,
        *,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        video_pauses: Sequence[float] = (2, 3, 5, 10, 10, 15, 15, 30, 30),
        read_back_waits: Sequence[float] = progress.READ_BACK_WAITS,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._read_back_waits = read_back_waits
        self._api = graph.GraphApi(NAME, settings, gate=gate, clock=clock, sleep=sleep)
        self._http = self._api.http
        self._videos = FacebookVideos(
            self._api,
            page_id=settings.page_id,
            host=settings.video_host,
            pauses=video_pauses,
            sleep=sleep,
        )

    def __repr__(self) -> str:
        return f"FacebookClient({self._settings.page_id})"

    def whoami(self) -> Account:
        answer = self._api.get(self._settings.page_id, fields="id,name,link")
        return Account(
            id=answer.text_at("id"), name=answer.text_at("name"), url=answer.text_at("link") or None
        )

    def prepare(self, post: Post, journal: Journal) -> None:
        if post.video:
            self._videos.upload(post.video, journal)
        else:
            self._upload_photos(post.images, journal)

    def commit(self, post: Post, journal: Journal) -> Committed:
        publish = self._videos.finish if post.video else self._publish_feed
        committed = progress.commit_once(
            journal, self._http.server_now, lambda: publish(post, journal), platform=NAME
        )
        if post.video and committed.post_id == journal.get(VIDEO_ID):
            committed = progress.remember(journal, self._await_video(journal))
        return committed

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """Read the Page's posts; a video also answers for itself. Absence cannot be proved (contract 1.2)."""
        video_id = journal.get(VIDEO_ID)
        if video_id and self._videos.is_public(self._videos.read(video_id)):
            return progress.remember(journal, self._await_video(journal))
        found = progress.find_one(
            self.recent_posts,
            lambda candidate: self._is(candidate, post),
            journal,
            sleep=self._sleep,
            platform=NAME,
            waits=self._read_back_waits,
        )
        if found is None:
            raise self._http.unknown(
                "postingan belum ditemukan di Halaman, tetapi mungkin masih diproses. Periksa Halaman ini."
            )
        return progress.remember(journal, Committed(post_id=found.post_id, permalink=found.permalink))

    def permalink(self, post_id: str) -> str | None:
        answer = self._api.get(post_id, fields="permalink_url")
        return self._absolute(answer.text_at("permalink_url")) or self._absolute(post_id)

    def read_back(self, post_id: str) -> FoundPost:
        if "_" in post_id:
            return self._found(self._api.get(post_id, fields=_POST_FIELDS).object)
        return self._found(self._api.get(post_id, fields=VIDEO_FIELDS).object)

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        edge = f"{self._settings.page_id}/published_posts"
        return graph.recent(self._api, edge, _POST_FIELDS, self._found, since)

    def metrics(self, post_id: str) -> Numbers:
        return read_metrics(self._api, self._post_of(post_id), self._settings.insights)

    def delete(self, post_id: str) -> None:
        # Seen first, so that "no such post" afterwards can only mean that it is gone.
        self.read_back(post_id)
        try:
            self._api.delete(post_id)
        except errors.ContentInvalid as error:
            if error.code != graph.NO_SUCH_OBJECT:
                raise

    def access(self) -> Access:
        account = self.whoami()
        facts = graph_token.token_facts(self._api, self._settings, self._settings.app_id)
        return Access(
            account,
            lacking=graph_token.rights_missing(facts, access.FACEBOOK),
            token=graph_token.life_of(facts),
        )

    @property
    def has_answered(self) -> bool:
        return self._http.has_answered

    def usage(self) -> Usage:
        return self._http.usage

    def _post_of(self, post_id: str) -> str:
        """The post itself, where the id is that of a video whose post was not known at its commit."""
        if "_" in post_id:
            return post_id
        found = self._videos.read(post_id).get("post_id")
        if not found:
            raise errors.NotReady(f"{NAME}: {advice.NOT_READY}")
        return self._full_post_id(str(found))

    def _upload_photos(self, images: Sequence[Media], journal: Journal) -> None:
        photo_ids: list[str] = list(journal.get("facebook_photo_ids") or [])
        for image in images[len(photo_ids) :]:
            form = {"published": "false"} | ({"alt_text_custom": image.alt_text} if image.alt_text else {})
            answer = self._api.post(
                f"{self._settings.page_id}/photos",
                form,
                phase=Phase.PREPARE,
                files={"source": (image.path.name, image.path.read_bytes(), image.media_type)},
            )
            photo_ids = [*photo_ids, self._api.needed(answer, "id")]
            journal["facebook_photo_ids"] = photo_ids

    def _publish_feed(self, post: Post, journal: Journal) -> Committed:
        form = {"message": post.text} | ({} if post.media else _link_in(post.text))
        for number, photo_id in enumerate(journal.get("facebook_photo_ids") or []):
            form[f"attached_media[{number}]"] = json.dumps({"media_fbid": photo_id})
        try:
            answer = self._api.post(f"{self._settings.page_id}/feed", form, phase=Phase.COMMIT)
        except errors.ContentInvalid:
            # The pictures may be what is wrong: unused ones are deleted. The next start sends them anew.
            journal["facebook_photo_ids"] = None
            raise
        post_id = answer.text_at("id")
        if not post_id:
            raise self._http.unknown()
        return Committed(post_id=post_id)

    def _await_video(self, journal: Journal) -> Committed:
        """The post of a published video; the video's own id stands in when that takes long."""
        video = self._videos.await_post(journal)
        if not video:
            return Committed(post_id=journal[VIDEO_ID])
        return Committed(
            post_id=self._full_post_id(str(video["post_id"])),
            permalink=self._absolute(str(video.get("permalink_url") or "")),
        )

    def _full_post_id(self, post_id: str) -> str:
        return post_id if "_" in post_id else f"{self._settings.page_id}_{post_id}"

    def _is(self, candidate: FoundPost, post: Post) -> bool:
        attachments = ((candidate.raw.get("attachments") or {}).get("data")) or []
        return progress.same_text(candidate.text, post.text) and (not post.media or bool(attachments))

    def _found(self, row: dict[str, Any]) -> FoundPost:
        return FoundPost(
            post_id=str(row.get("id", "")),
            text=str(row.get("message") or row.get("description") or ""),
            created_at=graph.graph_time(row.get("created_time")),
            permalink=self._absolute(str(row.get("permalink_url") or "")),
            raw=row,
        )

    def _absolute(self, address: str) -> str | None:
        if not address:
            return None
        return address if address.startswith("http") else f"{self._settings.site}/{address.lstrip('/')}"


def _link_in(text: str) -> dict[str, str]:
    """The first address of a text, to be shown as a card. Facebook refuses its own (contract 3.7)."""
    found = ADDRESS.search(text)
    return {"link": found.group()} if found and not _OWN_SITE.match(found.group()) else {}
