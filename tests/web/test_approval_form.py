"""The approval form shows exactly what will go out, and only the entitled decide, once and knowingly."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from web_samples import CAPTIONS, asked, decide, design_round, new_cycle, office_with_people

from builders import NOW
from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
from medsos.evidence.archive import Archive
from medsos.store.models import Design, FormAnswer
from medsos.store.session import transaction

Visit = Callable[..., TestClient]


def text_of(html: str) -> str:
    """What a reader sees: no tags, white space as one blank."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(token|segel)" value="([^"]+)"', html))


def send(browser: TestClient, cycle_id: int, *, round_no: int = 1, **fields: str):
    """Open the form and press a button, as a browser does."""
    address = f"/medsos/persetujuan/{cycle_id}/{round_no}"
    given = {**fields_of(browser.get(address).text), **fields}
    return browser.post(address, data=given, headers={"sec-fetch-site": "same-origin"})


def test_the_form_shows_every_channel_with_picture_text_alt_text_and_length(
    visit: Visit, waiting: int
) -> None:
    page = visit("kasubbag").get(f"/medsos/persetujuan/{waiting}/1")
    assert page.status_code == 200
    text = text_of(page.text)
    for name in ("Website", "Facebook", "Instagram", "X (Twitter)", "TikTok"):
        assert name in text
    assert page.text.count("?lebar=400") == 5
    assert "Petugas KPPS menyusun bilik suara" in text
    assert re.search(r"\d+ dari 280 karakter", text)
    assert "alamat postingan di website" in text
    assert "{tautan_web}" not in text
    assert "Foto simulasi diunggah hari ini di semua kanal." in text
    assert "23 November 2026 pukul 10.00 WIB" in text
    assert "TPS 04 Kelurahan Bentiring" in text


def test_kahar_stands_on_the_form_with_its_reason(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    cycle_id = new_cycle(kahar=True, kahar_reason="Banjir di sekitar kantor.")
    design_round(archive, cycle_id)
    text = text_of(visit("kasubbag").get(f"/medsos/persetujuan/{cycle_id}/1").text)
    assert "Keadaan kahar Banjir di sekitar kantor." in text


def test_the_entitled_person_approves_after_confirming(visit: Visit, waiting: int, airflow: Airflow) -> None:
    browser = visit("kasubbag")
    confirmation = send(browser, waiting, keputusan="Setuju")
    assert confirmation.status_code == 200
    assert airflow.answers == []
    text = text_of(confirmation.text)
    assert "Materi diunggah ke Website, Facebook, Instagram, X (Twitter), dan TikTok" in text
    assert "segera" in text

    sent = send(browser, waiting, keputusan="Setuju", yakin="ya")
    assert sent.status_code == 303
    [(task_id, option, values)] = airflow.answers
    assert (task_id, option, values["catatan"]) == ("approval.round_1.await_decision", "Setuju", None)
    # The decision names the content that was on the screen.
    assert values["segel"] in confirmation.text
    after = text_of(browser.get(sent.headers["location"]).text)
    assert "Keputusan terkirim: Setuju" in after


def test_an_answer_that_airflow_lost_is_asked_for_again(visit: Visit, waiting: int) -> None:
    page = visit("kasubbag").get(f"/medsos/persetujuan/{waiting}/1?terkirim=Setuju").text
    assert "Airflow tidak mencatat jawaban “Setuju” tadi" in page
    assert 'name="keputusan"' in page


def test_the_confirmation_names_the_agreed_hour(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    cycle_id = new_cycle(request={"upload_at": tomorrow.replace(hour=2, minute=30).isoformat()})
    design_round(archive, cycle_id)
    airflow.forms.append(asked(cycle_id))
    text = text_of(send(visit("kasubbag"), cycle_id, keputusan="Setuju").text)
    assert "pukul 09.30 WIB" in text
    assert "segera" not in text


@pytest.mark.parametrize("decision", ["Revisi", "Tolak"])
def test_revision_and_rejection_need_a_note(
    visit: Visit, waiting: int, airflow: Airflow, decision: str
) -> None:
    refused = send(visit("kasubbag"), waiting, keputusan=decision, catatan="  \n", yakin="ya")
    assert refused.status_code == 422
    assert "Tulis pada catatan" in text_of(refused.text)
    assert airflow.answers == []


def test_a_revision_carries_its_note_to_airflow(visit: Visit, waiting: int, airflow: Airflow) -> None:
    send(visit("kasubbag"), waiting, keputusan="Revisi", catatan="Perbaiki\r\njudul.", yakin="ya")
    [(task_id, option, values)] = airflow.answers
    assert (task_id, option, values["catatan"]) == (
        "approval.round_1.await_decision",
        "Revisi",
        "Perbaiki\njudul.",
    )


def test_going_back_from_the_confirmation_keeps_the_note(visit: Visit, waiting: int) -> None:
    page = send(visit("kasubbag"), waiting, keputusan="kembali", catatan="Jangan hilang.")
    assert page.status_code == 200
    assert "Jangan hilang.</textarea>" in page.text


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
    assert "tidak ada pejabat yang berhak" in text_of(page.text)


def test_the_last_round_offers_no_revision(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    cycle_id = new_cycle()
    for round_no in (1, 2, 3):
        design_round(archive, cycle_id, round_no)
        if round_no < 3:
            decide(cycle_id, round_no, "revisi", f"catatan {round_no}")
    airflow.forms.append(asked(cycle_id, "approval.round_3.await_decision"))
    page = visit("kasubbag").get(f"/medsos/persetujuan/{cycle_id}/3")
    assert re.findall(r'name="keputusan" value="(\w+)"', page.text) == ["Setuju", "Tolak"]
    assert "catatan 1" in page.text
    assert "catatan 2" in page.text


def test_a_later_round_marks_what_changed(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    cycle_id = new_cycle()
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "revisi", "Ganti kata mengadakan.")
    changed = {**CAPTIONS, "facebook": CAPTIONS["facebook"].replace("mengadakan", "menyelenggarakan")}
    design_round(archive, cycle_id, 2, captions=changed, headline="Simulasi Pencoblosan")
    page = visit("kasubbag").get(f"/medsos/persetujuan/{cycle_id}/2").text
    assert "<del>mengadakan</del><ins>menyelenggarakan</ins>" in page
    assert "<ins>Pencoblosan</ins>" in page
    assert page.count("Perubahan sejak putaran 1") == 1


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
    assert airflow.answers == []


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


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "Anda tidak ditugaskan"),
        (404, "tidak lagi menunggu"),
        (409, "sudah dijawab"),
        (500, "HTTP 500"),
    ],
)
def test_what_airflow_refuses_is_said_plainly(
    visit: Visit, waiting: int, airflow: Airflow, status: int, sentence: str
) -> None:
    airflow.refuse_with = status
    refused = send(visit("kasubbag"), waiting, keputusan="Setuju", yakin="ya")
    assert refused.status_code == status
    assert sentence in text_of(refused.text)


