"""An upload by hand, a doubt and a missing screenshot are settled on one page, and nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from PIL import Image
from social_pages import social_pages
from web_samples import (
    CAPTIONS,
    asked,
    design_round,
    new_cycle,
    office_with_people,
    picture,
    upload_under_way,
)

from builders import NOW
from medsos.channels.base import FoundPost
from medsos.errors import AuthInvalid
from medsos.evidence.archive import Archive
from medsos.store.models import AuditEntry, Cycle, Evidence, FormAnswer, Publication
from medsos.store.session import transaction

Visit = Callable[..., TestClient]

UPLOAD = ("Sudah tayang", "Belum tayang, unggah ulang", "Batalkan")
PROOF = ("Kirim tangkapan layar", "Tanpa tangkapan layar")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The office's channels lead to training platforms, whose pages these are."""
    for channel in CAPTIONS:
        monkeypatch.setenv(
            f"AIRFLOW_CONN_MEDSOS_{channel.upper()}",
            json.dumps({"conn_type": f"medsos_{channel}", "extra": {"training": True}}),
        )
    with social_pages() as address:
        yield address


@pytest.fixture
def by_hand(archive: Archive, airflow: Airflow) -> int:
    """A cycle whose Facebook upload waits for the admin."""
    cycle_id = upload_under_way(archive)
    airflow.forms.append(waits_for(cycle_id))
    return cycle_id


@pytest.fixture
def in_doubt(archive: Archive, airflow: Airflow) -> int:
    """A cycle of which nobody knows whether it is up on X."""
    cycle_id = upload_under_way(
        archive,
        channel="x",
        state="needs_person",
        mode="api",
        commit_started_at=NOW + timedelta(minutes=21),
        problem="X tidak menjawab.",
        journal={"text": CAPTIONS["x"]},
    )
    airflow.forms.append(waits_for(cycle_id, "x"))
    return cycle_id


@pytest.fixture
def without_picture(archive: Archive, airflow: Airflow) -> int:
    """A cycle that is up on Facebook, where the system gets to see nothing."""
    cycle_id = upload_under_way(
        archive,
        state="published",
        mode="api",
        post_id="1_2",
        permalink="https://www.facebook.com/kpu/posts/2",
        published_at=NOW + timedelta(minutes=22),
    )
    form = asked(cycle_id, "upload.capture_facebook", people=("admin",), options=PROOF)
    airflow.forms.append(form)
    return cycle_id


def waits_for(cycle_id: int, channel: str = "facebook") -> dict[str, Any]:
    return asked(
        cycle_id,
        f"upload.publish_{channel}",
        subject=f"Langkah 4 · Unggah sendiri · Siklus {cycle_id}: Simulasi",
        people=("admin",),
        options=UPLOAD,
    )


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def screenshot(size: tuple[int, int] = (780, 1688)) -> bytes:
    """A phone's screenshot that tells where it was taken."""
    image = Image.new("RGB", size, "#3b5998")
    exif = Image.Exif()
    exif[0x0110] = "Ponsel Pribadi"
    target = BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def fields_of(html: str) -> dict[str, str]:
    """What the form on the page holds, as a browser would send it."""
    return dict(re.findall(r'name="(token|tautan|tangkapan)"[^>]* value="([^"]*)"', html))


