"""Without the approval of an entitled person over exactly this nothing goes out; refusals are on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import lawful
from builders import NOW
from medsos.errors import NotApproved
from medsos.operators.approval import ConcludeApprovalOperator
from medsos.operators.cycle import CycleRun
from medsos.operators.publishing import approved_publication
from medsos.store.models import (
    Approval,
    AuditEntry,
    Cycle,
    Delegation,
    Design,
    Official,
    PlanRow,
    Publication,
)
from medsos.store.session import transaction
from tampering import as_database_owner

pytestmark = pytest.mark.usefixtures("home")


def run_of(cycle_id: int, channel: str = "facebook") -> CycleRun:
    return CycleRun(
        cycle_id,
        "kota-bengkulu",
        f"upload.publish_{channel}",
        channel=channel,
        clock=lambda: NOW + timedelta(hours=1),
    )


def refused(cycle_id: int, channel: str = "facebook") -> str:
    """Why publishing is refused: said, written to the trail, and nothing opened in the ledger."""
    with pytest.raises(NotApproved) as caught:
        approved_publication(run_of(cycle_id, channel))
    with transaction() as session:
        assert session.scalars(select(Publication)).all() == []
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.actor, last.cycle_id) == (
        "publication.refused", f"upload.publish_{channel}", cycle_id,
    )  # fmt: skip
    assert last.after["reason"] == str(caught.value)
    assert "Tidak ada yang diunggah" in str(caught.value)
    return str(caught.value)


def test_what_was_approved_in_the_proper_way_is_opened_in_the_ledger() -> None:
    row = approved_publication(run_of(lawful.approved()))
    assert (row.channel, row.state) == ("facebook", "new")


def test_without_a_decision_nothing_goes_out() -> None:
    assert "belum ada persetujuan" in refused(lawful.opened())


def test_a_rejection_written_over_the_approval_counts() -> None:
    cycle_id = lawful.opened()
    lawful.decide(cycle_id, "tolak", note="Salah tanggal")
    assert "keputusan terakhir adalah “tolak”" in refused(cycle_id)


def by_hand(session: Session, cycle_id: int, **values: object) -> None:
    defaults = {"round": 1, "seal": lawful.seal_of(cycle_id), "decision": "setuju", "decided_by": "kasubbag",
                "decided_at": lawful.DECIDED_AT, "note": ""}  # fmt: skip
    session.add(Approval(cycle_id=cycle_id, **{**defaults, **values}))


def test_an_approval_written_by_hand_is_not_believed() -> None:
    cycle_id = lawful.opened()
    with transaction() as session:
        by_hand(session, cycle_id)
    assert "tidak ada pada jejak audit" in refused(cycle_id)


def test_an_approval_and_a_line_of_the_trail_written_by_hand_are_not_believed() -> None:
    cycle_id = lawful.opened()
    seal = lawful.seal_of(cycle_id)
    with transaction() as session:
        by_hand(session, cycle_id)
        session.add(
            AuditEntry(
                id=90, at=lawful.DECIDED_AT, actor="kasubbag", action="approval.decided", cycle_id=cycle_id,
                subject="putaran 1", before={}, previous_hash="0" * 64, hash="1" * 64,
                after={"decision": "setuju", "seal": seal, "note": "", "on_behalf_of": None},
            )
        )  # fmt: skip
    assert "jejak audit tidak utuh" in refused(cycle_id)


@pytest.mark.parametrize(
    "values", [{"decision": "setuju"}, {"decided_by": "sekretaris"}, {"seal": "f" * 64}], ids=str
)
def test_a_decision_that_was_changed_afterwards_is_not_believed(values: dict[str, str]) -> None:
    cycle_id = lawful.opened()
    lawful.decide(cycle_id, "tolak" if "decision" in values else "setuju", note="Salah")
    with as_database_owner() as session:
        session.execute(update(Approval).values(**values))
    assert "tidak ada pada jejak audit" in refused(cycle_id)


def test_a_trail_broken_since_the_approval_stops_publishing_one_broken_before_does_not() -> None:
    cycle_id = lawful.approved()
    with as_database_owner() as session:
        session.execute(update(AuditEntry).where(AuditEntry.action == "cycle.opened").values(actor="lain"))
    assert approved_publication(run_of(cycle_id)).state == "new"
    with as_database_owner() as session:
        session.execute(delete(Publication))
        session.execute(
            update(AuditEntry).where(AuditEntry.action == "approval.decided").values(before={"x": 1})
        )
    assert "jejak audit tidak utuh" in refused(cycle_id)


def test_who_was_not_entitled_at_that_moment_has_approved_nothing() -> None:
    """A delegate's letter that turns out to have ended before: rows are dated, so it is judged anew."""
    cycle_id = lawful.opened()
    with transaction() as session:
        session.add(
            Delegation(
                office="kota-bengkulu", role="kasubbag", kind="plh", principal="kasubbag", username="plh",
                airflow_user_id="plh", name="Plh. Kasubbag", letter_number="12/ST/2026",
                letter_date=date(2026, 11, 1), valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 30),
                recorded_at=NOW - timedelta(days=3),
            )
        )  # fmt: skip
    lawful.decide(cycle_id, by="plh")
    assert approved_publication(run_of(cycle_id)).state == "new"
    with as_database_owner() as session:
        session.execute(delete(Publication))
        session.execute(update(Delegation).values(valid_until=date(2026, 11, 20)))
    assert "plh tidak berhak menyetujui pada saat itu" in refused(cycle_id)


