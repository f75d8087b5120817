"""Reads and answers Airflow's forms as the visitor, through Airflow's REST API within this very process.

The pages live in the API server, so the API is called as an ASGI application: no address to configure,
no proxy or certificate in between, and Airflow's own checks (permissions, assigned users, answered
only once) and its log of actions apply to the visitor's own session, which is passed on as it came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from medsos.approval.officials import Holder
from medsos.clock import Clock, utc_now
from medsos.web.airflow.assignees import refresh_assignees

PARKED_SECONDS = 2.5
"""How long a form must have been parked before it is answered.

With the LocalExecutor, Airflow 3.3.2 loses an answer that comes before its scheduler noticed the parking.
"""
SURELY_PARKED = timedelta(seconds=15)
"""A form asked longer ago than this, and parked, needs no further look."""

GIVE_UP_SECONDS = 30.0
AWAITING = "awaiting_input"
OPEN = (AWAITING, "scheduled", "queued", "running", "up_for_retry", "up_for_reschedule", "restarting")
"""States of a task that still asks, or will ask again in a moment."""

BUSY_WAITS = (0.2, 0.5, 1.0)
"""Seconds between tries while Airflow's database is busy: it then answers 500 and has changed nothing."""

EARLIER_TRIES = 3
"""How many tries are looked at for an answer that Airflow has lost."""
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


UNREADABLE = "Daftar formulir tidak dapat dibaca dari Airflow. Coba lagi sebentar lagi."


class FormRefused(Exception):
    """Airflow did not take the answer. `status` is its HTTP status; the text is for the visitor."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class AskedForm:
    """A form as Airflow knows it. `assigned` are usernames.

    :param asked_at: when it was first shown; a later try shows the same form.
    :param tried_at: when the present try began. All times are aware.
    """

    dag_id: str
    run_id: str
    task_id: str
    subject: str
    options: tuple[str, ...]
    assigned: tuple[str, ...]
    asked_at: datetime
    tried_at: datetime
    try_number: int
    state: str
    answered: bool

    @property
    def waiting(self) -> bool:
        return self.state == AWAITING and not self.answered

    @property
    def takes_answers(self) -> bool:
        """Waits, or is on its way to."""
        return self.state in OPEN and not self.answered


@dataclass(frozen=True)
class LostAnswer:
    """An answer that Airflow took and that never reached the task. `at` is aware."""

    option: str
    values: dict[str, Any]
    by: str
    at: datetime


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
        assigner: Callable[[str, str, str, Sequence[Holder]], Any] = refresh_assignees,
    ) -> None:
        self._credentials = credentials
        self._application = application or running_airflow
        self._clock = clock
        self._pause = pause
        self._assigner = assigner

    async def one(self, dag_id: str, run_id: str, task_id: str) -> AskedForm | None:
        """The form of a task, or None when it was not asked yet or may not be seen.

        :raises FormRefused: Airflow cannot say it now.
        """
        response = await self._send("GET", _path(dag_id, run_id, task_id))
        if response.status_code >= 500:
            raise FormRefused(response.status_code, UNREADABLE)
        return _asked(response.json()) if response.status_code == 200 else None

    def surely_parked(self, form: AskedForm) -> bool:
        """Whether it has been waiting for so long that an answer cannot be lost any more."""
        return form.waiting and self._clock() - max(form.asked_at, form.tried_at) >= SURELY_PARKED

    async def assign(self, dag_id: str, run_id: str, task_id: str, people: Sequence[Holder]) -> None:
        """Let Airflow take the answer of these people, and of nobody else, from now on."""
        await run_in_threadpool(self._assigner, dag_id, run_id, task_id, people)

    async def lost(self, form: AskedForm) -> list[LostAnswer]:
        """What earlier tries of a waiting form were answered, newest first."""
        found = []
        path = _path(form.dag_id, form.run_id, form.task_id)
        for number in range(form.try_number - 1, max(0, form.try_number - 1 - EARLIER_TRIES), -1):
            response = await self._send("GET", f"{path}/tries/{number}")
            detail = response.json() if response.status_code == 200 else {}
            if detail.get("response_received"):
                user = detail.get("responded_by_user") or {}
                found.append(
                    LostAnswer(
                        option=(detail.get("chosen_options") or [""])[0],
                        values=dict(detail.get("params_input") or {}),
                        by=user.get("name") or user.get("id") or "",
                        at=datetime.fromisoformat(detail["responded_at"]),
                    )
                )
        return found

    async def of_run(self, dag_id: str, run_id: str) -> list[AskedForm]:
        """All forms of a run, answered or not; none when they cannot be read."""
        dag, run = quote(dag_id, safe="~"), quote(run_id, safe="~")
        response = await self._send(
            "GET", f"/dags/{dag}/dagRuns/{run}/hitlDetails", params={"limit": _PAGE, "offset": 0}
        )
        return [_asked(d) for d in response.json()["hitl_details"]] if response.status_code == 200 else []

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
                raise FormRefused(response.status_code, UNREADABLE)
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
                if self.surely_parked(form) or now - parked_since >= PARKED_SECONDS:
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
            response = await client.request(method, f"/api/v2{path}", **arguments)
            for wait in BUSY_WAITS:
                if response.status_code != 500 or "Database error" not in response.text:
                    break
                await self._pause(wait)
                response = await client.request(method, f"/api/v2{path}", **arguments)
            return response


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
    asked_at = datetime.fromisoformat(detail["created_at"])
    began = task.get("start_date")
    return AskedForm(
        dag_id=task["dag_id"],
        run_id=task["dag_run_id"],
        task_id=task["task_id"],
        subject=detail["subject"],
        options=tuple(detail["options"]),
        assigned=tuple(user["name"] for user in detail["assigned_users"]),
        asked_at=asked_at,
        tried_at=datetime.fromisoformat(began) if began else asked_at,
        try_number=int(task.get("try_number") or 1),
        state=task["state"] or "",
        answered=detail["response_received"],
    )
