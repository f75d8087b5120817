"""Tables of what the workers of one account share: how much of its limits is left, and who does a thing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base


class RateLimit(Base):
    """One limit of one platform account.

    :param account: names the account without telling a secret.
    :param endpoint: the requests it counts for: "" for all of the account; None for a limit that is counted
        here, in `used`.
    :param used: times of our own requests within the window, Unix seconds, oldest first.
    :param remaining: requests left as the platform last told, less what was sent since; None when it told
        nothing. It holds until `free_at`.
    """

    __tablename__ = "rate_limits"

    account: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    endpoint: Mapped[str | None] = mapped_column(String(200))
    used: Mapped[list[float]] = mapped_column(JSON())
    remaining: Mapped[int | None]
    free_at: Mapped[datetime | None]


class Lease(Base):
    """A thing that one worker at a time may do, on whatever machine; `until` frees it from a dead one."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    holder: Mapped[str] = mapped_column(String(250))
    until: Mapped[datetime]
