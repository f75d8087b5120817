"""Sends a video to a Page in chunks (contract 3.3). Start and transfer are preparation; finish publishes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from medsos import errors
from medsos.channels import advice, progress
from medsos.channels.answer import Answer
from medsos.channels.base import Committed, Journal, Media, Post
from medsos.channels.graph import api as graph
from medsos.channels.http import Phase

UPLOAD = "facebook_upload"
VIDEO_ID = "facebook_video_id"
FIELDS = "id,status,permalink_url,post_id,published,description,created_time"


class FacebookVideos:
    """:param host: of the uploads.
    :param pauses: seconds between the looks at a video after its commit.
    """

    def __init__(
        self,
        api: graph.GraphApi,
        *,
        page_id: str,
        host: str,
        pauses: Sequence[float],
        sleep: Callable[[float], None],
    ) -> None:
        self._api = api
        self._page_id = page_id
        self._host = host
        self._pauses = pauses
        self._sleep = sleep

    def upload(self, video: Media, journal: Journal) -> None:
        """Send the chunks that the platform asks for, from where the journal left off.

        A worker may have died between a chunk that arrived and the journal. The platform then refuses the
        session's next chunk, and the video is sent anew.
        """
        left_off = journal.get(UPLOAD)
        if left_off is not None:
            try:
                return self._send_chunks(video, left_off, journal)
            except errors.ChannelError:
                if journal.get(UPLOAD) is not None:
                    raise
        answer = self._phase("start", {"file_size": str(video.size_bytes)}, journal)
        journal[VIDEO_ID] = self._api.needed(answer, "video_id")
        session = {"id": self._api.needed(answer, "upload_session_id"), **_offsets(answer)}
        journal[UPLOAD] = session
        return self._send_chunks(video, session, journal)

    def _send_chunks(self, video: Media, session: dict[str, Any], journal: Journal) -> None:
        while session["start"] < session["end"]:
            with video.path.open("rb") as file:
                file.seek(session["start"])
                chunk = file.read(session["end"] - session["start"])
            answer = self._phase(
                "transfer",
                {"upload_session_id": session["id"], "start_offset": str(session["start"])},
                journal,
                files={"video_file_chunk": (video.path.name, chunk, video.media_type)},
            )
            session = {"id": session["id"], **_offsets(answer)}
            journal[UPLOAD] = session

    def finish(self, post: Post, journal: Journal) -> Committed:
        """The commit; the video's own id stands in for the post, which is made later."""
        form = {
            "upload_session_id": journal[UPLOAD]["id"],
            "title": post.title,
            "description": post.text,
            "published": "true",
        }
        cover = post.cover
        files = {"thumb": (cover.path.name, cover.path.read_bytes(), cover.media_type)} if cover else None
        answer = self._phase("finish", form, journal, phase=Phase.COMMIT, files=files)
        if answer.object.get("success") is not True:
            raise self._api.http.unknown()
        return Committed(post_id=journal[VIDEO_ID])

    def read(self, video_id: str) -> dict[str, Any]:
        return self._api.get(video_id, fields=FIELDS).object

    def is_public(self, video: dict[str, Any]) -> bool:
        publishing = (video.get("status") or {}).get("publishing_phase") or {}
        return video.get("published") is True and publishing.get("publish_status", "published") == "published"

    def await_post(self, journal: Journal) -> dict[str, Any] | None:
        """Wait until a published video has its post; None when that takes long.

        :raises MediaInvalid: Facebook could not use the video; nothing became public.
        """

        def look() -> dict[str, Any] | None:
            try:
                video = self.read(journal[VIDEO_ID])
            except errors.ChannelError:
                # It is up; not being able to read it must not fail it (contract 1.1).
                return {}
            status = video.get("status") or {}
            if status.get("video_status") in ("error", "expired"):
                progress.forget_commit(journal)
                journal[UPLOAD] = None
                why = self._api.http.clean(_why(status))
                raise errors.MediaInvalid(f"{self._api.platform}: {advice.MEDIA} ({why})")
            return video if status.get("video_status") == "ready" and video.get("post_id") else None

        return progress.wait_until(look, pauses=self._pauses, sleep=self._sleep) or None

    def _phase(
        self,
        name: str,
        form: dict[str, str],
        journal: Journal,
        *,
        phase: Phase = Phase.PREPARE,
        files: Any = None,
    ) -> Answer:
        edge = f"{self._page_id}/videos"
        try:
            return self._api.post(
                edge, {"upload_phase": name, **form}, phase=phase, files=files, host=self._host
            )
        except errors.ChannelError as error:
            # The session itself may be what is wrong: it has ended, or waits for another chunk.
            if isinstance(error, errors.ContentInvalid) or _session_lost(error):
                journal[UPLOAD] = None
            raise


def _offsets(answer: Answer) -> dict[str, int]:
    return {
        "start": int(answer.text_at("start_offset") or 0),
        "end": int(answer.text_at("end_offset") or 0),
    }


def _session_lost(error: errors.ChannelError) -> bool:
    return (error.code or "").endswith(graph.SESSION_LOST)


def _why(status: dict[str, Any]) -> str:
    error = (status.get("processing_phase") or {}).get("error") or {}
    return str(error.get("message") or status.get("video_status"))
