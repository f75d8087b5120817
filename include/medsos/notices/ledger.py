"""The ledger of notices: each is recorded once, claimed by one worker, and never sent a second time.

`due → sending → sent`. The marker `sending` is stored before the one request that makes the message go out. A
worker that dies before it leaves the notice to the next look; one that dies after it leaves it `unknown`: it
may have arrived and is not repeated. A refusal makes it `failed`, and it is tried again with growing waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from medsos.notices.due import CountsMinutes, DueNotice, FormKey
from medsos.notices.recipients import Recipient
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Finding, Notice
from medsos.store.session import insert_new, transaction

ACTOR = "watch"
CLAIM = timedelta(minutes=3)
"""Longer than a mail server may take to answer; a claim that ends by itself belongs to a dead worker."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 10, 20, 30))
"""Before each next try; the last one repeats."""

COVERED = "Tidak dikirim: pengingat yang lebih tinggi terkirim pada saat yang sama."
ANSWERED = "Tidak dikirim: formulir sudah dijawab atau ditanyakan ulang."
OVER = "Tidak dikirim: keadaannya sudah pulih."
TOLD_TOGETHER = "Tidak dikirim sendiri: disebut dalam pemberitahuan lain pada saat yang sama."
PERHAPS = "Mungkin sudah terkirim: pengiriman terputus di tengah jalan, jadi tidak diulang."
WANTED = ("due", "failed")


def recorded_of(session: Session, office: str) -> dict[FormKey, set[tuple[str, str]]]:
    """Kind and threshold of the notices that each wait of a running cycle has had."""
    rows = session.execute(
        select(Cycle.id, Notice.task_id, Notice.waiting_since, Notice.kind, Notice.threshold)
        .join(Cycle, Cycle.id == Notice.cycle_id)
        .where(Notice.office == office, Cycle.status == "berjalan")
    )
    found: dict[FormKey, set[tuple[str, str]]] = {}
    for cycle_id, task_id, since, kind, threshold in rows:
        found.setdefault((cycle_id, task_id, since), set()).add((kind, threshold))
    return found


def record(
    session: Session, office: str, notice: DueNotice, recipients: Iterable[Recipient], now: datetime
) -> None:
    """Write down what is due, unless another worker has; what cannot be sent is noted as such at once."""
    form = notice.form
    for recipient in recipients:
        state, problem = ("due", "") if recipient.way else ("no_way", recipient.problem)
        if notice.covered:
            state, problem = "dropped", COVERED
        new = insert_new(
            session,
            Notice,
            office=office,
            cycle_id=form.cycle_id,
            task_id=form.task_id,
            round=form.round_no,
            waiting_since=form.since,
            kind=notice.kind,
            threshold=notice.threshold,
            recipient=recipient.username,
            recipient_name=recipient.name,
            way=recipient.way,
            state=state,
            tries=0,
            due_at=notice.due_at,
            problem=problem,
        )
        if new and state == "no_way":
            _audit(session, form.cycle_id, now, "notice.no_way", notice, recipient)


def record_finding(
    session: Session, finding: Finding, recipients: Iterable[Recipient], now: datetime, *, covered: bool
) -> None:
    """Write down that a finding is to be told, unless another worker has.

    :param covered: another finding's notice tells of this one, too.
    """
    for recipient in recipients:
        state, problem = ("due", "") if recipient.way else ("no_way", recipient.problem)
        if covered:
            state, problem = "dropped", TOLD_TOGETHER
        insert_new(
            session,
            Notice,
            office=finding.office,
            cycle_id=finding.cycle_id,
            finding_id=finding.id,
            task_id=finding.subject,
            round=0,
            waiting_since=finding.since,
            kind=finding.kind,
            threshold="",
            recipient=recipient.username,
            recipient_name=recipient.name,
            way=recipient.way,
            state=state,
            tries=0,
            due_at=now,
            problem=problem,
        )


def told_findings(session: Session, office: str) -> set[int]:
    """Findings that have notices."""
    rows = session.scalars(
        select(Notice.finding_id).where(Notice.office == office, Notice.finding_id.is_not(None)).distinct()
    )
    return {number for number in rows if number is not None}


