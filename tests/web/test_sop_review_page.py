"""The Sekretaris decides on a half-year's report on our page; it counts at once, and nobody else can."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from page_reading import Visit, text_of
from pages_in_browser import PHONE, chromium, served
from playwright.sync_api import expect
from sqlalchemy import select

import review_papers
from medsos.clock import utc_now
from medsos.evidence.archive import Archive
from medsos.sop.model import CURRENT_VERSION
from medsos.store.models import FormAnswer, ReviewPaper, SopReview
from medsos.store.session import transaction
from medsos.web.airflow.lost_answers import LOST

ADDRESS = f"/medsos/tinjauan-sop/kota-bengkulu/{review_papers.PERIOD}"


@pytest.fixture
def paper(archive: Archive, airflow: Airflow) -> ReviewPaper:
    """Laid before the Sekretaris an hour ago; Airflow's form waits."""
    laid = review_papers.lay(archive, at=utc_now() - timedelta(hours=1))
    airflow.forms.append(form_in_airflow())
    return laid


def form_in_airflow(**task: Any) -> dict[str, Any]:
    asked_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    return {
        "task_instance": {
            "dag_id": review_papers.DAG, "dag_run_id": "run-1", "task_id": review_papers.TASK,
            "map_index": -1, "state": "awaiting_input", "start_date": asked_at, "try_number": 1, **task,
        },
        "subject": "Tinjauan SOP · Semester I 2026 · KPU Kota Bengkulu",
        "options": ["Ditetapkan", "Perlu perbaikan"],
        "assigned_users": [{"id": "sekretaris", "name": "sekretaris"}],
        "created_at": asked_at,
        "response_received": False,
    }  # fmt: skip


def press(browser: TestClient, option: str, **fields: str) -> Any:
    """Open the form and press a button, as a browser does with what stands in the fields."""
    html = browser.get(ADDRESS).text
    given = dict(re.findall(r'name="([a-z_]+)"[^>]* value="([^"]*)"', html))
    given.pop("keputusan", None)
    return browser.post(
        ADDRESS,
        data={**given, "keputusan": option, **fields},
        headers={"sec-fetch-site": "same-origin"},
    )


def decisions() -> list[SopReview]:
    with transaction() as session:
        return list(session.scalars(select(SopReview)))


def test_the_page_shows_report_figures_and_proposals(visit: Visit, paper: ReviewPaper) -> None:
    page = visit("sekretaris").get(ADDRESS)
    text = text_of(page.text)
    assert "Tinjauan SOP Semester I 2026" in text
    assert "1 Januari 2026 s.d. 30 Juni 2026" in text
    assert "3 · Persetujuan Kasubbag" in text
    assert "sekarang 180, usulan 240" in text
    assert f"/medsos/arsip/{paper.report_path}" in page.text
    report = visit("sekretaris").get(f"/medsos/arsip/{paper.report_path}")
    assert (report.status_code, report.content) == (200, review_papers.REPORT)
    assert "sandbox" in report.headers["content-security-policy"]


def test_it_waits_for_the_sekretaris_on_perlu_tindakan(visit: Visit, paper: ReviewPaper) -> None:
    mine = visit("sekretaris").get("/medsos/perlu-tindakan").text
    assert "Menunggu Anda (1)" in text_of(mine)
    assert f'href="{ADDRESS}"' in mine
    others = text_of(visit("admin").get("/medsos/perlu-tindakan").text)
    assert "Menunggu Anda (0)" in others
    assert "Menunggu Sekretaris (contoh)" in others
    nothing = text_of(visit("admin", lambda dag: dag != review_papers.DAG).get("/medsos/perlu-tindakan").text)
    assert "Tinjauan SOP Semester" not in nothing


def test_a_task_s_tab_in_airflow_leads_to_the_form(visit: Visit, paper: ReviewPaper) -> None:
    query = f"dag_id={review_papers.DAG}&run_id=run-1&task_id={review_papers.TASK}"
    answer = visit("sekretaris").get(f"/medsos/formulir?{query}")
    assert (answer.status_code, answer.headers["location"]) == (303, ADDRESS)


def test_it_is_asked_once_more_recorded_at_once_and_airflow_hears_of_it(
    visit: Visit, paper: ReviewPaper, airflow: Airflow
) -> None:
    browser = visit("sekretaris")
    asked = press(browser, "Ditetapkan", catatan="Dilanjutkan.")
    assert asked.status_code == 200
    assert "SOP tetap berlaku dengan target yang sekarang" in text_of(asked.text)
    assert decisions() == []
    sent = press(browser, "Ditetapkan", catatan="Dilanjutkan.", yakin="ya")
    assert sent.status_code == 303
    (review,) = decisions()
    assert (review.decision, review.decided_by, review.note) == ("ditetapkan", "sekretaris", "Dilanjutkan.")
    assert airflow.answers == [
        (review_papers.TASK, "Ditetapkan", {"catatan": "Dilanjutkan.", "segel": paper.report_sha256})
    ]
    after = text_of(browser.get(sent.headers["location"]).text)
    assert "Keputusan tersimpan: Ditetapkan" in after
    assert "oleh Sekretaris (contoh)" in after
    assert "Menunggu Anda (0)" in text_of(browser.get("/medsos/perlu-tindakan").text)


