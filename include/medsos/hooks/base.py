"""What the five hooks share: reading a Connection, and its Test button."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from medsos.channels.base import ChannelClient
from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.hooks.diagnosis import examine
from medsos.hooks.shared_limits import SharedLimits


class ChannelHook(BaseHook):
    """Makes a client from an Airflow Connection; host and credentials come from nowhere else.

    :param medsos_conn_id: id of the Connection.
    :param web_connection_id: the website's Connection, for channels that fetch their pictures from it.
    """

    conn_name_attr = "medsos_conn_id"
    default_conn_name: ClassVar[str]
    conn_type: ClassVar[str]
    hook_name: ClassVar[str]
    channel: ClassVar[str]

    def __init__(self, medsos_conn_id: str | None = None, *, web_connection_id: str | None = None) -> None:
        super().__init__()
        self.medsos_conn_id = medsos_conn_id or self.default_conn_name
        self.web_connection_id = web_connection_id

    @abstractmethod
    def get_client(self) -> ChannelClient:
        """The client of this Connection.

        :raises ConfigError: the Connection is missing or incomplete.
        """

    def get_conn(self) -> ChannelClient:
        return self.get_client()

    def test_connection(self) -> tuple[bool, str]:
        """Ask the platform how the credentials stand; the Connection's Test button shows the answer."""
        found = examine(self, utc_now())
        return found.can_publish, found.short

    def shared_limits(self, platform: str, *identity: str | None) -> SharedLimits:
        """What the workers of this account share.

        :param identity: what tells the account from others, from the Connection.
        """
        return SharedLimits.of(self.channel, platform, *(part or "" for part in identity))

    def fields(self) -> ConnectionFields:
        try:
            connection = self.get_connection(self.medsos_conn_id)
        except AirflowNotFoundException:
            raise ConfigError(
                f"Connection “{self.medsos_conn_id}” belum ada. Buat di Admin → Connections dengan jenis "
                f"“{self.hook_name}”."
            ) from None
        return ConnectionFields(connection)


class ConnectionFields:
    """Typed access to a Connection, with errors that name the field as the form does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._extra: Mapping[str, Any] = connection.extra_dejson or {}

    @property
    def host(self) -> str | None:
        """The address with its scheme; None when the field is empty."""
        host = (self._connection.host or "").strip().rstrip("/")
        if host and "://" not in host:
            raise ConfigError(
                f"Connection “{self._connection.conn_id}”, isian Host: tulis lengkap dengan https://"
            )
        return host or None

    @property
    def login(self) -> str | None:
        return self._connection.login or None

    @property
    def password(self) -> str | None:
        return self._connection.password or None

    def text(self, name: str) -> str | None:
        value = self._extra.get(name)
        text = "" if value is None else str(value).strip()
        return text or None

    def flag(self, name: str) -> bool:
        return str(self._extra.get(name, "")).strip().lower() in ("true", "1", "yes", "ya")

    def given(self, **values: str | None) -> dict[str, Any]:
        """Only the fields that are filled in, so that the client's own defaults hold for the others."""
        return {name: value for name, value in values.items() if value}

    def required(self, label: str, value: str | None) -> str:
        """:param label: the field's name on the form."""
        if not value:
            raise ConfigError(
                f"Connection “{self._connection.conn_id}”, isian {label}: wajib diisi. "
                "Lengkapi di Admin → Connections."
            )
        return value
