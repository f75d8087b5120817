"""The page of a cycle shows who was reminded of what, what could not be sent and why, and what is to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

from fastapi.testclient import TestClient

from medsos.store.journal import record_event
from medsos.store.models import Cycle, Notice
from medsos.store.session import transaction

Visit = Callable[..., TestClient]
DUE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def add_notice(cycle_id: int, **values: object) -> None:
    defaults: dict[str, object] = {
        "office": "kota-bengkulu", "cycle_id": cycle_id, "task_id": "approval.round_1.await_decision",
        "round": 1, "waiting_since": DUE, "kind": "reminder", "threshold": "50", "recipient": "kasubbag",
        "recipient_name": "Kasubbag (contoh)", "way": "mail", "state": "sent", "tries": 1, "due_at": DUE,
        "sent_at": None, "problem": "",
    }  # fmt: skip
    with transaction() as session:
        session.add(Notice(**{**defaults, **values}))


def section(visit: Visit, cycle_id: int) -> str:
    page = visit("analis").get(f"/medsos/siklus/{cycle_id}")
    assert page.status_code == 200
    found = re.search(r'<section aria-labelledby="pengingat">.*?</section>', page.text, re.S)
    return text_of(found[0]) if found else ""


def test_what_was_sent_and_what_was_not_stands_on_the_page(visit: Visit, waiting: int) -> None:
    add_notice(waiting, sent_at=DUE)
    add_notice(
        waiting, kind="escalation", threshold="200", recipient="sekretaris", state="given_up", tries=6,
        recipient_name="<b>Sekretaris</b>", problem="Server surat tidak dapat dipakai (TimeoutError).",
    )  # fmt: skip
    text = section(visit, waiting)
    assert "Pengingat pada 50 % target kepada Kasubbag (contoh): Persetujuan putaran 1 Terkirim" in text
    assert "Surel, 23 November 2026 pukul 09.00 WIB" in text
    assert "Eskalasi pada 200 % target kepada <b>Sekretaris</b>" in text
    assert "Tidak terkirim" in text
    assert "6 kali dicoba" in text
    assert "Server surat tidak dapat dipakai (TimeoutError)." in text


def test_what_is_to_come_stands_on_the_page_of_a_cycle_that_waits(visit: Visit, waiting: int) -> None:
    with transaction() as session:
        record_event(
            session,
            cycle_id=waiting,
            task_id="approval.round_1.await_decision",
            event="waiting",
            at=datetime.now(UTC),
            round_no=1,
            detail={"for_people": ["kasubbag"]},
        )
    text = section(visit, waiting)
    for share in ("50 %", "100 %", "200 %"):
        assert f"pada {share} target : Persetujuan putaran 1" in text
    assert text.count("bila belum dijawab") == 3


def test_a_cycle_without_notices_has_no_such_section(visit: Visit, by_hand: int) -> None:
    with transaction() as session:
        session.get_one(Cycle, by_hand).status = "selesai"
    assert section(visit, by_hand) == ""
