"""Lays the report of a half-year before the Sekretaris, for tests of any room."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from builders import NOW
from medsos.approval.officials import sync_officials
from medsos.approval.sop_review import Decision, Wish, lay_paper, record_review
from medsos.evidence.archive import Archive
from medsos.offices.model import Office, load_office
from medsos.settings import load_settings
from medsos.sop.model import CURRENT_VERSION, load_sop
from medsos.store.models import Delegation, Official, ReviewPaper, SopReview
from medsos.store.session import transaction

PERIOD = "2026-semester-1"
DAG = "sop_review__kota_bengkulu"
TASK = "await_signature"
REPORT = b"<!doctype html><title>Laporan tinjauan</title>"
FOLDER = f"kota-bengkulu/evaluasi/{PERIOD}"


def office() -> Office:
    return load_office(load_settings().offices_dir, "kota-bengkulu")


def proposals() -> dict[str, Any]:
    """As `lay_before` stores them: what was needed, next to the target, by key of the step."""
    return {
        step.key: {
            "step_no": step.number,
            "step_key": step.key,
            "name": step.name,
            "cycles": 12,
            "target_minutes": float(step.target_minutes),
            "median_minutes": step.target_minutes * 0.8,
            "p90_minutes": step.target_minutes * 1.25,
            "on_time_rate": 0.75,
            "proposed_minutes": 240.0 if step.key == "approval" else float(step.target_minutes),
            "outcome": "naik" if step.key == "approval" else "tetap",
            "reason": "Target masih sesuai dengan waktu yang diperlukan.",
        }
        for step in load_sop(load_settings().sop_dir).steps
    }


def lay(
    archive: Archive, *, report: bytes = REPORT, run_id: str = "run-1", at: datetime = NOW, **values: Any
) -> ReviewPaper:
    """A paper in the record whose report lies in the archive; the shipped office has its people."""
    given = {
        "office": "kota-bengkulu",
        "period": PERIOD,
        "first_day": date(2026, 1, 1),
        "last_day": date(2026, 6, 30),
        "round": 0,
        "sop_version": CURRENT_VERSION,
        "dag_id": DAG,
        "run_id": run_id,
        "laid_at": at,
        "proposals": proposals(),
        "folder": FOLDER,
        **values,
    }
    stored = archive.put_version(f"{given['folder']}/laporan-tinjauan.html", report)
    printed = archive.put_version(f"{given['folder']}/laporan-tinjauan.pdf", b"%PDF-" + report)
    with transaction() as session:
        if not session.query(Official).count():
            sync_officials(session, office(), now=NOW - timedelta(days=30))
        return lay_paper(
            session,
            ReviewPaper(report_path=stored.path, report_sha256=stored.sha256, pdf_path=printed.path, **given),
        )


def decide(
    paper: ReviewPaper,
    decision: Decision = "ditetapkan",
    *,
    by: str = "sekretaris",
    at: datetime = NOW,
    **wish: Any,
) -> SopReview:
    with transaction() as session:
        return record_review(
            session,
            paper,
            report_sha256=paper.report_sha256,
            sop=load_sop(load_settings().sop_dirs, paper.sop_version),
            decision=decision,
            wish=Wish(**wish),
            by=by,
            at=at,
            zone=office().zone,
        )


def delegate(username: str = "admin", *, kind: str = "plh", recorded_at: datetime = NOW) -> None:
    """Somebody stands in for the Sekretaris today."""
    with transaction() as session:
        session.add(
            Delegation(
                office="kota-bengkulu", role="sekretaris", kind=kind, principal="sekretaris",
                username=username, airflow_user_id=username, name="Plh. Sekretaris",
                letter_number="12/SDM/2026", letter_date=date(2026, 11, 20), valid_from=date(2026, 11, 23),
                valid_until=date(2026, 11, 24), recorded_at=recorded_at, recorded_by="pengelola",
            )
        )  # fmt: skip
