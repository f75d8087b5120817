"""Lets TikTok fetch pictures from public addresses (contract 6.5); the call that names them publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medsos import errors
from medsos.channels.base import Journal, Media, MediaHost, Post
from medsos.channels.http import Phase
from medsos.channels.tiktok.api import TikTokApi
from medsos.channels.tiktok.video import PUBLISH_ID

URLS = "tiktok_urls"


class TikTokPhotos:
    """:param media_host: gives pictures their public address; its domain must be verified at TikTok."""

    def __init__(self, api: TikTokApi, *, media_host: MediaHost) -> None:
        self._api = api
        self._media_host = media_host

    def hand_over(self, post: Post, journal: Journal) -> None:
        """Give every picture a public address."""
        urls: dict[str, str] = dict(journal.get(URLS) or {})
        for number, image in enumerate(post.images, start=1):
            if image.sha256 not in urls:
                key = f"{post.key}-tiktok-{number}"
                urls = {**urls, image.sha256: self._media_host.publish_media(image, key=key)}
                journal[URLS] = urls

    def publish(self, images: Sequence[Media], post_info: dict[str, Any], journal: Journal) -> None:
        """The commit.

        :raises ContentInvalid: refused; preparing again hands the pictures over anew.
        """
        urls = journal[URLS]
        body = {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": post_info,
            "source_info": {
                "source": "PULL_FROM_URL",
                "photo_images": [urls[image.sha256] for image in images],
                "photo_cover_index": 0,
            },
        }
        try:
            answer = self._api.post("post/publish/content/init/", body, phase=Phase.COMMIT)
        except errors.ContentInvalid:
            # The addresses may be what is wrong.
            self.forget(journal)
            raise
        publish_id = answer.text_at("data", "publish_id")
        if not publish_id:
            raise self._api.http.unknown()
        journal[PUBLISH_ID] = publish_id

    def forget(self, journal: Journal) -> None:
        journal[URLS] = None
