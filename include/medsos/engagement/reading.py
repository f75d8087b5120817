"""Reads the numbers that are due on one channel of an office, one post after the other."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta

from medsos.channels.base import ChannelClient
from medsos.channels.metrics import Numbers
from medsos.channels.usage import SLOW_DOWN_PERCENT
from medsos.clock import Clock
from medsos.engagement.record import DueReading, due_readings, is_recorded, record_reading
from medsos.errors import (
    AccountBlocked,
    AuthExpired,
    AuthInvalid,
    ChannelError,
    PostGone,
    QuotaExhausted,
    RateLimited,
)
from medsos.offices.model import Channel, Office
from medsos.store import leases
from medsos.store.session import reading, transaction

LEASE = timedelta(minutes=5)
"""For one post. A worker that died in the middle of it keeps the others from it no longer than this."""

NO_USE_GOING_ON = (RateLimited, AuthInvalid, AuthExpired, QuotaExhausted, AccountBlocked)
"""The next post would get the same answer."""

UNTOLD_WAIT = timedelta(hours=1)
"""Where a platform does not say when a limit opens: Meta's window is an hour that rolls (contract 3.8)."""

TROUBLES_IN_A_ROW = 3
"""So many posts, one after the other, that could not be read: the platform is not well, and left alone."""


@dataclass
class Outcome:
    """What came of the readings that were due.

    :param read: readings that were recorded, those of posts that are gone included.
    :param left: readings that are still to be made.
    :param elsewhere: those of `left` that another worker has in hand.
    :param trouble: the last error, when it is why something is left.
    """

    read: int = 0
    gone: int = 0
    left: int = 0
    elsewhere: int = 0
    trouble: ChannelError | None = None


@dataclass(frozen=True)
class Reader:
    """Reads one channel of an office.

    :param client: the platform account of that channel.
    """

    office: Office
    channel: Channel
    client: ChannelClient
    clock: Clock

    def read(self) -> Outcome:
        """Make every reading that is due now. May be broken off and repeated at any place: what is recorded
        is not asked for again. An error of a single post does not keep the others from being read.
        """
        with reading() as session:
            due = due_readings(session, self.office, self.channel, self.clock())
        outcome = Outcome(left=len(due))
        troubles = 0
        for one in due:
            try:
                self._leave_enough()
                self._read_one(one, outcome)
                troubles = 0
            except NO_USE_GOING_ON as error:
                outcome.trouble = error
                break
            except ChannelError as error:
                outcome.trouble, troubles = error, troubles + 1
                if troubles >= TROUBLES_IN_A_ROW:
                    break
        return outcome

    def _read_one(self, due: DueReading, outcome: Outcome) -> None:
        holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        name, now = f"metrics:{due.publication_id}", self.clock()
        if not leases.acquire(name, holder, until=now + LEASE, now=now):
            outcome.elsewhere += 1
            return
        try:
            with reading() as session:
                done = is_recorded(session, due)
            if not done:
                numbers = self._numbers(due)
                with transaction() as session:
                    new = record_reading(session, due, numbers, self.clock())
                outcome.read += new
                outcome.gone += new and numbers is None
            outcome.left -= 1
        finally:
            leases.release(name, holder)

    def _numbers(self, due: DueReading) -> Numbers | None:
        try:
            return self.client.metrics(due.post_id)
        except PostGone:
            return None

    def _leave_enough(self) -> None:
        """:raises RateLimited: little is left of a limit of this account; that is for publishing."""
        tightest = self.client.usage().tightest
        if tightest is not None and (tightest.used_percent or 0.0) >= SLOW_DOWN_PERCENT:
            raise RateLimited(
                f"{self.client.platform}: batas permintaan hampir habis; sisanya untuk unggahan.",
                retry_at=tightest.free_at or self.clock() + UNTOLD_WAIT,
            )
