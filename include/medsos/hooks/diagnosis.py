"""Asks a channel's platform how its credentials stand, and says it in Indonesian sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from medsos.channels.base import Access, ChannelClient
from medsos.channels.usage import SLOW_DOWN_PERCENT, Usage
from medsos.errors import (
    AuthExpired,
    AuthInvalid,
    ChannelError,
    MedsosError,
    PermissionMissing,
    RateLimited,
    Transient,
)
from medsos.indonesian import number_text, short_date, time_text

ENDS_SOON = timedelta(days=7)
REFUSALS = (AuthInvalid, AuthExpired, PermissionMissing)
DEFAULT_ZONE = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Diagnosis:
    """What was learnt of one channel.

    :param name: the connection type as its form calls it.
    :param reachable: whether the platform answered; None when it could not be asked, because the Connection
        is missing or incomplete.
    :param access: None when the platform refused or was not reached; `problem` then says why.
    :param refused: the platform answered that it does not take these credentials.
    :param retry_at: a limit is used up, and this is when it opens; perhaps the platform was not even asked.
    :param training: the Connection leads to the training platforms.
    """

    channel: str
    connection_id: str
    name: str
    at: datetime
    reachable: bool | None
    access: Access | None = None
    usage: Usage = field(default_factory=Usage)
    problem: str | None = None
    refused: bool = False
    retry_at: datetime | None = None
    training: bool = False
    zone: ZoneInfo = DEFAULT_ZONE

    @property
    def can_publish(self) -> bool:
        """The platform knows us, and no right is known to be missing without which nothing comes out."""
        return self.access is not None and not any(right.essential for right in self.access.lacking or ())

    @property
    def remarks(self) -> list[str]:
        """One sentence for each thing that somebody has to do or to know."""
        if self.access is None:
            again = f" Dapat dicoba lagi {self._moment(self.retry_at)}." if self.retry_at else ""
            return [f"{self.problem}{again}"]
        found = []
        if self.access.lacking:
            rights = ", ".join(map(str, self.access.lacking))
            found.append(f"Izin belum ada: {rights}. Lengkapi di platform, lalu buat token baru.")
        if self._ends_soon:
            found.append(f"Token segera berakhir ({self.token_text}): {self.access.token.remark}.")
        if self.access.quota and not self.access.quota.left:
            found.append(f"Kuota postingan {self.access.quota.period} habis; sistem menunggu sampai dibuka.")
        tightest = self.usage.tightest
        if tightest and (tightest.used_percent or 0.0) >= SLOW_DOWN_PERCENT:
            found.append(f"Batas permintaan API hampir habis: {self.quota_text}.")
        return found

    @property
    def rights_text(self) -> str:
        if self.access is None:
            return "–"
        if self.access.lacking is None:
            return "tidak diberitahukan"
        return f"kurang {len(self.access.lacking)}" if self.access.lacking else "lengkap"

    @property
    def token_text(self) -> str:
        """The date of the end, or why there is none."""
        if self.access is None:
            return "–"
        ends = self.access.token.ends_at
        if ends is None:
            return self.access.token.remark
        return self._moment(ends)

    @property
    def quota_text(self) -> str:
        """Posts left where the platform counts them, otherwise the most used-up limit of its API."""
        if self.access and self.access.quota:
            quota = self.access.quota
            return f"sisa {quota.left} dari {quota.total} postingan per {quota.period}"
        limit = self.usage.tightest
        if limit is None or limit.used_percent is None:
            return "tidak diberitahukan" if self.access else "–"
        return f"permintaan API terpakai {number_text(limit.used_percent, decimals=0)}%"

    @property
    def short(self) -> str:
        """For the Connection's Test button."""
        if self.access is None:
            return f"{self.name}: {' '.join(self.remarks)}"
        account = self.access.account
        known = f"{self.name}: terhubung sebagai {account.name} (nomor akun {account.id})."
        facts = f"Izin: {self.rights_text}. Token: {self.token_text}. Kuota: {self.quota_text}."
        return " ".join([known, facts, *self.remarks])

    def _moment(self, moment: datetime) -> str:
        return f"{short_date(moment.astimezone(self.zone).date())} {time_text(moment, self.zone)}"

    @property
    def _ends_soon(self) -> bool:
        ends = self.access.token.ends_at if self.access else None
        return ends is not None and ends - self.at < ENDS_SOON


class ExaminedHook(Protocol):
    """What is needed of a channel's hook; `medsos.hooks.base.ChannelHook` has it."""

    channel: ClassVar[str]
    hook_name: ClassVar[str]
    medsos_conn_id: str

    def fields(self) -> Any: ...

    def get_client(self) -> ChannelClient: ...


def examine(hook: ExaminedHook, at: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> Diagnosis:
    """Ask one channel's platform; never raises for what the project knows as an error.

    :param at: now; aware.
    :param zone: in which dates are shown.
    """
    found: dict[str, Any] = {"reachable": None}
    platform = ""
    try:
        found["training"] = hook.fields().flag("training")
        client = hook.get_client()
        platform = client.platform
        try:
            found |= {"access": client.access(), "reachable": True}
        finally:
            found["usage"] = client.usage()
    except MedsosError as error:
        found |= _trouble(error)
        found["problem"] = str(error).removeprefix(f"{platform}: ")
    return Diagnosis(
        channel=hook.channel,
        connection_id=hook.medsos_conn_id,
        name=hook.hook_name,
        at=at,
        zone=zone,
        **found,
    )


def _trouble(error: MedsosError) -> dict[str, Any]:
    """What an error says of the platform itself."""
    if isinstance(error, RateLimited):
        return {"reachable": True, "retry_at": error.retry_at}
    if isinstance(error, ChannelError):
        unheard = isinstance(error, Transient) and error.http_status is None
        return {"reachable": not unheard, "refused": isinstance(error, REFUSALS)}
    return {}
