"""Keeps the papers of a period (reports, tables) in a folder of their own, with numbered editions.

A cycle's folder is filled step by step and closed; the papers of a period are made at once and may be made
again when late events have corrected the tables. What was archived stays; the manifest says which file is the
newest of its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive, StoredFile
from medsos.evidence.manifest import NAME
from medsos.store.audit import append_audit, hold_chain
from medsos.store.models import AuditEntry

FOLDER = "evaluasi"
"""Within the folder of an office, beside its years."""

FORMAT = 1
WRITTEN = "papers.written"
"""Action in the audit trail; `after` holds folder, file and SHA-256 of the manifest."""


@dataclass(frozen=True)
class Edition:
    """The papers of a period as the newest manifest has them.

    :param current: the newest file by its plain name, for example `laporan-evaluasi.pdf`.
    :param entries: SHA-256 of every file by path, also of older editions.
    """

    folder: str
    made_at: str
    current: Mapping[str, StoredFile]
    entries: Mapping[str, str]

    def holds(self, contents: Mapping[str, bytes]) -> bool:
        """Whether these very bytes are the newest files of their names."""
        return all(
            name in self.current and self.current[name].sha256 == hashlib.sha256(data).hexdigest()
            for name, data in contents.items()
        )


def period_folder(office_slug: str, key: str) -> str:
    """For example `kota-bengkulu/evaluasi/2026-11`; `key` is that of `evaluation.period.Period`."""
    return f"{office_slug}/{FOLDER}/{key}"


def newest_edition(session: Session, archive: Archive, folder: str) -> Edition | None:
    """What the newest manifest of a folder says, if it is still what the audit trail says it is."""
    written = written_manifests(session, folder)
    if not written:
        return None
    path, sha256 = list(written.items())[-1]
    try:
        archive.verify(path, sha256)
        return _read(archive.read(path), folder)
    except EvidenceError:
        return None


def store_files(archive: Archive, folder: str, contents: Mapping[str, bytes]) -> dict[str, StoredFile]:
    """Put the files of an edition into the archive; other bytes than before get the next free name."""
    return {name: archive.put_version(f"{folder}/{name}", data) for name, data in contents.items()}


def write_edition(
    session: Session,
    archive: Archive,
    folder: str,
    files: Mapping[str, StoredFile],
    *,
    now: datetime,
) -> StoredFile:
    """Write a manifest over all that lies in the folder, its hash into the audit trail.

    Names that are not among `files` keep their newest file. When nothing has changed, the last one stays.

    :param session: a transaction that may write; other writers wait for its end.
    """
    hold_chain(session)
    before = newest_edition(session, archive, folder)
    own = written_manifests(session, folder)
    current = {**(before.current if before else {}), **files}
    entries = [archive.fingerprint(path) for path in archive.files(folder) if path not in own]
    if before is not None and (dict(before.current), dict(before.entries)) == (
        current,
        {entry.path: entry.sha256 for entry in entries},
    ):
        path = list(own)[-1]
        return StoredFile(path, own[path], archive.size(path) or 0)
    content = {
        "format": FORMAT,
        "algorithm": "sha256",
        "folder": folder,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "current": {name: file.path for name, file in sorted(current.items())},
        "entries": [
            {"file": entry.path, "size_bytes": entry.size_bytes, "sha256": entry.sha256} for entry in entries
        ],
    }
    data = json.dumps(content, indent=2, ensure_ascii=False).encode()
    stored = archive.put_version(f"{folder}/{NAME}", data)
    append_audit(
        session,
        at=now,
        actor="sistem",
        action=WRITTEN,
        subject=f"berkas {folder}",
        after={"folder": folder, "file": stored.path, "sha256": stored.sha256, "files": len(entries)},
    )
    return stored


def written_manifests(session: Session, folder: str | None = None) -> dict[str, str]:
    """SHA-256 of the manifests by path, oldest first, as the audit trail has them.

    :param folder: only those of this folder.
    """
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == WRITTEN).order_by(AuditEntry.id))
    return {
        row.after["file"]: row.after["sha256"] for row in rows if folder in (None, row.after.get("folder"))
    }


@dataclass(frozen=True)
class FolderCheck:
    """How the papers of one period stand. `findings` are Indonesian phrases; none when all is well."""

    folder: str
    files_right: int
    findings: tuple[str, ...]


def check_folders(session: Session, archive: Archive, office: str | None = None) -> list[FolderCheck]:
    """Hash the papers of every period again and compare them with their manifests.

    :param office: slug; only its periods.
    """
    folders = {path.rsplit("/", 1)[0] for path in written_manifests(session)}
    chosen = sorted(folder for folder in folders if office in (None, folder.split("/", 1)[0]))
    return [_check(session, archive, folder) for folder in chosen]


def _check(session: Session, archive: Archive, folder: str) -> FolderCheck:
    manifests = written_manifests(session, folder)
    expected = dict(manifests)
    edition = newest_edition(session, archive, folder)
    if edition is not None:
        expected |= edition.entries
    findings, right = [], 0
    for path, sha256 in sorted(expected.items()):
        try:
            if archive.fingerprint(path).sha256 == sha256:
                right += path not in manifests
            else:
                findings.append(f"berubah   {path}")
        except EvidenceError:
            findings.append(f"hilang    {path}")
    if edition is not None:
        findings += [f"tambahan  {path}" for path in archive.files(folder) if path not in expected]
    return FolderCheck(folder, right, tuple(findings))


def _read(data: bytes, folder: str) -> Edition:
    try:
        content: dict[str, Any] = json.loads(data)
        files = {
            entry["file"]: StoredFile(entry["file"], entry["sha256"], entry["size_bytes"])
            for entry in content["entries"]
        }
        return Edition(
            folder,
            content["made_at"],
            {name: files[path] for name, path in content["current"].items()},
            {path: file.sha256 for path, file in files.items()},
        )
    except (ValueError, KeyError, TypeError):
        raise EvidenceError(f"Manifes di “{folder}” tidak dapat dibaca. Pulihkan dari cadangan.") from None