def test_a_refused_answer_comes_back_with_its_reason_and_note(visit: Visit, waiting: int) -> None:
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=waiting,
                task_id="approval.round_1.await_decision",
                round=1,
                option="Revisi",
                answers={"catatan": "Ganti fotonya."},
                answered_by="kasubbag",
                answered_at=NOW,
                accepted=False,
                problem="Catatan masih kosong.",
            )
        )
    page = visit("kasubbag").get(f"/medsos/persetujuan/{waiting}/1").text
    assert "Catatan masih kosong." in page
    assert "Ganti fotonya.</textarea>" in page


def test_hostile_text_is_shown_as_text(visit: Visit, archive: Archive, airflow: Airflow) -> None:
    office_with_people()
    evil = '<script>alert(1)</script> {{ 7 * 7 }} {% raw %} "><img src=x onerror=alert(2)>'
    cycle_id = new_cycle(evil, kahar=True, kahar_reason=evil, request={"place": evil, "body": evil})
    design_round(archive, cycle_id, captions=dict.fromkeys(CAPTIONS, evil), alt_text=evil, notes=(evil,))
    airflow.forms.append(asked(cycle_id, subject=f"Langkah 3 · {evil} · {evil}"))
    browser = visit("kasubbag")
    for address in (f"persetujuan/{cycle_id}/1", f"siklus/{cycle_id}", "siklus", "perlu-tindakan"):
        page = browser.get(f"/medsos/{address}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "49" not in re.findall(r"alert\(1\)&lt;/script&gt; (\S+)", page.text)
        assert "script-src 'self'" in page.headers["content-security-policy"]


def test_pictures_of_the_form_are_light(visit: Visit, waiting: int) -> None:
    browser = visit("kasubbag")
    page = browser.get(f"/medsos/persetujuan/{waiting}/1").text
    pictures = [browser.get(unescape(src)) for src in re.findall(r'<img src="([^"]+)"', page)]
    assert len(pictures) == 5
    assert all(picture.headers["content-type"] == "image/webp" for picture in pictures)
    assert len(page) + sum(len(picture.content) for picture in pictures) < 400_000
