"""Who presses on a form that has just opened gets an answer at once; Airflow hears of it when it is safe."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import requests
from airflow_stand_in import Airflow
from pages_in_browser import served
from web_samples import asked

from medsos.store.models import Approval
from medsos.store.session import transaction
from medsos.web.airflow.forms import PARKED_SECONDS


def press(address: str, cycle_id: int) -> float:
    """Approve; returns the seconds until the page has said that the decision is stored."""
    form = f"{address}/persetujuan/{cycle_id}/1"
    fields = dict(re.findall(r'name="(token|segel)" value="([^"]+)"', requests.get(form, timeout=30).text))
    began = time.monotonic()
    page = requests.post(form, data={**fields, "keputusan": "Setuju", "yakin": "ya"}, timeout=30)
    took = time.monotonic() - began
    assert "Keputusan tersimpan: Setuju" in page.text
    return took


def told_within(airflow: Airflow, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not airflow.answers and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(airflow.answers)


def test_the_press_does_not_wait_for_airflow_and_airflow_is_told_only_when_it_is_safe(
    waiting: int, airflow: Airflow
) -> None:
    airflow.forms[:] = [asked(waiting, asked_at=datetime.now(UTC))]
    opened = time.monotonic()
    with served(airflow, "kasubbag") as address:
        press(address, waiting)
        answered = time.monotonic()
        with transaction() as session:
            assert session.query(Approval).one().decided_by == "kasubbag"
        if answered - opened < PARKED_SECONDS:
            assert airflow.answers == []
        assert told_within(airflow, PARKED_SECONDS + 10)
        assert time.monotonic() - opened >= PARKED_SECONDS
    assert [answer[1] for answer in airflow.answers] == ["Setuju"]


def test_looking_again_meanwhile_does_not_tell_it_twice(waiting: int, airflow: Airflow) -> None:
    airflow.forms[:] = [asked(waiting, asked_at=datetime.now(UTC))]
    with served(airflow, "kasubbag") as address:
        press(address, waiting)
        for _ in range(3):
            requests.get(f"{address}/persetujuan/{waiting}/1", timeout=30)
            requests.get(f"{address}/perlu-tindakan", timeout=30)
        assert told_within(airflow, PARKED_SECONDS + 10)
        time.sleep(0.5)
    assert len(airflow.answers) == 1


def test_a_server_that_dies_before_telling_loses_nothing(waiting: int, airflow: Airflow) -> None:
    airflow.forms[:] = [asked(waiting, asked_at=datetime.now(UTC))]
    with served(airflow, "kasubbag") as address:
        press(address, waiting)
    heard = len(airflow.answers)
    airflow.forms[:] = [asked(waiting)]
    with served(airflow, "admin") as address:
        requests.get(f"{address}/perlu-tindakan", timeout=30)
        assert told_within(airflow, 10)
    assert [answer[1] for answer in airflow.answers] == ["Setuju"] * (heard + 1)
