"""Uploads to the training platforms as a person does with the app on the phone, without our own clients."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import requests

from medsos.errors import StackError

SECONDS = 60
"""How long a platform may take to show the new post."""


class TrainingApp:
    """The office's accounts on the training platforms.

    :param sandbox_url: address of the training platforms, without a slash at the end.
    """

    def __init__(self, sandbox_url: str) -> None:
        self._url = sandbox_url
        self._accounts: dict[str, dict[str, Any]] = self._ask("accounts")

    def upload(self, channel: str, picture: Path, text: str) -> str:
        """Post a picture with its text; returns the address of the post once the public sees it.

        :param channel: facebook or tiktok.
        :raises StackError: the platform refused, or shows nothing.
        """
        before = {post["id"] for post in self.posts(channel)}
        {"facebook": self._facebook, "tiktok": self._tiktok}[channel](picture, text)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for post in self.posts(channel):
                if post["id"] not in before:
                    return str(post["permalink"])
            time.sleep(1)
        raise StackError(f"Platform latihan {channel} tidak memperlihatkan postingan baru.")

    def posts(self, channel: str) -> list[dict[str, Any]]:
        """What the public sees on a platform, oldest first."""
        return list(self._ask(f"posts?platform={channel}"))

    def break_next(self, **fault: Any) -> None:
        """Let something go wrong with the next requests; keys as in the platforms' own description."""
        _checked(requests.post(f"{self._url}/_inspect/faults", json=fault, timeout=30))

    def mend(self) -> None:
        """Nothing goes wrong any more."""
        _checked(requests.delete(f"{self._url}/_inspect/faults", timeout=30))

    def _facebook(self, picture: Path, text: str) -> None:
        page = self._accounts["facebook"]
        with picture.open("rb") as file:
            _checked(
                requests.post(
                    f"{page['graph_url']}/v26.0/{page['page_id']}/photos",
                    data={"message": text, "access_token": page["page_token"]},
                    files={"source": (picture.name, file, "image/jpeg")},
                    timeout=60,
                )
            )

    def _tiktok(self, picture: Path, text: str) -> None:
        """TikTok fetches pictures itself, so the website's library lends its address."""
        site, account = self._accounts["web"], self._accounts["tiktok"]
        stored = _checked(
            requests.post(
                f"{site['site_url']}/wp-json/wp/v2/media",
                data=picture.read_bytes(),
                headers={
                    "Content-Type": "image/jpeg",
                    "Content-Disposition": f'attachment; filename="{picture.name}"',
                },
                auth=(site["username"], site["application_password"]),
                timeout=60,
            )
        ).json()
        _checked(
            requests.post(
                f"{account['api_url']}/v2/post/publish/content/init/",
                json={
                    "media_type": "PHOTO",
                    "post_mode": "DIRECT_POST",
                    "post_info": {
                        "title": "",
                        "description": text,
                        "privacy_level": "PUBLIC_TO_EVERYONE",
                        "disable_comment": False,
                    },
                    "source_info": {
                        "source": "PULL_FROM_URL",
                        "photo_images": [stored["source_url"]],
                        "photo_cover_index": 0,
                    },
                },
                headers={"Authorization": f"Bearer {account['access_token']}"},
                timeout=60,
            )
        )

    def _ask(self, what: str) -> Any:
        return _checked(requests.get(f"{self._url}/_inspect/{what}", timeout=30)).json()


def _checked(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        raise StackError(f"Platform latihan menolak (HTTP {answer.status_code}): {answer.text[:300]}")
    return answer
