"""One look at an office: write down which notices are due, then send what may be sent at this moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from medsos.approval.officials import entitled_approvers
from medsos.clock import Clock
from medsos.errors import NoticeError
from medsos.notices import ledger
from medsos.notices.due import CountsMinutes, WaitingForm, WallClock, due_notices
from medsos.notices.findings import channel_of, open_findings
from medsos.notices.message import Message, compose, compose_finding
from medsos.notices.recipients import NO_ADDRESS, address_of, recipients_of, recipients_of_finding
from medsos.notices.reviews import keep_waiting_reviews
from medsos.notices.waiting import waiting_forms
from medsos.offices.model import Office
from medsos.sop.model import Folders
from medsos.sop.worktime import WorkCalendar
from medsos.store.models import Finding, Notice
from medsos.store.session import reading, transaction

log = logging.getLogger(__name__)

TOLD_SINGLY = 3
"""Up to so many findings of one kind and channel each have a message of their own; of more, one tells."""


class _TakenOver(Exception):
    """This worker was too slow; another one has the notice now."""


class Way(Protocol):
    """A way to a person that is configured."""

    @property
    def training(self) -> bool:
        """Whether it leads to the training platforms."""

    def send(self, message: Message, address: str, committing: Callable[[], None]) -> str:
        """Send one message; returns what did not work all the same, or nothing.

        :param committing: called when everything is ready, right before the message goes out.
        :raises NoticeError: it has not gone out, or `perhaps_sent`.
        """


@dataclass(frozen=True)
class Outcome:
    """What a look did: numbers of notices by their state, and the sentences of those that failed."""

    states: Mapping[str, int]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Looker:
    """Looks after the waiting forms of one office.

    :param ways: those that are configured, of `mail` and `apprise`.
    :param picture_of: a cycle's preview as a small JPEG, or None.
    """

    office: Office
    calendar: WorkCalendar
    sop_dirs: Folders
    public_url: str
    ways: Mapping[str, Way]
    picture_of: Callable[[int], bytes | None]
    clock: Clock

    def look(self) -> Outcome:
        """Record and send. May be broken off and repeated at any place.

        :raises ConfigError: the working hours or the SOP version of a cycle cannot be read.
        """
        now = self.clock()
        keep_waiting_reviews(self.office, self.calendar, now)
        with reading() as session:
            forms = waiting_forms(session, self.office.slug, self.sop_dirs)
            recorded = ledger.recorded_of(session, self.office.slug)
            findings = open_findings(session, self.office.slug)
            told = ledger.told_findings(session, self.office.slug)
        for form in forms:
            self._record_due(form, recorded.get(form.key, set()), now)
        self._record_findings([one for one in findings if one.id not in told], now)
        ledger.give_up_the_lost(self.office.slug, now)
        letters: dict[object, Letter] = {form.key: FormLetter(self, form) for form in forms}
        letters |= {one.id: FindingLetter(self, one, findings) for one in findings}
        states: dict[str, int] = {}
        problems: list[str] = []
        for notice in ledger.wanted(self.office.slug, now):
            key = notice.finding_id or (notice.cycle_id, notice.task_id, notice.waiting_since)
            state, problem = self._deliver(notice, letters.get(key))
            states[state] = states.get(state, 0) + 1
            about = f"Siklus {notice.cycle_id}" if notice.cycle_id else notice.task_id
            problems += [f"{about}, {notice.recipient_name}: {problem}"] if problem else []
        states.pop("", None)
        return Outcome(states, tuple(problems))

    def count(self, form: WaitingForm) -> CountsMinutes:
        """What counts the minutes of a form."""
        return WallClock() if form.kahar else self.calendar

    def _record_due(self, form: WaitingForm, recorded: set[tuple[str, str]], now: datetime) -> None:
        due = due_notices(form, self.office.notices, self.count(form), now, recorded)
        if not due:
            return
        with transaction() as session:
            for notice in due:
                to = recipients_of(session, self.office, notice, now, tuple(self.ways))
                ledger.record(session, self.office.slug, notice, to, now)

    def _record_findings(self, findings: list[Finding], now: datetime) -> None:
        """Of many that come at once on one channel, one message tells."""
        if not findings or not self.calendar.is_working(now):
            return
        groups: dict[str, list[Finding]] = {}
        for one in findings:
            groups.setdefault(channel_of(one), []).append(one)
        with transaction() as session:
            for group in groups.values():
                to = recipients_of_finding(session, self.office, group[0].kind, now, tuple(self.ways))
                for place, one in enumerate(group):
                    covered = place > 0 and len(group) > TOLD_SINGLY
                    ledger.record_finding(session, one, to, now, covered=covered)

    def _deliver(self, notice: Notice, letter: Letter | None) -> tuple[str, str]:
        """The notice's state after this try, and what went wrong; no state when it was not tried."""
        if letter is not None and not letter.count.is_working(self.clock()):
            return "", ""
        until = ledger.claim(notice.id, self.clock())
        if until is None:
            return "", ""
        if letter is None:
            ledger.drop(notice.id, self.clock())
            return "dropped", ""
        try:
            return self._send(notice, letter, until)
        except _TakenOver:
            return "", ""

    def _send(self, notice: Notice, letter: Letter, until: datetime) -> tuple[str, str]:
        way = self.ways.get(notice.way)
        address = address_of(self.office, notice.recipient, notice.way)
        committed = False

        def committing() -> None:
            nonlocal committed
            if not ledger.begin_sending(notice.id, until):
                raise _TakenOver
            committed = True

        try:
            if way is None:
                raise NoticeError("Connection untuk cara kirim ini tidak ada lagi.")
            if address is None:
                raise NoticeError(NO_ADDRESS.format(name=notice.recipient_name), for_good=True)
            remark = way.send(letter.write(notice, training=way.training), address, committing)
        except NoticeError as error:
            return self._not_sent(notice, letter.count, error, committed), str(error)
        except _TakenOver:
            raise
        except Exception as error:
            # One notice that cannot even be written must not keep the others from going out.
            log.exception("Pemberitahuan %s", notice.id)
            broken = NoticeError(f"Kesalahan pada sistem ({type(error).__name__}).", perhaps_sent=committed)
            return self._not_sent(notice, letter.count, broken, committed), str(broken)
        ledger.sent(notice.id, self.clock(), remark)
        return "sent", remark

    def _not_sent(self, notice: Notice, count: CountsMinutes, error: NoticeError, committed: bool) -> str:
        if error.perhaps_sent:
            ledger.unknown(notice.id, self.clock())
            return "unknown"
        return ledger.failed(
            notice.id,
            self.clock(),
            str(error),
            count=count,
            give_up_after=self.office.notices.give_up_after_minutes,
            for_good=error.for_good,
            counted=committed,
        )

    def waits_for(self, form: WaitingForm) -> list[str]:
        """Names of those who may fill the form now."""
        if form.task_id.endswith(".await_decision"):
            today = self.clock().astimezone(self.office.zone).date()
            with reading() as session:
                return [holder.name for holder in entitled_approvers(session, form.cycle_id, today)]
        known = {person.username: person.name for person in self.office.people}
        return [known.get(username, username) for username in form.people]


