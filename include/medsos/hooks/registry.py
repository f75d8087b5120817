"""The five hooks, as data, imported only when one is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medsos.hooks.base import ChannelHook

HOOKS: dict[str, str] = {
    "web": "medsos.hooks.web.WebHook",
    "facebook": "medsos.hooks.facebook.FacebookHook",
    "instagram": "medsos.hooks.instagram.InstagramHook",
    "x": "medsos.hooks.x.XHook",
    "tiktok": "medsos.hooks.tiktok.TikTokHook",
}


def hook_class(channel: str) -> type[ChannelHook]:
    """The hook of a channel; `KeyError` for an unknown one."""
    module, _, name = HOOKS[channel].rpartition(".")
    return getattr(import_module(module), name)
