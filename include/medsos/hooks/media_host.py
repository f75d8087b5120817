"""Who gives Instagram and TikTok the public addresses of their media: the website of the same office."""

from __future__ import annotations

from medsos.channels.base import Media, MediaHost
from medsos.errors import ConfigError
from medsos.hooks.web import WebHook


def website_as_host(web_connection_id: str | None, *, needed_by: str) -> MediaHost:
    """The website's media library, or a host that says what is missing when it is first needed.

    :param needed_by: name of the channel's hook, for the message.
    """
    return WebHook(web_connection_id).get_client() if web_connection_id else _NoMediaHost(needed_by)


class _NoMediaHost:
    def __init__(self, needed_by: str) -> None:
        self._needed_by = needed_by

    def publish_media(self, media: Media, *, key: str) -> str:
        raise ConfigError(
            f"{self._needed_by}: gambar diambil dari situs web kantor, tetapi Connection situs web tidak "
            "ditentukan. Lengkapi kanal web pada office.yaml."
        )
