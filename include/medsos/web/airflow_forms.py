"""Reads and answers Airflow's forms as the visitor, through Airflow's REST API within this very process.

The pages live in the API server, so the API is called as an ASGI application: no address to configure,
no proxy or certificate in between, and Airflow's own checks (permissions, assigned users, answered
only once) and its log of actions apply to the visitor's own session, which is passed on as it came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, Request

from medsos.clock import Clock, utc_now

PARKED_SECONDS = 2.5
"""How long a form must have been parked before it is answered.

With the LocalExecutor, Airflow 3.3.2 loses an answer that comes before its scheduler noticed the parking.
"""
SURELY_PARKED = timedelta(seconds=15)
"""A form asked longer ago than this, and parked, needs no further look."""

GIVE_UP_SECONDS = 30.0
AWAITING = "awaiting_input"
_PAGE = 100
_TIMEOUT = 30.0

REFUSALS = {
    400: "Airflow tidak menerima pilihan ini. Muat ulang halaman, lalu coba lagi.",
    401: "Sesi Anda sudah berakhir. Masuk kembali, lalu kirim ulang.",
    403: (
        "Anda tidak ditugaskan untuk menjawab formulir ini, atau peran Anda di Airflow tidak boleh "
        "menjawab. Tidak ada yang dikirim."
    ),
    404: "Formulir ini tidak lagi menunggu. Tugasnya mungkin dijalankan ulang; muat ulang halaman.",
    409: "Formulir ini sudah dijawab, mungkin dari perangkat lain. Muat ulang halaman untuk melihatnya.",
}


class FormRefused(Exception):
    """Airflow did not take the answer. `status` is its HTTP status; the text is for the visitor."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class AskedForm:
    """A form as Airflow knows it. `assigned` are usernames; `asked_at` is aware."""

    dag_id: str
    run_id: str
    task_id: str
    subject: str
    options: tuple[str, ...]
    assigned: tuple[str, ...]
    asked_at: datetime
    state: str
    answered: bool

    @property
    def waiting(self) -> bool:
        return self.state == AWAITING and not self.answered


class AirflowForms:
    """The forms that this visitor may see.

    :param credentials: headers that carry the visitor's session.
    """

    def __init__(
        self,
        credentials: dict[str, str],
        *,
        application: Callable[[], Any] | None = None,
        clock: Clock = utc_now,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._credentials = credentials
        self._application = application or running_airflow
        self._clock = clock
        self._pause = pause

    async def one(self, dag_id: str, run_id: str, task_id: str) -> AskedForm | None:
        """The form of a task, or None when it was not asked yet or may not be seen."""
        response = await self._send("GET", _path(dag_id, run_id, task_id))
        return _asked(response.json()) if response.status_code == 200 else None

    async def waiting(self) -> list[AskedForm]:
        """Every form that waits for somebody, oldest first."""
        found: list[AskedForm] = []
        while True:
            response = await self._send(
                "GET",
                "/dags/~/dagRuns/~/hitlDetails",
                params={
                    "response_received": "false",
                    "state": AWAITING,
                    "order_by": "created_at",
                    "limit": _PAGE,
                    "offset": len(found),
                },
            )
            if response.status_code != 200:
                raise FormRefused(response.status_code, "Daftar formulir tidak dapat dibaca dari Airflow.")
            content = response.json()
            page = [_asked(detail) for detail in content["hitl_details"]]
            found += page
            if not page or len(found) >= content["total_entries"]:
                return [form for form in found if form.waiting]

    async def answer(
        self, dag_id: str, run_id: str, task_id: str, option: str, values: dict[str, Any]
    ) -> None:
        """Send an answer, as soon as Airflow is sure not to lose it.

        :raises FormRefused: with a sentence for the visitor.
        """
        await self._until_parked(dag_id, run_id, task_id)
        response = await self._send(
            "PATCH",
            _path(dag_id, run_id, task_id),
            json={"chosen_options": [option], "params_input": values},
        )
        if response.status_code != 200:
            raise FormRefused(
                response.status_code,
                REFUSALS.get(
                    response.status_code,
                    f"Airflow tidak menerima jawaban ini (HTTP {response.status_code}). "
                    "Coba lagi sebentar lagi; bila berulang, hubungi admin sistem.",
                ),
            )

    async def _until_parked(self, dag_id: str, run_id: str, task_id: str) -> None:
        started = time.monotonic()
        parked_since: float | None = None
        while True:
            form = await self.one(dag_id, run_id, task_id)
            if form is None:
                raise FormRefused(404, REFUSALS[404])
            if form.answered:
                raise FormRefused(409, REFUSALS[409])
            now = time.monotonic()
            if form.waiting:
                parked_since = now if parked_since is None else parked_since
                if self._clock() - form.asked_at >= SURELY_PARKED or now - parked_since >= PARKED_SECONDS:
                    return
            else:
                parked_since = None
            if now - started > GIVE_UP_SECONDS:
                raise FormRefused(404, REFUSALS[404])
            await self._pause(0.5)

    async def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._application(), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://airflow", headers=self._credentials, timeout=_TIMEOUT
        ) as client:
            return await client.request(method, f"/api/v2{path}", **arguments)


def running_airflow() -> Any:
    """The application that this API server runs."""
    from airflow.api_fastapi.main import app

    return app


def airflow_forms(request: Request) -> AirflowForms:
    """Dependency: Airflow's forms with the session of this request."""
    names = ("authorization", "cookie")
    return AirflowForms({name: request.headers[name] for name in names if name in request.headers})


AirflowFormsDep = Annotated[AirflowForms, Depends(airflow_forms)]


def _path(dag_id: str, run_id: str, task_id: str) -> str:
    dag, run, task = (quote(part, safe="~") for part in (dag_id, run_id, task_id))
    return f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"


def _asked(detail: dict[str, Any]) -> AskedForm:
    task = detail["task_instance"]
    return AskedForm(
        dag_id=task["dag_id"],
        run_id=task["dag_run_id"],
        task_id=task["task_id"],
        subject=detail["subject"],
        options=tuple(detail["options"]),
        assigned=tuple(user["name"] for user in detail["assigned_users"]),
        asked_at=datetime.fromisoformat(detail["created_at"]),
        state=task["state"] or "",
        answered=detail["response_received"],
    )
