"""A finding is told once, in working hours, to the Admin Medsos; it ends by itself and may come again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from waiting_cycle import Watched, watched, wib

from builders import make_cycle
from medsos.errors import NoticeError
from medsos.notices.findings import Found, keep_findings
from medsos.store.models import AuditEntry, Finding, Notice, Official
from medsos.store.session import transaction

TOKEN = Found("facebook", "Facebook: kredensial ditolak. Perbarui di Admin → Connections (medsos_facebook).")


@pytest.fixture
def watch(home: Path) -> Watched:
    return watched(home)


def keep(
    at: str, *found: Found, kind: str = "token_refused", looked_at: set[str] | None = None
) -> tuple[int, int]:
    with transaction() as session:
        return keep_findings(
            session, "kota-bengkulu", kind, found, wib(at), looked_at=looked_at  # type: ignore[arg-type]
        )  # fmt: skip


def notices() -> list[Notice]:
    with transaction() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def dead(number: int, cycle_id: int, channel: str = "web") -> Found:
    return Found(f"{channel}:{number}", f"Tautan Website: https://kpu.example/{number}.", cycle_id)


def test_a_finding_is_told_once_however_long_it_lasts(watch: Watched) -> None:
    for day in (23, 24, 25):
        keep(f"2026-11-{day} 04:30", TOKEN)
        for hour in range(24):
            watch.look(f"2026-11-{day} {hour:02}:30")
    [sent] = watch.way.sent
    assert (sent.to, f"{sent.at:%d %H:%M}") == ("admin@kpu.example", "23 07:30")
    assert sent.message.subject == "Token ditolak · Facebook · KPU Kota Bengkulu"
    assert TOKEN.problem in sent.message.plain
    assert "satu kali" in sent.message.plain
    with transaction() as session:
        assert len(session.scalars(select(Finding)).all()) == 1


def test_what_ends_is_closed_and_told_again_when_it_comes_again(watch: Watched) -> None:
    assert keep("2026-11-23 04:30", TOKEN) == (1, 0)
    watch.look("2026-11-23 08:00")
    assert keep("2026-11-24 04:30") == (0, 1)
    watch.look("2026-11-24 08:00")
    assert keep("2026-11-25 04:30", TOKEN) == (1, 0)
    watch.look("2026-11-25 08:00")
    assert len(watch.way.sent) == 2
    with transaction() as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("finding.%")).order_by(AuditEntry.id)
        ).all()
    assert actions == ["finding.opened", "finding.ended", "finding.opened"]


def test_a_channel_that_could_not_be_asked_stays_as_it_was(watch: Watched) -> None:
    keep("2026-11-23 04:30", TOKEN)
    assert keep("2026-11-24 04:30", looked_at={"x"}) == (0, 0)
    assert keep("2026-11-25 04:30", looked_at={"x", "facebook"}) == (0, 1)


def test_what_is_over_before_work_begins_is_told_to_nobody(watch: Watched) -> None:
    keep("2026-11-23 04:30", TOKEN)
    keep("2026-11-23 06:00")
    watch.look("2026-11-23 08:00")
    assert watch.way.sent == []
    assert notices() == []


def test_a_notice_that_waits_for_its_next_try_is_dropped_when_the_finding_ends(watch: Watched) -> None:
    keep("2026-11-23 04:30", TOKEN)
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    watch.look("2026-11-23 08:00")
    watch.way.fails = None
    keep("2026-11-23 08:05")
    watch.look("2026-11-23 09:00")
    assert watch.way.sent == []
    assert [(one.state, one.problem) for one in notices()] == [
        ("dropped", "Tidak dikirim: keadaannya sudah pulih.")
    ]


def test_a_mail_server_that_is_down_is_tried_again_and_the_finding_told_once(watch: Watched) -> None:
    keep("2026-11-23 04:30", TOKEN)
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    watch.look("2026-11-23 08:00")
    watch.way.fails = None
    watch.look("2026-11-23 08:03")
    watch.look("2026-11-23 08:06")
    assert [(one.state, one.tries) for one in notices()] == [("sent", 2)]
    assert len(watch.way.sent) == 1


def test_a_dead_link_leads_to_its_cycle(watch: Watched) -> None:
    cycle_id = make_cycle()
    keep("2026-11-23 04:30", dead(1, cycle_id), kind="link_dead")
    watch.look("2026-11-23 08:00")
    [sent] = watch.way.sent
    assert sent.message.subject == f"Tautan tidak menjawab · Siklus {cycle_id} · KPU Kota Bengkulu"
    assert f"http://kantor.example/medsos/siklus/{cycle_id}" in sent.message.plain
    assert f'href="http://kantor.example/medsos/siklus/{cycle_id}"' in sent.message.html


def test_a_website_that_goes_down_with_all_its_links_is_one_message(watch: Watched) -> None:
    cycles = [make_cycle() for _ in range(8)]
    keep("2026-11-23 04:30", *(dead(n, cycle) for n, cycle in enumerate(cycles)), kind="link_dead")
    watch.look("2026-11-23 08:00")
    watch.look("2026-11-23 08:30")
    [sent] = watch.way.sent
    assert "pada 7 tautan lain" in sent.message.plain
    assert sorted(one.state for one in notices()) == ["dropped"] * 7 + ["sent"]


def test_without_an_admin_the_sekretaris_is_told(watch: Watched) -> None:
    with transaction() as session:
        for official in session.scalars(select(Official).where(Official.role == "admin_medsos")):
            official.ended_at = wib("2026-11-20 08:00")
    keep("2026-11-23 04:30", TOKEN)
    watch.look("2026-11-23 08:00")
    assert [sent.to for sent in watch.way.sent] == ["sekretaris@kpu.example"]


def test_markup_in_an_address_stays_text(watch: Watched) -> None:
    keep("2026-11-23 04:30", Found("x:1", "Tautan X: https://x/<script>alert(1)</script>."), kind="link_dead")
    watch.look("2026-11-23 08:00")
    assert "<script>" not in watch.way.sent[0].message.html
