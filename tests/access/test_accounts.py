"""The page *Pejabat* knows who can log in to Airflow, and who can answer, with either auth manager."""

from __future__ import annotations

from datetime import timedelta

import pytest
from api_server import ApiServer

from medsos.clock import utc_now
from medsos.web.forgery import form_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("username", "said"),
    [
        ("tim", ""),
        ("analis", "Peran “analis” di Airflow hanya boleh melihat"),
        ("belum-ada", "Nama masuk “belum-ada” belum ada di Airflow"),
    ],
)
def test_before_a_delegation_is_recorded_it_is_said_whether_the_person_could_decide(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch, username: str, said: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", server.env["AIRFLOW__API__SECRET_KEY"])
    later = (utc_now() + timedelta(days=40)).date().isoformat()
    page = server.people["sekretaris"].send(
        "POST",
        "/medsos/pejabat/delegasi",
        data={
            "token": form_token("sekretaris", "pejabat/kota-bengkulu"),
            "kantor": "kota-bengkulu", "peran": "kasubbag", "jenis": "plh", "nama_masuk": username,
            "nama": "Seseorang", "nomor_surat": "1", "tanggal_surat": "2026-01-02", "mulai": later,
            "sampai": later, "langkah": "periksa",
        },
    )  # fmt: skip
    assert page.status_code == 200
    assert "bertindak sebagai Plh." in page.text
    for sentence in ("hanya boleh melihat", "belum ada di Airflow"):
        assert (sentence in page.text) == (sentence in said)
    assert said in page.text


def test_everybody_of_the_office_has_an_account_that_can_do_the_work(server: ApiServer) -> None:
    page = server.people["sekretaris"].send("GET", "/medsos/pejabat").text
    assert "Kasubbag (contoh)" in page
    assert "belum ada di Airflow" not in page
    assert "hanya boleh melihat" not in page
