"""A post in doubt and a missing screenshot are settled by a person who sees what there is to see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from airflow_stand_in import Airflow
from page_reading import Visit, text_of
from upload_page_kit import PROOF, UPLOAD, proofs, screenshot, send, waits_for
from web_samples import CAPTIONS, asked, prove, upload_under_way

from builders import NOW, picture
from medsos.channels.base import FoundPost
from medsos.errors import AuthInvalid
from medsos.evidence.archive import Archive


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
    monkeypatch.setattr("medsos.web.uploads.recent_posts.client_for", account)
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
    monkeypatch.setattr("medsos.web.uploads.recent_posts.client_for", Account(error=error))
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


def test_an_address_that_the_platform_never_told_is_asked_for_too(
    visit: Visit, archive: Archive, airflow: Airflow, platform: str
) -> None:
    cycle_id = upload_under_way(archive, state="published", mode="api", published_at=NOW)
    airflow.forms.append(asked(cycle_id, "upload.capture_facebook", people=("admin",), options=PROOF))
    browser, address = visit("admin"), f"{platform}/facebook.com/kpukotabengkulu/posts/2"
    refused = send(browser, cycle_id, file=("a.jpg", screenshot()), tautan="", jawaban=PROOF[0])
    assert "masih kosong" in text_of(refused.text)
    again = send(browser, cycle_id, page=refused.text, tautan=address, jawaban=PROOF[0])
    assert again.status_code == 303
    (proof,) = proofs()
    assert airflow.answers[0][2] == {"tautan": address, "tangkapan_layar": f"bukti:{proof.id}"}


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
    prove(archive, without_picture, "facebook.json", b'{"post": 2}', kind="read_back")
    page = visit("analis").get(f"/medsos/siklus/{without_picture}").text
    assert "data dari platform" in page
    assert "Belum ada tangkapan layar." in page
    prove(archive, without_picture, "facebook.jpg", picture((400, 800), "ponsel"), kind="manual")
    page = visit("analis").get(f"/medsos/siklus/{without_picture}").text
    assert "tangkapan layar dari admin" in page
    assert "data dari platform" in page
    assert "Belum ada tangkapan layar." not in page
