"""The half-year's report is decided on once, over the very bytes that were shown, by who is entitled then."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import review_papers
from builders import NOW
from medsos.approval.sop_review import decision_on, newest_paper, open_papers, sop_of_review
from medsos.errors import FormError, NotApproved
from medsos.evidence.archive import Archive
from medsos.settings import load_settings
from medsos.sop.model import CURRENT_VERSION, load_sop
from medsos.store.audit import check_chain
from medsos.store.models import AuditEntry, ReviewPaper, SopReview
from medsos.store.session import transaction

NEXT_MONTH = date(2026, 12, 1)


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


@pytest.fixture
def paper(archive: Archive) -> ReviewPaper:
    return review_papers.lay(archive)


def entries(action: str) -> list[AuditEntry]:
    with transaction() as session:
        assert check_chain(session).findings == ()
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_the_decision_stands_in_the_record_and_in_the_chain(paper: ReviewPaper) -> None:
    review = review_papers.decide(paper, note="  Dilanjutkan.  ")
    assert (review.decision, review.decided_by, review.on_behalf_of) == ("ditetapkan", "sekretaris", None)
    assert (review.note, review.new_sop_version, review.targets) == ("Dilanjutkan.", None, {})
    assert (review.report_path, review.report_sha256) == (paper.report_path, paper.report_sha256)
    (entry,) = entries("review.decided")
    assert (entry.actor, entry.subject) == (
        "sekretaris", "tinjauan kota-bengkulu 2026-semester-1 putaran 1",
    )  # fmt: skip
    assert entry.after["report_sha256"] == paper.report_sha256


def test_what_needs_mending_has_to_be_said(paper: ReviewPaper) -> None:
    with pytest.raises(FormError, match="apa yang perlu diperbaiki"):
        review_papers.decide(paper, "perlu_perbaikan", note="  ")
    assert review_papers.decide(paper, "perlu_perbaikan", note="Tambah petugas.").note == "Tambah petugas."


@pytest.mark.parametrize("username", ["admin", "kasubbag", "analis", "siapa"])
def test_nobody_but_the_sekretaris_decides(paper: ReviewPaper, username: str) -> None:
    with pytest.raises(NotApproved, match=f"{username} tidak berhak"):
        review_papers.decide(paper, by=username)
    with transaction() as session:
        assert decision_on(session, paper) is None


def test_a_plh_decides_on_behalf_of_the_sekretaris_from_the_moment_it_is_recorded(paper: ReviewPaper) -> None:
    review_papers.delegate(recorded_at=NOW)
    with pytest.raises(NotApproved):
        review_papers.decide(paper, by="admin", at=NOW - timedelta(minutes=1))
    assert review_papers.decide(paper, by="admin", at=NOW).on_behalf_of == "sekretaris"


def test_a_second_press_changes_nothing_and_another_decision_is_refused(paper: ReviewPaper) -> None:
    first = review_papers.decide(paper)
    assert review_papers.decide(paper, at=NOW + timedelta(seconds=3)).id == first.id
    with pytest.raises(FormError, match="sudah diputuskan oleh sekretaris"):
        review_papers.decide(paper, "perlu_perbaikan", note="Lain.")
    assert len(entries("review.decided")) == 1


def test_a_report_that_was_replaced_meanwhile_cannot_be_signed(archive: Archive, paper: ReviewPaper) -> None:
    newer = review_papers.lay(archive, report=b"<!doctype html>baru")
    assert (newer.round, newer.report_path) == (1, f"{review_papers.FOLDER}/laporan-tinjauan-2.html")
    with pytest.raises(FormError, match="Laporannya berubah"):
        review_papers.decide(paper)
    assert review_papers.decide(newer).report_sha256 == newer.report_sha256


def test_laying_the_same_paper_again_changes_nothing(archive: Archive, paper: ReviewPaper) -> None:
    assert review_papers.lay(archive).id == paper.id
    assert len(entries("review.laid")) == 1


def test_what_was_sent_back_is_laid_before_them_anew_and_what_was_determined_is_not(
    archive: Archive, paper: ReviewPaper
) -> None:
    review_papers.decide(paper, "perlu_perbaikan", note="Grafiknya.")
    again = review_papers.lay(archive, run_id="run-2")
    assert again.round == 2
    review_papers.decide(again)
    with pytest.raises(FormError, match="sudah ditetapkan"):
        review_papers.lay(archive, run_id="run-3")
    with transaction() as session:
        rounds = session.scalars(select(SopReview.round).order_by(SopReview.id)).all()
    assert rounds == [1, 2]


def test_open_is_what_was_laid_last_and_not_decided(archive: Archive, paper: ReviewPaper) -> None:
    newer = review_papers.lay(archive, report=b"lain")
    with transaction() as session:
        assert [row.id for row in open_papers(session)] == [newer.id]
        assert newest_paper(session, "kota-bengkulu", review_papers.PERIOD).id == newer.id  # type: ignore[union-attr]
    review_papers.decide(newer)
    with transaction() as session:
        assert open_papers(session) == []


def test_changed_targets_make_a_version_of_the_offices_own(paper: ReviewPaper) -> None:
    review = review_papers.decide(paper, targets={"approval": 240, "link": 10}, effective_from=NEXT_MONTH)
    assert review.targets == {"approval": 240}
    assert review.new_sop_version == f"{CURRENT_VERSION}--kota-bengkulu--2026-semester-1"
    sop = sop_of_review(review, load_sop(load_settings().sop_dir))
    assert sop is not None
    assert [step.target_minutes for step in sop.steps] == [120, 180, 240, 15, 10, 15]
    assert sop.origin is not None
    assert (sop.origin.effective_from, sop.origin.decided_by) == (NEXT_MONTH, "sekretaris")


@pytest.mark.parametrize("begins", [None, date(2026, 11, 23), date(2026, 1, 1), date(2028, 1, 1)])
def test_changed_targets_take_effect_tomorrow_at_the_earliest_and_within_a_year(
    paper: ReviewPaper, begins: date | None
) -> None:
    with pytest.raises(FormError, match=r"[Tt]anggal berlaku"):
        review_papers.decide(paper, targets={"approval": 240}, effective_from=begins)


def test_who_asks_for_improvements_changes_no_target(paper: ReviewPaper) -> None:
    review = review_papers.decide(
        paper, "perlu_perbaikan", note="Lain.", targets={"approval": 240}, effective_from=NEXT_MONTH
    )
    assert (review.targets, review.new_sop_version) == ({}, None)
