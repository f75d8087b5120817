"""A scratch archive, Airflow's forms, and a browser-like client for each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from airflow_stand_in import ACCOUNTS, Airflow
from fastapi import FastAPI
from fastapi.testclient import TestClient
from upload_page_kit import waits_for
from web_samples import (
    CAPTIONS,
    asked,
    decide,
    design_round,
    new_cycle,
    office_with_people,
    publish_all,
    upload_under_way,
)

from medsos.evidence.archive import Archive
from medsos.web.airflow.forms import AirflowForms, airflow_forms
from medsos.web.airflow.reassign import reassign
from medsos.web.airflow.runs import AirflowRuns, airflow_runs
from medsos.web.app import create_app
from medsos.web.officials.accounts import accounts
from medsos.web.visitors import Visitor, visitor
from social_pages import social_pages


@pytest.fixture
def airflow() -> Airflow:
    return Airflow()


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", "only-for-tests")


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


@pytest.fixture
def visit(home: Path, airflow: Airflow) -> Callable[..., TestClient]:
    """`visit("kasubbag")` is that person's browser; which DAGs Airflow lets them read and start is told."""

    def as_person(
        username: str,
        may_read: Callable[[str], bool] = lambda _: True,
        may_start: Callable[[str], bool] = lambda _: True,
        *,
        is_system_admin: bool = False,
    ) -> TestClient:
        pages = create_app()
        pages.dependency_overrides[visitor] = lambda: Visitor(
            username, may_read, is_system_admin=is_system_admin, may_start=may_start
        )
        pages.dependency_overrides[accounts] = lambda: ACCOUNTS.get
        pages.dependency_overrides[airflow_forms] = lambda: AirflowForms(
            {}, application=lambda: airflow.app, assigner=airflow.assign
        )
        pages.dependency_overrides[airflow_runs] = lambda: AirflowRuns(
            {}, application=lambda: airflow.app, pause=_at_once
        )
        pages.dependency_overrides[reassign] = lambda: airflow.reassign
        return _mounted(pages)

    return as_person


@pytest.fixture
def stranger(home: Path) -> TestClient:
    """A browser that is not logged in."""
    return _mounted(create_app())


@pytest.fixture
def waiting(archive: Archive, airflow: Airflow) -> int:
    """A cycle whose first round waits for the Kasubbag; returns its number."""
    office_with_people()
    cycle_id = new_cycle()
    design_round(archive, cycle_id)
    airflow.forms.append(asked(cycle_id))
    return cycle_id


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The office's channels lead to training platforms, whose pages these are."""
    for channel in CAPTIONS:
        monkeypatch.setenv(
            f"AIRFLOW_CONN_MEDSOS_{channel.upper()}",
            json.dumps({"conn_type": f"medsos_{channel}", "extra": {"training": True}}),
        )
    with social_pages() as address:
        yield address


@pytest.fixture
def by_hand(archive: Archive, airflow: Airflow) -> int:
    """A cycle whose Facebook upload waits for the admin."""
    cycle_id = upload_under_way(archive)
    airflow.forms.append(waits_for(cycle_id))
    return cycle_id


@pytest.fixture
def finished(archive: Archive) -> int:
    """A cycle that is up everywhere, and evaluated."""
    office_with_people()
    cycle_id = new_cycle("Rapat Pleno Terbuka")
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "setuju")
    publish_all(archive, cycle_id)
    return cycle_id


async def _at_once(_: float) -> None:
    """Nobody waits in a test."""


def _mounted(pages: FastAPI) -> TestClient:
    root = FastAPI()
    root.mount("/medsos", pages)
    return TestClient(root, base_url="http://kpu.test", follow_redirects=False)
