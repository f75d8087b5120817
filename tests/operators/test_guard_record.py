"""The daily task: the trail's head lies in the archive, a trail that went back is reported, old drafts go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import delete, func, select

from medsos.clock import utc_now
from medsos.drafts.book import new_draft
from medsos.operators.watch import GuardRecordOperator
from medsos.store.audit import append_audit
from medsos.store.models import AuditEntry, Draft
from medsos.store.session import transaction
from tampering import as_database_owner


def guard() -> None:
    GuardRecordOperator(task_id="guard_record").execute({})


def heads(home: Path) -> list[Path]:
    return sorted((home / "archive" / "jejak").rglob("*.json"))


@pytest.fixture
def trail(home: Path) -> Path:
    for number in range(3):
        with transaction() as session:
            append_audit(session, at=utc_now(), actor="admin", action="plan.stored", subject=f"{number}")
    return home


def test_the_head_of_the_trail_lies_in_the_archive_once_while_nothing_happens(trail: Path) -> None:
    guard()
    guard()
    assert len(heads(trail)) == 1


def test_a_trail_that_was_cut_off_fails_the_task_once_with_what_to_do(trail: Path) -> None:
    guard()
    with as_database_owner() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id > 2))
    with pytest.raises(AirflowFailException, match=r"tidak sesuai dengan arsip.*medsos verify"):
        guard()
    guard()


def test_a_draft_that_nobody_touched_for_a_month_goes_and_a_younger_one_stays(trail: Path) -> None:
    with transaction() as session:
        for author, days in (("sari", 31), ("budi", 29)):
            new_draft(
                session,
                office="kota-bengkulu",
                author=author,
                content_type="foto_kegiatan",
                channels=("web",),
                now=utc_now() - timedelta(days=days),
            )
    guard()
    with transaction() as session:
        assert session.scalars(select(Draft.author)).all() == ["budi"]
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 4
