"""Sends pictures and videos to X in chunks (contract 5.4) and remembers their ids while they live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.base import Journal, Media
from medsos.channels.http import HttpSession, Phase
from medsos.clock import Clock

KEY = "x_media"
_SAFETY = timedelta(minutes=10)
_DEFAULT_LIFE_SECONDS = 86_400
_CATEGORIES = {"image/gif": "tweet_gif"}


class XMediaUploader:
    """:param pauses: most looks at a video's processing; X itself says how long to wait between them."""

    def __init__(
        self,
        http: HttpSession,
        *,
        host: str,
        chunk_bytes: int,
        clock: Clock,
        sleep: Callable[[float], None],
        pauses: Sequence[float],
    ) -> None:
        self._http = http
        self._host = host
        self._chunk_bytes = chunk_bytes
        self._clock = clock
        self._sleep = sleep
        self._pauses = pauses

    def upload(self, media: Iterable[Media], journal: Journal) -> None:
        """Upload what the journal does not hold yet, wait for processing, set the alt texts."""
        for item in media:
            entry = self._alive(item, journal)
            if entry is None or not entry.get("finalized"):
                # An earlier try may have finalized its id unnoticed; X does not tell of pictures.
                entry = self._initialize(item, journal)
                self._append(item, entry["id"])
                processing = self._finalize(entry["id"])
                entry = self._store(item, journal, {**entry, "finalized": True, "ready": not processing})
            if not entry.get("ready"):
                self._await(item, entry["id"], journal)
                entry = self._store(item, journal, {**entry, "ready": True})
            if item.alt_text and item.is_image and not entry.get("described"):
                self._describe(item, entry["id"])
                self._store(item, journal, {**entry, "described": True})

    def media_ids(self, media: Iterable[Media], journal: Journal) -> list[str]:
        """Ids in the order of the post.

        :raises Transient: one has expired; preparing again uploads it anew.
        """
        entries = [self._alive(item, journal) for item in media]
        if not all(entry and entry.get("ready") for entry in entries):
            raise errors.Transient(f"X: {advice.MEDIA_AGAIN}")
        return [entry["id"] for entry in entries if entry]

    def forget(self, journal: Journal) -> None:
        journal[KEY] = None

    def _alive(self, item: Media, journal: Journal) -> dict[str, Any] | None:
        entry = (journal.get(KEY) or {}).get(item.sha256)
        if entry and datetime.fromisoformat(entry["expires_at"]) - _SAFETY > self._clock():
            return dict(entry)
        return None

    def _store(self, item: Media, journal: Journal, entry: dict[str, Any]) -> dict[str, Any]:
        journal[KEY] = {**(journal.get(KEY) or {}), item.sha256: entry}
        return entry

    def _drop(self, item: Media, journal: Journal) -> None:
        journal[KEY] = {key: value for key, value in (journal.get(KEY) or {}).items() if key != item.sha256}

    def _initialize(self, item: Media, journal: Journal) -> dict[str, Any]:
        category = "tweet_video" if item.is_video else _CATEGORIES.get(item.media_type, "tweet_image")
        answer = self._http.send(
            "POST",
            f"{self._host}/2/media/upload/initialize",
            json={
                "media_type": item.media_type,
                "total_bytes": item.size_bytes,
                "media_category": category,
            },
            phase=Phase.PREPARE,
        )
        media_id = answer.text_at("data", "id")
        if not media_id:
            raise errors.Transient(f"X: {advice.UNREADABLE}")
        life = int(answer.text_at("data", "expires_after_secs") or _DEFAULT_LIFE_SECONDS)
        expires_at = self._clock() + timedelta(seconds=life)
        return self._store(item, journal, {"id": media_id, "expires_at": expires_at.isoformat()})

    def _append(self, item: Media, media_id: str) -> None:
        with item.path.open("rb") as file:
            segment = 0
            while chunk := file.read(self._chunk_bytes):
                self._http.send(
                    "POST",
                    f"{self._host}/2/media/upload/{media_id}/append",
                    form={"segment_index": str(segment)},
                    files={"media": (item.path.name, chunk, "application/octet-stream")},
                    phase=Phase.PREPARE,
                )
                segment += 1

    def _finalize(self, media_id: str) -> bool:
        """:returns: True while X still processes the media."""
        answer = self._http.send(
            "POST", f"{self._host}/2/media/upload/{media_id}/finalize", phase=Phase.PREPARE
        )
        return _state(answer) not in ("", "succeeded")

    def _await(self, item: Media, media_id: str, journal: Journal) -> None:
        for pause in (*self._pauses, None):
            answer = self._http.send(
                "GET",
                f"{self._host}/2/media/upload",
                params={"command": "STATUS", "media_id": media_id},
                phase=Phase.READ,
            )
            state = _state(answer)
            if state in ("", "succeeded"):
                return
            if state == "failed":
                self._drop(item, journal)
                raise errors.MediaInvalid(
                    f"X: {advice.MEDIA} ({self._http.clean(_why(answer))})",
                    code=_error(answer, "name") or None,
                )
            if pause is not None:
                self._sleep(float(answer.text_at("data", "processing_info", "check_after_secs") or pause))
        raise errors.NotReady(f"X: {advice.NOT_READY}")

    def _describe(self, item: Media, media_id: str) -> None:
        self._http.send(
            "POST",
            f"{self._host}/2/media/metadata",
            json={"id": media_id, "metadata": {"alt_text": {"text": item.alt_text}}},
            phase=Phase.PREPARE,
        )


def _state(answer: Answer) -> str:
    return answer.text_at("data", "processing_info", "state")


def _error(answer: Answer, key: str) -> str:
    return answer.text_at("data", "processing_info", "error", key)


def _why(answer: Answer) -> str:
    return _error(answer, "message") or _error(answer, "name") or "pemrosesan gagal"
