"""Makes Instagram's unpublished containers and waits until they are ready (contract 4.2, 4.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from medsos import errors
from medsos.channels import advice, progress
from medsos.channels.answer import Answer
from medsos.channels.base import Journal, Media, MediaHost, Post
from medsos.channels.graph import api as graph
from medsos.channels.http import Phase
from medsos.channels.rules import Problem, find_rule

NAME = "Instagram"
CONTAINER = "instagram_container"
CHILDREN = "instagram_children"
REEL = "instagram_reel"
URLS = "instagram_urls"
_STATUS_CODE = re.compile(r"\b(\d{7})\b")


class ContainerFailedError(Exception):
    """A container ended in ERROR; `error` is what the caller of `prepare` gets."""

    def __init__(self, error: errors.ChannelError) -> None:
        super().__init__(str(error))
        self.error = error


class Containers:
    """:param token: goes into the header of the resumable upload, which has a scheme of its own.
    :param pauses: seconds between the looks at a container.
    """

    def __init__(
        self,
        api: graph.GraphApi,
        *,
        account_id: str,
        token: str,
        media_host: MediaHost,
        pauses: Sequence[float],
        sleep: Callable[[float], None],
    ) -> None:
        self._api = api
        self._account_id = account_id
        self._upload_auth = {"Authorization": f"OAuth {token}"}
        self._media_host = media_host
        self._pauses = pauses
        self._sleep = sleep

    def prepare(self, post: Post, journal: Journal) -> None:
        """Leave a finished container in the journal.

        :raises NotReady: Instagram is still processing; preparing again goes on waiting.
        """
        try:
            container = journal.get(CONTAINER)
            if not container or self._await(container) == "EXPIRED":
                if container:
                    self.drop(journal)
                self._make(post, journal)
                self._await(journal[CONTAINER])
        except ContainerFailedError as failure:
            # The next try makes a new one.
            self.drop(journal)
            journal[URLS] = None
            raise failure.error from None

    def drop(self, journal: Journal) -> None:
        for key in (CONTAINER, CHILDREN, REEL):
            journal[key] = None

    def _make(self, post: Post, journal: Journal) -> None:
        if post.video:
            self._make_reel(post, post.video, journal)
        elif len(post.images) == 1:
            url = self._picture_url(post, 0, journal)
            fields = {"image_url": url, "caption": post.text, **_alt_text(post.images[0])}
            journal[CONTAINER] = self._create(fields, journal)["id"]
        else:
            self._make_carousel(post, journal)

    def _make_carousel(self, post: Post, journal: Journal) -> None:
        children: list[str] = list(journal.get(CHILDREN) or [])
        for number in range(len(children), len(post.images)):
            url = self._picture_url(post, number, journal)
            fields = {"image_url": url, "is_carousel_item": "true", **_alt_text(post.images[number])}
            children = [*children, self._create(fields, journal)["id"]]
            journal[CHILDREN] = children
        for child in children:
            if self._await(child) == "EXPIRED":
                self.drop(journal)
                raise errors.Transient(f"{NAME}: {advice.MEDIA_AGAIN}")
        parent = {"media_type": "CAROUSEL", "children": ",".join(children), "caption": post.text}
        journal[CONTAINER] = self._create(parent, journal)["id"]

    def _make_reel(self, post: Post, video: Media, journal: Journal) -> None:
        """Upload into the reel that the journal left off, or into a new one.

        An upload may have arrived unnoticed: its answer was lost, or the worker died before the journal knew.
        Such a reel takes no other upload and says so; hence a second, new one before a refusal counts.
        """
        if reel := journal.get(REEL):
            with suppress(errors.ContentInvalid):
                return self._fill(reel, video, journal)
        with suppress(errors.ContentInvalid):
            return self._fill(self._open_reel(post, journal), video, journal)
        return self._fill(self._open_reel(post, journal), video, journal)

    def _open_reel(self, post: Post, journal: Journal) -> dict[str, Any]:
        fields = {
            "media_type": "REELS",
            "upload_type": "resumable",
            "caption": post.text,
            "share_to_feed": "true",
        }
        if post.cover:
            key = f"{post.key}-instagram-sampul"
            fields["cover_url"] = self._media_host.publish_media(post.cover, key=key)
        reel = self._create(fields, journal)
        journal[REEL] = reel
        return reel

    def _fill(self, reel: dict[str, Any], video: Media, journal: Journal) -> None:
        try:
            self._send(reel["uri"], video)
        except errors.ContentInvalid:
            journal[REEL] = None
            raise
        journal[CONTAINER] = reel["id"]

    def _send(self, uri: str, video: Media) -> None:
        self._api.http.send(
            "POST",
            uri,
            params=self._api.proof,
            headers={**self._upload_auth, "offset": "0", "file_size": str(video.size_bytes)},
            body=video.path,
            phase=Phase.PREPARE,
            timeout=graph.UPLOAD_TIMEOUT_SECONDS,
        )

    def _picture_url(self, post: Post, number: int, journal: Journal) -> str:
        urls: dict[str, str] = dict(journal.get(URLS) or {})
        image = post.images[number]
        if image.sha256 not in urls:
            key = f"{post.key}-instagram-{number + 1}"
            urls = {**urls, image.sha256: self._media_host.publish_media(image, key=key)}
            journal[URLS] = urls
        return urls[image.sha256]

    def _create(self, fields: dict[str, str], journal: Journal) -> dict[str, Any]:
        """:returns: `id` of the new container and, for a resumable upload, its `uri`."""
        try:
            answer = self._api.post(f"{self._account_id}/media", fields, phase=Phase.PREPARE)
        except errors.ContentInvalid:
            # The addresses may be what is wrong. The next start hands the pictures over anew.
            journal[URLS] = None
            raise
        made = {"id": self._api.needed(answer, "id")}
        return made | ({"uri": self._api.needed(answer, "uri")} if "upload_type" in fields else {})

    def _await(self, container: str) -> str:
        """Status once it is final: FINISHED, PUBLISHED or EXPIRED.

        :raises ContainerFailedError: Instagram could not use the media.
        :raises NotReady: it is still being processed when the pauses are used up.
        """

        def look() -> str | None:
            answer = self._api.get(container, fields="status_code,status")
            status = answer.text_at("status_code")
            if status == "ERROR":
                raise ContainerFailedError(self._failure(answer))
            return None if status in ("IN_PROGRESS", "") else status

        status = progress.wait_until(look, pauses=self._pauses, sleep=self._sleep)
        if status is None:
            raise errors.NotReady(f"{NAME}: {advice.NOT_READY}")
        return status

    def _failure(self, answer: Answer) -> errors.ChannelError:
        """The error whose subcode stands in the status's prose."""
        prose = answer.text_at("status")
        match = _STATUS_CODE.search(prose)
        problem = Problem(code=f"352/{match.group(1)}" if match else "352", message=prose)
        return self._api.http.refusal(find_rule(graph.RULES, 400, problem), problem, answer, Phase.PREPARE)


def _alt_text(image: Media) -> dict[str, str]:
    return {"alt_text": image.alt_text} if image.alt_text else {}
