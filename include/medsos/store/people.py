"""Tables of who holds which role, from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base

FROM_FILE = "berkas"
FROM_PAGE = "halaman"
"""Values of `Official.source`."""


class Official(Base):
    """A person in a role of an office, both dates inclusive, local to the office.

    `airflow_user_id` is the id that Airflow's auth manager uses for assigned users; with
    SimpleAuthManager it is the username, with FAB a number. `source` says who keeps the row: `berkas`, the
    office's file, or `halaman`, people. `ended_at` is set where the term was ended in the middle of a day.
    """

    __tablename__ = "officials"
    __table_args__ = (UniqueConstraint("office", "role", "username", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    role: Mapped[str] = mapped_column(String(40))
    username: Mapped[str] = mapped_column(String(250))
    airflow_user_id: Mapped[str] = mapped_column(String(250))
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(10), default=FROM_FILE, server_default=FROM_FILE)
    ended_at: Mapped[datetime | None]


class Delegation(Base):
    """A dated delegation of a role to a Plh. or Plt., with its letter; both dates inclusive.

    `kind`: plh, plt. `principal` is who is stood in for: a username, or the office's name of a vacant post.
    It counts from `recorded_at` on, and no longer once `ended_at` is reached.
    """

    __tablename__ = "delegations"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(100), index=True)
    role: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    principal: Mapped[str] = mapped_column(String(250))
    username: Mapped[str] = mapped_column(String(250))
    airflow_user_id: Mapped[str] = mapped_column(String(250))
    name: Mapped[str] = mapped_column(Text)
    letter_number: Mapped[str] = mapped_column(String(250))
    letter_date: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(250), default="", server_default="")
    ended_at: Mapped[datetime | None]
