"""Who is looking: the user that Airflow knows from the cookie or the bearer token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request


class NotLoggedIn(Exception):
    """Nobody is logged in, or the session has ended."""


@dataclass(frozen=True)
class Visitor:
    """A logged-in user.

    :param username: name under which Airflow records the user's answers.
    :param may_read: whether Airflow lets this user read the DAG with that id, and so its cycles.
    :param is_system_admin: whether this user looks after the installation: Airflow's role Admin.
    :param may_start: whether Airflow lets this user start a run of it, and so request content.
    """

    username: str
    may_read: Callable[[str], bool] = field(repr=False)
    is_system_admin: bool = False
    may_start: Callable[[str], bool] = field(repr=False, default=lambda _: False)


async def visitor(request: Request) -> Visitor:
    """Dependency of every route.

    :raises NotLoggedIn: no valid session. What that means for the answer is decided in `web.app`.
    """
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
    from airflow.api_fastapi.core_api.security import bearer_scheme, get_auth_manager, get_user

    try:
        user = await get_user(request, None, await bearer_scheme(request))
    except HTTPException as error:
        raise NotLoggedIn from error

    def may_read(dag_id: str) -> bool:
        return get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=dag_id), user=user)

    def may_start(dag_id: str) -> bool:
        return get_auth_manager().is_authorized_dag(
            method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=dag_id), user=user
        )

    return Visitor(user.get_name(), may_read, is_system_admin=_is_system_admin(user), may_start=may_start)


def _is_system_admin(user: Any) -> bool:
    """SimpleAuthManager gives a user one role by name, FAB a list of roles."""
    single = str(getattr(user, "role", None) or "")
    return single.upper() == "ADMIN" or any(role.name == "Admin" for role in getattr(user, "roles", ()))


VisitorDep = Annotated[Visitor, Depends(visitor)]
