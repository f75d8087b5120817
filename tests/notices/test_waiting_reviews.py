"""The Sekretaris is told of a review of the SOP that waits, and again every week of work."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from waiting_cycle import Watched, watched, wib

from medsos.evidence.archive import Archive
from medsos.store.models import Notice, Official, ReviewPaper
from medsos.store.session import transaction
from review_papers import decide, delegate, lay

LAID = wib("2026-11-23 07:30")


@pytest.fixture
def watch(home: Path) -> Watched:
    return watched(home)


@pytest.fixture
def paper(watch: Watched, home: Path) -> ReviewPaper:
    return lay(Archive(home / "archive"), at=LAID.astimezone(UTC))


def look_for(watch: Watched, days: int) -> None:
    """Every two hours from the day on which the paper was laid."""
    for hours in range(8, days * 24, 2):
        watch.look(f"{LAID.replace(hour=0, minute=0) + timedelta(hours=hours):%Y-%m-%d %H:%M}")


def test_the_sekretaris_gets_one_message_with_the_way_to_the_form(watch: Watched, paper: ReviewPaper) -> None:
    look_for(watch, 4)
    [sent] = watch.way.sent
    assert (sent.to, f"{sent.at:%d %H:%M}") == ("sekretaris@kpu.example", "23 08:00")
    message = sent.message
    assert "Pejabat" not in message.plain
    assert message.subject == "Tinjauan SOP menunggu keputusan · Semester I 2026 · KPU Kota Bengkulu"
    assert "http://kantor.example/medsos/tinjauan-sop/kota-bengkulu/2026-semester-1" in message.plain
    assert "Diam bukan persetujuan" in message.plain
    assert "23 November 2026" in message.plain
    assert 'href="http://kantor.example/medsos/tinjauan-sop/kota-bengkulu/2026-semester-1"' in message.html
    assert "Buka formulir tinjauan" in message.html
    assert "siklus" not in message.plain.lower()


def test_every_week_of_work_calls_it_to_mind_until_it_is_decided(watch: Watched, paper: ReviewPaper) -> None:
    look_for(watch, 17)
    assert [f"{sent.at:%d %H}" for sent in watch.way.sent] == ["23 08", "30 08", "07 08"]
    decide(paper, at=watch.clock())
    watch.look("2026-12-21 10:00")
    watch.look("2026-12-28 10:00")
    assert len(watch.way.sent) == 3


def test_what_is_laid_anew_in_the_same_round_is_told_no_second_time(
    watch: Watched, paper: ReviewPaper, home: Path
) -> None:
    watch.look("2026-11-23 08:00")
    lay(Archive(home / "archive"), report=b"<p>terkoreksi</p>", at=wib("2026-11-24 09:00").astimezone(UTC))
    watch.look("2026-11-24 10:00")
    assert len(watch.way.sent) == 1


def test_a_second_round_is_told_again(watch: Watched, paper: ReviewPaper, home: Path) -> None:
    watch.look("2026-11-23 08:00")
    decide(paper, "perlu_perbaikan", note="Lengkapi.", at=watch.clock())
    watch.look("2026-11-23 08:30")
    lay(Archive(home / "archive"), run_id="run-2", at=wib("2026-11-23 09:00").astimezone(UTC))
    watch.look("2026-11-23 10:00")
    assert [sent.to for sent in watch.way.sent] == ["sekretaris@kpu.example"] * 2


def test_who_stands_in_for_the_sekretaris_is_told(watch: Watched, paper: ReviewPaper) -> None:
    delegate(recorded_at=wib("2026-11-20 09:00"))
    watch.look("2026-11-23 08:00")
    assert "admin@kpu.example" in [sent.to for sent in watch.way.sent]


def test_without_a_sekretaris_the_admin_is_told(watch: Watched, paper: ReviewPaper) -> None:
    with transaction() as session:
        for official in session.scalars(select(Official).where(Official.role == "sekretaris")):
            official.ended_at = wib("2026-11-20 08:00")
    watch.look("2026-11-23 08:00")
    [sent] = watch.way.sent
    assert sent.to == "admin@kpu.example"
    assert "catat Sekretaris, atau Plh./Plt., di halaman Pejabat" in sent.message.plain


def test_another_office_s_review_is_left_to_its_own_watch(watch: Watched, home: Path) -> None:
    lay(Archive(home / "archive"), office="kota-manual", dag_id="sop_review__kota_manual")
    watch.look("2026-11-24 08:00")
    assert watch.way.sent == []
    with transaction() as session:
        assert session.scalars(select(Notice)).all() == []
