"""What the page of a cycle says about reminders: those that were sent or not, and those to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import ConfigError
from medsos.notices.due import WallClock, all_notices
from medsos.notices.message import form_name
from medsos.notices.waiting import waiting_forms
from medsos.offices.model import Office
from medsos.sop.model import Folders
from medsos.sop.worktime import calendar_for
from medsos.store.models import Notice

MOMENT = 1 / 60
"""One second, in minutes: whatever instant follows it lies within working time."""


@dataclass(frozen=True)
class ToCome:
    """A notice that will be sent unless the form is answered before: at `at`, or a few minutes later."""

    kind: str
    threshold: str
    what: str
    at: datetime


@dataclass(frozen=True)
class NoticesView:
    """Newest first; `to_come` in the order of time."""

    past: tuple[Notice, ...]
    to_come: tuple[ToCome, ...]

    def what(self, notice: Notice) -> str:
        """What people call the form."""
        return form_name(notice.task_id)


def notices_view(
    session: Session, cycle_id: int, office: Office, *, now: datetime, sop_dirs: Folders, data_dir: Path
) -> NoticesView:
    """The notices of one cycle. A mistake in the data files shows elsewhere; here nothing is to come then."""
    past = session.scalars(
        select(Notice)
        .where(Notice.cycle_id == cycle_id, Notice.finding_id.is_(None))
        .order_by(Notice.id.desc())
    ).all()
    known = {(row.task_id, row.waiting_since, row.kind, row.threshold) for row in past}
    try:
        forms = waiting_forms(session, office.slug, sop_dirs, cycle_id=cycle_id)
        calendar = calendar_for(office, data_dir)
        to_come = [
            # What falls due as the day ends goes out when work begins again.
            ToCome(
                notice.kind,
                notice.threshold,
                form_name(form.task_id),
                count.after(max(notice.due_at, now), MOMENT),
            )
            for form, count in ((form, WallClock() if form.kahar else calendar) for form in forms)
            for notice in all_notices(form, office.notices, count)
            if (form.task_id, form.since, notice.kind, notice.threshold) not in known
        ]
    except ConfigError:
        to_come = []
    return NoticesView(tuple(past), tuple(sorted(to_come, key=lambda notice: notice.at)))