def test_an_official_who_left_later_has_approved_all_the_same() -> None:
    cycle_id = lawful.approved()
    with transaction() as session:
        session.execute(
            update(Official).where(Official.username == "kasubbag").values(valid_until=date(2026, 11, 23))
        )
    assert approved_publication(run_of(cycle_id)).state == "new"


def change_caption(session: Session) -> None:
    session.execute(update(Design).where(Design.channel == "facebook").values(caption="Lain"))


def change_alt_text(session: Session) -> None:
    session.execute(update(Design).where(Design.channel == "web").values(alt_text="Lain"))


def change_headline(session: Session) -> None:
    row = session.scalars(select(PlanRow)).one()
    row.plan = {**row.plan, "headline": "Judul lain"}


@pytest.mark.parametrize("tamper", [change_caption, change_alt_text, change_headline])
def test_what_was_changed_after_the_approval_does_not_go_out(tamper: Callable[[Session], None]) -> None:
    cycle_id = lawful.approved()
    with transaction() as session:
        tamper(session)
    assert "isi atau berkas berubah setelah disetujui" in refused(cycle_id)


def test_one_changed_byte_of_a_file_stops_every_channel(home: Path) -> None:
    cycle_id = lawful.approved()
    file = home / "archive" / lawful.FOLDER / "desain/putaran-1/web.jpg"
    file.write_bytes(file.read_bytes() + b"!")
    assert "segel tidak sama" in refused(cycle_id, "facebook")
    assert "segel tidak sama" in refused(cycle_id, "web")


@pytest.mark.parametrize(
    "values",
    [
        {"channels": ["web", "facebook", "x"]},
        {"channels": ["facebook"]},
        {"upload_at": "2026-11-23T03:00Z"},
    ],
    ids=str,
)
def test_a_request_that_was_changed_after_the_approval_stops_publishing(values: dict[str, object]) -> None:
    cycle_id = lawful.approved()
    with transaction() as session:
        cycle = session.get_one(Cycle, cycle_id)
        cycle.request = {**cycle.request, **values}
    assert "tidak sama dengan permohonan" in refused(cycle_id)


def test_a_channel_that_was_struck_from_the_designs_stops_publishing() -> None:
    cycle_id = lawful.approved()
    with transaction() as session:
        session.execute(delete(Design).where(Design.channel == "web"))
    assert "(disetujui Facebook; sekarang Website dan Facebook)" in refused(cycle_id)


def test_another_offices_cycle_is_not_published_here() -> None:
    cycle_id = lawful.approved()
    with transaction() as session:
        session.execute(update(Cycle).values(office="kota-lain"))
    assert "milik kantor kota-lain, bukan kota-bengkulu" in refused(cycle_id)


def test_who_marks_the_decision_as_done_is_stopped_before_publishing_and_stands_in_the_trail() -> None:
    cycle_id = lawful.opened()
    task = ConcludeApprovalOperator(
        task_id="approval.conclude", office="kota-bengkulu", cycle_id=str(cycle_id)
    )
    with pytest.raises(AirflowFailException, match="bukan persetujuan"):
        task.execute({})
    with transaction() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.subject) == ("approval.bypassed", "belum ada keputusan")
