"""The approval form shows exactly what will go out, and carries the decision to Airflow."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from airflow_stand_in import Airflow
from approval_form_kit import send
from page_reading import Visit, text_of
from web_samples import CAPTIONS, answered, asked, decide, design_round, new_cycle, office_with_people

from medsos.evidence.archive import Archive


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
    assert "Keputusan tersimpan: Setuju" in after
    assert "Disetujui oleh Kasubbag (contoh)" in after


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


def test_a_refused_answer_comes_back_with_its_reason_and_note(visit: Visit, waiting: int) -> None:
    answered(
        waiting,
        "approval.round_1.await_decision",
        "Revisi",
        {"catatan": "Ganti fotonya."},
        round=1,
        answered_by="kasubbag",
        problem="Catatan masih kosong.",
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
