"""Gathers what the report of a cycle shows, from tables that are already computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.evaluation.channels import PROOF_KINDS, evidence_of, publication_of
from medsos.evaluation.durations import WORKING_TIME_NOTE
from medsos.evaluation.report.signing import Signatory, signatory_of
from medsos.indonesian import moment_text
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Office
from medsos.sop.model import Sop
from medsos.store.actions import acted_by_itself, action_of, standing_out
from medsos.store.models import (
    Approval,
    AuditEntry,
    ChannelResult,
    Cycle,
    CycleScorecard,
    Design,
    Minutes,
    StepDuration,
)
from medsos.store.names import known_people


@dataclass(frozen=True)
class StepLine:
    """One row of the table of steps. Minutes are working minutes except `elapsed`."""

    number: int
    name: str
    performed_by: str
    started_at: datetime | None
    finished_at: datetime | None
    target_minutes: float
    working_minutes: float | None
    waiting_minutes: float
    rework_minutes: float
    on_time: bool | None
    deviation_minutes: float | None
    shared_meeting: bool


@dataclass(frozen=True)
class ChannelLine:
    """One channel: what became of it, the design that it showed and the proof (bytes of the pictures)."""

    channel: str
    name: str
    mode: str
    state: str
    published_at: datetime | None
    permalink: str | None
    attempts: int
    problem: str
    evidence: bytes | None
    evidence_kind: str | None
    evidence_sha256: str | None
    evidence_at: datetime | None
    design: bytes | None
    design_alt: str


@dataclass(frozen=True)
class DecisionLine:
    """One decision of a round."""

    round: int
    decision: str
    decided_by: str
    on_behalf_of: str | None
    decided_at: datetime
    note: str
    seal: str


@dataclass(frozen=True)
class ReportData:
    """Everything that the report of one cycle says. `training` marks it MODE LATIHAN.

    `overrides`: one Indonesian phrase per entry of the audit trail that stands out.
    """

    office: Office
    sop: Sop
    cycle_id: int
    title: str
    content_type: str
    requester: str
    requested_at: datetime
    completed_at: datetime
    status: str
    kahar: bool
    kahar_reason: str
    meeting_decision: str
    meeting_attendees: str
    steps: tuple[StepLine, ...]
    channels: tuple[ChannelLine, ...]
    decisions: tuple[DecisionLine, ...]
    working_minutes: float | None
    steps_on_time: int
    steps_total: int
    channels_published: int
    evidence_complete: bool
    signatory: Signatory
    made_at: datetime
    overrides: tuple[str, ...] = ()
    time_note: str = WORKING_TIME_NOTE
    training: bool = False


def report_data(
    session: Session,
    cycle_id: int,
    *,
    office: Office,
    sop: Sop,
    now: datetime,
    training: bool,
    read_file: Callable[[str], bytes],
) -> ReportData:
    """Read a cycle's evaluation from the tables; `evaluate_cycle` has filled them before.

    :param now: date of the report, aware.
    :param training: the channels lead to training platforms.
    :param read_file: gives the bytes of a path in the archive.
    """
    cycle = session.get_one(Cycle, cycle_id)
    scorecard = session.get_one(CycleScorecard, cycle_id)
    minutes = session.get(Minutes, cycle.minutes_id) if cycle.minutes_id is not None else None
    durations = {
        row.step_no: row
        for row in session.scalars(select(StepDuration).where(StepDuration.cycle_id == cycle_id))
    }
    approvals = session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id).order_by(Approval.round)
    ).all()
    names = known_people(session, office)
    return ReportData(
        office=office,
        sop=sop,
        cycle_id=cycle_id,
        title=cycle.title,
        content_type=CONTENT_TYPE_NAMES.get(cycle.content_type, cycle.content_type),
        requester=names.get(cycle.requester, cycle.requester),
        requested_at=cycle.requested_at,
        completed_at=scorecard.completed_at or now,
        status=scorecard.status,
        kahar=cycle.kahar,
        kahar_reason=cycle.kahar_reason,
        meeting_decision=minutes.decision if minutes else "",
        meeting_attendees=minutes.attendees if minutes else "",
        steps=tuple(
            StepLine(
                number=step.number,
                name=step.name,
                performed_by=", ".join(step.performed_by),
                started_at=row.started_at,
                finished_at=row.finished_at,
                target_minutes=row.target_minutes,
                working_minutes=row.working_minutes,
                waiting_minutes=row.waiting_minutes or 0.0,
                rework_minutes=row.rework_minutes or 0.0,
                on_time=row.on_time,
                deviation_minutes=row.deviation_minutes,
                shared_meeting=step.key == "meeting" and minutes is not None and minutes.cycle_id != cycle_id,
            )
            for step in sop.steps
            if (row := durations[step.number])
        ),
        channels=_channel_lines(session, cycle, read_file),
        decisions=tuple(
            DecisionLine(
                round=approval.round,
                decision=approval.decision,
                decided_by=names.get(approval.decided_by, approval.decided_by),
                on_behalf_of=names.get(approval.on_behalf_of, approval.on_behalf_of)
                if approval.on_behalf_of
                else None,
                decided_at=approval.decided_at,
                note=approval.note,
                seal=approval.seal,
            )
            for approval in approvals
        ),
        working_minutes=scorecard.working_minutes,
        steps_on_time=scorecard.steps_on_time,
        steps_total=scorecard.steps_total,
        channels_published=scorecard.channels_published,
        evidence_complete=scorecard.evidence_complete,
        signatory=signatory_of(office, now),
        made_at=now,
        overrides=_overrides(session, cycle, office, names),
        training=training,
    )


def _overrides(session: Session, cycle: Cycle, office: Office, names: Mapping[str, str]) -> tuple[str, ...]:
    """Deviations from the ordinary course; *kahar* has a sentence of its own."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.cycle_id == cycle.id, AuditEntry.action.in_(standing_out()))
        .where(AuditEntry.action != "cycle.kahar")
        .order_by(AuditEntry.id)
    )
    told = (
        f"{action_of(entry.action).name} ({entry.subject}; {_actor(names, entry.actor)}, "
        f"{moment_text(entry.at, office.zone, weekday=False)})"
        for entry in entries
    )
    return tuple(dict.fromkeys(told))


