"""An upload by hand is reported on one page, from a phone; what is wrong is told, and nothing is lost."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from airflow_stand_in import Airflow
from page_reading import Visit, text_of
from PIL import Image
from upload_page_kit import fields_of, proofs, screenshot, send, waits_for
from web_samples import CAPTIONS, answered, design_round, new_cycle, office_with_people, upload_under_way

from builders import NOW, publication_row
from medsos.evidence.archive import Archive
from medsos.operators.cycle import cycle_run
from medsos.operators.evidence import CaptureOperator
from medsos.operators.publish import FacebookPublishOperator
from medsos.operators.publish_forms import upload_form
from medsos.store.models import AuditEntry, Cycle, Publication, StoredAnswer
from medsos.store.session import transaction


def test_designs_are_ready_to_download_and_texts_to_copy(visit: Visit, by_hand: int) -> None:
    browser = visit("admin")
    page = browser.get(f"/medsos/unggahan/{by_hand}/facebook")
    text = text_of(page.text)
    assert page.status_code == 200
    assert "Unggah ke akun KPU Kota Bengkulu" in text
    assert "Petugas KPPS menyusun bilik suara" in text
    for target in ("keterangan", "alt-1"):
        assert f'data-copy="{target}"' in page.text
        assert f'id="{target}"' in page.text
    # What is copied is the caption, letter by letter, without a mark for the website's address.
    copied = unescape(re.search(r'id="keterangan">(.*?)</div>', page.text, re.S)[1])
    assert copied == CAPTIONS["facebook"].replace("Selengkapnya: {tautan_web}\n\n", "")
    (address,) = (
        unescape(a) for a in re.findall(r'<a class="button primary" href="([^"]+)" download', page.text)
    )
    file = browser.get(address)
    assert file.headers["content-disposition"] == f'attachment; filename="siklus-{by_hand}-facebook-1.jpg"'
    assert Image.open(BytesIO(file.content)).size == (1080, 1350)
    assert page.text.count('accept="image/*"') == 1
    assert re.findall(r'name="jawaban" value="([^"]+)"', page.text) == ["Sudah tayang", "Batalkan"]


def test_the_website_s_address_stands_in_the_text_once_it_is_known(
    visit: Visit, archive: Archive, by_hand: int
) -> None:
    browser, address = visit("admin"), f"/medsos/unggahan/{by_hand}/facebook"
    assert "Postingan di website belum tayang" in text_of(browser.get(address).text)
    with transaction() as session:
        known = session.query(Publication).filter_by(cycle_id=by_hand).one()
        session.add(
            publication_row(by_hand, "web", seal=known.seal, permalink="https://kota.example/simulasi/")
        )
    text = text_of(browser.get(address).text)
    assert "Selengkapnya: https://kota.example/simulasi/" in text
    assert "belum tayang" not in text


def test_a_complete_answer_is_kept_as_evidence_before_airflow_hears_of_it(
    visit: Visit, archive: Archive, by_hand: int, airflow: Airflow, platform: str
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    sent = send(
        visit("admin"), by_hand, tautan=address, file=("IMG_1.jpg", screenshot()), jawaban="Sudah tayang"
    )
    assert sent.status_code == 303, text_of(sent.text)
    (proof,) = proofs()
    assert (proof.kind, proof.source_url) == ("manual", address)
    assert airflow.answers == [
        (
            "upload.publish_facebook",
            "Sudah tayang",
            {"tautan": address, "tangkapan_layar": f"bukti:{proof.id}"},
        )
    ]
    stored = archive.read(proof.path)
    assert Image.open(BytesIO(stored)).size == (780, 1688)
    assert not Image.open(BytesIO(stored)).getexif()
    assert b"Ponsel Pribadi" not in stored
    with transaction() as session:
        audit = session.query(AuditEntry).filter_by(action="evidence.handed_in").one()
    assert (audit.actor, audit.after["sha256"]) == ("admin", proof.sha256)
    after = visit("admin").get(sent.headers["location"]).text
    assert "Terkirim: Sudah tayang" in text_of(after)
    assert f'content="3; url={sent.headers["location"]}"' in after


def test_when_airflow_refuses_nothing_that_was_handed_in_is_lost(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str
) -> None:
    browser, address = visit("admin"), f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    airflow.refuse_with = 500
    sent = send(browser, by_hand, tautan=address, file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    assert sent.status_code == 303
    assert "Terkirim: Sudah tayang" in text_of(browser.get(sent.headers["location"]).text)
    assert airflow.answers == []
    airflow.refuse_with = None
    assert "Sedang diproses" in text_of(browser.get(f"/medsos/unggahan/{by_hand}/facebook").text)
    (proof,) = proofs()
    assert airflow.answers[0][2] == {"tautan": address, "tangkapan_layar": f"bukti:{proof.id}"}


def test_giving_a_channel_up_is_asked_once_more_and_going_back_loses_nothing(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str
) -> None:
    browser, address = visit("admin"), f"{platform}/facebook.com/kpu/posts/1"
    asked_again = send(browser, by_hand, tautan=address, file=("a.jpg", screenshot()), jawaban="Batalkan")
    assert "Batalkan Facebook?" in text_of(asked_again.text)
    assert airflow.answers == []
    back = send(browser, by_hand, page=asked_again.text, jawaban="kembali")
    assert fields_of(back.text)["tautan"] == address
    assert "Sudah tersimpan" in back.text
    sent = send(browser, by_hand, page=asked_again.text, yakin="ya", jawaban="Batalkan")
    assert sent.status_code == 303
    assert airflow.answers[0][:2] == ("upload.publish_facebook", "Batalkan")
    assert proofs() == []


@pytest.mark.parametrize("person", ["kasubbag", "analis", "sekretaris"])
def test_others_may_look_and_are_told_who_reports(
    visit: Visit, by_hand: int, airflow: Airflow, person: str
) -> None:
    page = visit(person).get(f"/medsos/unggahan/{by_hand}/facebook")
    assert page.status_code == 200
    assert 'name="jawaban"' not in page.text
    assert "Yang melaporkan unggahan ini: Admin Medsos (contoh)" in text_of(page.text)
    token = fields_of(visit("admin").get(f"/medsos/unggahan/{by_hand}/facebook").text)["token"]
    stolen = send(visit(person), by_hand, token=token, jawaban="Batalkan", yakin="ya")
    assert stolen.status_code == 403
    assert "Hanya Tim Medsos" in text_of(stolen.text)
    assert airflow.answers == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://jahat.example"}])
def test_another_site_cannot_answer(
    visit: Visit, by_hand: int, airflow: Airflow, headers: dict[str, str]
) -> None:
    assert send(visit("admin"), by_hand, jawaban="Batalkan", yakin="ya", headers=headers).status_code == 403
    assert send(visit("admin"), by_hand, jawaban="Batalkan", yakin="ya", token="0.x").status_code == 403
    assert airflow.answers == []


def test_an_answer_to_what_no_longer_waits_is_refused(visit: Visit, by_hand: int, airflow: Airflow) -> None:
    browser = visit("admin")
    page = browser.get(f"/medsos/unggahan/{by_hand}/facebook").text
    airflow.forms.clear()
    refused = send(browser, by_hand, page=page, jawaban="Batalkan", yakin="ya")
    assert refused.status_code == 422
    assert "tidak lagi menunggu" in text_of(refused.text)


def test_a_report_that_the_task_refused_comes_back_whole(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    browser = visit("admin")
    send(browser, by_hand, tautan=address, file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    answered(
        by_hand,
        "upload.publish_facebook",
        "Sudah tayang",
        airflow.answers[0][2],
        problem="Alamat itu tidak menjawab.",
    )
    with transaction() as session:
        session.query(StoredAnswer).one().settled_at = NOW
    airflow.forms[:] = [waits_for(by_hand)]
    page = browser.get(f"/medsos/unggahan/{by_hand}/facebook").text
    assert "Alamat itu tidak menjawab." in page
    assert fields_of(page)["tautan"] == address
    assert "Sudah tersimpan" in page
    assert send(browser, by_hand, page=page, jawaban="Sudah tayang").status_code == 303
    assert airflow.answers[1] == airflow.answers[0]
    assert len(proofs()) == 1


def test_there_is_no_page_before_the_approval_nor_for_foreign_eyes(
    visit: Visit, archive: Archive, by_hand: int
) -> None:
    office_with_people()
    undecided = new_cycle()
    design_round(archive, undecided)
    browser = visit("admin")
    for address in (f"{undecided}/facebook", f"{by_hand}/tiktok", f"{by_hand}/myspace", "9999/facebook"):
        assert browser.get(f"/medsos/unggahan/{address}").status_code == 404
    stranger = visit("admin", may_read=lambda _: False)
    assert stranger.get(f"/medsos/unggahan/{by_hand}/facebook").status_code == 404


def test_tasks_lists_and_the_cycle_lead_to_the_page(visit: Visit, by_hand: int) -> None:
    from web_samples import tell

    from medsos.store.journal import record_event

    browser, ours = visit("admin"), f"/medsos/unggahan/{by_hand}/facebook"
    assert f'href="{ours}"' in browser.get("/medsos/perlu-tindakan").text
    with transaction() as session:
        cycle = session.get_one(Cycle, by_hand)
    tab = browser.get(
        "/medsos/formulir",
        params={"dag_id": cycle.dag_id, "run_id": cycle.run_id, "task_id": "upload.publish_facebook"},
    )
    assert tab.headers["location"] == ours
    assert f'href="{ours}"' not in browser.get(f"/medsos/siklus/{by_hand}").text
    with transaction() as session:
        record_event(
            session,
            cycle_id=by_hand,
            task_id="upload.publish_facebook",
            event="waiting",
            at=NOW,
            channel="facebook",
            detail={"for_people": ["admin"]},
        )
    assert f'href="{ours}"' in browser.get(f"/medsos/siklus/{by_hand}").text
    tell(by_hand, "upload.publish_facebook", "resumed finished", minutes=50)
    assert f'href="{ours}"' not in browser.get(f"/medsos/siklus/{by_hand}").text


def test_a_settled_upload_says_so(visit: Visit, archive: Archive, home: Path) -> None:
    cycle_id = upload_under_way(archive, state="published", permalink="https://www.facebook.com/kpu/posts/2")
    assert "Facebook sudah tayang" in text_of(
        visit("admin").get(f"/medsos/unggahan/{cycle_id}/facebook").text
    )
    cancelled = upload_under_way(archive, state="cancelled", problem="Dibatalkan oleh admin.")
    page = visit("admin").get(f"/medsos/unggahan/{cancelled}/facebook")
    assert "Kanal ini dibatalkan" in text_of(page.text)


def test_the_buttons_and_the_forms_in_airflow_lead_to_the_page(
    by_hand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDSOS_PUBLIC_URL", "https://medsos.example/")
    ours = f"https://medsos.example/medsos/unggahan/{by_hand}/facebook"
    of_facebook = {"office": "kota-bengkulu", "cycle_id": str(by_hand)}
    publish = FacebookPublishOperator(task_id="upload.publish_facebook", **of_facebook)
    capture = CaptureOperator(task_id="upload.capture_facebook", channel="facebook", **of_facebook)
    for operator in (publish, capture):
        (link,) = operator.operator_extra_links
        assert link.get_link(operator, ti_key=None) == ours
    with transaction() as session:
        row = session.query(Publication).filter_by(cycle_id=by_hand).one()
    assert f"]({ours})" in upload_form(cycle_run(publish), row).body
    assert f"]({ours})" in capture.form(cycle_run(capture)).body
