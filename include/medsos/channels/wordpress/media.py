"""The website's media library (contract 2.4): a file is stored once, under a name of its own."""

from __future__ import annotations

import re
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.base import Media
from medsos.channels.http import Phase
from medsos.channels.wordpress.api import NAME, WordPressApi

_UPLOAD_TIMEOUT_SECONDS = 600.0
_STORED_ID = "X-WP-Upload-Attachment-ID"
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
}


def field_text(text: str) -> str:
    """A one-line field as WordPress keeps it: what it would cut away (tags, `%41`) is written as entities."""
    line = " ".join(text.split()).replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"%(?=[0-9a-fA-F]{2})", "&#37;", line)


class MediaLibrary:
    """Stores files and finds them again."""

    def __init__(self, api: WordPressApi) -> None:
        self._api = api
        self._http = api.http

    def store(self, media: Media, name: str) -> dict[str, Any]:
        item = self._http.retrying(lambda: self._find(name) or self._send(media, name))
        if not item.get("source_url"):
            raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")
        alt_text = field_text(media.alt_text)
        if alt_text and item.get("alt_text") != alt_text:
            self._http.send(
                "POST",
                self._api.url(f"media/{item['id']}"),
                params=self._api.route(f"media/{item['id']}"),
                json={"alt_text": alt_text},
                phase=Phase.PREPARE,
            )
        return item

    def _find(self, name: str) -> dict[str, Any] | None:
        """The library item of that name. The slug is tried first; it differs when another item had it."""
        for query in ({"slug": name}, {"search": name}):
            found = self._api.get("media", context="edit", per_page="20", **query).json
            for item in found if isinstance(found, list) else ():
                title = (item.get("title") or {}).get("raw", "")
                if item.get("slug") == name or title == name:
                    return dict(item)
        return None

    def _send(self, media: Media, name: str) -> dict[str, Any]:
        file_name = name + _EXTENSIONS.get(media.media_type, media.path.suffix)
        answer = self._http.send(
            "POST",
            self._api.url("media"),
            params=self._api.route("media"),
            body=media.path,
            headers={
                "Content-Type": media.media_type,
                "Content-Disposition": f'attachment; filename="{file_name}"',
            },
            phase=Phase.PREPARE,
            retry=False,
            accept=lambda a: a.status == 500 and _STORED_ID in a.headers,
            timeout=_UPLOAD_TIMEOUT_SECONDS,
        )
        if not answer.ok:
            # The file is stored; only its smaller sizes failed (contract 2.4).
            answer = self._api.get(f"media/{answer.headers[_STORED_ID]}", context="edit")
        return answer.object