def _channel_lines(
    session: Session, cycle: Cycle, read_file: Callable[[str], bytes]
) -> tuple[ChannelLine, ...]:
    results = {
        row.channel: row
        for row in session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id))
    }
    designs = _last_designs(session, cycle.id)
    lines = []
    for channel in (name for name in CHANNELS if name in results):
        result, design = results[channel], designs.get(channel)
        publication = publication_of(session, cycle.id, channel)
        evidence = evidence_of(session, publication.id) if publication else None
        lines.append(
            ChannelLine(
                channel=channel,
                name=CHANNEL_NAMES[channel],
                mode=result.mode,
                state=result.state,
                published_at=result.published_at,
                permalink=result.permalink,
                attempts=result.attempts,
                problem=publication.problem if publication else "",
                evidence=read_file(evidence.path) if evidence and evidence.kind in PROOF_KINDS else None,
                evidence_kind=evidence.kind if evidence else None,
                evidence_sha256=evidence.sha256 if evidence else None,
                evidence_at=evidence.captured_at if evidence else None,
                design=read_file(design.path) if design else None,
                design_alt=design.alt_text if design else "",
            )
        )
    return tuple(lines)


def _last_designs(session: Session, cycle_id: int) -> dict[str, Design]:
    """The first picture per channel of the last round."""
    rows = session.scalars(
        select(Design)
        .where(Design.cycle_id == cycle_id, Design.kind.in_(("image", "cover")))
        .order_by(Design.round, Design.position.desc())
    )
    return {row.channel: row for row in rows}


def _actor(names: Mapping[str, str], actor: str) -> str:
    return "sistem" if acted_by_itself(actor) else names.get(actor, actor)
