"""Every page shows what the record says, in Indonesian."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from airflow_stand_in import Airflow
from page_reading import Visit, text_of
from web_samples import DAG, answered, asked, new_cycle

from builders import publication_row
from medsos.evidence.archive import Archive


def test_the_page_of_a_cycle_shows_steps_channels_proofs_and_checksums(
    visit: Visit, archive: Archive, finished: int
) -> None:
    page = visit("analis").get(f"/medsos/siklus/{finished}")
    text = text_of(page.text)
    assert page.status_code == 200
    assert text.count("tepat waktu") == 6
    assert "1 jam dari target 2 jam" in text
    assert "Putaran 1 : Disetujui oleh Kasubbag (contoh)" in text
    for channel in ("web", "facebook", "instagram", "x", "tiktok"):
        assert f"https://{channel}.example/kpukotabengkulu/{finished}" in text
        assert f"/bukti/{channel}.png?lebar=400" in page.text
    assert "tautan/tautan.html" in page.text
    assert "laporan/laporan.html" in page.text
    checksums = set(re.findall(r"<code>([0-9a-f]{64})</code>", page.text))
    assert len(checksums) == len(list(archive.files("kota-bengkulu/2026/11/000001-contoh")))


def test_a_running_cycle_says_which_step_waits(visit: Visit, waiting: int) -> None:
    page = visit("analis").get(f"/medsos/siklus/{waiting}").text
    assert re.search(r'class="step menunggu">.{0,200}Persetujuan Kasubbag', page, re.S)
    assert page.count('class="step belum"') == 3


def test_a_failed_upload_stands_on_the_page_with_what_to_do(visit: Visit, archive: Archive) -> None:
    from medsos.store.session import transaction

    cycle_id = new_cycle("Rapat yang gagal tayang")
    with transaction() as session:
        session.add(
            publication_row(
                cycle_id,
                "x",
                state="rejected",
                permalink="javascript:alert(1)",
                problem="Token akun sudah dicabut. Masukkan token baru pada Connection.",
            )
        )
    page = visit("analis").get(f"/medsos/siklus/{cycle_id}").text
    assert "Ditolak platform" in page
    assert "Masukkan token baru" in page
    assert 'href="javascript:' not in page


def test_the_list_filters_by_month_type_and_status(visit: Visit, archive: Archive, finished: int) -> None:
    new_cycle(
        "Dirgahayu", content_type="ucapan_hari_besar", requested_at=datetime(2026, 8, 14, 3, 0, tzinfo=UTC)
    )
    browser = visit("analis")

    def titles(**query: str) -> list[str]:
        page = browser.get("/medsos/siklus", params=query).text
        return re.findall(r"<h2><a [^>]+>([^<]+)</a>", page)

    assert titles() == ["Dirgahayu", "Rapat Pleno Terbuka"]
    assert titles(bulan="2026-08") == ["Dirgahayu"]
    assert titles(jenis="foto_kegiatan") == ["Rapat Pleno Terbuka"]
    assert titles(status="selesai") == ["Rapat Pleno Terbuka"]
    assert titles(bulan="2026-08", status="selesai") == []
    assert titles(bulan="tidak-ada", jenis="'; drop table cycles", halaman="1") == titles()


def test_a_long_list_is_parted_into_pages(visit: Visit, home: object) -> None:
    for number in range(23):
        new_cycle(f"Kegiatan {number}")
    browser = visit("analis")
    first = browser.get("/medsos/siklus").text
    assert "Halaman 1 dari 2" in first
    assert "Kegiatan 22" in first
    second = browser.get(unescape(re.findall(r'href="([^"]+)">Lebih lama', first)[0])).text
    assert re.findall(r"<h2><a [^>]+>([^<]+)</a>", second) == ["Kegiatan 2", "Kegiatan 1", "Kegiatan 0"]


def test_what_waits_for_me_comes_first_and_leads_to_its_form(
    visit: Visit, waiting: int, airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Monday 15.00 WIB, in the middle of a working day: all minutes are working minutes.
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    monkeypatch.setattr("medsos.web.waiting.routes.utc_now", lambda: now)
    airflow.forms[:] = [asked(waiting, asked_at=now - timedelta(minutes=25))]
    other = new_cycle("Selamat Hari Guru")
    long_ago = now - timedelta(hours=5)
    airflow.forms.append(
        asked(
            other,
            "design.plan_content",
            subject=f"Langkah 2 · Rencana materi · Siklus {other}: Selamat",
            people=("admin",),
            asked_at=long_ago,
        )
    )
    text = text_of(visit("kasubbag").get("/medsos/perlu-tindakan").text)
    assert text.index("Menunggu Anda (1)") < text.index("Simulasi") < text.index("Menunggu orang lain (1)")
    page = visit("admin").get("/medsos/perlu-tindakan").text
    assert f'href="/medsos/rencana/{other}"' in page
    assert f'href="/medsos/persetujuan/{waiting}/1"' in page
    assert "Menunggu 4 jam dari target 3 jam" in text_of(page)
    assert "lewat target" in page


def test_with_nothing_to_do_the_page_says_so(visit: Visit, home: object) -> None:
    assert "Tidak ada yang menunggu Anda" in visit("kasubbag").get("/medsos/perlu-tindakan").text


def test_the_tab_of_a_task_leads_to_its_form_or_says_there_is_none(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    airflow.forms.append(asked(waiting, "design.plan_content", subject="Langkah 2 · Rencana materi"))
    browser = visit("kasubbag")

    def tab(task_id: str, run_id: str = f"run-{waiting}"):
        query = {"dag_id": DAG, "run_id": run_id, "task_id": task_id}
        return browser.get("/medsos/formulir", params=query)

    approval = tab("approval.round_1.await_decision")
    assert (approval.status_code, approval.headers["location"]) == (
        303,
        f"/medsos/persetujuan/{waiting}/1",
    )
    assert tab("design.plan_content").headers["location"] == f"/medsos/rencana/{waiting}"
    assert "Keputusan belum diminta" in tab("approval.round_2.await_decision").text
    assert "Tidak ada formulir" in tab("upload.publish_x").text
    assert "Tidak ada formulir" in tab("upload.publish_x", run_id="asing").text


@pytest.mark.parametrize(
    "address",
    ["siklus/999", "persetujuan/999/1", "persetujuan/1/9", "siklus/abc", "siklus/1%20or%201=1", "tidak-ada"],
)
def test_what_does_not_exist_is_answered_in_indonesian(visit: Visit, waiting: int, address: str) -> None:
    answer = visit("kasubbag").get(f"/medsos/{address}")
    assert answer.status_code == 404
    assert "Tidak ditemukan" in answer.text
    assert 'lang="id"' in answer.text


def test_training_channels_are_marked_on_every_page(
    visit: Visit, waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medsos.web import office_view

    browser = visit("kasubbag")
    addresses = ("perlu-tindakan", "siklus", f"siklus/{waiting}", f"persetujuan/{waiting}/1", "evaluasi")
    for training in (True, False):
        office_view.forget_training()
        extra = '{"conn_type": "medsos_x", "host": "http://127.0.0.1", "extra": {"training": %s}}'
        monkeypatch.setenv("AIRFLOW_CONN_MEDSOS_X", extra % str(training).lower())
        for address in addresses:
            assert ("MODE LATIHAN" in browser.get(f"/medsos/{address}").text) is training
    office_view.forget_training()


def test_an_answer_that_was_refused_stands_on_the_page_of_the_cycle_until_a_better_one_comes(
    visit: Visit, waiting: int
) -> None:
    def answer(problem: str = "") -> None:
        answers = {"peserta": "Tim <Teknis>", "selesai": None}
        answered(waiting, "meeting.record_minutes", "Simpan notula", answers, problem=problem)

    browser = visit("admin")
    answer("Rapat selesai sebelum mulai. Periksa kedua waktunya.")
    page = browser.get(f"/medsos/siklus/{waiting}").text
    assert "Rapat selesai sebelum mulai." in page
    assert "Tim &lt;Teknis&gt;" in page
    assert f'href="/medsos/notula/{waiting}"' in page
    answer()
    assert "Rapat selesai sebelum mulai." not in browser.get(f"/medsos/siklus/{waiting}").text


def test_the_button_in_airflow_leads_to_the_form_of_the_round(
    waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from medsos.operators.form_link import ApprovalFormLink

    monkeypatch.setenv("MEDSOS_PUBLIC_URL", "https://medsos.example/")
    task = SimpleNamespace(cycle_id=str(waiting), round_no=2)
    link = ApprovalFormLink().get_link(task, ti_key=None)
    assert link == f"https://medsos.example/medsos/persetujuan/{waiting}/2"
