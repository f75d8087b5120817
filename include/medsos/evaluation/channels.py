"""What became of each requested channel, and what that makes of the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.offices.model import CHANNELS, Office
from medsos.store.models import (
    ChannelResult,
    Cycle,
    Evidence,
    Publication,
    PublicationAttempt,
    StepEvent,
)

CycleStatus = Literal["ditolak", "selesai", "tidak_lengkap"]
PUBLISHED = "published"
NOT_UPLOADED = "tidak_diunggah"
PROOF_KINDS = ("screenshot", "manual")
"""Kinds of evidence that satisfy the SOP's “screenshot of every upload”, strongest first: what the system
photographed by itself counts more than what a person handed in. A read-back alone does not satisfy it."""

_STRENGTH = {kind: rank for rank, kind in enumerate((*PROOF_KINDS, "read_back"))}


def channel_results(session: Session, cycle: Cycle, office: Office) -> list[ChannelResult]:
    """One row per requested channel, in the SOP's order; not yet added to the session."""
    requested = cycle.request.get("channels", [])
    return [_result(session, cycle, office, channel) for channel in CHANNELS if channel in requested]


def evidence_complete(channels: Sequence[ChannelResult]) -> bool:
    """Something is up, and everything that is up has its picture."""
    published = [channel for channel in channels if channel.state == PUBLISHED]
    return bool(published) and all(channel.evidence_kind in PROOF_KINDS for channel in published)


def cycle_status(*, rejected: bool, channels: Sequence[ChannelResult]) -> CycleStatus:
    """`ditolak` when the Kasubbag said no; `selesai` when every requested channel is up and proved."""
    if rejected:
        return "ditolak"
    all_up = bool(channels) and all(channel.state == PUBLISHED for channel in channels)
    return "selesai" if all_up and evidence_complete(channels) else "tidak_lengkap"


def publication_of(session: Session, cycle_id: int, channel: str) -> Publication | None:
    """The ledger row that counts: the one that is up, otherwise the newest."""
    rows = session.scalars(
        select(Publication)
        .where(Publication.cycle_id == cycle_id, Publication.channel == channel)
        .order_by(Publication.id.desc())
    ).all()
    return next((row for row in rows if row.state == PUBLISHED), rows[0] if rows else None)


def evidence_of(session: Session, publication_id: int) -> Evidence | None:
    """The strongest proof of a publication, and of equal ones the newest."""
    return next(iter(proofs_of(session, publication_id)), None)


def proofs_of(session: Session, publication_id: int) -> list[Evidence]:
    """The newest proof of each kind, strongest first.

    A screenshot that somebody handed in for another address than the one that counts is no proof of it.
    """
    address = session.get_one(Publication, publication_id).permalink
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.publication_id == publication_id)
        .order_by(Evidence.captured_at, Evidence.id)
    ).all()
    newest = {row.kind: row for row in rows if row.kind != "manual" or row.source_url == address}
    return sorted(newest.values(), key=lambda row: _STRENGTH.get(row.kind, len(_STRENGTH)))


def _result(session: Session, cycle: Cycle, office: Office, channel: str) -> ChannelResult:
    publication = publication_of(session, cycle.id, channel)
    setup = next(setup for name, setup in office.channels.items() if name == channel)
    if publication is None:
        return ChannelResult(
            cycle_id=cycle.id, channel=channel, mode=setup.mode, state=NOT_UPLOADED, attempts=0
        )
    evidence = evidence_of(session, publication.id)
    attempts = session.scalar(
        select(func.count())
        .select_from(PublicationAttempt)
        .where(PublicationAttempt.publication_id == publication.id)
    )
    return ChannelResult(
        cycle_id=cycle.id,
        channel=channel,
        mode=publication.mode,
        state=publication.state,
        published_at=publication.published_at,
        permalink=publication.permalink,
        attempts=attempts or 0,
        evidence_kind=evidence.kind if evidence else None,
        evidence_sha256=evidence.sha256 if evidence else None,
        upload_seconds=_upload_seconds(session, cycle.id, channel, publication.published_at),
    )


def _upload_seconds(
    session: Session, cycle_id: int, channel: str, published_at: datetime | None
) -> float | None:
    """Seconds on the wall clock from the first try of the channel's task until the post was up."""
    begun = session.scalar(
        select(StepEvent.at)
        .where(
            StepEvent.cycle_id == cycle_id,
            StepEvent.task_id == f"upload.publish_{channel}",
            StepEvent.event == "started",
        )
        .order_by(StepEvent.at)
        .limit(1)
    )
    return None if begun is None or published_at is None else (published_at - begun).total_seconds()
