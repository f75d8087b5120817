"""Which posts of a channel are to be read now, and writing down a reading: all its numbers, and only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.channels.metrics import METRICS, Numbers
from medsos.engagement.schedule import due_reading
from medsos.offices.model import Channel, Office
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Metric, Publication
from medsos.store.session import insert_new

ACTOR = "watch"
OVERDUE = timedelta(days=30)
"""How long after its day the last reading is still made; older posts are not looked for any more."""

GIVEN = "given"
GONE = "gone"


@dataclass(frozen=True)
class DueReading:
    """A reading that is to be made. `after_days` names it."""

    publication_id: int
    cycle_id: int
    post_id: str
    after_days: int


def due_readings(session: Session, office: Office, channel: Channel, now: datetime) -> list[DueReading]:
    """Readings of posts that went up through the API, youngest post first: their numbers move most."""
    days = office.watch.days_of(channel)
    if not days:
        return []
    last = (
        select(func.max(Metric.after_days)).where(Metric.publication_id == Publication.id).scalar_subquery()
    )
    rows = session.execute(
        select(Publication.id, Publication.cycle_id, Publication.post_id, Publication.published_at, last)
        .join(Cycle, Cycle.id == Publication.cycle_id)
        .where(
            Cycle.office == office.slug,
            Publication.channel == channel,
            Publication.mode == "api",
            Publication.state == "published",
            Publication.post_id.is_not(None),
            Publication.published_at <= now - timedelta(days=days[0]),
            Publication.published_at > now - timedelta(days=days[-1]) - OVERDUE,
        )
        .order_by(Publication.published_at.desc(), Publication.id.desc())
    )
    found = []
    for publication_id, cycle_id, post_id, published_at, age in rows:
        after_days = due_reading(published_at, days, age, now)
        if after_days is not None:
            found.append(DueReading(publication_id, cycle_id, post_id, after_days))
    return found


def is_recorded(session: Session, due: DueReading) -> bool:
    """Whether somebody has made this reading meanwhile."""
    return (
        session.scalar(
            select(Metric.id)
            .where(Metric.publication_id == due.publication_id, Metric.after_days >= due.after_days)
            .limit(1)
        )
        is not None
    )


def record_reading(session: Session, due: DueReading, numbers: Numbers | None, now: datetime) -> bool:
    """Write a reading, unless it stands there already; True when it is new.

    :param numbers: None when the platform knows no such post any more.
    """
    new = [
        insert_new(
            session,
            Metric,
            publication_id=due.publication_id,
            after_days=due.after_days,
            name=name,
            value=numbers[name] if numbers else None,
            state=(numbers.why(name) or GIVEN) if numbers else GONE,
            read_at=now,
        )
        for name in METRICS
    ]
    if numbers is None and any(new):
        _tell_gone(session, due, now)
    return any(new)


def _tell_gone(session: Session, due: DueReading, now: datetime) -> None:
    """To the trail, when a reading finds a post gone that the one before still found."""
    before = session.scalars(
        select(Metric.state)
        .where(Metric.publication_id == due.publication_id, Metric.after_days < due.after_days)
        .order_by(Metric.after_days.desc())
        .limit(1)
    ).first()
    if before == GONE:
        return
    publication = session.get_one(Publication, due.publication_id)
    append_audit(
        session,
        at=now,
        actor=ACTOR,
        action="post.gone",
        subject=f"kanal {publication.channel}",
        cycle_id=due.cycle_id,
        after={"permalink": publication.permalink, "post_id": publication.post_id},
    )
