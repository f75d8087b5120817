"""Tables of who holds which role, from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medsos.store.base import Base


class Official(Base):
    """A person in a role of an office, both dates inclusive, local to the office.

    `airflow_user_id` is the id that Airflow's auth manager uses for assigned users; with
    SimpleAuthManager it is the username, with FAB a number.
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


class Delegation(Base):
    """A dated delegation of a role to a Plh. or Plt., with its letter."""

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
