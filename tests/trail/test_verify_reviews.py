"""`medsos verify` holds the reviews of the SOP against trail, report, entitlement and their versions."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import delete, update

import review_papers
from builders import NOW
from medsos.approval.sop_review import sop_of_review
from medsos.evidence.archive import Archive
from medsos.evidence.editions import store_files, write_edition
from medsos.settings import load_settings
from medsos.sop.model import load_sop
from medsos.sop.renewal import as_yaml
from medsos.store.audit import append_audit
from medsos.store.models import Official, SopReview
from medsos.store.session import transaction
from medsos.trail.verify import verify
from tampering import as_database_owner


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


@pytest.fixture
def review(archive: Archive) -> SopReview:
    """Determined, with other targets, and the version recorded as the last task does it."""
    paper = review_papers.lay(archive)
    review = review_papers.decide(paper, targets={"approval": 240}, effective_from=date(2026, 12, 1))
    sop = sop_of_review(review, load_sop(load_settings().sop_dir))
    assert sop is not None
    file = version_file(review)
    file.parent.mkdir()
    file.write_bytes(as_yaml(sop))
    with transaction() as session:
        append_audit(
            session, at=NOW, actor="sistem", action="sop.recorded", subject=sop.version,
            after={"version": sop.version},
        )  # fmt: skip
        stored = store_files(archive, review_papers.FOLDER, {"putusan.json": b"{}"})
        write_edition(session, archive, review_papers.FOLDER, stored, now=NOW)
    return review


def version_file(review: SopReview) -> Path:
    return load_settings().own_sop_dir / f"{review.new_sop_version}.yaml"


def said(archive: Archive, office: str | None = None) -> tuple[int, str]:
    out = StringIO()
    return verify(archive, out=out, office=office), out.getvalue()


def test_untouched_all_is_well(archive: Archive, review: SopReview) -> None:
    code, output = said(archive)
    assert code == 0, output
    assert "Evaluasi kota-bengkulu/evaluasi/2026-semester-1: utuh, 3 berkas" in output
    assert "3 berkas, 1 keputusan" in output.splitlines()[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "perlu_perbaikan"}, {"note": "Ditambah kemudian."}, {"decided_by": "kasubbag"},
        {"targets": {"approval": 300}}, {"report_sha256": "b" * 64}, {"effective_from": date(2026, 11, 1)},
    ],
)  # fmt: skip
def test_a_decision_that_was_changed_past_the_system_is_named(
    archive: Archive, review: SopReview, change: dict[str, object]
) -> None:
    with as_database_owner() as session:
        session.execute(update(SopReview).values(**change))
    code, output = said(archive)
    assert code == 1
    assert "2026-semester-1 putaran 1: tidak ada pada jejak audit, atau diubah setelah dicatat" in output


def test_a_decision_that_was_taken_away_is_named(archive: Archive, review: SopReview) -> None:
    with as_database_owner() as session:
        session.execute(delete(SopReview))
    assert "barisnya dihapus dari basis data" in said(archive)[1]


def test_a_decision_of_somebody_who_was_not_entitled_is_named(archive: Archive, review: SopReview) -> None:
    with transaction() as session:
        session.execute(
            update(Official).where(Official.role == "sekretaris").values(valid_until=date(2026, 11, 1))
        )
    assert "sekretaris tidak berhak pada saat itu" in said(archive)[1]


def test_a_report_of_other_bytes_is_named(archive: Archive, review: SopReview, home: Path) -> None:
    (home / "archive" / review.report_path).write_bytes(b"lain")
    code, output = said(archive)
    assert code == 1
    assert f"Berkas “{review.report_path}” tidak sama dengan catatannya" in output


def test_a_version_of_the_sop_with_other_targets_than_decided_is_named(
    archive: Archive, review: SopReview
) -> None:
    file = version_file(review)
    file.write_text(file.read_text().replace("target_minutes: 240", "target_minutes: 999"))
    assert "isi berkasnya berbeda dari putusannya" in said(archive)[1]


def test_a_version_that_vanished_and_one_that_nobody_decided_are_named(
    archive: Archive, review: SopReview
) -> None:
    file = version_file(review)
    file.rename(file.with_name("SOP--kota-bengkulu--2025-semester-1.yaml"))
    code, output = said(archive)
    assert code == 1
    assert "berkasnya hilang dari sop/" in output
    assert "SOP--kota-bengkulu--2025-semester-1: berkasnya tidak berasal dari putusan" in output


def test_another_office_s_check_does_not_look_at_them(archive: Archive, review: SopReview) -> None:
    output = said(archive, "kota-lain")[1]
    assert "2026-semester-1" not in output
