"""Compares the rows of a cycle with what the audit trail tells of them, and names each that was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.authority import DECIDED, OPENED, decision_entry, request_changes
from medsos.approval.officials import entitled_approvers
from medsos.approval.seal import compute_seal, designs_of_round, designs_told, title_of_round
from medsos.errors import EvidenceError, NotApproved
from medsos.offices.model import CHANNEL_NAMES
from medsos.store.models import Approval, AuditEntry, Cycle, PlanRow, Publication

APPROVED = "setuju"
_DESIGN_FIELDS = {
    "caption": "keterangan",
    "alt_text": "teks alternatif",
    "sha256": "hash berkas",
    "kind": "jenis berkas",
}
_PLAN_FIELDS = {"headline": "judul", "summary": "ringkasan"}


@dataclass(frozen=True)
class Trail:
    """The entries of one cycle, oldest first."""

    entries: tuple[AuditEntry, ...]

    def last(self, action: str, subject: str | None = None) -> AuditEntry | None:
        """The newest entry of that sort."""
        found = [e for e in self.entries if e.action == action and subject in (None, e.subject)]
        return found[-1] if found else None


def record_findings(
    session: Session, cycle: Cycle, *, zone: ZoneInfo, hash_of_file: Callable[[str], str]
) -> list[str]:
    """One Indonesian phrase per row of the cycle that differs from the trail or from its seal.

    :param zone: time zone of the office, for the date of an entitlement.
    :param hash_of_file: SHA-256 of the bytes that lie under a path of the archive now.
    """
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.cycle_id == cycle.id).order_by(AuditEntry.id)
    )
    trail = Trail(tuple(entries))
    approvals = session.scalars(
        select(Approval).where(Approval.cycle_id == cycle.id).order_by(Approval.round)
    ).all()
    return [
        *_request(trail, cycle),
        *_plans(session, trail, cycle),
        *_designs(session, trail, cycle),
        *_vanished_decisions(trail, approvals),
        *(
            finding
            for approval in approvals
            for finding in _approval(session, approval, zone=zone, hash_of_file=hash_of_file)
        ),
        *_publications(session, trail, cycle, approvals),
    ]


def _request(trail: Trail, cycle: Cycle) -> Iterator[str]:
    opened = trail.last(OPENED)
    if opened is None:
        return
    for name in request_changes(opened.after, cycle):
        yield f"permohonan: {name} diubah pada basis data"
    told = {"judul": opened.subject, "pemohon": opened.actor, "kahar": opened.after.get("kahar", cycle.kahar)}
    now = {"judul": cycle.title, "pemohon": cycle.requester, "kahar": cycle.kahar}
    for name, value in told.items():
        if now[name] != value:
            yield f"siklus: {name} diubah pada basis data"


def _plans(session: Session, trail: Trail, cycle: Cycle) -> Iterator[str]:
    for row in session.scalars(select(PlanRow).where(PlanRow.cycle_id == cycle.id).order_by(PlanRow.round)):
        stored = trail.last("plan.stored", f"putaran {row.round}")
        if stored is None:
            yield f"rencana putaran {row.round}: tidak ada pada jejak audit"
            continue
        where = f"rencana putaran {row.round}"
        for name, word in _PLAN_FIELDS.items():
            if row.plan.get(name) != stored.after.get(name):
                yield f"{where}: {word} diubah pada basis data"
        told, now = stored.after.get("texts") or {}, row.plan.get("texts") or {}
        for channel in sorted(told.keys() | now.keys()):
            if told.get(channel) != now.get(channel):
                yield f"{where}: teks {_channel(channel)} diubah pada basis data"


def _designs(session: Session, trail: Trail, cycle: Cycle) -> Iterator[str]:
    for entry in (e for e in trail.entries if e.action == "designs.rendered"):
        if trail.last("designs.rendered", entry.subject) is not entry:
            continue
        round_no = int(entry.subject.removeprefix("putaran "))
        now: dict[str, Any] = designs_told(designs_of_round(session, cycle.id, round_no))
        for place in sorted(entry.after.keys() | now.keys()):
            channel, _, number = place.partition(" ")
            where = f"desain putaran {round_no}, {_channel(channel)} berkas {number}"
            if place not in now:
                yield f"{where}: dihapus dari basis data"
            elif place not in entry.after:
                yield f"{where}: ditambahkan pada basis data"
            else:
                for name, word in _DESIGN_FIELDS.items():
                    if now[place][name] != entry.after[place].get(name):
                        yield f"{where}: {word} diubah pada basis data"


def _vanished_decisions(trail: Trail, approvals: Any) -> Iterator[str]:
    rounds = {f"putaran {approval.round}" for approval in approvals}
    for entry in trail.entries:
        if entry.action == DECIDED and entry.subject not in rounds:
            yield f"keputusan {entry.subject} oleh {entry.actor}: barisnya dihapus dari basis data"


def _approval(
    session: Session, approval: Approval, *, zone: ZoneInfo, hash_of_file: Callable[[str], str]
) -> Iterator[str]:
    where = f"keputusan putaran {approval.round} oleh {approval.decided_by}"
    if decision_entry(session, approval) is None:
        yield f"{where}: tidak ada pada jejak audit, atau diubah setelah dicatat"
    on = approval.decided_at.astimezone(zone).date()
    entitled = entitled_approvers(session, approval.cycle_id, on, at=approval.decided_at)
    if approval.decision == APPROVED and approval.decided_by not in {holder.username for holder in entitled}:
        yield f"{where}: tidak berhak pada saat itu menurut daftar pejabat"
    for basis, hasher in (("basis data", None), ("berkas arsip", hash_of_file)):
        try:
            now = compute_seal(
                designs_of_round(session, approval.cycle_id, approval.round),
                cycle_id=approval.cycle_id,
                title=title_of_round(session, approval.cycle_id, approval.round),
                hash_of_file=hasher,
            )
        except EvidenceError:
            continue  # A missing file is named by the check of the archive.
        except NotApproved as error:
            yield f"{where}: segelnya tidak dapat dihitung ({error})"
            return
        if now != approval.seal:
            yield f"{where}: segel tidak sama dengan isi {basis} sekarang"
            return


def _publications(session: Session, trail: Trail, cycle: Cycle, approvals: Any) -> Iterator[str]:
    approved = {approval.seal for approval in approvals if approval.decision == APPROVED}
    rows = session.scalars(select(Publication).where(Publication.cycle_id == cycle.id)).all()
    for row in rows:
        where = f"unggahan {_channel(row.channel)}"
        if row.seal not in approved:
            yield f"{where}: segelnya tidak pernah disetujui"
        if [other.channel for other in rows].count(row.channel) > 1:
            continue  # The trail tells of the channel; which of its rows moved is not said.
        moved = trail.last("publication.moved", f"kanal {row.channel}")
        told = moved.after["state"] if moved else "new"
        if row.state != told:
            yield f"{where}: status {row.state} pada basis data, {told} pada jejak audit"
        address = _address(trail, row.channel)
        if row.permalink != address:
            yield f"{where}: alamat diubah pada basis data"


def _address(trail: Trail, channel: str) -> str | None:
    """The last address of which the trail tells for a channel."""
    address = None
    for entry in trail.entries:
        if entry.subject != f"kanal {channel}":
            continue
        if entry.action == "publication.moved":
            address = entry.after.get("permalink", address)
        elif entry.action == "publication.address":
            address = entry.after["address"]
    return address


def _channel(name: str) -> str:
    return CHANNEL_NAMES.get(name, name)
