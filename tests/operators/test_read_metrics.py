"""The task that reads one channel: through its Connection, skipped by hand, tried again as it should be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from sqlalchemy import select

from builders import make_cycle, publication_row
from medsos.channels.base import Post
from medsos.clock import utc_now
from medsos.errors import AuthInvalid, LeaseHeld, RateLimited, Transient
from medsos.hooks import client_for
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.operators.engagement import AGAIN, LONGEST_WAIT, ReadingRetryPolicy, ReadMetricsOperator
from medsos.sandbox.testing import running_sandbox
from medsos.settings import load_settings
from medsos.store.models import Metric
from medsos.store.session import transaction
from memory_journal import MemoryJournal

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    folder = tmp_path / "include"
    shutil.copytree(load_settings({}).offices_dir, folder / "offices")
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def sandbox(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        accounts = requests.get(f"{url}/_inspect/accounts", timeout=20).json()
        for connection_id, definition in connection_for_sandbox(accounts, url).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))
        yield url


def read(channel: Any = "x") -> None:
    ReadMetricsOperator(task_id="read", office="kota-bengkulu", channel=channel).execute({})


def published_two_days_ago() -> int:
    client, journal = client_for("x", "medsos_x", web_connection_id="medsos_web"), MemoryJournal()
    post = Post(key="rapat-k1", text="Rapat pleno.", title="Rapat")
    client.prepare(post, journal)
    post_id = client.commit(post, journal).post_id
    with transaction() as session:
        row = publication_row(make_cycle(), "x", post_id=post_id, published_at=utc_now() - timedelta(days=2))
        session.add(row)
        session.flush()
        return row.id


def change_office(data: Path, old: str, new: str) -> None:
    file = data / "offices" / "kota-bengkulu" / "office.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_task_reads_what_is_due_once_through_the_connection(sandbox: str) -> None:
    number = published_two_days_ago()
    counts = {"x": {"views": 7, "likes": 3}}
    requests.post(f"{sandbox}/_inspect/settings", json={"counts": counts}, timeout=20).raise_for_status()
    read()
    read()
    with transaction() as session:
        rows = {row.name: (row.value, row.state) for row in session.scalars(select(Metric))}
        assert {row.publication_id for row in session.scalars(select(Metric))} == {number}
    assert rows["views"] == (7, "given")
    assert rows["reach"] == (None, "not_offered")
    asked = requests.get(f"{sandbox}/_inspect/requests?path=/2/tweets/", timeout=20).json()
    assert len(asked) == 1


def test_a_channel_uploaded_by_hand_is_skipped_and_says_why(data: Path) -> None:
    change_office(data, "x: { mode: api", "x: { mode: manual")
    with pytest.raises(AirflowSkipException, match="angkanya tidak tersedia"):
        read()


def test_a_channel_whose_readings_are_switched_off_is_skipped(data: Path) -> None:
    change_office(data, "notices: {", "watch: { metrics_days_of: { x: [] } }\nnotices: {")
    with pytest.raises(AirflowSkipException, match="dimatikan"):
        read()


def test_a_missing_connection_fails_the_task_with_what_to_do(data: Path) -> None:
    with pytest.raises(AirflowFailException, match="medsos_x"):
        read()


def test_a_refused_token_is_what_the_task_says_and_no_secret(sandbox: str, caplog: Any) -> None:
    published_two_days_ago()
    refusal = {"status": 401, "path": "/2/tweets/", "body": {"title": "Unauthorized", "status": 401}}
    requests.post(f"{sandbox}/_inspect/faults", json=refusal, timeout=20).raise_for_status()
    with pytest.raises(AuthInvalid, match="kredensial ditolak") as caught:
        read()
    accounts = requests.get(f"{sandbox}/_inspect/accounts", timeout=20).json()
    said = f"{caught.value} {caplog.text}"
    assert not [value for value in accounts["x"].values() if len(str(value)) > 20 and str(value) in said]


def test_a_limit_is_waited_for_in_the_same_night_and_otherwise_left_to_the_next() -> None:
    policy = ReadingRetryPolicy(clock=lambda: NOW)
    soon = policy.evaluate(RateLimited("Batas.", retry_at=NOW + timedelta(minutes=14)), 30, 100)
    late = policy.evaluate(RateLimited("Batas.", retry_at=NOW + LONGEST_WAIT + AGAIN), 1, 100)
    assert (soon.action.value, soon.retry_delay) == ("retry", timedelta(minutes=14))
    assert late.action.value == "fail"
    assert "malam berikutnya" in str(late.reason)


def test_a_passing_fault_is_tried_some_times_and_what_a_person_must_mend_is_not() -> None:
    policy = ReadingRetryPolicy(clock=lambda: NOW)
    faults = [policy.evaluate(Transient("Gangguan."), number, 100).action.value for number in range(1, 6)]
    assert faults == ["retry", "retry", "retry", "fail", "fail"]
    assert policy.evaluate(AuthInvalid("Ditolak."), 1, 100).action.value == "fail"
    held = policy.evaluate(LeaseHeld("Dipegang.", retry_at=NOW + timedelta(minutes=5)), 90, 100)
    assert (held.action.value, held.retry_delay) == ("retry", timedelta(minutes=5))
