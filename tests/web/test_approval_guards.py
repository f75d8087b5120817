"""Only the entitled decide, once, and on what they have seen."""

from __future__ import annotations

import pytest
from airflow_stand_in import Airflow
from approval_form_kit import fields_of, send
from page_reading import Visit, text_of
from web_samples import asked, decide, design_round, new_cycle, office_with_people

from builders import NOW
from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
from medsos.evidence.archive import Archive
from medsos.store.journal import record_event
from medsos.store.models import Design, Official
from medsos.store.session import transaction


@pytest.mark.parametrize("person", ["admin", "analis", "sekretaris"])
def test_others_see_who_decides_and_have_no_buttons(
    visit: Visit, waiting: int, airflow: Airflow, person: str
) -> None:
    browser = visit(person)
    page = browser.get(f"/medsos/persetujuan/{waiting}/1")
    assert page.status_code == 200
    assert 'name="keputusan"' not in page.text
    assert "Yang berhak memutuskan: Kasubbag (contoh)" in text_of(page.text)

    token = fields_of(visit("kasubbag").get(f"/medsos/persetujuan/{waiting}/1").text)
    stolen = browser.post(
        f"/medsos/persetujuan/{waiting}/1", data={**token, "keputusan": "Setuju", "yakin": "ya"}
    )
    assert stolen.status_code == 403
    assert airflow.answers == []


def test_the_maker_of_the_content_cannot_approve_it(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    cycle_id = new_cycle(requester="kasubbag")
    design_round(archive, cycle_id)
    airflow.forms.append(asked(cycle_id))
    page = visit("kasubbag").get(f"/medsos/persetujuan/{cycle_id}/1")
    assert 'name="keputusan"' not in page.text
    assert "Kasubbag (contoh) berwenang memutuskan, tetapi ikut membuat materi ini" in text_of(page.text)


def test_an_office_without_a_kasubbag_is_not_told_that_he_made_the_content(
    visit: Visit, waiting: int
) -> None:
    with transaction() as session:
        session.query(Official).filter_by(role="kasubbag").one().ended_at = NOW
        record_event(
            session, cycle_id=waiting, task_id="approval.round_1.await_decision", event="waiting", at=NOW,
            round_no=1, detail={"for_people": []},
        )  # fmt: skip
    for path in (f"persetujuan/{waiting}/1", "perlu-tindakan"):
        text = text_of(visit("admin").get(f"/medsos/{path}").text)
        assert "tidak ada Kasubbag Teknis PP, Parhubmas yang menjabat" in text
        assert "ikut membuat" not in text


def test_a_decided_round_says_so_and_takes_no_second_decision(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    browser = visit("kasubbag")
    fields = fields_of(browser.get(f"/medsos/persetujuan/{waiting}/1").text)
    decide(waiting, 1, "setuju")
    text = text_of(browser.get(f"/medsos/persetujuan/{waiting}/1").text)
    assert "Disetujui oleh Kasubbag (contoh)" in text
    again = browser.post(
        f"/medsos/persetujuan/{waiting}/1",
        data={**fields, "keputusan": "Tolak", "catatan": "berubah pikiran", "yakin": "ya"},
    )
    assert again.status_code == 422
    assert "sudah diputuskan" in text_of(again.text)
    assert "Tolak" not in [option for _, option, _ in airflow.answers]


def test_a_round_that_is_not_asked_yet_has_no_buttons(visit: Visit, waiting: int, airflow: Airflow) -> None:
    airflow.forms.clear()
    page = visit("kasubbag").get(f"/medsos/persetujuan/{waiting}/1")
    assert 'name="keputusan"' not in page.text
    assert "Belum atau tidak menunggu keputusan" in text_of(page.text)


def test_content_that_changed_after_the_page_was_opened_is_not_approved_unseen(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    browser = visit("kasubbag")
    fields = fields_of(browser.get(f"/medsos/persetujuan/{waiting}/1").text)
    with transaction() as session:
        title = title_of_round(session, waiting, 1)
        designs = designs_of_round(session, waiting, 1)
        assert fields["segel"] == compute_seal(designs, cycle_id=waiting, title=title)
        session.query(Design).filter_by(cycle_id=waiting, channel="x").one().caption = "Isi lain"
    refused = browser.post(
        f"/medsos/persetujuan/{waiting}/1", data={**fields, "keputusan": "Setuju", "yakin": "ya"}
    )
    assert refused.status_code == 422
    assert "Materi berubah" in text_of(refused.text)
    assert airflow.answers == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://jahat.example"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_send_a_decision(
    visit: Visit, waiting: int, airflow: Airflow, headers: dict[str, str]
) -> None:
    browser = visit("kasubbag")
    fields = fields_of(browser.get(f"/medsos/persetujuan/{waiting}/1").text)
    refused = browser.post(
        f"/medsos/persetujuan/{waiting}/1",
        data={**fields, "keputusan": "Setuju", "yakin": "ya"},
        headers=headers,
    )
    assert refused.status_code == 403
    assert airflow.answers == []


@pytest.mark.parametrize("token", ["", "0.abc", "9999999999.abc", "1" * 5000 + ".x"])
def test_a_decision_without_a_genuine_token_is_refused(
    visit: Visit, waiting: int, airflow: Airflow, token: str
) -> None:
    assert send(visit("kasubbag"), waiting, keputusan="Setuju", yakin="ya", token=token).status_code == 403
    assert airflow.answers == []