def test_every_run_that_waits_for_the_decision_hears_of_it(
    visit: Visit, paper: ReviewPaper, airflow: Airflow, archive: Archive
) -> None:
    """Somebody starts the review by hand while that of the calendar waits: one decision, two tasks."""
    review_papers.lay(archive, run_id="run-2")
    airflow.forms.append(form_in_airflow(dag_run_id="run-2"))
    assert press(visit("sekretaris"), "Ditetapkan", yakin="ya").status_code == 303
    assert len(decisions()) == 1
    assert [form["task_instance"]["dag_run_id"] for form in airflow.forms if form["response_received"]] == [
        "run-1", "run-2",
    ]  # fmt: skip


def test_changed_targets_are_named_with_their_date_before_they_count(
    visit: Visit, paper: ReviewPaper
) -> None:
    browser = visit("sekretaris")
    begins = (utc_now() + timedelta(days=20)).date().isoformat()
    fields = {"target_approval": "240", "berlaku_mulai": begins}
    asked = text_of(press(browser, "Ditetapkan", **fields).text)
    assert "Target langkah 3 (Persetujuan Kasubbag) berubah dari 180 menjadi 240 menit kerja" in asked
    assert press(browser, "Ditetapkan", **fields, yakin="ya").status_code == 303
    (review,) = decisions()
    assert (review.targets, str(review.effective_from)) == ({"approval": 240}, begins)
    assert review.new_sop_version == f"{CURRENT_VERSION}--kota-bengkulu--2026-semester-1"
    assert "Langkah 3 (Persetujuan Kasubbag): 180 → 240 menit" in text_of(browser.get(ADDRESS).text)