def send(
    browser: TestClient,
    cycle_id: int,
    channel: str = "facebook",
    *,
    page: str | None = None,
    file: tuple[str, bytes] | None = None,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> httpx.Response:
    """Fill in the page, or the one given, and press a button."""
    address = f"/medsos/unggahan/{cycle_id}/{channel}"
    given = {**fields_of(page or browser.get(address).text), **fields}
    files = {"berkas": (*file, "image/jpeg")} if file else {"berkas": ("", b"", "application/octet-stream")}
    return browser.post(
        address, data=given, files=files, headers=headers or {"sec-fetch-site": "same-origin"}
    )


def proofs() -> list[Evidence]:
    with transaction() as session:
        return session.query(Evidence).order_by(Evidence.id).all()


# -- by hand -------------------------------------------------------------------------------------------------


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
            Publication(
                cycle_id=by_hand,
                channel="web",
                seal=known.seal,
                mode="api",
                state="published",
                journal={},
                created_at=NOW,
                permalink="https://kota.example/simulasi/",
            )
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


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "masih kosong"),
        ("facebook.com/kpu/posts/1", "tidak lengkap"),
        ("{platform}/x.com/kpukotabengkulu/status/1", "bukan dari facebook.com"),
        ("{platform}/facebook.com/", "halaman depan"),
        ("{platform}/facebook.com/kpu/posts/hilang", "tidak menjawab"),
        ("javascript:alert(1)", "tidak lengkap"),
    ],
)
def test_a_wrong_address_is_told_and_the_screenshot_need_not_be_chosen_again(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str, address: str, says: str
) -> None:
    browser, typed = visit("admin"), address.format(platform=platform)
    refused = send(browser, by_hand, tautan=typed, file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    assert refused.status_code == 422
    assert says in text_of(refused.text)
    assert fields_of(refused.text)["tautan"] == typed
    assert "Sudah tersimpan" in refused.text
    (preview,) = re.findall(r'src="([^"]+/tangkapan/[0-9a-f]{64})"', refused.text)
    assert browser.get(preview).headers["content-type"] == "image/webp"
    assert airflow.answers == []
    assert proofs() == []

    right = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    assert send(browser, by_hand, page=refused.text, tautan=right, jawaban="Sudah tayang").status_code == 303
    (proof,) = proofs()
    assert proof.source_url == right
    assert len(airflow.answers) == 1


def test_another_account_is_told_where_the_address_shows_it(
    visit: Visit, archive: Archive, airflow: Airflow, platform: str
) -> None:
    cycle_id = upload_under_way(archive, channel="tiktok")
    airflow.forms.append(waits_for(cycle_id, "tiktok"))
    refused = send(
        visit("admin"),
        cycle_id,
        "tiktok",
        tautan=f"{platform}/tiktok.com/@oranglain/video/1",
        file=("a.jpg", screenshot()),
        jawaban="Sudah tayang",
    )
    assert "bukan dari akun @kpukotabengkulu" in text_of(refused.text)
    assert airflow.answers == []


def test_the_address_of_another_cycle_is_no_proof_of_this_one(
    visit: Visit, archive: Archive, airflow: Airflow, platform: str
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    older = upload_under_way(archive, state="published", permalink=address)
    cycle_id = upload_under_way(archive)
    airflow.forms.append(waits_for(cycle_id))
    refused = send(
        visit("admin"), cycle_id, tautan=address, file=("a.jpg", screenshot()), jawaban="Sudah tayang"
    )
    assert f"sudah tercatat untuk siklus {older}" in text_of(refused.text)
    assert airflow.answers == []


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "belum dipilih"),
        (("kosong.jpg", b""), "kosong"),
        (("surat.jpg", b"%PDF-1.7 bukan gambar"), "bukan gambar"),
        (("<script>.jpg", b"<html><script>alert(1)</script>"), "bukan gambar"),
        (("putus.jpg", screenshot()[:3000]), "rusak atau tidak lengkap"),
        (("besar.jpg", b"\xff\xd8\xff" + b"0" * 40_000_001), "paling besar 40 MB"),
        (("titik.jpg", screenshot((20, 20))), "terlalu kecil"),
    ],
)
def test_what_is_no_readable_picture_is_told_and_the_address_stays(
    visit: Visit,
    by_hand: int,
    airflow: Airflow,
    platform: str,
    file: tuple[str, bytes] | None,
    says: str,
) -> None:
    address = f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    refused = send(visit("admin"), by_hand, tautan=address, file=file, jawaban="Sudah tayang")
    assert refused.status_code == 422
    assert says in text_of(refused.text)
    assert fields_of(refused.text)["tautan"] == address
    assert "<script>alert" not in refused.text
    assert "<script>.jpg" not in refused.text
    assert airflow.answers == []
    assert proofs() == []


def test_a_request_beyond_any_screenshot_is_not_even_read(
    visit: Visit, by_hand: int, airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medsos.web import typed

    monkeypatch.setattr(typed, "LARGEST_REQUEST", 1000)
    refused = send(visit("admin"), by_hand, file=("video.mp4", b"0" * 2000), jawaban="Sudah tayang")
    assert refused.status_code == 413
    assert "terlalu besar" in text_of(refused.text)
    assert airflow.answers == []


def test_when_airflow_refuses_nothing_that_was_handed_in_is_lost(
    visit: Visit, by_hand: int, airflow: Airflow, platform: str
) -> None:
    browser, address = visit("admin"), f"{platform}/facebook.com/kpukotabengkulu/posts/77"
    airflow.refuse_with = 500
    refused = send(browser, by_hand, tautan=address, file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    assert refused.status_code == 500
    assert "Airflow tidak menerima jawaban ini" in text_of(refused.text)
    airflow.refuse_with = None
    again = send(browser, by_hand, page=refused.text, jawaban="Sudah tayang")
    assert again.status_code == 303
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


def test_a_refused_answer_comes_back_with_its_reason_and_address(visit: Visit, by_hand: int) -> None:
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=by_hand,
                task_id="upload.publish_facebook",
                round=0,
                option="Sudah tayang",
                answers={"tautan": "https://www.facebook.com/kpu/posts/9"},
                answered_by="admin",
                answered_at=NOW,
                accepted=False,
                problem="Alamat itu tidak menjawab.",
            )
        )
    page = visit("admin").get(f"/medsos/unggahan/{by_hand}/facebook").text
    assert "Alamat itu tidak menjawab." in page
    assert fields_of(page)["tautan"] == "https://www.facebook.com/kpu/posts/9"


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


