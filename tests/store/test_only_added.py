"""Audit trail, approvals and reviews are only added to, also for whoever goes past our own code."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from builders import NOW
from medsos.store.audit import append_audit
from medsos.store.guards import unguarded_tables
from medsos.store.models import Approval, AuditEntry, Cycle, ReviewPaper, SopReview
from medsos.store.session import engine_for, transaction
from tampering import as_database_owner

ROWS = (AuditEntry, Approval, SopReview)
Table = type[AuditEntry | Approval | SopReview]
CHANGES = {
    AuditEntry: {"actor": "orang lain"},
    Approval: {"decision": "setuju"},
    SopReview: {"note": "lain"},
}


@pytest.fixture
def decided(database: str, request: pytest.FixtureRequest) -> str:
    """URL of a record with an audit row and an approval in it."""
    with transaction(database) as session:
        cycle = Cycle(
            office="kota-bengkulu", title="Keputusan", content_type="produk_hukum", requester="admin",
            requested_at=NOW, sop_version="v", dag_id="d", run_id=request.node.name, request={},
            archive_folder="x",
        )  # fmt: skip
        session.add(cycle)
        session.flush()
        session.add(
            Approval(
                cycle_id=cycle.id, round=1, seal="a" * 64, decision="tolak", decided_by="kasubbag",
                decided_at=NOW, note="Belum",
            )
        )  # fmt: skip
        paper = ReviewPaper(
            office="kota-bengkulu", period="2026-semester-1", first_day=date(2026, 1, 1),
            last_day=date(2026, 6, 30), round=1, sop_version="v", dag_id="d", run_id="r", laid_at=NOW,
            proposals={}, folder="x", report_path="x/y", report_sha256="a" * 64, pdf_path="x/z",
        )  # fmt: skip
        session.add(paper)
        session.flush()
        session.add(
            SopReview(
                paper_id=paper.id, office=paper.office, period=paper.period, round=1, sop_version="v",
                decision="ditetapkan", decided_by="sekretaris", decided_at=NOW, note="", report_path="x/y",
                report_sha256="a" * 64, targets={},
            )
        )  # fmt: skip
        append_audit(session, at=NOW, actor="kasubbag", action="approval.decided", subject="putaran 1")
    return database


@pytest.mark.parametrize("table", ROWS)
def test_no_row_can_be_changed(decided: str, table: Table) -> None:
    with pytest.raises(IntegrityError, match="only added"), transaction(decided) as session:
        session.execute(update(table).values(**CHANGES[table]))


@pytest.mark.parametrize("table", ROWS)
def test_no_row_can_be_deleted(decided: str, table: Table) -> None:
    with pytest.raises(IntegrityError, match="only added"), transaction(decided) as session:
        session.execute(delete(table))


@pytest.mark.parametrize("table", ROWS)
def test_the_tables_cannot_be_emptied_at_once(decided: str, table: Table) -> None:
    if engine_for(decided).dialect.name == "postgresql":
        order = f"TRUNCATE {table.__tablename__} CASCADE"
    else:
        # SQLite has no such statement; what comes nearest goes past the trigger for deletions.
        columns = ", ".join(column.name for column in table.__table__.columns)
        name = table.__tablename__
        order = f"INSERT OR REPLACE INTO {name} SELECT {columns} FROM {name}"  # noqa: S608  our own names
    with pytest.raises(IntegrityError, match="only added"), transaction(decided) as session:
        session.execute(text(order))


def test_a_second_decision_of_a_round_cannot_take_the_place_of_the_first(decided: str) -> None:
    with transaction(decided) as session:
        first = session.scalars(select(Approval).order_by(Approval.id.desc())).first()
    assert first is not None
    with pytest.raises(IntegrityError), transaction(decided) as session:
        session.add(
            Approval(
                cycle_id=first.cycle_id, round=1, seal="b" * 64, decision="setuju", decided_by="lain",
                decided_at=NOW,
            )
        )  # fmt: skip


def test_what_the_owner_of_the_database_switches_off_is_seen(decided: str) -> None:
    postgresql = engine_for(decided).dialect.name == "postgresql"
    off, on = (
        ("ALTER TABLE approvals DISABLE TRIGGER approvals_never_changed",
         "ALTER TABLE approvals ENABLE TRIGGER approvals_never_changed")
        if postgresql
        else ("DROP TRIGGER approvals_never_updated", None)
    )  # fmt: skip
    with transaction(decided) as session:
        assert unguarded_tables(session) == []
        session.execute(text(off))
        assert unguarded_tables(session) == ["approvals"]
        if on:
            session.execute(text(on))


def test_after_the_owner_of_the_database_the_guards_are_back(decided: str) -> None:
    with as_database_owner(decided) as session:
        session.execute(update(AuditEntry).values(actor="orang lain"))
    with transaction(decided) as session:
        assert unguarded_tables(session) == []
    with pytest.raises(IntegrityError), transaction(decided) as session:
        session.execute(update(AuditEntry).values(actor="lagi"))
