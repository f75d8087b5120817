"""A cycle that waits for a form, a clock that can be set, and ways that remember what they were given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from builders import make_cycle
from medsos.approval.officials import sync_officials
from medsos.errors import NoticeError
from medsos.notices.look import Looker, Outcome
from medsos.notices.message import Message
from medsos.offices.model import NoticeRules, Office, load_office
from medsos.settings import load_settings
from medsos.sop.worktime import calendar_for
from medsos.store.journal import EventName, record_event
from medsos.store.models import Notice
from medsos.store.session import transaction

WIB = ZoneInfo("Asia/Jakarta")
SETTINGS = load_settings({})
DECISION = "approval.round_1.await_decision"


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def office_with(rules: NoticeRules | None = None, *, addresses: bool = True) -> Office:
    """The training office; its people have a mail address and no messenger, or nothing at all."""
    office = load_office(SETTINGS.offices_dir, "kota-bengkulu")
    people = [
        person.model_copy(
            update={"email": f"{person.username}@kpu.example" if addresses else None, "notify": None}
        )
        for person in office.people
    ]
    return office.model_copy(update={"people": people, "notices": rules or NoticeRules()})


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Sent:
    """What a way was given to send, by address."""

    to: str
    message: Message
    at: datetime


@dataclass
class RememberingWay:
    """:param fails: raised instead of sending, as long as it is set.
    :param dies_before, dies_after: the task is killed before the marker, or with the message gone out.
    :param slow: what happens while the server is awaited.
    """

    clock: Clock
    training: bool = False
    sent: list[Sent] = field(default_factory=list)
    fails: NoticeError | None = None
    dies_before: bool = False
    dies_after: bool = False
    slow: Callable[[], object] = lambda: None

    def send(self, message: Message, address: str, committing: Callable[[], None]) -> str:
        if self.fails and not self.fails.perhaps_sent:
            raise self.fails
        if self.dies_before:
            raise KeyboardInterrupt
        self.slow()
        committing()
        if self.fails:
            raise self.fails
        self.sent.append(Sent(address, message, self.clock()))
        if self.dies_after:
            raise KeyboardInterrupt
        return ""

    @property
    def subjects(self) -> list[str]:
        return [sent.message.subject for sent in self.sent]


@dataclass
class Watched:
    """An office under watch: set the clock, look, see what was sent."""

    office: Office
    clock: Clock
    way: RememberingWay

    def look(self, at: str) -> Outcome:
        self.clock.now = wib(at)
        return self.looker().look()

    def looker(self) -> Looker:
        return Looker(
            office=self.office,
            calendar=calendar_for(self.office, SETTINGS.data_dir),
            sop_dirs=SETTINGS.sop_dirs,
            public_url="http://kantor.example",
            ways={"mail": self.way},
            picture_of=lambda _cycle_id: None,
            clock=self.clock,
        )


def watched(home: Path, rules: NoticeRules | None = None) -> Watched:
    """The training office with its officials in the record."""
    office = office_with(rules)
    clock = Clock(wib("2026-11-20 08:00"))
    with transaction() as session:
        sync_officials(session, office, now=clock())
    return Watched(office, clock, RememberingWay(clock))


def event(cycle_id: int, name: EventName, at: str, task_id: str = DECISION, **detail: object) -> None:
    with transaction() as session:
        number = task_id.split("round_")[1].split(".")[0] if "round_" in task_id else "0"
        record_event(
            session,
            cycle_id=cycle_id,
            task_id=task_id,
            event=name,
            at=wib(at),
            round_no=int(number),
            detail=dict(detail),
        )


def waiting_cycle(
    since: str, task_id: str = DECISION, people: tuple[str, ...] = ("kasubbag",), **cycle: object
) -> int:
    """A cycle with one form that waits since then (WIB)."""
    cycle_id = make_cycle(**cycle)
    event(cycle_id, "waiting", since, task_id, for_people=list(people))
    return cycle_id


def notices(cycle_id: int) -> list[Notice]:
    with transaction() as session:
        return list(session.scalars(select(Notice).where(Notice.cycle_id == cycle_id).order_by(Notice.id)))
