"""Starts runs as the visitor and asks how they stand, through Airflow's API within this very process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, Request

from medsos.web.airflow.forms import FormRefused, running_airflow

log = logging.getLogger(__name__)

_TIMEOUT = 30.0
_BUSY_WAITS = (0.3, 0.7, 1.5)
"""Seconds between tries while Airflow's database is busy: it then answers 500 and has changed nothing."""

REFUSALS = {
    400: "Airflow tidak menerima isian ini: {detail}",
    401: "Sesi Anda sudah berakhir. Masuk kembali, lalu kirim sekali lagi.",
    403: "Peran Anda di Airflow tidak boleh memulai siklus kantor ini. Minta Admin Medsos mengirimnya.",
    404: "Airflow belum mengenal alur kantor ini. Tunggu satu menit, lalu coba lagi.",
}
UNREACHABLE = (
    "Airflow sedang tidak menjawab, jadi permohonan belum terkirim. Coba lagi sebentar lagi; "
    "bila berulang, beri tahu admin sistem."
)


@dataclass(frozen=True)
class RunState:
    """How a run stands. `state` is Airflow's word; empty when there is no such run.

    :param paused: its DAG was switched off, so nothing of it starts.
    """

    state: str
    paused: bool = False


class AirflowRuns:
    """Runs that this visitor may start and see.

    :param credentials: headers that carry the visitor's session.
    """

    def __init__(
        self,
        credentials: Mapping[str, str],
        *,
        application: Callable[[], Any] | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._credentials = dict(credentials)
        self._application = application or running_airflow
        self._pause = pause

    async def start(self, dag_id: str, run_id: str, conf: Mapping[str, Any]) -> None:
        """Start a run with the values of the trigger form. A run with this id that is there already is ours.

        :raises FormRefused: with a sentence for the visitor; then there is no such run.
        """
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        response = await self._send("POST", f"/dags/{_q(dag_id)}/dagRuns", json=body)
        if response is not None and response.status_code in (200, 409):
            return
        if response is None or response.status_code >= 500:
            # Perhaps only the answer was lost.
            if (await self.look(dag_id, run_id)).state:
                return
            raise FormRefused(503, UNREACHABLE)
        told = REFUSALS.get(response.status_code, REFUSALS[400])
        raise FormRefused(response.status_code, told.format(detail=_detail(response)))

    async def look(self, dag_id: str, run_id: str) -> RunState:
        """How the run stands.

        :raises FormRefused: Airflow does not say.
        """
        response = await self._send("GET", f"/dags/{_q(dag_id)}/dagRuns/{_q(run_id)}")
        if response is not None and response.status_code == 404:
            return RunState("")
        if response is None or response.status_code != 200:
            raise FormRefused(503 if response is None else response.status_code, UNREACHABLE)
        dag = await self._send("GET", f"/dags/{_q(dag_id)}")
        paused = dag is not None and dag.status_code == 200 and bool(dag.json().get("is_paused"))
        return RunState(str(response.json()["state"]), paused)

    async def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response | None:
        """The answer, or None when there was none. While the database is busy it is asked again."""
        answer: httpx.Response | None = None
        for wait in (*_BUSY_WAITS, None):
            try:
                transport = httpx.ASGITransport(app=self._application(), raise_app_exceptions=False)
                async with httpx.AsyncClient(
                    transport=transport,
                    base_url="http://airflow",
                    headers=self._credentials,
                    timeout=_TIMEOUT,
                ) as client:
                    answer = await client.request(method, f"/api/v2{path}", **arguments)
            except httpx.HTTPError as error:
                log.warning("%s %s: %s", method, path, type(error).__name__)
                answer = None
            if wait is None or (answer is not None and answer.status_code < 500):
                break
            await self._pause(wait)
        return answer


def airflow_runs(request: Request) -> AirflowRuns:
    """Dependency: Airflow's runs with the session of this request."""
    names = ("authorization", "cookie")
    return AirflowRuns({name: request.headers[name] for name in names if name in request.headers})


AirflowRunsDep = Annotated[AirflowRuns, Depends(airflow_runs)]


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json().get("detail", ""))[:300]
    except ValueError:
        return ""


def _q(part: str) -> str:
    return quote(part, safe="~")
