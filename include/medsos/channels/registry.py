"""The five clients, as data, imported only when one is asked for."""

from __future__ import annotations

from importlib import import_module

from medsos.channels.base import ChannelClient

CLIENTS: dict[str, str] = {
    "web": "medsos.channels.wordpress.client:WordPressClient",
    "facebook": "medsos.channels.facebook.client:FacebookClient",
    "instagram": "medsos.channels.instagram.client:InstagramClient",
    "x": "medsos.channels.x.client:XClient",
    "tiktok": "medsos.channels.tiktok.client:TikTokClient",
}


def client_class(channel: str) -> type[ChannelClient]:
    """The client of a channel; `KeyError` for an unknown one."""
    module, _, name = CLIENTS[channel].partition(":")
    return getattr(import_module(module), name)
