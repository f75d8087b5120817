"""The page of a cycle shows how its posts are doing, when that was read, and why a number is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from builders import NOW
from medsos.channels.metrics import Missing, Numbers
from medsos.engagement.record import DueReading, record_reading
from medsos.store.models import Finding, Notice, Publication
from medsos.store.session import transaction

Visit = Callable[..., TestClient]
FULL = Numbers({"views": 1412, "reach": 300, "likes": 57, "comments": 6, "shares": 0})
WITHOUT_REACH = Numbers({**FULL, "reach": Missing.NOT_OFFERED})
WITHDRAWN = Numbers({**FULL, "views": 2000, "reach": Missing.WITHDRAWN})


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def lines(visit: Visit, cycle_id: int) -> dict[str, str]:
    """By channel, what its line in the table says."""
    page = visit("analis").get(f"/medsos/siklus/{cycle_id}")
    assert page.status_code == 200
    section = re.search(r'<section aria-labelledby="angka">.*?</section>', page.text, re.S)
    if section is None:
        return {}
    rows = re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', section[0], re.S)
    return {text_of(head).split(" Postingan")[0]: text_of(f"{head} {rest}") for head, rest in rows}


def give(cycle_id: int, channel: str, *readings: tuple[int, Numbers | None]) -> None:
    with transaction() as session:
        row = session.scalars(
            select(Publication).where(Publication.cycle_id == cycle_id, Publication.channel == channel)
        ).one()
        for age, numbers in readings:
            due = DueReading(row.id, cycle_id, "1", age)
            record_reading(session, due, numbers, NOW + timedelta(days=age))


@pytest.fixture
def read(archive: object, finished: int) -> int:
    """A finished cycle: Facebook, X and Instagram were read; the website was not; TikTok went up by hand."""
    give(finished, "facebook", (1, FULL), (3, WITHDRAWN))
    give(finished, "instagram", (1, FULL), (3, None))
    give(finished, "x", (1, WITHOUT_REACH))
    return finished


def test_the_newest_numbers_stand_there_with_the_day_they_were_read(visit: Visit, read: int) -> None:
    line = lines(visit, read)["X (Twitter)"]
    assert line.startswith("X (Twitter) 1.412 – tidak diberikan platform 57 6 0 24 November 2026")


def test_a_number_that_was_withdrawn_keeps_its_last_value_and_says_so(visit: Visit, read: int) -> None:
    line = lines(visit, read)["Facebook"]
    assert line.startswith("Facebook 2.000 300 pada 24 Nov 2026; kini ditarik platform 57 6 0 26 November")


def test_a_post_that_is_gone_says_so_once_and_keeps_its_last_numbers(visit: Visit, read: int) -> None:
    line = lines(visit, read)["Instagram"]
    assert line.startswith(
        "Instagram Postingan tidak ditemukan lagi dicari 26 November 2026 1.412 300 57 6 0 24 November 2026"
    )


def test_what_cannot_be_read_says_why(visit: Visit, finished: int) -> None:
    assert lines(visit, finished)["Website"] == ("Website tidak tersedia (nomor postingan tidak diketahui)")


def test_a_post_uploaded_by_hand_has_no_numbers_and_one_that_waits_says_when(
    visit: Visit, by_hand: int
) -> None:
    values = {"seal": "b" * 64, "state": "published", "journal": {}, "created_at": NOW, "published_at": NOW}
    with transaction() as session:
        session.add(Publication(cycle_id=by_hand, channel="tiktok", mode="manual", **values))
        session.add(Publication(cycle_id=by_hand, channel="instagram", mode="api", post_id="1", **values))
    found = lines(visit, by_hand)
    assert found["TikTok"] == "TikTok tidak tersedia (unggahan manual)"
    assert found["Instagram"].endswith("belum pertama kali sesudah 24 November 2026")


def test_a_cycle_with_nothing_up_has_no_such_section(visit: Visit, waiting: int) -> None:
    assert lines(visit, waiting) == {}


def test_a_dead_link_stands_on_top_with_who_was_told(visit: Visit, finished: int) -> None:
    with transaction() as session:
        problem = "Tautan X (Twitter): https://x.example/<b>. Tautan menjawab dengan status 404."
        finding = Finding(
            office="kota-bengkulu", kind="link_dead", subject="x:1", cycle_id=finished, since=NOW,
            problem=problem,
        )  # fmt: skip
        over = Finding(
            office="kota-bengkulu", kind="link_dead", subject="x:2", cycle_id=finished, since=NOW,
            problem="Sudah pulih.", ended_at=NOW,
        )  # fmt: skip
        session.add_all([finding, over])
        session.flush()
        session.add(
            Notice(
                office="kota-bengkulu", cycle_id=finished, finding_id=finding.id, task_id="x:1", round=0,
                waiting_since=NOW, kind="link_dead", threshold="", recipient="admin", way="mail",
                recipient_name="Admin Medsos (contoh)", state="sent", due_at=NOW, sent_at=NOW, problem="",
            )
        )  # fmt: skip
    page = text_of(visit("analis").get(f"/medsos/siklus/{finished}").text)
    assert f"Tautan tidak menjawab {problem}" in page
    assert "Sejak 23 November 2026 pukul 10.00 WIB. Admin Medsos (contoh): terkirim (surel)." in page
    assert "Sudah pulih." not in page
