"""Sending a request starts one run as the visitor, with what the trigger form would hold, or says why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from airflow.sdk.definitions.param import ParamsDict
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from page_reading import text_of
from request_page_kit import OWN_PAGE, begun, photo, press, stored, stored_files, token_of, upload
from web_samples import office_with_people

from builders import make_cycle
from medsos.clock import utc_now
from medsos.drafts import book
from medsos.offices.model import load_office
from medsos.operators.trigger_form import trigger_form
from medsos.settings import load_settings
from medsos.store.models import Cycle, Draft
from medsos.store.session import transaction

Visit = Callable[..., TestClient]
DAG = "content_cycle__kota_bengkulu"
TEXTS = {"title": "Pemilih pemula", "body": "KPU Kota Bengkulu mengajak pemilih pemula."}


@pytest.fixture
def admin(visit: Visit) -> TestClient:
    office_with_people()
    return visit("admin")


@pytest.fixture
def draft_id(admin: TestClient) -> str:
    found = begun(admin)
    press(admin, found, "simpan", **TEXTS)
    return found


def test_the_run_gets_what_the_trigger_form_would_send_and_the_files_by_their_content(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    upload(admin, draft_id, "IMG_0001.jpg", photo())
    answer = press(admin, draft_id, "kirim", channels=["web", "x"], upload_at="2026-12-24T10:00")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/medsos/ajukan/{draft_id}")
    ((run_id, run),) = airflow.runs.items()
    sha256 = hashlib.sha256(photo()).hexdigest()
    assert (run_id, run["dag_id"]) == (f"ajukan-{draft_id}-1", DAG)
    assert run["conf"] | TEXTS == run["conf"]
    assert run["conf"]["channels"] == ["web", "x"]
    assert run["conf"]["upload_at"] == "2026-12-24T10:00:00+07:00"
    assert run["conf"]["materials"] == [f"IMG_0001.sha256-{sha256}.jpg"]
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    form = ParamsDict(trigger_form(office))
    assert set(run["conf"]) == set(form)
    form.update(run["conf"])
    assert form.validate() == run["conf"], "Airflow's own form could have sent it"
    assert (load_settings().uploads_dir("kota-bengkulu") / sha256).read_bytes() == photo()


def test_pressing_twice_makes_one_run(admin: TestClient, airflow: Airflow, draft_id: str) -> None:
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    data = {**TEXTS, "channels": ["web"], "aksi": "kirim", "token": token_of(page)}
    for _ in range(2):
        answer = admin.post(f"/medsos/ajukan/{draft_id}", data=data, headers=OWN_PAGE)
        assert answer.status_code == 303
    assert len(airflow.runs) == 1


def test_after_sending_the_page_waits_and_then_leads_to_the_cycle(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    press(admin, draft_id, "kirim")
    waiting = admin.get(f"/medsos/ajukan/{draft_id}")
    assert "Permohonan terkirim" in waiting.text
    assert f'http-equiv="refresh" content="3; url=/medsos/ajukan/{draft_id}"' in waiting.text
    assert "Terkirim , siklusnya sedang dibuat" in text_of(admin.get("/medsos/ajukan").text)
    cycle_id = make_cycle(run_id=f"ajukan-{draft_id}-1")
    answer = admin.get(f"/medsos/ajukan/{draft_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/medsos/siklus/{cycle_id}")


def test_a_paused_dag_is_said(admin: TestClient, airflow: Airflow, draft_id: str) -> None:
    press(admin, draft_id, "kirim")
    airflow.paused = True
    assert "alurnya dijeda" in admin.get(f"/medsos/ajukan/{draft_id}").text


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "Airflow tidak menerima isian ini: not today"),
        (401, "Sesi Anda sudah berakhir"),
        (403, "Peran Anda di Airflow tidak boleh memulai siklus"),
        (404, "belum mengenal alur kantor ini"),
        (500, "Airflow sedang tidak menjawab"),
        (503, "Airflow sedang tidak menjawab"),
    ],
)
def test_when_airflow_refuses_the_draft_stays_and_says_why(
    admin: TestClient, airflow: Airflow, draft_id: str, status: int, says: str
) -> None:
    airflow.refuse_runs_with = status
    answer = press(admin, draft_id, "kirim")
    assert answer.status_code >= 400
    assert says in text_of(answer.text)
    assert "Pemilih pemula" in answer.text
    assert stored(draft_id).sent_at is None
    airflow.refuse_runs_with = None
    assert press(admin, draft_id, "kirim").status_code == 303
    assert list(airflow.runs) == [f"ajukan-{draft_id}-1"]


def test_a_run_whose_answer_was_lost_is_found_and_not_started_again(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    airflow.refuse_runs_with, airflow.lose_answers = 500, True
    assert press(admin, draft_id, "kirim").status_code == 303
    assert len(airflow.runs) == 1
    assert "Permohonan terkirim" in admin.get(f"/medsos/ajukan/{draft_id}").text


def test_a_run_that_never_reached_airflow_gives_the_draft_back(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    press(admin, draft_id, "kirim")
    airflow.runs.clear()
    assert "Permohonan terkirim" in admin.get(f"/medsos/ajukan/{draft_id}").text
    with transaction() as session:
        session.get_one(Draft, draft_id).sent_at = utc_now() - timedelta(minutes=2)
    assert admin.get(f"/medsos/ajukan/{draft_id}").status_code == 303
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    assert "Airflow tidak mencatat permohonan ini. Kirim sekali lagi." in page
    assert "Pemilih pemula" in page


def test_what_the_task_refused_stands_on_the_form_that_is_open_again(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    press(admin, draft_id, "kirim")
    with transaction() as session:
        book.come_back(
            session, f"ajukan-{draft_id}-1", ["Permohonan yang persis sama sudah menjadi siklus 7."]
        )
    page = admin.get(f"/medsos/ajukan/{draft_id}")
    assert page.status_code == 200
    assert "sudah menjadi siklus 7" in page.text
    assert "Belum diterima ; buka untuk memperbaikinya" in text_of(admin.get("/medsos/ajukan").text)
    press(admin, draft_id, "kirim", title="Pemilih pemula, bagian 2")
    assert list(airflow.runs) == [f"ajukan-{draft_id}-1", f"ajukan-{draft_id}-2"]


def test_a_run_that_failed_without_a_word_gives_the_draft_back(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    press(admin, draft_id, "kirim")
    airflow.runs[f"ajukan-{draft_id}-1"]["state"] = "failed"
    assert admin.get(f"/medsos/ajukan/{draft_id}").status_code == 303
    assert "gagal di Airflow sebelum siklusnya ada" in admin.get(f"/medsos/ajukan/{draft_id}").text


def test_what_can_be_known_beforehand_is_said_before_a_run_is_started(
    admin: TestClient, visit: Visit, airflow: Airflow, draft_id: str
) -> None:
    make_cycle(
        title=TEXTS["title"],
        requested_at=utc_now(),
        request={
            **TEXTS, "content_type": "sosialisasi_tahapan", "activity_date": None, "place": "",
            "materials": [], "channels": ["web"], "upload_at": None, "kahar": False, "kahar_reason": "",
            "document_number": "", "document_date": None,
        },
    )  # fmt: skip
    repeated = press(admin, draft_id, "kirim", channels=["web"])
    assert "Permohonan yang persis sama sudah menjadi siklus 1" in text_of(repeated.text)
    only_approver = visit("kasubbag")
    own = begun(only_approver)
    refused = press(only_approver, own, "kirim", **TEXTS)
    assert "Tidak ada yang berhak menyetujui" in text_of(refused.text)
    assert airflow.runs == {}


def test_an_upload_that_is_not_complete_is_not_sent(
    admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    data = photo(size=(2000, 2000))
    upload(admin, draft_id, "a.jpg", data[:20_000], size=len(data))
    answer = press(admin, draft_id, "kirim")
    assert "Berkas “a.jpg” belum selesai diunggah" in text_of(answer.text)
    assert airflow.runs == {}


def test_files_of_the_wrong_kind_for_the_type_are_said_at_the_files(
    admin: TestClient, airflow: Airflow
) -> None:
    draft_id = begun(admin, "video")
    upload(admin, draft_id, "a.jpg", photo())
    answer = press(admin, draft_id, "kirim", **TEXTS)
    assert "Video memerlukan video (MP4 atau MOV)" in text_of(answer.text)
    press(admin, draft_id, "jenis", content_type="foto_kegiatan")
    assert press(admin, draft_id, "kirim").status_code == 303
    assert len(stored_files(draft_id)) == 1


def test_a_draft_on_its_way_cannot_be_changed_or_deleted(admin: TestClient, draft_id: str) -> None:
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    press(admin, draft_id, "kirim")
    data = {"token": token_of(page), "title": "Lain", "aksi": "simpan"}
    assert admin.post(f"/medsos/ajukan/{draft_id}", data=data, headers=OWN_PAGE).status_code == 303
    assert admin.post(f"/medsos/ajukan/{draft_id}/hapus", data=data, headers=OWN_PAGE).status_code == 409
    assert stored(draft_id).typed["title"] == TEXTS["title"]
    headers = {**OWN_PAGE, "x-medsos-token": token_of(page)}
    told = {"nama": "b.jpg", "ukuran": 10}
    late = admin.post(f"/medsos/ajukan/{draft_id}/berkas", json=told, headers=headers)
    assert "sudah dikirim" in late.json()["masalah"]


def test_whoever_loses_the_right_to_start_cannot_send(
    visit: Visit, admin: TestClient, airflow: Airflow, draft_id: str
) -> None:
    demoted = visit("admin", may_start=lambda _: False)
    page = admin.get(f"/medsos/ajukan/{draft_id}").text
    data = {"token": token_of(page), "aksi": "kirim"}
    answer = demoted.post(f"/medsos/ajukan/{draft_id}", data=data, headers=OWN_PAGE)
    assert answer.status_code == 403
    assert airflow.runs == {}
    with transaction() as session:
        assert session.query(Cycle).count() == 0
