"""Looks again at links that were made: as often as the office wants, and daily while one does not answer."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.clock import Clock
from medsos.errors import LeaseHeld, Transient
from medsos.links.liveness import LinkStatus, check_link
from medsos.links.record import record_checks
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.store import leases
from medsos.store.models import Cycle, Link, LinkCheck
from medsos.store.session import reading, transaction

LEASE = timedelta(minutes=30)
"""For all links of an office; longer than a look at some hundred of them takes."""

DEAD_AGAIN_AFTER = timedelta(hours=20)
"""A link that did not answer is looked at the next night, at whatever minute that begins."""

MANY = 3
"""So many links, all of them out of reach and none even refused: that says something of our own network."""

PAGE = "page"
PAGE_GONE = (
    "Halaman tautan tidak ada lagi di arsip. Jalankan ulang langkah 5 di Airflow, atau pulihkan arsip."
)


@dataclass(frozen=True)
class Check:
    """What a look at a link found; `problem` is Indonesian."""

    checked_at: datetime
    alive: bool
    problem: str


@dataclass(frozen=True)
class WatchedLink:
    """A link and its newest checks, newest first: as many as have to fail before it is called dead."""

    id: int
    cycle_id: int
    kind: str
    channel: str
    address: str
    checks: tuple[Check, ...]

    @property
    def subject(self) -> str:
        """Names the link among the findings of an office: what kind it is, and its number."""
        return f"{self.channel or self.kind}:{self.id}"

    @property
    def name(self) -> str:
        return f"Tautan {CHANNEL_NAMES[self.channel]}" if self.channel else "Halaman tautan"

    def is_due(self, every: timedelta, now: datetime) -> bool:
        if not self.checks:
            return True
        last = self.checks[0]
        return last.checked_at + (every if last.alive else min(every, DEAD_AGAIN_AFTER)) <= now

    def dead_since(self, looks: int) -> datetime | None:
        """When the first of its last `looks` looks failed, if all of them failed."""
        newest = self.checks[:looks]
        dead = len(newest) == looks and not any(check.alive for check in newest)
        return newest[-1].checked_at if dead else None


@dataclass(frozen=True)
class DeadLink:
    """A link that does not answer any more. `problem` is Indonesian and says what to do."""

    link: WatchedLink
    since: datetime
    problem: str


def watched_links(session: Session, office: Office, now: datetime) -> list[WatchedLink]:
    """The links of an office that are young enough to be looked at."""
    oldest = now - timedelta(days=office.watch.links_until_days)
    links = session.scalars(
        select(Link)
        .join(Cycle, Cycle.id == Link.cycle_id)
        .where(Cycle.office == office.slug, Link.made_at > oldest)
        .order_by(Link.id)
    ).all()
    checks: dict[int, list[Check]] = {link.id: [] for link in links}
    newest_first = (LinkCheck.checked_at.desc(), LinkCheck.id.desc())
    place = func.row_number().over(partition_by=LinkCheck.link_id, order_by=newest_first)
    ranked = (
        select(
            LinkCheck.link_id, LinkCheck.checked_at, LinkCheck.alive, LinkCheck.problem, place.label("place")
        )
        .join(Link, Link.id == LinkCheck.link_id)
        .join(Cycle, Cycle.id == Link.cycle_id)
        # What was found about an earlier address of the link says nothing about this one.
        .where(Cycle.office == office.slug, Link.made_at > oldest, LinkCheck.checked_at >= Link.made_at)
        .subquery()
    )
    rows = session.execute(
        select(ranked).where(ranked.c.place <= office.watch.links_dead_after).order_by(ranked.c.place)
    )
    for link_id, checked_at, alive, problem, _ in rows:
        checks[link_id].append(Check(checked_at, alive, problem))
    return [
        WatchedLink(link.id, link.cycle_id, link.kind, link.channel, link.address, tuple(checks[link.id]))
        for link in links
    ]


def dead_links(session: Session, office: Office, now: datetime) -> list[DeadLink]:
    """Links that did not answer as many times in a row as the office wants to see."""
    found = []
    for link in watched_links(session, office, now):
        since = link.dead_since(office.watch.links_dead_after)
        if since is not None:
            problem = f"{link.name}: {link.address}. {link.checks[0].problem}"
            found.append(DeadLink(link, since, problem))
    return found


def look_at_links(
    office: Office,
    clock: Clock,
    page_is_there: Callable[[str], bool],
    check: Callable[[str], LinkStatus] | None = None,
) -> list[LinkStatus]:
    """Check every link that is due and write down what was found; each at most once, whoever else looks.

    :param page_is_there: whether a page lies in the archive under this path.
    :param check: how an address is asked for; `liveness.check_link` unless given.
    :raises LeaseHeld: another worker is at it.
    :raises Transient: nothing at all could be reached; nothing is written down.
    """
    ask = check or (lambda address: check_link(address, clock=clock))
    with _alone(office, clock):
        with reading() as session:
            every = timedelta(days=office.watch.links_every_days)
            links = watched_links(session, office, clock())
        due = [link for link in links if link.is_due(every, clock())]
        found = [
            _page(link, page_is_there, clock) if link.kind == PAGE else ask(link.address) for link in due
        ]
        _require_network(due, found)
        ids = {link.id: status for link, status in zip(due, found, strict=True)}
        with transaction() as session:
            for link_id, status in ids.items():
                record_checks(session, {status.address: link_id}, [status])
    return found


def _page(link: WatchedLink, is_there: Callable[[str], bool], clock: Clock) -> LinkStatus:
    status = LinkStatus(link.address, alive=True, http_status=None, problem="", checked_at=clock())
    return status if is_there(link.address) else replace(status, alive=False, problem=PAGE_GONE)


def _require_network(due: Sequence[WatchedLink], found: Sequence[LinkStatus]) -> None:
    asked = [status for link, status in zip(due, found, strict=True) if link.kind != PAGE]
    if len(asked) >= MANY and not any(status.alive or status.http_status for status in asked):
        raise Transient(
            f"Tidak satu pun dari {len(asked)} tautan dapat dihubungi. Periksa jaringan kantor; tidak ada "
            "yang dicatat, dan tautan dilihat lagi kemudian."
        )


@contextmanager
def _alone(office: Office, clock: Clock) -> Iterator[None]:
    name, now = f"links:{office.slug}", clock()
    holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
    if not leases.acquire(name, holder, until=now + LEASE, now=now):
        raise LeaseHeld("Tautan kantor ini sedang dilihat pekerja lain.", retry_at=now + LEASE)
    try:
        yield
    finally:
        leases.release(name, holder)
