"""The accounts with which people log in to Airflow, as its auth manager keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends


@dataclass(frozen=True)
class Account:
    """:param user_id: id for the assigned users of a form.
    :param may_answer: whether the person's role may answer forms at all.
    """

    user_id: str
    may_answer: bool


Accounts = Callable[[str], Account | None]
"""Username → account, or None where there is none (yet)."""


def airflow_account(username: str) -> Account | None:
    """The account with that log-in name in SimpleAuthManager or FAB, whichever this Airflow uses."""
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
    from airflow.api_fastapi.core_api.security import get_auth_manager

    manager: Any = get_auth_manager()
    if isinstance(manager, SimpleAuthManager):
        user = next((user for user in manager.get_users() if user.username == username), None)
        return None if user is None else Account(user.get_id(), _may_answer(manager, user))
    return _fab_account(manager, username)


def _fab_account(manager: Any, username: str) -> Account | None:
    from airflow.providers.fab.auth_manager.models import User
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            return None
        return Account(str(user.id), bool(user.active) and _may_answer(manager, user))


def _may_answer(manager: Any, user: Any) -> bool:
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity

    return bool(manager.is_authorized_dag(method="PUT", access_entity=DagAccessEntity.HITL_DETAIL, user=user))


def accounts() -> Accounts:
    """Dependency: how to look up an account."""
    return airflow_account


AccountsDep = Annotated[Accounts, Depends(accounts)]
