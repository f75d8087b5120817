"""The pages as Airflow mounts them: built at the first visit.

Airflow loads plugins in every process, also for each task; only the API server should pay for the pages.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Pages:
    """An ASGI application."""

    @cached_property
    def _app(self) -> ASGIApp:
        from medsos.web.app import create_app

        return create_app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
