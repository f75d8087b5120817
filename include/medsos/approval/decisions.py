"""Decisions of the Kasubbag: recorded once per round, and asked for again before anything is published."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import entitled_approvers
from medsos.errors import FormError, NotApproved
from medsos.store.audit import append_audit, hold_chain
from medsos.store.models import Approval

Decision = Literal["setuju", "revisi", "tolak"]
OPTIONS: dict[str, Decision] = {"Setuju": "setuju", "Revisi": "revisi", "Tolak": "tolak"}
"""Words on the buttons → what is stored. There is no default: silence never approves."""


def record_decision(
    session: Session,
    *,
    cycle_id: int,
    round_no: int,
    seal: str,
    decision: Decision,
    by: str,
    at: datetime,
    note: str,
    zone: ZoneInfo,
) -> Approval:
    """Store a decision and its audit row. Repeating the same decision changes nothing.

    :param at: the moment of deciding, aware; whether `by` was entitled is judged for that moment.
    :param zone: time zone of the office, for the date of the entitlement.
    :raises FormError: a note is missing, or the round was decided differently before.
    :raises NotApproved: the person is not entitled.
    """
    note = note.strip()
    if decision in ("revisi", "tolak") and not note:
        what = "perbaikan yang diminta" if decision == "revisi" else "alasan penolakan"
        raise FormError(f"Catatan masih kosong. Tulis {what}, lalu kirim lagi.")
    # Of two who decide at the same moment, the second has to see the first.
    hold_chain(session)
    existing = session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id, Approval.round == round_no)
    ).one_or_none()
    if existing is not None:
        if (existing.decision, existing.seal, existing.decided_by) == (decision, seal, by):
            return existing
        raise FormError(
            f"Siklus {cycle_id} putaran {round_no} sudah diputuskan oleh {existing.decided_by} "
            f"({existing.decision}). Keputusan tidak dapat diganti."
        )
    approvers = entitled_approvers(session, cycle_id, at.astimezone(zone).date(), at=at)
    holder = next((holder for holder in approvers if holder.username == by), None)
    if holder is None:
        raise NotApproved(
            f"Siklus {cycle_id}: {by} tidak berhak memutuskan pada saat itu. Keputusan harus dari Kasubbag "
            "atau Plh./Plt. yang sah, dan bukan dari pembuat konten ini."
        )
    approval = Approval(
        cycle_id=cycle_id,
        round=round_no,
        seal=seal,
        decision=decision,
        decided_by=by,
        on_behalf_of=holder.on_behalf_of,
        decided_at=at,
        note=note,
    )
    session.add(approval)
    append_audit(
        session,
        at=at,
        actor=by,
        action="approval.decided",
        cycle_id=cycle_id,
        subject=f"putaran {round_no}",
        after={"decision": decision, "seal": seal, "note": note, "on_behalf_of": holder.on_behalf_of},
    )
    return approval


def latest_decision(session: Session, cycle_id: int) -> Approval | None:
    """The decision of the last round that was decided, or None."""
    return session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id).order_by(Approval.round.desc()).limit(1)
    ).first()


def require_approval(session: Session, cycle_id: int) -> Approval:
    """The approval under which this cycle may be published.

    :raises NotApproved: the last decision is not *Setuju*, or there is none. A task marked "success" in
        the Airflow UI leaves no decision here, so it opens nothing.
    """
    decision = latest_decision(session, cycle_id)
    if decision is None:
        raise NotApproved(
            f"Siklus {cycle_id}: belum ada persetujuan yang tercatat. Tidak ada yang diunggah. "
            "Minta keputusan Kasubbag melalui formulir langkah 3."
        )
    if decision.decision != "setuju":
        raise NotApproved(
            f"Siklus {cycle_id}: keputusan terakhir adalah “{decision.decision}” (putaran {decision.round}). "
            "Tidak ada yang diunggah."
        )
    return decision


def require_seal(approval: Approval, seal_now: str) -> None:
    """Refuse when the content is not, byte for byte, what was approved.

    :raises NotApproved: with what to do.
    """
    if approval.seal != seal_now:
        raise NotApproved(
            f"Siklus {approval.cycle_id}: isi atau berkas berubah setelah disetujui (segel tidak sama). "
            "Tidak ada yang diunggah. Kembalikan berkas semula, atau mulai siklus baru."
        )
