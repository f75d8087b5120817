"""Holds the archive of a cycle, its manifests and its rows against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import Manifest, ManifestEntry, recorded_files, written_manifests
from medsos.store.models import Cycle, Evidence, Publication

RUNNING = "berjalan"


@dataclass(frozen=True)
class CycleCheck:
    """How the archive of one cycle stands. Paths are relative to the archive's root.

    :param files_right: files that are what manifest and record say.
    :param manifest: path of the newest manifest; None when there is none yet.
    :param extra: files that neither manifest nor record knows.
    :param contradictions: Indonesian, about manifests and rows that do not fit together.
    """

    cycle_id: int
    title: str
    files_right: int
    manifest: str | None
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not (self.missing or self.changed or self.extra or self.contradictions)

    def sentences(self) -> list[str]:
        """One Indonesian sentence per finding."""
        return [
            *(f"hilang    {path}" for path in self.missing),
            *(f"berubah   {path}" for path in self.changed),
            *(f"tambahan  {path}" for path in self.extra),
            *self.contradictions,
        ]


def check_cycle(session: Session, archive: Archive, cycle_id: int) -> CycleCheck:
    """Hash every file of a cycle again and compare it with the newest manifest and with the rows."""
    cycle = session.get_one(Cycle, cycle_id)
    rows = recorded_files(session, cycle)
    manifests = written_manifests(session, cycle_id)
    listed, contradictions = _listed(archive, manifests)
    expected: dict[str, set[str]] = {}
    for entry in [*rows, *listed.values()]:
        expected.setdefault(entry.file, set()).update({entry.sha256} - {""})
    for path, sha256 in manifests.items():
        expected.setdefault(path, set()).add(sha256)
    missing, changed = [], []
    for path, hashes in sorted(expected.items()):
        try:
            found = archive.fingerprint(path).sha256
        except EvidenceError:
            missing.append(path)
            continue
        if hashes and found not in hashes:
            changed.append(path)
    extra = [path for path in archive.files(cycle.archive_folder) if path not in expected]
    contradictions += _rows_against_manifest(session, cycle, rows, listed, written=bool(manifests))
    return CycleCheck(
        cycle_id,
        cycle.title,
        files_right=len(expected) - len(manifests) - sum(p not in manifests for p in [*missing, *changed]),
        manifest=list(manifests)[-1] if manifests else None,
        missing=tuple(missing),
        changed=tuple(changed),
        extra=tuple(extra),
        contradictions=tuple(contradictions),
    )


def require_whole(session: Session, archive: Archive, cycle_id: int) -> None:
    """Refuse to call a cycle complete whose archive is not.

    :raises EvidenceError: with one line per finding.
    """
    check = check_cycle(session, archive, cycle_id)
    if not check.whole:
        findings = "\n".join(f"• {sentence}" for sentence in check.sentences())
        raise EvidenceError(f"Arsip siklus {cycle_id} tidak utuh:\n{findings}")


def _listed(archive: Archive, manifests: Mapping[str, str]) -> tuple[dict[str, ManifestEntry], list[str]]:
    """The entries of the newest manifest, and what is wrong with any of them."""
    problems, data = [], b""
    for path, sha256 in manifests.items():
        try:
            data = archive.read(path)
        except EvidenceError:
            data = b""
            continue
        if archive.fingerprint(path).sha256 != sha256:
            problems.append(f"manifes   {path} tidak sama dengan hash-nya pada jejak audit")
            data = b""
    if not data:
        return {}, problems
    return {entry.file: entry for entry in Manifest.from_json(data).entries}, problems


def _rows_against_manifest(
    session: Session,
    cycle: Cycle,
    rows: list[ManifestEntry],
    listed: Mapping[str, ManifestEntry],
    *,
    written: bool,
) -> Iterator[str]:
    proofs = set(
        session.scalars(select(Evidence.path).join(Publication).where(Publication.cycle_id == cycle.id))
    )
    if not written:
        if proofs or cycle.status != RUNNING:
            yield f"manifes   belum ada manifes, padahal siklus berstatus {cycle.status}"
        return
    if not listed:
        return
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row.file, set()).add(row.source)
        entry = listed.get(row.file)
        if entry is None:
            if row.file in proofs or cycle.status != RUNNING:
                yield f"manifes   {row.file}: tercatat pada basis data, tetapi tidak ada pada manifes"
        elif difference := _difference(row, entry):
            yield f"catatan   {row.file}: {difference} pada basis data berbeda dari manifes"
    for path, entry in listed.items():
        if entry.recorded and path not in sources:
            yield f"catatan   {path}: tercantum pada manifes, tetapi barisnya tidak ada lagi pada basis data"
        elif path in sources and entry.source not in sources[path]:
            yield f"catatan   {path}: sumber pada basis data berbeda dari manifes"


def _difference(row: ManifestEntry, entry: ManifestEntry) -> str:
    """Which facts the row states otherwise, in Indonesian; what it does not state is no difference."""
    pairs = {
        "hash": (row.sha256, entry.sha256),
        "ukuran": (row.size_bytes, entry.size_bytes),
        "waktu": (row.time, entry.time),
    }
    return ", ".join(name for name, (stated, listed) in pairs.items() if stated and stated != listed)
