"""Measures how long an answered form takes to go on while a thousand cycles wait, on a real Airflow.

Some cycles are real: they run to their first form. The others are copies of their rows in Airflow's database
and in the record, since a thousand real ones would take an hour to get there: for the scheduler and for the
pages a parked task is nothing but its rows. Only real ones are answered.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psutil
import requests
from sqlalchemy import select

from medsos.clock import utc_now
from medsos.errors import StackError
from medsos.stack.config import StackConfig
from medsos.stack.local_executor import TITLE
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack
from medsos.store.models import Cycle, StoredAnswer
from medsos.store.session import engine_for, reading, transaction

WAITING = 1000
REAL = 20
"""How many of them are real and are answered, one after the other."""

BUDGET_SECONDS = 10.0
"""From the press of the button until the task has taken the answer, 95 of 100 times."""

SETTLED_SECONDS = 20
"""How long the forms have been open before the first is answered, as with people."""

DAG_ID = "content_cycle__kota_bengkulu"
TASK = "meeting.record_minutes"
LONGEST_SECONDS = 900
_ZONE = ZoneInfo("Asia/Jakarta")
_COPIED = ("dag_run", "task_instance", "hitl_detail")


def answers(say: Callable[[str], None]) -> int:
    """Start an installation of its own, fill it, answer; returns 1 when the budget is exceeded."""
    with tempfile.TemporaryDirectory(prefix="medsos-ukur-") as folder:
        config = StackConfig(home=Path(folder), port=free_port(), sandbox_port=free_port())
        stack = Stack(config)
        try:
            stack.start()
            stack.wait_healthy()
            return _measure(stack, say)
        finally:
            stack.stop()


def _measure(stack: Stack, say: Callable[[str], None]) -> int:
    record = f"sqlite:///{stack.config.home / 'medsos.db'}"
    runs = _real_cycles(stack)
    _copy_waiting(stack.config.airflow_home / "airflow.db", runs[0], WAITING - REAL)
    _copy_cycles(record, runs[0], WAITING - REAL)
    time.sleep(SETTLED_SECONDS)
    forms = len(stack.api().waiting_forms(DAG_ID))
    if forms != WAITING:
        raise StackError(f"{forms} formulir menunggu; seharusnya {WAITING}.")
    busy, processes = _occupied(stack)
    browser = _browser(stack)
    began = time.monotonic()
    browser.get(f"{stack.config.local_url}/medsos/perlu-tindakan", timeout=120).raise_for_status()
    listed = time.monotonic() - began
    pressed, resumed = zip(*(_answer(stack, browser, record, run) for run in runs), strict=True)
    engine_for(record).dispose()
    p95 = quantiles(resumed, n=20)[-1]
    within = p95 <= BUDGET_SECONDS
    say(
        f"{forms} siklus menunggu ({REAL} sungguhan, {WAITING - REAL} salinan barisnya): {busy} tugas dan "
        f"{processes} proses pekerja terpakai; Perlu tindakan {listed:.1f} detik"
    )
    say(
        f"jawaban sampai tugas melanjutkan: median {median(resumed):.1f} detik, p95 {p95:.1f} detik dari "
        f"{len(resumed)} jawaban (batas {BUDGET_SECONDS:.0f} detik); halaman menjawab dalam "
        f"{median(pressed):.2f} detik (median): {'sesuai' if within else 'TERLALU LAMBAT'}"
    )
    return int(not within) + int(busy > 0 or processes > 0)


def _real_cycles(stack: Stack) -> list[str]:
    """Run ids of cycles that have come to their first form."""
    api = stack.api()
    for number in range(REAL):
        request = {
            "title": f"Siklus yang menunggu {number}",
            "content_type": "sosialisasi_tahapan",
            "body": f"Isi nomor {number}.",
            "channels": ["web"],
        }
        api.trigger(DAG_ID, request)
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        stack.check()
        found = [form["task_instance"]["dag_run_id"] for form in api.waiting_forms(DAG_ID)]
        if len(found) == REAL:
            return found
        if time.monotonic() > deadline:
            raise StackError(f"Hanya {len(found)} siklus sampai pada formulirnya.")
        time.sleep(1)


def _copy_waiting(database: Path, run_id: str, copies: int) -> None:
    """Copy a run with all of its tasks and its form, under new names, into Airflow's database."""
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        connection.row_factory = sqlite3.Row
        run = connection.execute("SELECT * FROM dag_run WHERE run_id = ?", (run_id,)).fetchone()
        tasks = connection.execute("SELECT * FROM task_instance WHERE run_id = ?", (run_id,)).fetchall()
        form = connection.execute(
            "SELECT h.* FROM hitl_detail h JOIN task_instance t ON t.id = h.ti_id WHERE t.run_id = ?",
            (run_id,),
        ).fetchone()
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in _COPIED}
        for number in range(copies):
            name = _copy_name(number)
            rows["dag_run"].append({**dict(run), "id": None, "run_id": name})
            for task in tasks:
                fresh = uuid4().hex
                rows["task_instance"].append({**dict(task), "id": fresh, "run_id": name})
                if task["id"] == form["ti_id"]:
                    rows["hitl_detail"].append({**dict(form), "ti_id": fresh})
        for table, values in rows.items():
            columns = list(values[0])
            marks = ", ".join(f":{column}" for column in columns)
            # Table and columns are Airflow's own, read from its database a moment ago.
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                values,
            )


