"""`medsos verify` names what was changed past the system: a byte, a letter, a row; or says all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

import lawful
from builders import NOW
from medsos.approval.seal import designs_of_round, designs_told
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import write_manifest
from medsos.publishing.ledger import Ledger, open_publication
from medsos.publishing.states import State
from medsos.store.audit import FIRST_HASH, append_audit, entry_hash
from medsos.store.models import (
    Approval,
    AuditEntry,
    Cycle,
    Design,
    Official,
    PlanRow,
    Publication,
)
from medsos.store.session import transaction
from medsos.trail.heads import HeadWritten, check_heads, write_head
from medsos.trail.verify import verify
from tampering import as_database_owner


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


@pytest.fixture
def cycle(archive: Archive) -> int:
    """A cycle that is approved and up on Facebook, with manifest and head."""
    cycle_id = lawful.opened()
    with transaction() as session:
        append_audit(
            session, at=NOW, actor="design.render_designs", action="designs.rendered", cycle_id=cycle_id,
            subject="putaran 1", after=designs_told(designs_of_round(session, cycle_id, 1)),
        )  # fmt: skip
    lawful.decide(cycle_id)
    with transaction() as session:
        row = open_publication(
            session, cycle_id=cycle_id, channel="facebook", seal=lawful.seal_of(cycle_id), mode="api", now=NOW
        )
    ledger = Ledger(row.id, holder="mesin/1/aaaaaaaa", clock=lambda: NOW)
    with ledger.lease():
        ledger.move(State.NEW, State.PREPARED)
        ledger.move(State.PREPARED, State.COMMITTING, commit_started_at=NOW)
        ledger.move(State.COMMITTING, State.PUBLISHED, published_at=NOW, permalink="https://fb.example/1")
    with transaction() as session:
        write_manifest(session, archive, cycle_id, now=NOW)
    with transaction() as session:
        write_head(session, archive, now=NOW)
    return cycle_id


def said(archive: Archive) -> tuple[int, str]:
    out = StringIO()
    return verify(archive, out=out), out.getvalue()


def test_untouched_all_is_well_with_counts(archive: Archive, cycle: int) -> None:
    code, output = said(archive)
    assert code == 0, output
    with transaction() as session:
        rows = session.query(AuditEntry).count()
    assert output.splitlines()[-1] == (
        f"Semua baik: 1 siklus, 2 berkas, 1 keputusan, {rows} baris jejak, 1 kepala jejak."
    )


def change_caption(session: Session) -> None:
    row = session.scalars(select(Design).where(Design.channel == "facebook")).one()
    row.caption = row.caption.replace("Rapat", "Rapot")


def change_alt_text(session: Session) -> None:
    session.execute(update(Design).where(Design.channel == "web").values(alt_text="Poster Rapat"))


def drop_design(session: Session) -> None:
    session.execute(delete(Design).where(Design.channel == "web"))


def change_plan(session: Session) -> None:
    row = session.scalars(select(PlanRow)).one()
    row.plan = {**row.plan, "headline": "Rapat Pleno"}


def change_plan_text(session: Session) -> None:
    row = session.scalars(select(PlanRow)).one()
    row.plan = {**row.plan, "texts": {**row.plan["texts"], "web": {"caption": "x", "alt_text": "y"}}}


def add_plan(session: Session) -> None:
    session.add(PlanRow(cycle_id=1, round=2, plan={"headline": "x"}, author="lain", made_at=NOW))


def add_a_channel(session: Session) -> None:
    row = session.get_one(Cycle, 1)
    row.request = {**row.request, "channels": ["web", "facebook", "x"]}


def change_requester(session: Session) -> None:
    session.get_one(Cycle, 1).requester = "orang lain"


def change_note(session: Session) -> None:
    session.execute(update(Approval).values(note="Baik sekali"))


def drop_approval(session: Session) -> None:
    session.execute(delete(Approval))


def approve_by_hand(session: Session) -> None:
    session.add(
        Approval(cycle_id=1, round=2, seal="a" * 64, decision="setuju", decided_by="kasubbag", decided_at=NOW)
    )


def take_the_office_away(session: Session) -> None:
    session.execute(
        update(Official).where(Official.username == "kasubbag").values(valid_until=date(2026, 1, 1))
    )


def change_permalink(session: Session) -> None:
    session.execute(text("DROP TRIGGER publications_final_update"))
    session.execute(update(Publication).values(permalink="https://fb.example/2"))


def publish_something_else(session: Session) -> None:
    session.add(
        Publication(
            cycle_id=1, channel="x", seal="b" * 64, mode="api", state="new", journal={}, created_at=NOW
        )
    )


def drop_audit_row(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.action == "plan.stored"))


def drop_the_newest_rows(session: Session) -> None:
    """The rest fits together by itself: only the head in the archive tells."""
    head = session.scalars(select(AuditEntry.id).where(AuditEntry.action == "trail.head")).one()
    session.execute(delete(AuditEntry).where(AuditEntry.id >= head - 1))


def write_the_trail_anew(session: Session) -> None:
    """Somebody who knows how the hashes are made, and makes all of them again."""
    previous = FIRST_HASH
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.action == "approval.decided":
            entry.actor = "sekretaris"
        entry.previous_hash = previous
        entry.hash = previous = entry_hash(entry)
    session.flush()


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (change_caption, "desain putaran 1, Facebook berkas 1: keterangan diubah pada basis data"),
        (
            change_caption,
            "putaran 1 oleh kasubbag: segel tidak sama dengan isi basis data sekarang",
        ),
        (change_alt_text, "desain putaran 1, Website berkas 1: teks alternatif diubah"),
        (drop_design, "desain putaran 1, Website berkas 1: dihapus dari basis data"),
        (change_plan, "rencana putaran 1: judul diubah"),
        (change_plan_text, "rencana putaran 1: teks Website diubah"),
        (add_plan, "rencana putaran 2: tidak ada pada jejak audit"),
        (add_a_channel, "permohonan: channels diubah"),
        (change_requester, "siklus: pemohon diubah"),
        (change_note, "keputusan putaran 1 oleh kasubbag: tidak ada pada jejak audit, atau diubah"),
        (drop_approval, "keputusan putaran 1 oleh kasubbag: barisnya dihapus"),
        (approve_by_hand, "keputusan putaran 2 oleh kasubbag: tidak ada pada jejak audit"),
        (take_the_office_away, "keputusan putaran 1 oleh kasubbag: tidak berhak pada saat itu"),
        (change_permalink, "unggahan Facebook: alamat diubah"),
        (publish_something_else, "unggahan X (Twitter): segelnya tidak pernah disetujui"),
        (drop_audit_row, ": dihapus, baris"),
        (drop_the_newest_rows, "dihapus"),
        (write_the_trail_anew, "ditulis ulang sejak"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_changed_past_the_system_is_named(
    archive: Archive, cycle: int, tamper: Callable[[Session], None], expected: str
) -> None:
    with as_database_owner() as session:
        tamper(session)
    code, output = said(archive)
    assert (code, expected in output) == (1, True), output
    assert "Jangan mengubah apa pun" in output
    assert "Semua baik" not in output


def test_one_byte_of_a_design_is_named_with_its_file_and_seal(archive: Archive, cycle: int) -> None:
    file = archive.root / lawful.FOLDER / "desain/putaran-1/facebook.jpg"
    file.write_bytes(file.read_bytes().replace(b"g", b"h", 1))
    code, output = said(archive)
    assert code == 1
    assert f"berubah   {lawful.FOLDER}/desain/putaran-1/facebook.jpg" in output
    assert "segel tidak sama dengan isi berkas arsip sekarang" in output


def test_a_guard_that_was_taken_off_is_named(archive: Archive, cycle: int) -> None:
    with transaction() as session:
        session.execute(text("DROP TRIGGER audit_log_never_updated"))
    code, output = said(archive)
    assert (code, "tabel audit_log dapat diubah" in output) == (1, True)


def test_a_cycle_that_was_deleted_altogether_is_named(archive: Archive, cycle: int) -> None:
    with as_database_owner() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in (Approval, PlanRow, Design):
            session.execute(delete(table))
        session.execute(text("DROP TRIGGER publications_final_delete"))
        session.execute(delete(Publication))
        session.execute(delete(Cycle))
    code, output = said(archive)
    assert (code, f"Siklus {cycle}: barisnya dihapus" in output) == (1, True)


def test_heads_of_a_day_have_one_file_each_and_nothing_new_makes_none(archive: Archive, cycle: int) -> None:
    with transaction() as session:
        assert write_head(session, archive, now=NOW) == HeadWritten(None)
        append_audit(session, at=NOW, actor="a", action="x", subject="lagi")
    with transaction() as session:
        second = write_head(session, archive, now=NOW + timedelta(hours=1)).file
    assert second is not None
    assert second.path == "jejak/2026/11/2026-11-23-2.json"
    with transaction() as session:
        assert check_heads(session, archive) == (2, [])
    assert said(archive)[0] == 0


@pytest.mark.parametrize("tamper", [write_the_trail_anew, drop_the_newest_rows])
def test_a_trail_that_went_back_is_noted_once_and_guarded_from_then_on(
    archive: Archive, cycle: int, tamper: Callable[[Session], None]
) -> None:
    with as_database_owner() as session:
        tamper(session)
    with transaction() as session:
        first = write_head(session, archive, now=NOW + timedelta(days=1))
    with transaction() as session:
        append_audit(session, at=NOW, actor="a", action="x", subject="lagi")
        second = write_head(session, archive, now=NOW + timedelta(days=2))
    assert (len(first.problems), second.problems) == (1, ())
    with transaction() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "trail.broken")).all()
    assert [entry.after["problem"] for entry in noted] == list(first.problems)
    assert len(list(archive.files("jejak"))) == 3
    code, output = said(archive)
    assert (code, output.count("TIDAK COCOK")) == (1, 1)


@pytest.mark.parametrize("content", [b"{}", b"bukan json", None], ids=["empty", "no json", "gone"])
def test_a_changed_or_missing_head_is_named(archive: Archive, cycle: int, content: bytes | None) -> None:
    head = archive.root / "jejak/2026/11/2026-11-23.json"
    if content is None:
        head.unlink()
    else:
        head.write_bytes(content)
    code, output = said(archive)
    assert (code, "Kepala jejak: TIDAK COCOK, jejak/2026/11/2026-11-23.json" in output) == (1, True)