@pytest.mark.parametrize(
    ("option", "fields", "sentence"),
    [
        ("Perlu perbaikan", {}, "Tulis apa yang perlu diperbaiki"),
        ("Ditetapkan", {"target_link": "lima"}, "menit dalam bilangan bulat"),
        ("Ditetapkan", {"target_link": "5", "berlaku_mulai": "2020-01-01"}, "Tanggal berlaku"),
        ("Ditetapkan", {"target_link": "5", "berlaku_mulai": ""}, "tanggal berlakunya masih kosong"),
        ("Ditetapkan", {"segel": "a" * 64}, "Laporannya berubah"),
        ("Mungkin", {}, "Pilih salah satu keputusan"),
    ],
)
def test_what_cannot_count_is_said_and_what_was_typed_stays(
    visit: Visit, paper: ReviewPaper, option: str, fields: dict[str, str], sentence: str
) -> None:
    answer = press(
        visit("sekretaris"), option, catatan="" if option.startswith("Perlu") else "Ini.", **fields
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    for value in fields.values():
        assert option == "Mungkin" or value == "a" * 64 or value in answer.text
    assert decisions() == []


@pytest.mark.parametrize("username", ["admin", "kasubbag", "analis"])
def test_others_read_and_cannot_decide(visit: Visit, paper: ReviewPaper, username: str) -> None:
    browser = visit(username)
    page = browser.get(ADDRESS)
    assert page.status_code == 200
    assert "<form" not in page.text
    assert "Yang berhak memutuskan: Sekretaris (contoh)" in text_of(page.text)
    token = re.findall(r'name="token" value="([^"]+)"', visit("sekretaris").get(ADDRESS).text)[0]
    answer = browser.post(
        ADDRESS,
        data={"token": token, "keputusan": "Ditetapkan", "segel": paper.report_sha256, "yakin": "ya"},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 403
    assert decisions() == []


def test_another_site_cannot_press_the_button(visit: Visit, paper: ReviewPaper) -> None:
    browser = visit("sekretaris")
    token = re.findall(r'name="token" value="([^"]+)"', browser.get(ADDRESS).text)[0]
    data = {"token": token, "keputusan": "Ditetapkan", "segel": paper.report_sha256, "yakin": "ya"}
    assert browser.post(ADDRESS, data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post(ADDRESS, data={**data, "token": "1.x"}).status_code == 403
    assert decisions() == []


def test_pressed_twice_it_counts_once_and_another_decision_does_not_replace_it(
    visit: Visit, paper: ReviewPaper
) -> None:
    browser = visit("sekretaris")
    html = browser.get(ADDRESS).text
    given = dict(re.findall(r'name="(token|segel)" value="([^"]*)"', html))
    first = {**given, "keputusan": "Ditetapkan", "yakin": "ya"}
    for _ in range(2):
        assert browser.post(ADDRESS, data=first).status_code == 303
    other = browser.post(
        ADDRESS, data={**given, "keputusan": "Perlu perbaikan", "catatan": "x", "yakin": "ya"}
    )
    assert other.status_code == 409
    assert "sudah diputuskan oleh sekretaris" in text_of(other.text)
    assert [review.decision for review in decisions()] == ["ditetapkan"]


def test_an_answer_that_airflow_lost_is_kept_and_stands_in_the_form_again(
    visit: Visit, paper: ReviewPaper, airflow: Airflow
) -> None:
    airflow.forms[:] = [form_in_airflow(try_number=2)]
    airflow.lost[1] = {
        "response_received": True,
        "chosen_options": ["Perlu perbaikan"],
        "params_input": {"catatan": "Tambah satu petugas."},
        "responded_by_user": {"id": "sekretaris", "name": "sekretaris"},
        "responded_at": datetime.now(UTC).isoformat(),
    }
    page = visit("sekretaris").get(ADDRESS).text
    assert LOST in text_of(page)
    assert "Tambah satu petugas.</textarea>" in page
    with transaction() as session:
        (kept,) = session.scalars(select(FormAnswer))
    assert (kept.paper_id, kept.cycle_id, kept.accepted) == (paper.id, None, False)


def test_the_list_has_every_half_year_for_those_who_may_see_it(visit: Visit, paper: ReviewPaper) -> None:
    assert "Menunggu Sekretaris" in text_of(visit("analis").get("/medsos/tinjauan-sop").text)
    review_papers.decide(paper, at=utc_now())
    shown = text_of(visit("analis").get("/medsos/tinjauan-sop").text)
    assert "Semester I 2026 Ditetapkan" in shown
    nothing = visit("analis", lambda _: False)
    assert "Belum ada tinjauan" in text_of(nothing.get("/medsos/tinjauan-sop").text)
    assert nothing.get(ADDRESS).status_code == 404
    assert nothing.get(f"/medsos/arsip/{paper.report_path}").status_code == 404


def test_what_was_typed_is_shown_as_text(visit: Visit, paper: ReviewPaper) -> None:
    typed = "<script>window.__kena=1</script> {{ 7*7 }}"
    for answer in (
        press(visit("sekretaris"), "Perlu perbaikan", catatan=typed),
        press(visit("sekretaris"), "Ditetapkan", catatan=typed, target_link="x"),
    ):
        assert "<script>window" not in answer.text
        assert "{{ 7*7 }}" in answer.text
    review_papers.decide(paper, "perlu_perbaikan", note=typed, at=utc_now())
    page = visit("analis").get(ADDRESS).text
    assert "<script>window" not in page
    assert "&lt;script&gt;window" in page


def test_what_does_not_exist_is_not_found(visit: Visit, paper: ReviewPaper) -> None:
    for address in ("kota-bengkulu/2020-semester-1", "kota-lain/2026-semester-1", "x/y"):
        assert visit("sekretaris").get(f"/medsos/tinjauan-sop/{address}").status_code == 404


def test_on_a_phone_the_sekretaris_signs_with_two_presses(
    paper: ReviewPaper, airflow: Airflow, tmp_path: object
) -> None:
    with served(airflow, "sekretaris") as address, chromium() as browser:
        window = browser.new_context(viewport=PHONE, locale="id-ID")
        page = window.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/perlu-tindakan")
        page.get_by_role("link", name="Tinjauan SOP Semester I 2026").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.screenshot(path=f"{tmp_path}/formulir.png", full_page=True)
        page.get_by_label("3 · Persetujuan Kasubbag").fill("240")
        page.get_by_role("button", name="Perlu perbaikan").click()
        page.get_by_role("alert").filter(has_text="Catatan").wait_for()
        # What is missing is said where it is mended, far below the figures.
        expect(page.get_by_role("alert")).to_be_in_viewport()
        expect(page.get_by_label("3 · Persetujuan Kasubbag")).to_have_value("240")
        page.get_by_role("button", name="Ditetapkan").click()
        page.get_by_text("menjadi 240 menit kerja").wait_for()
        page.get_by_text("atas nama Sekretaris (contoh)").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.screenshot(path=f"{tmp_path}/pastikan.png", full_page=True)
        page.get_by_role("button", name="Ya, tetapkan").click()
        page.get_by_text("Keputusan tersimpan: Ditetapkan").wait_for()
        page.screenshot(path=f"{tmp_path}/selesai.png", full_page=True)
    assert [review.targets for review in decisions()] == [{"approval": 240}]
