"""Sends a video to TikTok in chunks (contract 6.4). All but the last are preparation; the last publishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.base import Journal, Media
from medsos.channels.http import HttpSession, Phase
from medsos.channels.vault import Vault
from medsos.clock import Clock

KEY = "tiktok_upload"
PUBLISH_ID = "tiktok_publish_id"
ADDRESS = "locked_url"
"""Key within `KEY`: the upload address, locked; empty after the last chunk."""

SMALLEST_CHUNK = 5_000_000
_ADDRESS_LIFE = timedelta(minutes=50)
_TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True)
class ChunkPlan:
    """How a file is cut: `count` chunks of `size` bytes, the rest joins the last."""

    total: int
    size: int
    count: int

    @classmethod
    def of(cls, total: int, wanted: int) -> ChunkPlan:
        """A file smaller than two chunks goes whole."""
        size = max(wanted, SMALLEST_CHUNK)
        count = total // size
        return cls(total, size, count) if count > 1 else cls(total, total, 1)

    def span(self, number: int) -> tuple[int, int]:
        """First byte and the one after the last, of chunk `number` (from 0)."""
        start = number * self.size
        return start, self.total if number == self.count - 1 else start + self.size


class TikTokVideoUploader:
    """:param post: sends JSON to the API, as the client does.
    :param status: reads the status of a publish id.
    :param vault: locks the upload address in the journal: it carries its own permission.
    """

    def __init__(
        self,
        http: HttpSession,
        *,
        post: Callable[..., Answer],
        status: Callable[[str], Answer],
        chunk_bytes: int,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._http = http
        self._post = post
        self._status = status
        self._chunk_bytes = chunk_bytes
        self._vault = vault
        self._clock = clock

    def prepare(self, video: Media, post_info: dict[str, Any], journal: Journal) -> None:
        """Ask for an upload address, unless a living one is known, and send all chunks but the last."""
        upload = self._alive(journal) or self._start(video, post_info, journal)
        plan = ChunkPlan(upload["total"], upload["size"], upload["count"])
        while upload["sent"] < plan.count - 1:
            self._send(video, plan, upload, Phase.PREPARE)
            upload = {**upload, "sent": upload["sent"] + 1}
            journal[KEY] = upload

    def send_last(self, video: Media, journal: Journal) -> None:
        """The commit.

        :raises Transient: the upload address has ended; preparing again starts anew.
        """
        upload = self._alive(journal)
        if upload is None:
            self.forget(journal)
            raise errors.Transient(f"TikTok: {advice.MEDIA_AGAIN}")
        plan = ChunkPlan(upload["total"], upload["size"], upload["count"])
        answer = self._send(video, plan, upload, Phase.COMMIT)
        if answer.status == 416 and self._has_arrived(video, journal):
            return
        if answer.status in (403, 404, 416):
            self.forget(journal)
            raise errors.Transient(f"TikTok: {advice.MEDIA_AGAIN}", http_status=answer.status)
        if answer.status != 201:
            raise self._http.unknown()
        # Done: the address is of no more use.
        journal[KEY] = {**upload, ADDRESS: "", "sent": plan.count}

    def _has_arrived(self, video: Media, journal: Journal) -> bool:
        """Whether all bytes had arrived before.

        :raises UnknownOutcome: that could not be asked, and they may have.
        """
        try:
            return not self.waits_for_bytes(self._status(journal[PUBLISH_ID]), video)
        except errors.ChannelError:
            raise self._http.unknown() from None

    def forget(self, journal: Journal) -> None:
        journal[KEY] = None

    def waits_for_bytes(self, status: Answer, video: Media) -> bool:
        """True on proof that the last chunk has not arrived: TikTok counts fewer bytes than the file has."""
        if status.text_at("data", "status") != "PROCESSING_UPLOAD":
            return False
        uploaded = status.text_at("data", "uploaded_bytes")
        return uploaded.isdigit() and int(uploaded) < video.size_bytes

    def _alive(self, journal: Journal) -> dict[str, Any] | None:
        upload = journal.get(KEY)
        if not upload or datetime.fromisoformat(upload["started_at"]) + _ADDRESS_LIFE <= self._clock():
            return None
        return dict(upload) if self._vault.unlock(upload[ADDRESS]) else None

    def _start(self, video: Media, post_info: dict[str, Any], journal: Journal) -> dict[str, Any]:
        plan = ChunkPlan.of(video.size_bytes, self._chunk_bytes)
        body = {
            "post_info": post_info,
            "source_info": {
                "source": "FILE_UPLOAD",
                "video_size": plan.total,
                "chunk_size": plan.size,
                "total_chunk_count": plan.count,
            },
        }
        answer = self._post("post/publish/video/init/", body, phase=Phase.PREPARE)
        publish_id, url = answer.text_at("data", "publish_id"), answer.text_at("data", "upload_url")
        if not publish_id or not url:
            raise errors.Transient(f"TikTok: {advice.UNREADABLE}")
        upload = {
            ADDRESS: self._vault.lock(url),
            "total": plan.total,
            "size": plan.size,
            "count": plan.count,
            "sent": 0,
            "started_at": self._clock().isoformat(),
        }
        journal[PUBLISH_ID] = publish_id
        journal[KEY] = upload
        return upload

    def _send(self, video: Media, plan: ChunkPlan, upload: dict[str, Any], phase: Phase) -> Answer:
        start, end = plan.span(upload["sent"])
        with video.path.open("rb") as file:
            file.seek(start)
            chunk = file.read(end - start)
        url = self._vault.unlock(upload[ADDRESS]) or ""
        self._http.add_secret(url)
        return self._http.send(
            "PUT",
            url,
            body=chunk,
            headers={
                "Content-Type": video.media_type,
                "Content-Range": f"bytes {start}-{end - 1}/{plan.total}",
            },
            signed=False,
            phase=phase,
            # The address says by status what became of the chunk (contract 6.4).
            accept=(lambda a: a.status in (403, 404, 416)) if phase is Phase.COMMIT else (lambda a: False),
            timeout=_TIMEOUT_SECONDS,
        )
