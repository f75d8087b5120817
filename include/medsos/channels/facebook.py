"""A Facebook Page through the Graph API (contract section 3).

Pictures are uploaded unpublished and videos in chunks, so that the commit is one small request.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from medsos import errors
from medsos.channels import access, advice, graph, graph_token, progress
from medsos.channels.answer import Answer
from medsos.channels.base import Access, Account, ChannelClient, Committed, FoundPost, Journal, Media, Post
from medsos.channels.facebook_numbers import INSIGHTS, read_metrics
from medsos.channels.gate import Gate
from medsos.channels.http import Phase
from medsos.channels.limits import LIMITS
from medsos.channels.usage import Usage
from medsos.clock import Clock, utc_now

NAME = "Facebook"
_POST_FIELDS = "id,message,created_time,permalink_url,is_published,attachments{media_type,target,url}"
_VIDEO_FIELDS = "id,status,permalink_url,post_id,published,description,created_time"


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
        self._video_pauses = video_pauses
        self._read_back_waits = read_back_waits
        self._api = graph.GraphApi(NAME, settings, gate=gate, clock=clock, sleep=sleep)
        self._http = self._api.http

    def __repr__(self) -> str:
        return f"FacebookClient({self._settings.page_id})"

    def whoami(self) -> Account:
        answer = self._api.get(self._settings.page_id, fields="id,name,link")
        return Account(
            id=answer.text_at("id"), name=answer.text_at("name"), url=answer.text_at("link") or None
        )

    def prepare(self, post: Post, journal: Journal) -> None:
        if post.video:
            self._upload_video(post.video, journal)
        else:
            self._upload_photos(post.images, journal)

    def commit(self, post: Post, journal: Journal) -> Committed:
        publish = self._finish_video if post.video else self._publish_feed
        committed = progress.commit_once(
            journal, self._http.server_now, lambda: publish(post, journal), platform=NAME
        )
        if post.video and committed.post_id == journal.get("facebook_video_id"):
            committed = progress.remember(journal, self._await_video(journal))
        return committed

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """Read the Page's posts; a video also answers for itself. Absence cannot be proved (contract 1.2)."""
        video_id = journal.get("facebook_video_id")
        if video_id and self._video_is_public(self._video(video_id)):
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
        return self._found(self._api.get(post_id, fields=_VIDEO_FIELDS).object)

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        edge = f"{self._settings.page_id}/published_posts"
        return graph.recent(self._api, edge, _POST_FIELDS, self._found, since)

    def metrics(self, post_id: str) -> Mapping[str, float | None]:
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

    def usage(self) -> Usage:
        return self._http.usage

    def _post_of(self, post_id: str) -> str:
        """The post itself, where the id is that of a video whose post was not known at its commit."""
        if "_" in post_id:
            return post_id
        found = self._video(post_id).get("post_id")
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
        form = {"message": post.text}
        for number, photo_id in enumerate(journal.get("facebook_photo_ids") or []):
            form[f"attached_media[{number}]"] = json.dumps({"media_fbid": photo_id})
        answer = self._api.post(f"{self._settings.page_id}/feed", form, phase=Phase.COMMIT)
        post_id = answer.text_at("id")
        if not post_id:
            raise self._http.unknown()
        return Committed(post_id=post_id)

    def _upload_video(self, video: Media, journal: Journal) -> None:
        """Send the chunks that the platform asks for, from where the journal left off."""
        session = journal.get("facebook_upload")
        if session is None:
            answer = self._video_phase("start", {"file_size": str(video.size_bytes)})
            journal["facebook_video_id"] = self._api.needed(answer, "video_id")
            session = {"id": self._api.needed(answer, "upload_session_id"), **_offsets(answer)}
            journal["facebook_upload"] = session
        while session["start"] < session["end"]:
            with video.path.open("rb") as file:
                file.seek(session["start"])
                chunk = file.read(session["end"] - session["start"])
            answer = self._video_phase(
                "transfer",
                {"upload_session_id": session["id"], "start_offset": str(session["start"])},
                files={"video_file_chunk": (video.path.name, chunk, video.media_type)},
            )
            session = {"id": session["id"], **_offsets(answer)}
            journal["facebook_upload"] = session

    def _finish_video(self, post: Post, journal: Journal) -> Committed:
        form = {
            "upload_session_id": journal["facebook_upload"]["id"],
            "title": post.title,
            "description": post.text,
            "published": "true",
        }
        answer = self._video_phase("finish", form, phase=Phase.COMMIT)
        if answer.object.get("success") is not True:
            raise self._http.unknown()
        return Committed(post_id=journal["facebook_video_id"])

    def _await_video(self, journal: Journal) -> Committed:
        """Wait for the post of a published video; the video's own id stands in when that takes long."""
        video_id = journal["facebook_video_id"]

        def look() -> Committed | None:
            try:
                video = self._video(video_id)
            except errors.ChannelError:
                # It is up; not being able to read it must not fail it (contract 1.1).
                return Committed(post_id=video_id)
            status = video.get("status") or {}
            if status.get("video_status") in ("error", "expired"):
                progress.forget_commit(journal)
                journal["facebook_upload"] = None
                raise errors.MediaInvalid(f"{NAME}: {advice.MEDIA} ({self._http.clean(_why(status))})")
            if status.get("video_status") == "ready" and video.get("post_id"):
                return Committed(
                    post_id=self._full_post_id(str(video["post_id"])),
                    permalink=self._absolute(str(video.get("permalink_url") or "")),
                )
            return None

        found = progress.wait_until(look, pauses=self._video_pauses, sleep=self._sleep)
        return found or Committed(post_id=video_id)

    def _video_is_public(self, video: dict[str, Any]) -> bool:
        publishing = (video.get("status") or {}).get("publishing_phase") or {}
        return video.get("published") is True and publishing.get("publish_status", "published") == "published"

    def _video(self, video_id: str) -> dict[str, Any]:
        return self._api.get(video_id, fields=_VIDEO_FIELDS).object

    def _full_post_id(self, post_id: str) -> str:
        return post_id if "_" in post_id else f"{self._settings.page_id}_{post_id}"

    def _is(self, candidate: FoundPost, post: Post) -> bool:
        attachments = ((candidate.raw.get("attachments") or {}).get("data")) or []
        return progress.same_text(candidate.text, post.text) and (not post.media or bool(attachments))

    def _video_phase(
        self, name: str, form: dict[str, str], *, phase: Phase = Phase.PREPARE, files: Any = None
    ) -> Answer:
        return self._api.post(
            f"{self._settings.page_id}/videos",
            {"upload_phase": name, **form},
            phase=phase,
            files=files,
            host=self._settings.video_host,
        )

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


def _offsets(answer: Answer) -> dict[str, int]:
    return {
        "start": int(answer.text_at("start_offset") or 0),
        "end": int(answer.text_at("end_offset") or 0),
    }


def _why(status: dict[str, Any]) -> str:
    error = (status.get("processing_phase") or {}).get("error") or {}
    return str(error.get("message") or status.get("video_status"))