def _audit(
    session: Session, cycle_id: int, now: datetime, action: str, notice: DueNotice, to: Recipient
) -> None:
    after = {"threshold": notice.threshold, "to": to.username, "problem": to.problem}
    subject = f"{notice.kind} {notice.form.task_id}"
    append_audit(session, at=now, actor=ACTOR, action=action, subject=subject, cycle_id=cycle_id, after=after)


def give_up_the_lost(office: str, now: datetime) -> None:
    """Mark as unknown what a worker was sending when it died."""
    with transaction() as session:
        lost = session.scalars(
            select(Notice).where(
                Notice.office == office, Notice.state == "sending", Notice.claimed_until < now
            )
        ).all()
        for notice in lost:
            _close(session, notice, "unknown", now, PERHAPS)


def wanted(office: str, now: datetime) -> list[Notice]:
    """Notices that may be tried at this moment, oldest first."""
    query = select(Notice).where(Notice.office == office, *_may_be_tried(now))
    with transaction() as session:
        return list(session.scalars(query.order_by(Notice.due_at, Notice.id)))


def _may_be_tried(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Notice.state.in_(WANTED),
        or_(Notice.next_try_at.is_(None), Notice.next_try_at <= now),
        or_(Notice.claimed_until.is_(None), Notice.claimed_until < now),
    )


def claim(notice_id: int, now: datetime) -> datetime | None:
    """Take a notice for this worker; returns until when it is ours, or None when another has it."""
    until = now + CLAIM
    with transaction() as session:
        # The conditions stand on the row itself: PostgreSQL looks at them again once it has the row's lock.
        taken: Any = session.execute(
            update(Notice)
            .where(Notice.id == notice_id, *_may_be_tried(now))
            .values(claimed_until=until)
            .execution_options(synchronize_session=False)
        )
        return until if taken.rowcount else None


def begin_sending(notice_id: int, until: datetime) -> bool:
    """From here on the message may have gone out. False: the claim ran out and another worker took over.

    :param until: what `claim` returned.
    """
    with transaction() as session:
        begun: Any = session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.state.in_(WANTED), Notice.claimed_until == until)
            .values(state="sending", tries=Notice.tries + 1)
            .execution_options(synchronize_session=False)
        )
        return bool(begun.rowcount)


def sent(notice_id: int, now: datetime, remark: str = "") -> None:
    """It has gone out. `remark`: what did not work all the same."""
    with transaction() as session:
        notice = session.get_one(Notice, notice_id)
        notice.sent_at = now
        _close(session, notice, "sent", now, remark)


def unknown(notice_id: int, now: datetime) -> None:
    """The answer to the sending was lost."""
    with transaction() as session:
        _close(session, session.get_one(Notice, notice_id), "unknown", now, PERHAPS)


def drop(notice_id: int, now: datetime) -> None:
    """Nobody needs it any more."""
    with transaction() as session:
        notice = session.get_one(Notice, notice_id)
        _close(session, notice, "dropped", now, ANSWERED if notice.finding_id is None else OVER)


def failed(
    notice_id: int,
    now: datetime,
    problem: str,
    *,
    count: CountsMinutes,
    give_up_after: float,
    for_good: bool,
    counted: bool,
) -> str:
    """It has certainly not gone out: try again later, or give up; returns the new state.

    :param give_up_after: minutes since it was due, as `count` counts them.
    :param for_good: repeating cannot help.
    :param counted: `begin_sending` counted this try already.
    """
    with transaction() as session:
        notice = session.get_one(Notice, notice_id)
        notice.tries += 0 if counted else 1
        if for_good or count.minutes_between(notice.due_at, now) >= give_up_after:
            _close(session, notice, "given_up", now, problem)
            return notice.state
        notice.state, notice.problem, notice.claimed_until = "failed", problem, None
        notice.next_try_at = now + WAITS[min(notice.tries, len(WAITS)) - 1]
        return notice.state


def _close(session: Session, notice: Notice, state: str, now: datetime, problem: str) -> None:
    """The last state of a notice, with its audit row."""
    before = {"state": notice.state}
    notice.state, notice.problem = state, problem
    notice.claimed_until = notice.next_try_at = None
    append_audit(
        session,
        at=now,
        actor=ACTOR,
        action=f"notice.{state}",
        cycle_id=notice.cycle_id,
        subject=f"{notice.kind} {notice.task_id}",
        before=before,
        after={
            "state": state,
            "threshold": notice.threshold,
            "to": notice.recipient,
            "way": notice.way,
            "tries": notice.tries,
        },
    )
