"""`medsos verify` finds every file and row that is no longer what it was, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from filled_cycle import FOLDER
from sqlalchemy import delete, select, update

from builders import NOW, make_cycle
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import write_manifest
from medsos.evidence.record import keep_evidence
from medsos.evidence.verification import check_cycle
from medsos.store.audit import append_audit
from medsos.store.models import AuditEntry, Cycle, Design, Evidence, Material
from medsos.store.session import transaction
from medsos.trail.verify import verify
from tampering import as_database_owner


@pytest.fixture
def closed(filled: Archive) -> Archive:
    """The filled cycle after its last step, with a manifest of everything."""
    with transaction() as session:
        session.get_one(Cycle, 1).status = "selesai"
        write_manifest(session, filled, 1, now=NOW)
    return filled


def said(archive: Archive, **scope: object) -> tuple[int, str]:
    """Exit code and output."""
    out = StringIO()
    code = verify(archive, out=out, **scope)  # type: ignore[arg-type]
    return code, out.getvalue()


def on_disk(home: Path, name: str) -> Path:
    return home / "archive" / FOLDER / name


def newest_manifest(home: Path) -> Path:
    with transaction() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "manifest.written").order_by(AuditEntry.id.desc())
        ).first()
    assert entry is not None
    return home / "archive" / entry.after["file"]


def test_an_untouched_archive_is_whole(closed: Archive) -> None:
    code, text = said(closed)
    assert code == 0
    assert "Siklus 1 · Rapat pleno terbuka: utuh, 6 berkas" in text
    assert "rantai utuh" in text


@pytest.mark.parametrize("name", ["bahan/asli.jpg", "bahan/bersih.jpg", "desain/putaran-1/web.jpg",
                                  "laporan/laporan.html", "tautan/tautan.html"])  # fmt: skip
def test_every_changed_and_every_missing_file_is_named(closed: Archive, home: Path, name: str) -> None:
    file = on_disk(home, name)
    original = file.read_bytes()
    file.write_bytes(original + b"!")
    code, text = said(closed)
    assert (code, f"berubah   {FOLDER}/{name}" in text) == (1, True)
    file.unlink()
    code, text = said(closed)
    assert (code, f"hilang    {FOLDER}/{name}" in text) == (1, True)
    file.write_bytes(original)
    assert said(closed)[0] == 0


def test_a_file_that_somebody_put_there_is_named(closed: Archive, home: Path) -> None:
    on_disk(home, "bukti/lain.png").write_bytes(b"lain")
    code, text = said(closed)
    assert (code, f"tambahan  {FOLDER}/bukti/lain.png" in text) == (1, True)


def test_a_changed_manifest_is_found_by_its_hash_in_the_audit_trail(closed: Archive, home: Path) -> None:
    manifest = newest_manifest(home)
    content = json.loads(manifest.read_bytes())
    content["entries"] = [e for e in content["entries"] if "asli.jpg" not in e["file"]]
    manifest.write_text(json.dumps(content))
    code, text = said(closed)
    assert code == 1
    assert "tidak sama dengan hash-nya pada jejak audit" in text
    manifest.unlink()
    code, text = said(closed)
    assert code == 1
    assert f"hilang    {FOLDER}/manifes" in text


def change_design(session) -> None:
    session.execute(update(Design).values(sha256="b" * 64))


def change_evidence_address(session) -> None:
    session.execute(update(Evidence).values(source_url="https://lain.example/9"))


def change_evidence_time(session) -> None:
    session.execute(update(Evidence).values(captured_at=NOW + timedelta(hours=1)))


def drop_evidence(session) -> None:
    session.execute(delete(Evidence))


def change_material(session) -> None:
    session.execute(update(Material).values(original_sha256="b" * 64))


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (change_design, "web.jpg: hash pada basis data berbeda"),
        (change_material, "asli.jpg: hash pada basis data berbeda"),
        (change_evidence_address, ".png: sumber pada basis data berbeda"),
        (change_evidence_time, ".png: waktu pada basis data berbeda"),
        (drop_evidence, ".png: tercantum pada manifes, tetapi barisnya tidak ada lagi"),
    ],
)
def test_a_changed_row_of_the_record_is_named(
    closed: Archive, tamper: Callable[..., None], expected: str
) -> None:
    with transaction() as session:
        tamper(session)
    code, text = said(closed)
    assert code == 1
    assert expected in text


def test_late_evidence_of_any_kind_renews_the_manifest(closed: Archive, home: Path) -> None:
    before = newest_manifest(home)
    with transaction() as session:
        keep_evidence(
            session, closed, 1, kind="manual", data=b"jpg", suffix="jpg",
            source_url="https://web.example/1", captured_at=NOW + timedelta(days=3),
        )  # fmt: skip
    after = newest_manifest(home)
    assert after != before
    kinds = [e["source"] for e in json.loads(after.read_bytes())["entries"] if "/bukti/" in e["file"]]
    assert [source.split()[1] for source in kinds] == ["screenshot", "manual"]
    assert said(closed)[0] == 0


def test_evidence_without_a_manifest_that_lists_it_is_named(filled: Archive) -> None:
    with as_database_owner() as session:
        session.execute(delete(AuditEntry))
    code, text = said(filled)
    assert code == 1
    assert "belum ada manifes" in text


def test_a_running_cycle_that_has_no_evidence_yet_is_no_fault(home: Path) -> None:
    make_cycle()
    code, text = said(Archive(home / "archive"))
    assert code == 0
    assert "manifes belum dibuat" in text


def test_a_manifest_is_not_written_again_when_nothing_changed(closed: Archive, home: Path) -> None:
    with transaction() as session:
        again = write_manifest(session, closed, 1, now=NOW + timedelta(days=1))
    assert home / "archive" / again.path == newest_manifest(home)
    with transaction() as session:
        written = session.scalars(select(AuditEntry).where(AuditEntry.action == "manifest.written")).all()
    assert len({entry.after["file"] for entry in written}) == len(written)


def test_a_manifest_whose_transaction_failed_is_no_lasting_fault(closed: Archive, home: Path) -> None:
    def fail_half_way() -> None:
        with transaction() as session:
            keep_evidence(
                session, closed, 1, kind="manual", data=b"jpg", suffix="jpg", source_url="https://web.example/1",
                captured_at=NOW + timedelta(days=3),
            )  # fmt: skip
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert "tambahan" in said(closed)[1]
    with transaction() as session:
        write_manifest(session, closed, 1, now=NOW + timedelta(days=4))
    assert said(closed)[0] == 0


def test_one_cycle_or_one_office_can_be_asked_for(closed: Archive, home: Path) -> None:
    make_cycle(
        office="kota-lain", title="Lain", archive_folder="kota-lain/2026/11/000002-lain", status="selesai"
    )
    on_disk(home, "bahan/asli.jpg").unlink()
    assert said(closed, cycle_id=1)[0] == 1
    code, text = said(closed, office="kota-lain")
    assert code == 1
    assert "Siklus 2" in text
    assert "Siklus 1 " not in text
    code, text = said(closed, cycle_id=77)
    assert (code, "Siklus 77 tidak ada" in text) == (1, True)
    code, text = said(closed, office="kota-tiada")
    assert (code, "tidak ada siklus kantor “kota-tiada”" in text) == (1, True)


def test_a_broken_audit_trail_is_told_with_the_first_row_that_does_not_fit(closed: Archive) -> None:
    with transaction() as session:
        for number in range(3):
            append_audit(session, at=NOW, actor="admin", action="x", subject=str(number))
        row = session.scalars(select(AuditEntry).where(AuditEntry.subject == "1")).one()
    with as_database_owner() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == row.id).values(actor="orang lain"))
    code, text = said(closed)
    assert code == 1
    assert f"Jejak audit: TIDAK UTUH pada baris {row.id}: isinya diubah" in text


def test_the_check_counts_what_is_right(closed: Archive, home: Path) -> None:
    on_disk(home, "bahan/asli.jpg").unlink()
    with transaction() as session:
        check = check_cycle(session, closed, 1)
    assert (check.files_right, [path.rsplit("/", 1)[1] for path in check.missing]) == (5, ["asli.jpg"])


def test_the_command_ends_with_0_on_a_whole_archive_and_1_on_another(closed: Archive, home: Path) -> None:
    def command() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "medsos.cli", "verify", "--cycle", "1"],
            env={**os.environ, "MEDSOS_HOME": str(home), "AIRFLOW_HOME": str(home / "airflow")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    whole = command()
    assert (whole.returncode, whole.stdout.splitlines()[0].startswith("Siklus 1")) == (0, True), whole.stderr
    on_disk(home, "bahan/asli.jpg").unlink()
    broken = command()
    assert (broken.returncode, "hilang    " in broken.stdout) == (1, True), broken.stderr
