"""A delegation counts at once, and its end as well, also for the form that already waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from api_server import DAG_ID, ApiServer

from medsos.clock import utc_now
from medsos.web.forgery import form_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

FORM = (
    f"/api/v2/dags/{DAG_ID}/dagRuns/uji-persetujuan/taskInstances/"
    "approval.round_1.await_decision/-1/hitlDetails"
)


def change(server: ApiServer, path: str, **fields: str) -> requests.Response:
    """What the Sekretaris sends after the confirmation."""
    token = form_token("sekretaris", "pejabat/kota-bengkulu")
    data = {"token": token, "kantor": "kota-bengkulu", "langkah": "simpan", **fields}
    return server.people["sekretaris"].send("POST", f"/medsos/pejabat/{path}", data=data)


def assigned(server: ApiServer) -> list[str]:
    form = server.people["analis"].send("GET", FORM).json()
    return [user["name"] for user in form["assigned_users"]]


def test_a_waiting_form_follows_the_delegation(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", server.env["AIRFLOW__API__SECRET_KEY"])
    answer = {"chosen_options": ["tidak ada"], "params_input": {}}
    assert assigned(server) == ["kasubbag"]
    assert server.people["tim"].send("PATCH", FORM, json=answer).status_code == 403
    today = (utc_now() + timedelta(hours=7)).date().isoformat()
    recorded = change(
        server, "delegasi", peran="kasubbag", jenis="plh", nama_masuk="tim", nama="Tim", nomor_surat="1",
        tanggal_surat="2026-01-02", mulai=today, sampai=today,
    )  # fmt: skip
    assert recorded.status_code == 303, recorded.text
    assert assigned(server) == ["kasubbag", "tim"]
    # Past the check of who may answer; there is no such option.
    assert server.people["tim"].send("PATCH", FORM, json=answer).status_code == 400
    page = server.people["sekretaris"].send("GET", "/medsos/pejabat").text
    row = page.split("/medsos/pejabat/akhiri/delegasi/")[1].split('"')[0]
    assert change(server, f"akhiri/delegasi/{row}", kapan="sekarang").status_code == 303
    assert assigned(server) == ["kasubbag"]
    assert server.people["tim"].send("PATCH", FORM, json=answer).status_code == 403
