"""Pages are shown to people who are logged in, and only of what they may read."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from page_reading import Visit


def test_cycles_of_a_dag_that_the_visitor_may_not_read_do_not_exist_for_them(
    visit: Visit, finished: int
) -> None:
    browser = visit("orang-lain", lambda dag_id: False)
    assert browser.get(f"/medsos/siklus/{finished}").status_code == 404
    assert browser.get(f"/medsos/persetujuan/{finished}/1").status_code == 404
    assert "Rapat Pleno" not in browser.get("/medsos/siklus").text
    assert "Rapat Pleno" not in browser.get("/medsos/evaluasi").text
    for table in ("step_durations", "channel_results", "cycle_scorecards", "monthly_recap"):
        assert len(browser.get(f"/medsos/evaluasi/{table}.csv").text.splitlines()) == 1
        assert pd.read_parquet(BytesIO(browser.get(f"/medsos/evaluasi/{table}.parquet").content)).empty
    book = load_workbook(BytesIO(browser.get("/medsos/evaluasi/tabel.xlsx").content))
    assert [sheet.max_row for sheet in book.worksheets[:4]] == [1, 1, 1, 1]


PAGES = ["perlu-tindakan", "siklus", "siklus/1", "persetujuan/1/1", "evaluasi", "formulir?dag_id=a&run_id=b"]


@pytest.mark.parametrize("address", [*PAGES, ""])
def test_a_stranger_is_sent_to_log_in_and_comes_back(stranger: TestClient, address: str) -> None:
    answer = stranger.get(f"/medsos/{address}")
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.path == "/api/v2/auth/login"
    assert parse_qs(target.query)["next"] == [f"/medsos/{address}"]


@pytest.mark.parametrize(
    "address",
    [
        "arsip/kota-bengkulu/2026/11/1/a.jpg",
        "statis/medsos.css",
        "evaluasi/step_durations.csv",
        "evaluasi/step_durations.parquet",
        "evaluasi/tabel.xlsx",
    ],
)
def test_a_stranger_gets_no_file(stranger: TestClient, address: str) -> None:
    assert stranger.get(f"/medsos/{address}").status_code == 401


def test_a_stranger_cannot_decide(stranger: TestClient) -> None:
    answer = stranger.post("/medsos/persetujuan/1/1", data={"keputusan": "Setuju", "yakin": "ya"})
    assert answer.status_code == 401
    assert "Sesi Anda sudah berakhir" in answer.text


def test_every_route_asks_who_is_there() -> None:
    from fastapi.routing import APIRoute

    from medsos.web.app import create_app
    from medsos.web.visitors import visitor

    routes = [route for route in create_app().routes if isinstance(route, APIRoute)]
    assert len(routes) >= 10
    for route in routes:
        assert visitor in [dependency.call for dependency in route.dependant.dependencies], route.path
