"""Addresses of our pages and of Airflow's, wherever Airflow is mounted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol
from urllib.parse import quote, urlencode

from fastapi import Request

PREFIX = "/medsos"
"""Where the plugin mounts the pages below Airflow's root."""

STATIC = files("medsos.web") / "static"


class OwnFormAddress(Protocol):
    """What the address of a form says of it."""

    @property
    def name(self) -> str: ...

    @property
    def round_no(self) -> int: ...


@dataclass(frozen=True)
class Addresses:
    """:param airflow: path of Airflow's root, without a slash at the end; empty for "/"."""

    airflow: str

    @property
    def base(self) -> str:
        return f"{self.airflow}{PREFIX}"

    def page(self, name: str, **query: object) -> str:
        """One of our pages, with the query parameters that have a value."""
        given = {key: value for key, value in query.items() if value not in (None, "")}
        return f"{self.base}/{name}" + (f"?{urlencode(given)}" if given else "")

    def cycle(self, cycle_id: int) -> str:
        return f"{self.base}/siklus/{cycle_id}"

    def package(self, cycle_id: int) -> str:
        """The files of a cycle as one archive to keep."""
        return f"{self.base}/siklus/{cycle_id}/paket.zip"

    def approval(self, cycle_id: int, round_no: int, **query: object) -> str:
        return self.page(f"persetujuan/{cycle_id}/{round_no}", **query)

    def own_form(self, cycle_id: int, form: OwnFormAddress, **query: object) -> str:
        """The page of a form of step 1 or 2."""
        rounded = f"/{form.round_no}" if form.round_no else ""
        return self.page(f"{form.name}/{cycle_id}{rounded}", **query)

    def review(self, office: str, period: str, **query: object) -> str:
        """The half-yearly review of the SOP; `period` is the half-year's key."""
        return self.page(f"tinjauan-sop/{office}/{period}", **query)

    def upload(self, cycle_id: int, channel: str, part: str = "", **query: object) -> str:
        """The page of one upload, or a part of it."""
        return self.page(f"unggahan/{cycle_id}/{channel}" + (f"/{part}" if part else ""), **query)

    def request(self, draft_id: str, part: str = "", **query: object) -> str:
        """The page of a request that is being written, or a part of it."""
        return self.page(f"ajukan/{draft_id}" + (f"/{part}" if part else ""), **query)

    def file(self, path: str, width: int | None = None) -> str:
        """A file of the archive, or its thumbnail."""
        return f"{self.base}/arsip/{quote(path)}" + (f"?lebar={width}" if width else "")

    def download(self, path: str, name: str) -> str:
        """A file of the archive, to be saved under `name`."""
        return f"{self.base}/arsip/{quote(path)}?{urlencode({'unduh': name})}"

    def static(self, name: str) -> str:
        """A stylesheet or icon; the address changes with its content, so it may be cached for long."""
        return f"{self.base}/statis/{name}?v={static_version(name)}"

    def airflow_form(self, dag_id: str, run_id: str, task_id: str) -> str:
        """Airflow's own page for a form."""
        parts = (quote(part, safe="") for part in (dag_id, run_id, task_id))
        return self.airflow + "/dags/{}/runs/{}/tasks/{}/required_actions".format(*parts)

    def airflow_run(self, dag_id: str, run_id: str) -> str:
        return f"{self.airflow}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"

    def login(self, back_to: str) -> str:
        """Airflow's way to its log-in page, with the address to come back to."""
        return f"{self.airflow}/api/v2/auth/login?{urlencode({'next': back_to})}"


def addresses_of(request: Request) -> Addresses:
    """The addresses as seen from this request."""
    return Addresses(str(request.scope.get("root_path", "")).rstrip("/").removesuffix(PREFIX))


@cache
def static_version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
