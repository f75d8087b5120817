"""Puts the newest hash of the audit trail into the archive, so that a trail cut off at its end shows.

A trail whose last rows were taken away, or that was written anew from some row on, fits together by itself. A
head in the archive says how far the trail had come and with what hash; a row of the trail in turn holds the
hash of the head's own file. Who wants to hide something has to change both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evidence.archive import Archive, StoredFile
from medsos.store.audit import append_audit, chain_end, hold_chain
from medsos.store.models import AuditEntry

FOLDER = "jejak"
FORMAT = 1
WRITTEN = "trail.head"
"""Action in the audit trail; `after` holds file and SHA-256 of the head."""

BROKEN = "trail.broken"
"""Action in the audit trail; `after` holds what does not fit."""

ZONE = ZoneInfo("Asia/Jakarta")
"""Names the day of a head. One trail serves all offices, so it is none's own zone."""


@dataclass(frozen=True)
class Head:
    """How far the trail had come. `at` is ISO 8601 in UTC."""

    at: str
    last_id: int
    last_hash: str

    def as_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Head:
        """:raises EvidenceError: these bytes are none."""
        try:
            content = json.loads(data)
            return cls(str(content["at"]), int(content["last_id"]), str(content["last_hash"]))
        except (ValueError, KeyError, TypeError):
            raise EvidenceError("bukan kepala jejak yang dapat dibaca") from None


@dataclass(frozen=True)
class HeadWritten:
    """What `write_head` did.

    :param file: the new head; None when the trail had not grown.
    :param problems: Indonesian, what does not fit to earlier heads and was not noted before.
    """

    file: StoredFile | None
    problems: tuple[str, ...] = ()


def write_head(session: Session, archive: Archive, *, now: datetime) -> HeadWritten:
    """Archive the head of the trail as `jejak/<year>/<month>/<day>.json`; later ones of a day get a number.

    The newest heads are compared with the trail first: it may only have grown. What does not fit is noted in
    the trail, once, and the new head is written all the same: what comes after must not go unguarded.

    :param session: a transaction that may write; other writers wait for its end.
    """
    hold_chain(session)
    problems = _new_problems(session, archive)
    for path, problem in problems.items():
        append_audit(session, at=now, actor="sistem", action=BROKEN, subject=path, after={"problem": problem})
    last_id, last_hash = chain_end(session)
    if not last_id or session.get_one(AuditEntry, last_id).action == WRITTEN:
        return HeadWritten(None, tuple(problems.values()))
    day = now.astimezone(ZONE)
    head = Head(now.astimezone(UTC).isoformat(timespec="seconds"), last_id, last_hash)
    stored = archive.put_version(f"{FOLDER}/{day:%Y/%m}/{day:%Y-%m-%d}.json", head.as_json())
    append_audit(
        session,
        at=now,
        actor="sistem",
        action=WRITTEN,
        subject=f"jejak sampai baris {last_id}",
        after={"file": stored.path, "sha256": stored.sha256, "last_id": last_id},
    )
    return HeadWritten(stored, tuple(problems.values()))


def _new_problems(session: Session, archive: Archive) -> dict[str, str]:
    """By head, what does not fit and is not noted yet."""
    recorded = _recorded(session)
    paths = [*archive.files(FOLDER)]
    # The newest month is enough: an older row cannot be changed without changing those after it.
    folder = max((path.rsplit("/", 1)[0] for path in paths), default="")
    newest = {path: recorded.get(path) for path in paths if path.rsplit("/", 1)[0] == folder}
    if recorded:
        path = next(iter(recorded))
        newest[path] = recorded[path]
    noted = set(session.scalars(select(AuditEntry.subject).where(AuditEntry.action == BROKEN)))
    return {
        path: problem
        for path in sorted(newest.keys() - noted)
        for problem in _file_findings(session, archive, path, newest[path])
    }


def check_heads(session: Session, archive: Archive) -> tuple[int, list[str]]:
    """Compare every head in the archive with the trail as it is now.

    :returns: how many heads there are, and one Indonesian phrase per finding.
    """
    recorded = _recorded(session)
    paths = sorted({*recorded, *archive.files(FOLDER)})
    findings = [
        finding for path in paths for finding in _file_findings(session, archive, path, recorded.get(path))
    ]
    return len(paths), findings


def _recorded(session: Session) -> dict[str, str]:
    """SHA-256 of the heads by path, as the trail has them, newest first."""
    query = select(AuditEntry).where(AuditEntry.action == WRITTEN).order_by(AuditEntry.id.desc())
    return {entry.after["file"]: entry.after["sha256"] for entry in session.scalars(query)}


def _file_findings(session: Session, archive: Archive, path: str, sha256: str | None) -> Iterator[str]:
    try:
        if sha256 is not None:
            archive.verify(path, sha256)
        head = Head.from_json(archive.read(path))
    except EvidenceError as error:
        yield f"{path}: {str(error).rstrip('.')}"
        return
    row_hash = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == head.last_id))
    if row_hash is None:
        yield f"{path}: baris {head.last_id} pernah ada dan sudah dihapus, dengan semua di antaranya"
    elif row_hash != head.last_hash:
        yield f"{path}: jejak sampai baris {head.last_id} ditulis ulang sejak {head.at}"
