"""Keeps a proof: the file in the archive, its row in the record."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.clock import Clock, utc_now
from medsos.evidence.archive import EVIDENCE, Archive, StoredFile
from medsos.evidence.manifest import write_manifest
from medsos.evidence.screenshot import Screenshot
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Evidence, Publication

EvidenceKind = Literal["screenshot", "read_back", "manual"]


def keep_screenshot(session: Session, archive: Archive, publication_id: int, shot: Screenshot) -> Evidence:
    """Archive a screenshot and record it as the publication's evidence."""
    return keep_evidence(
        session,
        archive,
        publication_id,
        kind="screenshot",
        data=shot.png,
        suffix="png",
        source_url=shot.final_url,
        captured_at=shot.captured_at,
    )


def keep_evidence(
    session: Session,
    archive: Archive,
    publication_id: int,
    *,
    kind: EvidenceKind,
    data: bytes,
    suffix: str,
    source_url: str,
    captured_at: datetime,
    clock: Clock = utc_now,
) -> Evidence:
    """Archive a proof, record it and renew the manifest. The same bytes for the same address give the row
    that exists.

    :param suffix: of the file name: png, jpg, json.
    :raises EvidenceError: the archive refuses the file.
    """
    handed_in_before = session.scalars(
        select(Evidence).where(
            Evidence.publication_id == publication_id,
            Evidence.kind == kind,
            Evidence.sha256 == hashlib.sha256(data).hexdigest(),
            Evidence.source_url == source_url,
        )
    ).first()
    if handed_in_before is not None:
        return handed_in_before
    publication = session.get_one(Publication, publication_id)
    cycle = session.get_one(Cycle, publication.cycle_id)
    name = f"{publication.channel}-{captured_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.{suffix}"
    stored: StoredFile = archive.put_version(f"{cycle.archive_folder}/{EVIDENCE}/{name}", data)
    row = Evidence(
        publication_id=publication_id,
        kind=kind,
        path=stored.path,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        source_url=source_url,
        captured_at=captured_at,
    )
    session.add(row)
    session.flush()
    if kind != "manual":
        # What a person hands in is told under that person's name, by whoever took it in.
        append_audit(
            session,
            at=clock(),
            actor="sistem",
            action="evidence.kept",
            cycle_id=cycle.id,
            subject=f"kanal {publication.channel}",
            after={"kind": kind, "path": stored.path, "sha256": stored.sha256, "address": source_url},
        )
    write_manifest(session, archive, cycle.id, now=clock())
    return row
