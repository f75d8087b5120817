"""Minutes, plan and revision are filled in on pages of ours: prefilled, checked at the field, never lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from page_reading import Visit, text_of
from web_samples import DAG, asked, decide, design_round, new_cycle, office_with_people

from builders import NOW
from medsos.content.plan import ContentPlan
from medsos.evidence.archive import Archive
from medsos.operators.design import PlanForm, ReviseForm
from medsos.operators.meeting import MinutesForm
from medsos.store.models import Cycle, FormAnswer, Minutes, PlanRow, StoredAnswer
from medsos.store.session import transaction

TASKS = {
    "notula": "meeting.record_minutes",
    "rencana": "design.plan_content",
    "revisi": "approval.round_1.revise_content",
}
EVIL = '</textarea><script>alert(1)</script> {{ 7 * 7 }} "><img src=x onerror=alert(2)>'


def values_of(html: str) -> dict[str, str]:
    """What the fields on the page hold, as a browser would send it."""
    areas = re.findall(r'<textarea id="(\w+)"[^>]*>(.*?)</textarea>', html, re.S)
    inputs = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', html)
    return {name: unescape(value) for name, value in [*areas, *inputs]}


def address(name: str, cycle_id: int) -> str:
    return f"/medsos/{name}/{cycle_id}" + ("/1" if name == "revisi" else "")


def send(browser: TestClient, name: str, cycle_id: int, button: str, **typed: str) -> Any:
    given = {**values_of(browser.get(address(name, cycle_id)).text), **typed, "jawaban": button}
    return browser.post(address(name, cycle_id), data=given, headers={"sec-fetch-site": "same-origin"})


def stored() -> list[StoredAnswer]:
    with transaction() as session:
        return session.query(StoredAnswer).order_by(StoredAnswer.id).all()


@pytest.fixture
def cycle(archive: Archive, airflow: Airflow) -> int:
    """A cycle whose form of step 1 and of step 2 wait for the team."""
    office_with_people()
    cycle_id = new_cycle()
    airflow.forms += [
        asked(cycle_id, TASKS[name], people=("admin",), options=options)
        for name, options in (
            ("notula", ("Simpan notula", "Pakai notula siklus lain")),
            ("rencana", ("Simpan rencana",)),
        )
    ]
    return cycle_id


@pytest.fixture
def revised(archive: Archive, airflow: Airflow) -> int:
    """A cycle for which the Kasubbag has asked for a revision."""
    office_with_people()
    cycle_id = new_cycle()
    design_round(archive, cycle_id)
    texts = {c: {"caption": f"Teks {c} #KPU", "alt_text": f"Alternatif {c}"} for c in ("web", "x")}
    with transaction() as session:
        row = session.query(PlanRow).filter_by(cycle_id=cycle_id, round=1).one()
        row.plan = {**row.plan, "texts": texts}
    decide(cycle_id, 1, "revisi", "Judulnya <b>terlalu panjang</b>.")
    airflow.forms.append(asked(cycle_id, TASKS["revisi"], people=("admin",), options=("Kirim revisi",)))
    return cycle_id


def minutes() -> dict[str, str]:
    """Times as a browser sends them: of the office, without a zone."""
    ended = datetime.now(UTC) - timedelta(hours=1) + timedelta(hours=7)
    return {
        "mulai": f"{ended - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "selesai": f"{ended:%Y-%m-%dT%H:%M}",
        "peserta": "Ketua\r\nTim Teknis",
        "keputusan": "Diunggah hari ini.",
    }


def test_minutes_are_stored_and_the_task_takes_them_as_they_were_typed(
    visit: Visit, cycle: int, airflow: Airflow
) -> None:
    browser, typed = visit("admin"), minutes()
    sent = send(browser, "notula", cycle, "Simpan notula", **typed)
    assert sent.status_code == 303, text_of(sent.text)
    assert "Jawaban Anda sudah tersimpan" in text_of(browser.get(sent.headers["location"]).text)
    assert airflow.answers[0][:2] == (TASKS["notula"], "Simpan notula")
    MinutesForm(task_id=TASKS["notula"], office="kota-bengkulu", cycle_id=str(cycle)).execute({})
    with transaction() as session:
        row = session.query(Minutes).filter_by(cycle_id=cycle).one()
    assert f"{row.started_at + timedelta(hours=7):%Y-%m-%dT%H:%M}" == typed["mulai"]
    assert (row.attendees, row.decision) == ("Ketua\nTim Teknis", "Diunggah hari ini.")
    assert row.recorded_by == "admin"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("peserta", " ", "Peserta belum diisi"),
        ("keputusan", "", "Keputusan rapat belum diisi"),
        ("mulai", "", "Waktu mulai rapat belum diisi"),
        ("mulai", "kemarin", "Waktu mulai rapat belum diisi atau tidak sah"),
        ("selesai", "2020-01-01T08:00", "selesai sebelum mulai"),
        ("selesai", "2099-01-01T08:00", "belum lewat"),
    ],
)
def test_what_is_wrong_with_minutes_stands_at_its_field_and_nothing_typed_is_lost(
    visit: Visit, cycle: int, airflow: Airflow, field: str, value: str, says: str
) -> None:
    typed = {**minutes(), field: value}
    refused = send(visit("admin"), "notula", cycle, "Simpan notula", **typed)
    assert refused.status_code == 422
    assert says in text_of(re.search(rf'id="masalah-{field}"[^>]*>(.*?)</p>', refused.text, re.S)[1])
    kept = values_of(refused.text)
    assert {name: kept[name] for name in typed} == {n: v.replace("\r\n", "\n") for n, v in typed.items()}
    assert stored() == []
    assert airflow.answers == []


def test_the_minutes_of_another_cycle_may_be_shared(visit: Visit, cycle: int) -> None:
    other = new_cycle("Rapat lain")
    with transaction() as session:
        session.query(Cycle).filter_by(id=cycle).one().minutes_id = None
    page = visit("admin").get(address("notula", cycle)).text
    assert f'<option value="{other}">Siklus {other}: Rapat lain' in page
    assert f'<option value="{cycle}">' not in page
    button = "Pakai notula siklus lain"
    refused = send(visit("admin"), "notula", cycle, button)
    assert "tidak ditemukan" in text_of(refused.text)
    assert send(visit("admin"), "notula", cycle, button, nomor_siklus=str(other)).status_code == 303
    MinutesForm(task_id=TASKS["notula"], office="kota-bengkulu", cycle_id=str(cycle)).execute({})
    with transaction() as session:
        shared, own = (session.get_one(Cycle, number).minutes_id for number in (other, cycle))
    assert shared == own


def test_the_plan_is_prefilled_from_the_request_with_counts_and_saved_as_changed(
    visit: Visit, cycle: int
) -> None:
    browser = visit("admin")
    page = browser.get(address("rencana", cycle)).text
    fields = values_of(page)
    assert "Simulasi Pemungutan Suara" in fields["judul_desain"]
    assert {name for name in fields if name.startswith("teks_")} == {
        f"teks_{c}" for c in ("web", "facebook", "instagram", "x", "tiktok")
    }
    assert re.search(r"\d+ dari 280 karakter", text_of(page))
    assert re.search(r"\d+ dari 2\.200 karakter", text_of(page))
    sent = send(browser, "rencana", cycle, "Simpan rencana", judul_desain="Judul baru")
    assert sent.status_code == 303, text_of(sent.text)
    PlanForm(task_id=TASKS["rencana"], office="kota-bengkulu", cycle_id=str(cycle)).execute({})
    with transaction() as session:
        row = session.query(PlanRow).filter_by(cycle_id=cycle, round=1).one()
    plan = ContentPlan.model_validate(row.plan)
    assert plan.headline == "Judul baru"
    assert plan.texts["x"].caption == fields["teks_x"]
    assert row.author == "admin"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("judul_desain", " ", "Judul pada desain masih kosong"),
        ("teks_x", "a" * 281, "panjangnya 281; paling banyak 280"),
        ("teks_instagram", " ".join(f"#tagar{n}" for n in range(31)), "tagarnya 31; paling banyak 30"),
        ("alt_instagram", "a" * 1001, "1001 karakter; paling banyak 1000"),
        ("alt_web", "", "Teks alternatif Website masih kosong"),
    ],
)
def test_what_a_channel_would_refuse_stands_at_its_field(
    visit: Visit, cycle: int, field: str, value: str, says: str
) -> None:
    refused = send(visit("admin"), "rencana", cycle, "Simpan rencana", **{field: value})
    assert refused.status_code == 422
    assert says in text_of(re.search(rf'id="masalah-{field}"[^>]*>(.*?)</p>', refused.text, re.S)[1])
    assert values_of(refused.text)[field] == value
    assert stored() == []


def test_a_revision_shows_the_note_and_the_plan_of_its_round(visit: Visit, revised: int) -> None:
    browser = visit("admin")
    page = browser.get(address("revisi", revised)).text
    assert "Judulnya &lt;b&gt;terlalu panjang&lt;/b&gt;." in page
    assert values_of(page)["teks_x"] == "Teks x #KPU"
    assert page.count("?lebar=160") == 5
    assert send(browser, "revisi", revised, "Kirim revisi", judul_desain="Pendek").status_code == 303
    ReviseForm(task_id=TASKS["revisi"], office="kota-bengkulu", cycle_id=str(revised), round_no=1).execute({})
    with transaction() as session:
        row = session.query(PlanRow).filter_by(cycle_id=revised, round=2).one()
    assert row.plan["headline"] == "Pendek"


def test_a_revision_that_nobody_asked_for_has_no_page(visit: Visit, cycle: int) -> None:
    assert visit("admin").get(address("revisi", cycle)).status_code == 404
    assert visit("admin").get("/medsos/rencana/999").status_code == 404


@pytest.mark.parametrize("person", ["kasubbag", "analis", "sekretaris"])
def test_others_may_look_and_not_answer(visit: Visit, cycle: int, airflow: Airflow, person: str) -> None:
    browser = visit(person)
    page = browser.get(address("rencana", cycle))
    assert page.status_code == 200
    assert 'name="jawaban"' not in page.text
    token = values_of(page.text) | values_of(visit("admin").get(address("rencana", cycle)).text)
    refused = browser.post(address("rencana", cycle), data={**token, "jawaban": "Simpan rencana"})
    assert refused.status_code == 403
    assert stored() == []
    assert visit("orang-lain", lambda _: False).get(address("rencana", cycle)).status_code == 404


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://jahat.example"}])
def test_another_site_cannot_answer(visit: Visit, cycle: int, headers: dict[str, str]) -> None:
    browser = visit("admin")
    fields = values_of(browser.get(address("rencana", cycle)).text)
    refused = browser.post(
        address("rencana", cycle), data={**fields, "jawaban": "Simpan rencana"}, headers=headers
    )
    assert refused.status_code == 403
    assert values_of(refused.text)["judul_desain"] == fields["judul_desain"]
    assert stored() == []


def test_of_two_people_the_first_counts_and_the_second_keeps_what_was_typed(
    visit: Visit, cycle: int, airflow: Airflow
) -> None:
    airflow.refuse_with = 500
    first, second = visit("admin"), visit("staf")
    page = second.get(address("rencana", cycle)).text
    assert send(first, "rencana", cycle, "Simpan rencana").status_code == 303
    late = second.post(
        address("rencana", cycle),
        data={**values_of(page), "judul_desain": "Punyaku", "jawaban": "Simpan rencana"},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert late.status_code in (403, 409)
    assert [row.answered_by for row in stored()] == ["admin"]


def test_an_answer_that_the_task_refused_comes_back_with_reason_and_words(visit: Visit, cycle: int) -> None:
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=cycle, task_id=TASKS["notula"], round=0, option="Simpan notula",
                answers={"mulai": "2026-11-23T02:00:00+00:00", "peserta": "Ketua", "nomor_siklus": None},
                answered_by="admin", answered_at=NOW, accepted=False, problem="Keputusan rapat belum diisi.",
            )
        )  # fmt: skip
    page = visit("admin").get(address("notula", cycle)).text
    assert "Keputusan rapat belum diisi." in page
    fields = values_of(page)
    assert (fields["mulai"], fields["peserta"]) == ("2026-11-23T09:00", "Ketua")


def test_the_list_and_the_tab_lead_to_these_pages(visit: Visit, cycle: int, revised: int) -> None:
    browser = visit("admin")
    page = browser.get("/medsos/perlu-tindakan").text
    for link in (address("notula", cycle), address("rencana", cycle), address("revisi", revised)):
        assert f'href="{link}"' in page
    tab = browser.get(
        "/medsos/formulir", params={"dag_id": DAG, "run_id": f"run-{cycle}", "task_id": TASKS["notula"]}
    )
    assert tab.headers["location"] == address("notula", cycle)


def test_hostile_text_is_shown_as_text(visit: Visit, archive: Archive, cycle: int) -> None:
    with transaction() as session:
        row = session.get_one(Cycle, cycle)
        row.title, row.request = EVIL, {**row.request, "title": EVIL, "body": EVIL}
    for name in ("notula", "rencana"):
        refused = send(visit("admin"), name, cycle, "Tidak ada", judul_desain=EVIL, keputusan=EVIL)
        for page in (visit("admin").get(address(name, cycle)).text, refused.text):
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("body", [{"judul_desain": "a" * 3_000_000}, {f"f{n}": "x" for n in range(500)}])
def test_a_request_that_is_far_too_large_is_refused(visit: Visit, cycle: int, body: dict[str, str]) -> None:
    refused = visit("admin").post(address("rencana", cycle), data=body)
    assert 400 <= refused.status_code < 500
    assert stored() == []
