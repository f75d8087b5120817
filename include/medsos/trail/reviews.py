"""Holds the reviews of the SOP against the audit trail, their reports, and the versions that came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.sop_review import DECIDED, entitled_to_review, sop_of_review, subject_of, told_of_review
from medsos.errors import ConfigError, EvidenceError, MedsosError
from medsos.evidence.archive import Archive
from medsos.sop.model import load_sop
from medsos.sop.renewal import as_yaml
from medsos.store.models import AuditEntry, SopReview

RECORDED = "sop.recorded"
"""Action in the audit trail; `after` holds the version and the SHA-256 of its file."""


def review_findings(
    session: Session,
    archive: Archive,
    *,
    sop_dirs: tuple[Path, Path],
    zone_of: Callable[[str], ZoneInfo],
    office: str | None = None,
) -> tuple[int, list[str]]:
    """How many decisions there are, and one Indonesian phrase per thing that does not fit.

    :param zone_of: time zone by slug of the office, for the date of an entitlement.
    :param office: slug; only its reviews.
    """
    rows = [
        row
        for row in session.scalars(select(SopReview).order_by(SopReview.id))
        if office in (None, row.office)
    ]
    told = {
        entry.subject: entry
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.action == DECIDED))
    }
    findings = [
        f"{subject_of(row)}: {finding}"
        for row in rows
        for finding in (
            *_row(session, row, told.get(subject_of(row)), zone_of(row.office)),
            *_report(archive, row),
        )
    ]
    known = {subject_of(row) for row in rows}
    findings += [
        f"{subject}: barisnya dihapus dari basis data, padahal ada pada jejak audit"
        for subject in told
        if subject not in known and (office is None or subject.startswith(f"tinjauan {office} "))
    ]
    return len(rows), [*findings, *_versions(session, rows, sop_dirs, office)]


def _row(session: Session, row: SopReview, entry: AuditEntry | None, zone: ZoneInfo) -> Iterator[str]:
    if (
        entry is None
        or entry.after != told_of_review(row)
        or (entry.actor, entry.at) != (row.decided_by, row.decided_at)
    ):
        yield "tidak ada pada jejak audit, atau diubah setelah dicatat"
    entitled = entitled_to_review(session, row.office, row.decided_at, zone)
    if row.decided_by not in {holder.username for holder in entitled}:
        yield f"{row.decided_by} tidak berhak pada saat itu menurut daftar pejabat"


def _report(archive: Archive, row: SopReview) -> Iterator[str]:
    try:
        archive.verify(row.report_path, row.report_sha256)
    except EvidenceError as error:
        yield str(error).rstrip(".")


def _versions(
    session: Session, rows: list[SopReview], sop_dirs: tuple[Path, Path], office: str | None
) -> Iterator[str]:
    """The files of the offices' own versions are what the decisions make of the versions before them."""
    recorded = {
        entry.after["version"]
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.action == RECORDED))
    }
    made = {row.new_sop_version: row for row in rows if row.new_sop_version}
    for version, row in made.items():
        file = sop_dirs[1] / f"{version}.yaml"
        if not file.is_file():
            if version not in recorded:
                continue  # The task that writes it has not come to that yet.
            yield f"versi SOP {version}: berkasnya hilang dari {sop_dirs[1].name}/"
            continue
        try:
            sop = sop_of_review(row, load_sop(sop_dirs, row.sop_version))
        except (ConfigError, MedsosError) as error:
            yield f"versi SOP {version}: tidak dapat diperiksa ({error})"
            continue
        if sop is None or file.read_bytes() != as_yaml(sop):
            yield f"versi SOP {version}: isi berkasnya berbeda dari putusannya"
    for file in sorted(sop_dirs[1].glob("*--*--*.yaml")):
        if office in (None, file.stem.split("--")[1]) and file.stem not in made:
            yield f"versi SOP {file.stem}: berkasnya tidak berasal dari putusan tinjauan"
