"""Where Airflow's Connections become platform clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medsos.channels.base import ChannelClient

__all__ = ["client_for"]


def client_for(channel: str, connection_id: str, *, web_connection_id: str) -> ChannelClient:
    """The client of `channel` with the credentials of an Airflow Connection.

    :param web_connection_id: the website's Connection; its media library hosts the pictures that Instagram
        and TikTok fetch.
    :raises ConfigError: the Connection is missing or incomplete.
    """
    # Imported here: provider discovery imports this package in every Airflow process.
    from medsos.hooks.registry import hook_class

    return hook_class(channel)(connection_id, web_connection_id=web_connection_id).get_client()
