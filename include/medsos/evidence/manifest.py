"""Lists every file of a cycle with size, SHA-256, time and source, and checks the list again later."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive, StoredFile
from medsos.store.models import Cycle, Design, Evidence, Link, Material, Publication

NAME = "manifes.json"
FORMAT = 1


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
    """All files of a cycle, sorted by name. `problems` are Indonesian sentences; empty when all is well."""

    cycle_id: int
    title: str
    made_at: str
    entries: tuple[ManifestEntry, ...]
    problems: tuple[str, ...]

    def as_json(self) -> bytes:
        """The manifest as it is archived."""
        content = {"format": FORMAT, "algorithm": "sha256", **asdict(self)}
        return json.dumps(content, indent=2, ensure_ascii=False).encode()


def build_manifest(session: Session, archive: Archive, cycle_id: int, *, now: datetime) -> Manifest:
    """Take stock of a cycle: what the record says there should be, and what else lies in its folder.

    Checksums are computed from the files; a file that is missing or differs from the record is a problem.
    """
    cycle = session.get_one(Cycle, cycle_id)
    expected = {entry.file: entry for entry in _recorded(session, cycle)}
    entries, problems = [], []
    lying_there = [path for path in archive.files(cycle.archive_folder) if not _is_manifest(path)]
    for path in sorted({*expected, *lying_there}):
        entry = expected.get(path)
        try:
            data = archive.read(path)
        except EvidenceError as error:
            problems.append(str(error))
            if entry is not None:
                entries.append(entry)
            continue
        found = hashlib.sha256(data).hexdigest()
        if entry is None:
            entry = ManifestEntry(path, len(data), found, None, "dibuat oleh sistem", recorded=False)
        elif not entry.sha256:
            entry = replace(entry, sha256=found, size_bytes=len(data))
        elif entry.sha256 != found:
            problems.append(f"Berkas “{path}” tidak sama dengan catatannya. Pulihkan dari cadangan.")
        entries.append(replace(entry, size_bytes=len(data), time=entry.time or _file_time(archive, path)))
    return Manifest(cycle_id, cycle.title, _iso(now), tuple(entries), tuple(problems))


def write_manifest(session: Session, archive: Archive, cycle_id: int, *, now: datetime) -> StoredFile:
    """Build the manifest and put it into the folder of the cycle; a later one gets the next number.

    :raises EvidenceError: a file of the record is missing or changed; the sentence names each.
    """
    manifest = build_manifest(session, archive, cycle_id, now=now)
    folder = session.get_one(Cycle, cycle_id).archive_folder
    stored = archive.put_version(f"{folder}/{NAME}", manifest.as_json())
    if manifest.problems:
        raise EvidenceError("Arsip siklus ini tidak utuh:\n" + "\n".join(f"• {p}" for p in manifest.problems))
    return stored


def verify_manifest(archive: Archive, data: bytes) -> list[str]:
    """Recompute every checksum of an archived manifest.

    :param data: bytes of the manifest file.
    :returns: one Indonesian sentence per file that is missing or changed.
    """
    content: dict[str, Any] = json.loads(data)
    problems = []
    for entry in content["entries"]:
        try:
            archive.verify(entry["file"], entry["sha256"])
        except EvidenceError as error:
            problems.append(str(error))
    return problems


def _recorded(session: Session, cycle: Cycle) -> list[ManifestEntry]:
    """What the tables know about; size 0 and an empty checksum mean “take it from the file”."""
    entries = []
    for material in session.scalars(select(Material).where(Material.cycle_id == cycle.id)):
        source = f"bahan dari {cycle.requester}: {material.original_name}"
        taken_in = _iso(cycle.requested_at)
        entries += [
            ManifestEntry(material.original_path, 0, material.original_sha256, taken_in, source, True),
            ManifestEntry(
                material.clean_path, 0, material.clean_sha256, None, f"{source}, dibersihkan", True
            ),
        ]
    for design in session.scalars(select(Design).where(Design.cycle_id == cycle.id)):
        source = f"desain putaran {design.round} untuk {design.channel}"
        entries.append(ManifestEntry(design.path, design.size_bytes, design.sha256, None, source, True))
    proofs = select(Evidence, Publication.channel).join(Publication).where(Publication.cycle_id == cycle.id)
    for evidence, channel in session.execute(proofs):
        source = f"bukti {evidence.kind} {channel}: {evidence.source_url}"
        entries.append(
            ManifestEntry(
                evidence.path, evidence.size_bytes, evidence.sha256, _iso(evidence.captured_at), source, True
            )
        )
    for link in session.scalars(select(Link).where(Link.cycle_id == cycle.id, Link.kind == "page")):
        entries.append(ManifestEntry(link.address, 0, "", _iso(link.made_at), "halaman tautan", False))
    return entries


def _is_manifest(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.startswith(NAME.removesuffix(".json")) and name.endswith(".json")


def _file_time(archive: Archive, path: str) -> str | None:
    seconds = archive.modified_at(path)
    return None if seconds is None else _iso(datetime.fromtimestamp(seconds, UTC))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
