"""Lists every file of a cycle with size, SHA-256, time and source; the audit holds the list's own hash."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive, StoredFile
from medsos.store.audit import append_audit, hold_chain
from medsos.store.models import AuditEntry, Cycle, Design, Evidence, Link, Material, Publication

NAME = "manifes.json"
FORMAT = 1
WRITTEN = "manifest.written"
"""Action in the audit; `after` holds file and SHA-256 of the manifest."""


@dataclass(frozen=True)
class ManifestEntry:
    """One file. `time` is ISO 8601 in UTC. `recorded` tells whether the checksum comes from the record."""

    file: str
    size_bytes: int
    sha256: str
    time: str | None
    source: str
    recorded: bool


@dataclass(frozen=True)
class Manifest:
    """All files of a cycle, sorted by name."""

    cycle_id: int
    title: str
    made_at: str
    entries: tuple[ManifestEntry, ...]

    def as_json(self) -> bytes:
        """The manifest as it is archived."""
        content = {"format": FORMAT, "algorithm": "sha256", **asdict(self)}
        return json.dumps(content, indent=2, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Read an archived manifest.

        :raises EvidenceError: these bytes are none.
        """
        try:
            content: dict[str, Any] = json.loads(data)
            entries = tuple(ManifestEntry(**entry) for entry in content["entries"])
            return cls(content["cycle_id"], content["title"], content["made_at"], entries)
        except (ValueError, KeyError, TypeError):
            raise EvidenceError("Berkas manifes tidak dapat dibaca. Pulihkan dari cadangan.") from None


def build_manifest(session: Session, archive: Archive, cycle_id: int, *, now: datetime) -> Manifest:
    """List what the record says there should be, and what else lies in the folder of the cycle.

    Recorded checksums are taken from the record, of the moment when each file was stored; only the other
    files are hashed. Whether the files still are what they were is for `verification` to say.
    """
    cycle = session.get_one(Cycle, cycle_id)
    recorded: dict[str, ManifestEntry] = {}
    for entry in recorded_files(session, cycle):
        # A video that stands in the material and in several designs is one file.
        recorded.setdefault(entry.file, entry)
    own = set(written_manifests(session, cycle_id))
    lying_there = {path for path in archive.files(cycle.archive_folder) if path not in own}
    entries = [
        _complete(archive, recorded[path]) if path in recorded else _unrecorded(archive, path)
        for path in sorted({*recorded, *lying_there})
    ]
    return Manifest(cycle_id, cycle.title, _iso(now), tuple(entries))


def write_manifest(
    session: Session, archive: Archive, cycle_id: int, *, now: datetime, actor: str = "sistem"
) -> StoredFile:
    """Put a manifest into the folder of the cycle and its hash into the audit; later ones get a number.

    When nothing has changed since the last one, that one stays. `session` must be a transaction that may
    write: it keeps other writers out, so that the newest manifest knows of everything before it.
    """
    hold_chain(session)
    manifest = build_manifest(session, archive, cycle_id, now=now)
    if latest := _latest(session, archive, cycle_id):
        stored, before = latest
        if before.entries == manifest.entries:
            return stored
    folder = session.get_one(Cycle, cycle_id).archive_folder
    stored = archive.put_version(f"{folder}/{NAME}", manifest.as_json())
    append_audit(
        session,
        at=now,
        actor=actor,
        action=WRITTEN,
        cycle_id=cycle_id,
        subject=f"manifes siklus {cycle_id}",
        after={"file": stored.path, "sha256": stored.sha256, "files": len(manifest.entries)},
    )
    return stored


def written_manifests(session: Session, cycle_id: int) -> dict[str, str]:
    """SHA-256 of each manifest of the cycle by its path, oldest first, as the audit has them."""
    query = select(AuditEntry).where(AuditEntry.cycle_id == cycle_id, AuditEntry.action == WRITTEN)
    return {e.after["file"]: e.after["sha256"] for e in session.scalars(query.order_by(AuditEntry.id))}


def recorded_files(session: Session, cycle: Cycle) -> list[ManifestEntry]:
    """What the rows know, one entry per row and file.

    An empty checksum, size 0 or no time mean that the row does not say it.
    """
    entries = []
    materials = select(Material).where(Material.cycle_id == cycle.id).order_by(Material.position)
    for material in session.scalars(materials):
        source = f"bahan dari {cycle.requester}: {material.original_name}"
        entries += [
            ManifestEntry(
                material.original_path, 0, material.original_sha256, _iso(cycle.requested_at), source, True
            ),
            ManifestEntry(
                material.clean_path, 0, material.clean_sha256, None, f"{source}, dibersihkan", True
            ),
        ]
    designs = select(Design).where(Design.cycle_id == cycle.id)
    for design in session.scalars(designs.order_by(Design.round, Design.channel, Design.position)):
        source = f"desain putaran {design.round} untuk {design.channel}"
        entries.append(ManifestEntry(design.path, design.size_bytes, design.sha256, None, source, True))
    proofs = select(Evidence, Publication.channel).join(Publication).where(Publication.cycle_id == cycle.id)
    for evidence, channel in session.execute(proofs.order_by(Evidence.id)):
        source = f"bukti {evidence.kind} {channel}: {evidence.source_url}"
        entries.append(
            ManifestEntry(
                evidence.path, evidence.size_bytes, evidence.sha256, _iso(evidence.captured_at), source, True
            )
        )
    for link in session.scalars(select(Link).where(Link.cycle_id == cycle.id, Link.kind == "page")):
        entries.append(ManifestEntry(link.address, 0, "", _iso(link.made_at), "halaman tautan", False))
    return entries


def _complete(archive: Archive, entry: ManifestEntry) -> ManifestEntry:
    """The entry with what its row does not say, taken from the file."""
    time = entry.time or _file_time(archive, entry.file)
    if entry.sha256:
        size = entry.size_bytes or archive.size(entry.file) or 0
        return replace(entry, size_bytes=size, time=time)
    try:
        found = archive.fingerprint(entry.file)
    except EvidenceError:
        return entry
    return replace(entry, sha256=found.sha256, size_bytes=found.size_bytes, time=time)


def _unrecorded(archive: Archive, path: str) -> ManifestEntry:
    found = archive.fingerprint(path)
    time = _file_time(archive, path)
    return ManifestEntry(path, found.size_bytes, found.sha256, time, "dibuat oleh sistem", recorded=False)


def _latest(session: Session, archive: Archive, cycle_id: int) -> tuple[StoredFile, Manifest] | None:
    """The newest manifest, if it still is what the audit says."""
    written = written_manifests(session, cycle_id)
    if not written:
        return None
    path, sha256 = list(written.items())[-1]
    try:
        archive.verify(path, sha256)
        data = archive.read(path)
        return StoredFile(path, sha256, len(data)), Manifest.from_json(data)
    except EvidenceError:
        return None


def _file_time(archive: Archive, path: str) -> str | None:
    try:
        seconds = archive.modified_at(path)
    except FileNotFoundError:
        return None
    return None if seconds is None else _iso(datetime.fromtimestamp(seconds, UTC))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
