"""Keeps what the watch finds: each finding is opened once, lasts while it is found, and is then ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.store.audit import append_audit
from medsos.store.models import Finding
from medsos.store.session import insert_new

FindingKind = Literal["link_dead", "token_ends", "token_refused", "review_waits"]
ACTOR = "watch"


@dataclass(frozen=True)
class Found:
    """What a look found at one subject.

    :param subject: `channel`, or `channel:number` for one of many.
    :param problem: Indonesian: what is wrong and what to do now; holds no secret.
    :param since: from when on it is so, where that is known better than "now".
    """

    subject: str
    problem: str
    cycle_id: int | None = None
    since: datetime | None = None


def keep_findings(
    session: Session,
    office_slug: str,
    kind: FindingKind,
    found: Sequence[Found],
    now: datetime,
    *,
    looked_at: Collection[str] | None = None,
) -> tuple[int, int]:
    """Open what is new and end what is over; returns how many of each.

    :param looked_at: subjects that could be judged; others stay as they were. None: all of this kind.
    """
    open_now = {
        row.subject: row
        for row in session.scalars(
            select(Finding).where(
                Finding.office == office_slug, Finding.kind == kind, Finding.ended_at.is_(None)
            )
        )
    }
    opened = ended = 0
    for one in found:
        if one.subject in open_now:
            continue
        values = {"cycle_id": one.cycle_id, "since": one.since or now, "problem": one.problem}
        if insert_new(session, Finding, office=office_slug, kind=kind, subject=one.subject, **values):
            opened += 1
            _audit(session, kind, one.subject, one.cycle_id, now, "finding.opened", one.problem)
    still = {one.subject for one in found}
    for subject, row in open_now.items():
        if subject not in still and (looked_at is None or subject in looked_at):
            row.ended_at = now
            ended += 1
            _audit(session, kind, subject, row.cycle_id, now, "finding.ended", row.problem)
    return opened, ended


def channel_of(finding: Finding) -> str:
    """Kind and channel: what belongs together where many come at once."""
    return f"{finding.kind} {finding.subject.partition(':')[0]}"


def open_findings(session: Session, office_slug: str) -> list[Finding]:
    """Those that last, oldest first."""
    return list(
        session.scalars(
            select(Finding)
            .where(Finding.office == office_slug, Finding.ended_at.is_(None))
            .order_by(Finding.since, Finding.id)
        )
    )


def _audit(
    session: Session,
    kind: str,
    subject: str,
    cycle_id: int | None,
    now: datetime,
    action: str,
    problem: str,
) -> None:
    append_audit(
        session,
        at=now,
        actor=ACTOR,
        action=action,
        cycle_id=cycle_id,
        subject=f"{kind} {subject}",
        after={"problem": problem},
    )
