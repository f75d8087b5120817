"""On a real server the analyst reads the whole evaluation and changes nothing of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from api_server import ApiServer
from route_requests import REQUESTS
from sqlalchemy import MetaData, create_engine, select

import review_papers
from medsos.devtools.access_table import API, PAGES
from medsos.evaluation.export.columns import TABLES

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

HTML, SVG, PDF = "text/html", "image/svg+xml", "application/pdf"
REVIEW_PAGE = f"/medsos/tinjauan-sop/kota-bengkulu/{review_papers.PERIOD}"
READS = {
    "/medsos/evaluasi?masa=semua": (HTML, b"Evaluasi SOP"),
    "/medsos/evaluasi/grafik/langkah.svg?masa=semua": (SVG, b"<svg"),
    "/medsos/evaluasi/laporan/kota-bengkulu/2026-05.html": (HTML, b"Mei 2026"),
    f"/medsos/evaluasi/laporan/kota-bengkulu/{review_papers.PERIOD}.html": (HTML, b"Semester I 2026"),
    "/medsos/evaluasi/laporan/kota-bengkulu/2026-05.pdf": (PDF, b"%PDF-"),
    **{f"/medsos/evaluasi/{table}.csv": ("text/csv", b"") for table in TABLES},
    **{f"/medsos/evaluasi/{table}.parquet": ("", b"PAR1") for table in TABLES},
    "/medsos/evaluasi/tabel.xlsx": ("", b"PK"),
    "/medsos/tinjauan-sop": (HTML, b"Semester I 2026"),
    REVIEW_PAGE: (HTML, b"Anda dapat melihat, tidak dapat memutuskan"),
    f"/medsos/arsip/{review_papers.FOLDER}/laporan-tinjauan.html": (HTML, review_papers.REPORT),
    f"/medsos/arsip/{review_papers.FOLDER}/laporan-tinjauan.pdf": (PDF, b"%PDF-"),
}
"""Address → media type (any, if empty) and something that stands in it."""


@pytest.mark.parametrize("address", READS)
def test_everything_of_the_evaluation_is_read(server: ApiServer, address: str) -> None:
    answer = server.people["analis"].send("GET", address)
    kind, held = READS[address]
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith(kind)
    assert held in answer.content


def test_the_review_offers_the_analyst_no_button(server: ApiServer) -> None:
    assert b"<form" not in server.people["analis"].send("GET", REVIEW_PAGE).content
    assert b"<form" in server.people["sekretaris"].send("GET", REVIEW_PAGE).content


def test_whatever_the_analyst_tries_the_record_stays_as_it_was(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every route that could change something, each as its page or a program would send it."""
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", server.env["AIRFLOW__API__SECRET_KEY"])
    before = content_of(server)
    tried = [route for route in (*PAGES, *API) if route.method != "GET"]
    if server.manager == "simple":
        tried = [route for route in tried if route.simple is not None]
    assert len(tried) > 30
    for route in tried:
        answer = server.people["analis"].send(route.method, **REQUESTS[route.what](server, "analis"))
        assert answer.status_code in (401, 403, 404), (route.what, answer.text)
    assert content_of(server) == before


def content_of(server: ApiServer) -> dict[str, str]:
    """A digest of every table of the record."""
    engine = create_engine(f"sqlite:///{Path(server.env['MEDSOS_HOME']) / 'medsos.db'}")
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: hashlib.sha256(repr(connection.execute(select(table)).all()).encode()).hexdigest()
            for name, table in tables.tables.items()
        }
    engine.dispose()
    assert {"audit_log", "sop_reviews", "cycle_scorecards", "approvals"} <= found.keys()
    return found