class Letter(Protocol):
    """What a notice says, and by which minutes it may go out."""

    @property
    def count(self) -> CountsMinutes: ...

    def write(self, notice: Notice, *, training: bool) -> Message: ...


@dataclass(frozen=True)
class FormLetter:
    """About a form that waits."""

    looker: Looker
    form: WaitingForm

    @property
    def count(self) -> CountsMinutes:
        return self.looker.count(self.form)

    def write(self, notice: Notice, *, training: bool) -> Message:
        looker, form = self.looker, self.form
        return compose(
            notice,
            form,
            looker.office,
            waited=self.count.minutes_between(form.since, looker.clock()),
            waits_for=looker.waits_for(form),
            public_url=looker.public_url,
            picture=looker.picture_of(form.cycle_id),
            training=training,
        )


@dataclass(frozen=True)
class FindingLetter:
    """About a finding of the watch. `all_open`: every finding of the office that lasts."""

    looker: Looker
    finding: Finding
    all_open: list[Finding]

    @property
    def count(self) -> CountsMinutes:
        return self.looker.calendar

    def write(self, notice: Notice, *, training: bool) -> Message:
        same = [one for one in self.all_open if channel_of(one) == channel_of(self.finding)]
        return compose_finding(
            notice,
            self.finding,
            self.looker.office,
            others=len(same) - 1 if len(same) > TOLD_SINGLY else 0,
            public_url=self.looker.public_url,
            training=training,
        )