def _copy_cycles(record: str, run_id: str, copies: int) -> None:
    """The same cycles in the record, so that the pages know them."""
    with transaction(record) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
        values = {c.name: getattr(cycle, c.name) for c in Cycle.__table__.columns if c.name != "id"}
        session.add_all(Cycle(**{**values, "run_id": _copy_name(number)}) for number in range(copies))


def _copy_name(number: int) -> str:
    return f"salinan-{number}"


def _occupied(stack: Stack) -> tuple[int, int]:
    """Tasks that run or are queued, and worker processes, while everything waits."""
    database = stack.config.airflow_home / "airflow.db"
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        (tasks,) = connection.execute(
            "SELECT count(*) FROM task_instance WHERE state IN ('running', 'queued')"
        ).fetchone()
    scheduler = psutil.Process(stack.group.pids["scheduler"])
    children = [child for child in scheduler.children(recursive=True) if _title(child).startswith(TITLE)]
    return int(tasks), len(children)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _browser(stack: Stack) -> requests.Session:
    """The admin's session on our pages."""
    session = requests.Session()
    token = requests.post(
        f"{stack.config.local_url}/auth/token",
        json={"username": "admin", "password": stack.passwords["admin"]},
        timeout=60,
    ).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def _answer(stack: Stack, browser: requests.Session, record: str, run_id: str) -> tuple[float, float]:
    """Seconds until the page has answered, and until the task has dealt with the answer."""
    with reading(record) as session:
        cycle_id = session.scalars(select(Cycle.id).where(Cycle.run_id == run_id)).one()
    address = f"{stack.config.local_url}/medsos/notula/{cycle_id}"
    token = re.search(r'name="token" value="([^"]+)"', browser.get(address, timeout=60).text)
    if token is None:
        raise StackError(f"Siklus {cycle_id} tidak menunggu notula.")
    ended: datetime = utc_now().astimezone(_ZONE) - timedelta(minutes=10)
    fields = {
        "token": token[1],
        "jawaban": "Simpan notula",
        "mulai": f"{ended - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "selesai": f"{ended:%Y-%m-%dT%H:%M}",
        "peserta": "Tim Medsos",
        "keputusan": "Diunggah.",
    }
    began = time.monotonic()
    browser.post(address, data=fields, timeout=60).raise_for_status()
    pressed = time.monotonic() - began
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        with reading(record) as session:
            row = session.scalars(select(StoredAnswer).where(StoredAnswer.cycle_id == cycle_id)).one()
        if row.settled_at is not None:
            return pressed, (row.settled_at - row.answered_at).total_seconds()
        time.sleep(0.2)
    raise StackError(f"Siklus {cycle_id} tidak melanjutkan setelah dijawab.")