def test_a_screenshot_of_another_cycle_cannot_be_fetched(
    visit: Visit, archive: Archive, by_hand: int, platform: str
) -> None:
    browser = visit("admin")
    refused = send(browser, by_hand, tautan="", file=("a.jpg", screenshot()), jawaban="Sudah tayang")
    waiting = fields_of(refused.text)["tangkapan"]
    other = upload_under_way(archive)
    assert browser.get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/{waiting}").status_code == 200
    assert browser.get(f"/medsos/unggahan/{other}/facebook/tangkapan/{waiting}").status_code == 404
    assert browser.get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/..%2f..").status_code == 404
    assert visit("analis").get(f"/medsos/unggahan/{by_hand}/facebook/tangkapan/{waiting}").status_code == 404


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


# -- in doubt ------------------------------------------------------------------------------------------------


class Account:
    """A platform account as the page asks for it."""

    def __init__(self, *posts: FoundPost, error: Exception | None = None) -> None:
        self.posts, self.error, self.since = posts, error, None

    def __call__(self, channel: str, connection: str, *, web_connection_id: str) -> Account:
        return self

    def recent_posts(self, since: Any) -> list[FoundPost]:
        self.since = since
        if self.error:
            raise self.error
        return list(self.posts)


def test_a_doubt_shows_what_was_sent_and_what_is_on_the_account(
    visit: Visit, in_doubt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = FoundPost(
        "9", CAPTIONS["x"] + " https://t.co/x", NOW + timedelta(minutes=21), "https://x.com/k/status/9"
    )
    other = FoundPost("8", "Selamat pagi <b>warga</b>", NOW - timedelta(hours=5), "javascript:alert(1)")
    account = Account(same, other)
    monkeypatch.setattr("medsos.web.recent_posts.client_for", account)
    browser = visit("admin")
    page = browser.get(f"/medsos/unggahan/{in_doubt}/x").text
    text = text_of(page)
    assert "dikirim 23 November 2026 pukul 10.21 WIB" in text
    assert "X tidak menjawab." in text
    assert CAPTIONS["x"] in text
    assert re.findall(r'name="jawaban" value="([^"]+)"', page) == list(UPLOAD)
    found = browser.get(f"/medsos/unggahan/{in_doubt}/x/terbaru").text
    assert account.since == NOW + timedelta(minutes=21) - timedelta(days=1)
    assert found.count("teksnya sama") == 1
    assert 'data-fill="https://x.com/k/status/9"' in found
    assert "javascript:alert" not in found
    assert "Selamat pagi &lt;b&gt;warga" in found
    assert visit("analis").get(f"/medsos/unggahan/{in_doubt}/x/terbaru").status_code == 403


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (AuthInvalid("Token akun sudah dicabut."), "Tidak dapat dibaca: Token akun sudah dicabut."),
        (KeyError("data"), "Tidak dapat dibaca: terjadi kesalahan pada sistem"),
    ],
)
def test_an_account_that_cannot_be_read_leaves_the_person_to_look(
    visit: Visit, in_doubt: int, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    monkeypatch.setattr("medsos.web.recent_posts.client_for", Account(error=error))
    found = visit("admin").get(f"/medsos/unggahan/{in_doubt}/x/terbaru")
    assert found.status_code == 200
    assert says in text_of(found.text)


def test_a_found_post_needs_its_address_but_no_screenshot(
    visit: Visit, in_doubt: int, airflow: Airflow, platform: str
) -> None:
    browser = visit("admin")
    assert send(browser, in_doubt, "x", tautan="", jawaban="Sudah tayang").status_code == 422
    wrong = send(browser, in_doubt, "x", tautan=f"{platform}/x.com/lain/status/9", jawaban="Sudah tayang")
    assert "bukan dari akun" in text_of(wrong.text)
    address = f"{platform}/x.com/kpukotabengkulu/status/9"
    assert send(browser, in_doubt, "x", tautan=address, jawaban="Sudah tayang").status_code == 303
    assert airflow.answers == [
        ("upload.publish_x", "Sudah tayang", {"tautan": address, "tangkapan_layar": None})
    ]


def test_uploading_again_is_asked_once_more_because_it_may_double(
    visit: Visit, in_doubt: int, airflow: Airflow
) -> None:
    browser = visit("admin")
    question = send(browser, in_doubt, "x", jawaban="Belum tayang, unggah ulang")
    assert "postingannya akan ada dua" in text_of(question.text)
    assert airflow.answers == []
    sent = send(browser, in_doubt, "x", page=question.text, yakin="ya", jawaban="Belum tayang, unggah ulang")
    assert sent.status_code == 303
    assert airflow.answers[0][1] == "Belum tayang, unggah ulang"


# -- a screenshot is missing ---------------------------------------------------------------------------------


def test_a_missing_screenshot_is_handed_in_without_an_address(
    visit: Visit, archive: Archive, without_picture: int, airflow: Airflow
) -> None:
    browser = visit("admin")
    page = browser.get(f"/medsos/unggahan/{without_picture}/facebook").text
    assert "Sudah tayang, tinggal tangkapan layarnya" in text_of(page)
    assert 'name="tautan"' not in page
    assert "belum dipilih" in text_of(send(browser, without_picture, jawaban="Kirim tangkapan layar").text)
    sent = send(browser, without_picture, file=("a.jpg", screenshot()), jawaban="Kirim tangkapan layar")
    assert sent.status_code == 303
    (proof,) = proofs()
    assert proof.source_url == "https://www.facebook.com/kpu/posts/2"
    assert airflow.answers[0][:2] == ("upload.capture_facebook", "Kirim tangkapan layar")
    assert airflow.answers[0][2]["tangkapan_layar"] == f"bukti:{proof.id}"


def test_going_on_without_a_screenshot_is_asked_once_more(
    visit: Visit, without_picture: int, airflow: Airflow
) -> None:
    browser = visit("admin")
    question = send(browser, without_picture, jawaban="Tanpa tangkapan layar")
    assert "tidak lengkap" in text_of(question.text)
    assert airflow.answers == []
    send(browser, without_picture, page=question.text, yakin="ya", jawaban="Tanpa tangkapan layar")
    assert airflow.answers[0][1] == "Tanpa tangkapan layar"


def test_the_kinds_of_proof_stand_on_the_cycle(visit: Visit, archive: Archive, without_picture: int) -> None:
    with transaction() as session:
        row = session.query(Publication).filter_by(cycle_id=without_picture).one()
        folder = session.get_one(Cycle, without_picture).archive_folder
        stored = archive.put(f"{folder}/bukti/facebook.json", b'{"post": 2}')
        session.add(
            Evidence(
                publication_id=row.id,
                kind="read_back",
                path=stored.path,
                sha256=stored.sha256,
                size_bytes=stored.size_bytes,
                source_url=row.permalink or "",
                captured_at=NOW,
            )
        )
    page = visit("analis").get(f"/medsos/siklus/{without_picture}").text
    assert "data dari platform" in page
    assert "Belum ada tangkapan layar." in page
    with transaction() as session:
        stored = archive.put(f"{folder}/bukti/facebook.jpg", picture((400, 800), "ponsel"))
        session.add(
            Evidence(
                publication_id=row.id,
                kind="manual",
                path=stored.path,
                sha256=stored.sha256,
                size_bytes=stored.size_bytes,
                source_url=row.permalink or "",
                captured_at=NOW,
            )
        )
    page = visit("analis").get(f"/medsos/siklus/{without_picture}").text
    assert "tangkapan layar dari admin" in page
    assert "data dari platform" in page
    assert "Belum ada tangkapan layar." not in page


def test_a_settled_upload_says_so(visit: Visit, archive: Archive, home: Path) -> None:
    cycle_id = upload_under_way(archive, state="published", permalink="https://www.facebook.com/kpu/posts/2")
    assert "Facebook sudah tayang" in text_of(
        visit("admin").get(f"/medsos/unggahan/{cycle_id}/facebook").text
    )
    cancelled = upload_under_way(archive, state="cancelled", problem="Dibatalkan oleh admin.")
    page = visit("admin").get(f"/medsos/unggahan/{cancelled}/facebook")
    assert "Kanal ini dibatalkan" in text_of(page.text)
