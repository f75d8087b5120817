"""`medsos verify`: reads record, archive and trail from beginning to end and names whatever was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.errors import ConfigError
from medsos.evidence.archive import Archive
from medsos.evidence.editions import check_folders
from medsos.evidence.verification import CycleCheck, check_cycle
from medsos.indonesian import number_text
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.audit import check_chain
from medsos.store.guards import unguarded_tables
from medsos.store.models import Approval, AuditEntry, Cycle
from medsos.store.session import reading
from medsos.trail.heads import ZONE, check_heads
from medsos.trail.reviews import review_findings
from medsos.trail.told import record_findings

_ADVICE = (
    "Ada yang tidak sama dengan catatannya. Jangan mengubah apa pun; bandingkan dengan cadangan dan "
    "laporkan kepada admin.\n"
)


def verify(
    archive: Archive,
    *,
    out: TextIO,
    cycle_id: int | None = None,
    office: str | None = None,
    database_url: str | None = None,
) -> int:
    """Check one cycle, one office or everything, and always the whole audit trail; write what is found.

    :returns: exit code: 0 when all is as it was, 1 otherwise.
    """
    counts: Counter[str] = Counter()
    with _one_moment(database_url) as session:
        query = select(Cycle).order_by(Cycle.id)
        if cycle_id is not None:
            query = query.where(Cycle.id == cycle_id)
        if office is not None:
            query = query.where(Cycle.office == office)
        chosen = list(session.scalars(query))
        well = _found_any(chosen, cycle_id, office, out)
        for cycle in chosen:
            well = _write_cycle(session, archive, cycle, out, counts) and well
        if cycle_id is None and office is None:
            well = _write_vanished(session, out) and well
        if cycle_id is None:
            well = _write_periods(session, archive, office, out, counts) and well
        well = _write_trail(session, archive, out, counts) and well
    if not well:
        out.write(_ADVICE)
        return 1
    said = ", ".join(f"{number_text(counts[what])} {what}" for what in _COUNTED)
    out.write(f"Semua baik: {said}.\n")
    return 0


_COUNTED = ("siklus", "berkas", "keputusan", "baris jejak", "kepala jejak")


@contextmanager
def _one_moment(database_url: str | None) -> Iterator[Session]:
    """A view of the record in which all tables are of the same moment, while cycles go on."""
    with reading(database_url) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def _write_cycle(session: Session, archive: Archive, cycle: Cycle, out: TextIO, counts: Counter[str]) -> bool:
    check = check_cycle(session, archive, cycle.id)
    findings = [
        *check.sentences(),
        *record_findings(
            session,
            cycle,
            zone=_zone(cycle.office),
            hash_of_file=lambda path: archive.fingerprint(path).sha256,
        ),
    ]
    out.write(_cycle_text(check, findings))
    counts["siklus"] += 1
    counts["berkas"] += check.files_right
    counts["keputusan"] += (
        session.scalar(select(func.count()).select_from(Approval).where(Approval.cycle_id == cycle.id)) or 0
    )
    return not findings


def _write_vanished(session: Session, out: TextIO) -> bool:
    """Cycles of which the trail tells and the record knows nothing any more."""
    told = select(AuditEntry.cycle_id).where(AuditEntry.cycle_id.is_not(None)).distinct()
    gone = sorted(
        {number for number in session.scalars(told) if number} - {*session.scalars(select(Cycle.id))}
    )
    for number in gone:
        out.write(f"Siklus {number}: barisnya dihapus dari basis data, padahal ada pada jejak audit\n")
    return not gone


def _write_periods(
    session: Session, archive: Archive, office: str | None, out: TextIO, counts: Counter[str]
) -> bool:
    """The papers of months and half-years, and the reviews of the SOP."""
    checks = check_folders(session, archive, office)
    for check in checks:
        counts["berkas"] += check.files_right
        if check.findings:
            listed = "".join(f"  {finding}\n" for finding in check.findings)
            out.write(f"Evaluasi {check.folder}: TIDAK UTUH; selain {check.files_right} berkas:\n{listed}")
        else:
            out.write(f"Evaluasi {check.folder}: utuh, {check.files_right} berkas\n")
    reviews, findings = review_findings(
        session, archive, sop_dirs=load_settings().sop_dirs, zone_of=_zone, office=office
    )
    counts["keputusan"] += reviews
    for finding in findings:
        out.write(f"Tinjauan SOP: TIDAK COCOK, {finding}\n")
    return not findings and not any(check.findings for check in checks)


def _write_trail(session: Session, archive: Archive, out: TextIO, counts: Counter[str]) -> bool:
    chain = check_chain(session)
    heads, head_findings = check_heads(session, archive)
    unguarded = unguarded_tables(session)
    for finding in chain.findings:
        out.write(f"Jejak audit: TIDAK UTUH pada {finding.sentence}\n")
    for problem in head_findings:
        out.write(f"Kepala jejak: TIDAK COCOK, {problem}\n")
    for table in unguarded:
        out.write(f"Penjaga basis data: tabel {table} dapat diubah, pemicunya dilepas atau dimatikan\n")
    if not chain.findings:
        out.write(f"Jejak audit: {chain.rows} baris, rantai utuh; hash terakhir {chain.last_hash}\n")
    if not head_findings:
        out.write(f"Kepala jejak: {heads} berkas di arsip, semua cocok\n")
    counts["baris jejak"], counts["kepala jejak"] = chain.rows, heads
    return not (chain.findings or head_findings or unguarded)


def _zone(office: str) -> ZoneInfo:
    """The zone of an office, also of one whose file is broken or gone."""
    try:
        return load_office(Path(load_settings().offices_dir), office).zone
    except ConfigError:
        return ZONE


def _found_any(chosen: list[Cycle], cycle_id: int | None, office: str | None, out: TextIO) -> bool:
    if chosen or (cycle_id is None and office is None):
        return True
    if cycle_id is not None:
        where = f" pada kantor “{office}”" if office is not None else ""
        out.write(f"Siklus {cycle_id} tidak ada{where}. Periksa nomornya pada halaman Siklus.\n")
    else:
        out.write(f"Tidak ditemukan: tidak ada siklus kantor “{office}”. Periksa namanya.\n")
    return False


def _cycle_text(check: CycleCheck, findings: list[str]) -> str:
    name = f"Siklus {check.cycle_id} · {check.title}"
    files = f"{check.files_right} berkas"
    if findings:
        listed = "".join(f"  {sentence}\n" for sentence in findings)
        return f"{name}: TIDAK UTUH; {files} sama dengan catatannya, selain itu:\n{listed}"
    if check.manifest is None:
        return f"{name}: utuh, {files}; manifes belum dibuat karena siklus masih berjalan\n"
    return f"{name}: utuh, {files} sama dengan {check.manifest} dan basis data\n"
