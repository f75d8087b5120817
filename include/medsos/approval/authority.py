"""Judges, at the moment of publishing, whether the recorded approval may be believed.

A row in the table of approvals is not enough: who writes one by hand has not decided anything. It counts when
the audit trail tells of the same decision in a chain that has not been broken since, and when the person was
entitled at that moment. What was asked for must still be what the cycle was opened with.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.decisions import require_approval
from medsos.approval.officials import entitled_approvers
from medsos.errors import NotApproved
from medsos.indonesian import list_text
from medsos.offices.model import CHANNEL_NAMES, CHANNELS
from medsos.store.audit import check_chain
from medsos.store.models import Approval, AuditEntry, Cycle, Design

DECIDED = "approval.decided"
OPENED = "cycle.opened"
"""Actions in the audit trail."""

_NOTHING = "Tidak ada yang diunggah."
_LOOK = "Jalankan “medsos verify” dan laporkan kepada admin sistem."


def require_lawful_approval(session: Session, cycle_id: int, *, office: str, zone: ZoneInfo) -> Approval:
    """The approval under which this cycle may be published, judged anew.

    :param office: slug of the office on whose accounts it is to be published.
    :param zone: time zone of the office, for the date of the entitlement.
    :raises NotApproved: there is none, or it cannot be believed; says why and what to do.
    """
    approval = require_approval(session, cycle_id)
    cycle = session.get_one(Cycle, cycle_id)
    if cycle.office != office:
        raise NotApproved(
            f"Siklus {cycle_id} milik kantor {cycle.office}, bukan {office}. {_NOTHING} Mulai siklus baru."
        )
    _require_in_trail(session, approval)
    _require_entitled(session, approval, zone)
    _require_request_as_opened(session, cycle)
    _require_same_channels(session, cycle, approval)
    return approval


def decision_entry(session: Session, approval: Approval) -> AuditEntry | None:
    """The audit row that was written together with this approval, or None when there is none."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.cycle_id == approval.cycle_id, AuditEntry.action == DECIDED)
        .order_by(AuditEntry.id)
    )
    return next((entry for entry in entries if _same_decision(entry, approval)), None)


def _same_decision(entry: AuditEntry, approval: Approval) -> bool:
    told = {
        "decision": approval.decision,
        "seal": approval.seal,
        "note": approval.note,
        "on_behalf_of": approval.on_behalf_of,
    }
    return (
        entry.subject == f"putaran {approval.round}"
        and entry.actor == approval.decided_by
        and entry.at == approval.decided_at
        and all(entry.after.get(name) == value for name, value in told.items())
    )


def _require_in_trail(session: Session, approval: Approval) -> None:
    entry = decision_entry(session, approval)
    if entry is None:
        raise NotApproved(
            f"Siklus {approval.cycle_id}: persetujuan putaran {approval.round} tidak berasal dari formulir, "
            f"karena tidak ada pada jejak audit. {_NOTHING} {_LOOK}"
        )
    if findings := check_chain(session, after=entry.id - 1).findings:
        raise NotApproved(
            f"Siklus {approval.cycle_id}: jejak audit tidak utuh sejak persetujuannya "
            f"({findings[0].sentence}) {_NOTHING} {_LOOK}"
        )


def _require_entitled(session: Session, approval: Approval, zone: ZoneInfo) -> None:
    on = approval.decided_at.astimezone(zone).date()
    entitled = entitled_approvers(session, approval.cycle_id, on, at=approval.decided_at)
    if approval.decided_by not in {holder.username for holder in entitled}:
        raise NotApproved(
            f"Siklus {approval.cycle_id}: {approval.decided_by} tidak berhak menyetujui pada saat itu, "
            f"menurut daftar pejabat. {_NOTHING} Keputusan harus dari Kasubbag atau Plh./Plt. yang sah, dan "
            "bukan dari pembuat konten ini."
        )


def _require_request_as_opened(session: Session, cycle: Cycle) -> None:
    """Also what is not on the designs was shown to who decided: channels, and when it goes up."""
    opened = session.scalars(
        select(AuditEntry.after)
        .where(AuditEntry.cycle_id == cycle.id, AuditEntry.action == OPENED)
        .order_by(AuditEntry.id.desc())
    ).first()
    if opened is None or request_changes(opened, cycle):
        raise NotApproved(
            f"Siklus {cycle.id}: permohonan pada basis data tidak sama dengan permohonan yang dicatat saat "
            f"siklus dibuka. {_NOTHING} {_LOOK}"
        )


def request_changes(opened: dict[str, object], cycle: Cycle) -> list[str]:
    """Fields of the request that differ from what the trail tells of the opening."""
    names = (opened.keys() - {"materials_sha256"}) | cycle.request.keys()
    return sorted(name for name in names if opened.get(name) != cycle.request.get(name))


def _require_same_channels(session: Session, cycle: Cycle, approval: Approval) -> None:
    approved = set(
        session.scalars(
            select(Design.channel).where(Design.cycle_id == cycle.id, Design.round == approval.round)
        )
    )
    asked = set(cycle.request["channels"])
    if approved != asked:
        raise NotApproved(
            f"Siklus {cycle.id}: daftar kanal berubah setelah disetujui (disetujui {_named(approved)}; "
            f"sekarang {_named(asked)}). {_NOTHING} Mulai siklus baru untuk kanal lain."
        )


def _named(channels: set[str]) -> str:
    return list_text([CHANNEL_NAMES[channel] for channel in CHANNELS if channel in channels]) or "tidak ada"
