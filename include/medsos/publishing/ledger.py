"""The ledger: every change of a publication's state is one transaction and a compare-and-set on its row."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from medsos.clock import Clock
from medsos.errors import ChannelError, LeaseHeld, LedgerError
from medsos.publishing.states import TRANSITIONS, State
from medsos.store.audit import append_audit
from medsos.store.models import Publication, PublicationAttempt
from medsos.store.session import transaction

LEASE = timedelta(seconds=40)
"""How long a worker may hold a publication without a sign of life.

A living worker gives one every fifth of it, also during a long upload; a dead one is inherited from
after at most this long. A sign of life may itself wait for a busy SQLite (`store.session.BUSY_SECONDS`),
so a fifth and that wait together stay below the whole.
"""

SIGNS_PER_LEASE = 5


def open_publication(
    session: Session, *, cycle_id: int, channel: str, seal: str, mode: str, now: datetime
) -> Publication:
    """The ledger row of this content on this channel; made on first sight."""
    row = session.scalars(
        select(Publication).where(
            Publication.cycle_id == cycle_id, Publication.channel == channel, Publication.seal == seal
        )
    ).one_or_none()
    if row is None:
        row = Publication(
            cycle_id=cycle_id,
            channel=channel,
            seal=seal,
            mode=mode,
            state=State.NEW,
            journal={},
            created_at=now,
        )
        session.add(row)
        session.flush()
    return row


class Ledger:
    """One publication, as seen by the worker that publishes it.

    :param holder: names this worker in the lease, unique per try.
    """

    def __init__(
        self, publication_id: int, *, holder: str, clock: Clock, database_url: str | None = None
    ) -> None:
        self.publication_id = publication_id
        self.holder = holder
        self.clock = clock
        self.database_url = database_url

    def read(self) -> Publication:
        """The row as it is now."""
        with transaction(self.database_url) as session:
            return session.get_one(Publication, self.publication_id)

    @property
    def state(self) -> State:
        return State(self.read().state)

    def move(self, before: State, after: State, **values: Any) -> None:
        """Go from `before` to `after`, only if the row is still there and still ours.

        :param values: further columns to set in the same statement.
        :raises LedgerError: the transition is not allowed, or somebody else changed the row.
        """
        if after not in TRANSITIONS[before]:
            raise LedgerError(
                f"Peralihan {before} → {after} tidak diizinkan (publikasi {self.publication_id})."
            )
        now = self.clock()
        with transaction(self.database_url) as session:
            result = session.execute(
                update(Publication)
                .where(
                    Publication.id == self.publication_id,
                    Publication.state == before,
                    Publication.lease_holder == self.holder,
                )
                .values(state=after, lease_until=now + LEASE, **values)
            )
            if _count(result) != 1:
                raise LedgerError(
                    f"Publikasi {self.publication_id} tidak lagi berstatus {before}, atau sudah diambil "
                    "pekerja lain."
                )
            row = session.get_one(Publication, self.publication_id)
            append_audit(
                session,
                at=now,
                actor=self.holder,
                action="publication.moved",
                cycle_id=row.cycle_id,
                subject=f"kanal {row.channel}",
                before={"state": before},
                after={"state": after, **{k: _plain(v) for k, v in values.items()}},
            )

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Hold the row for the length of the block.

        :raises LeaseHeld: another worker has it and its lease has not run out.
        """
        now = self.clock()
        with transaction(self.database_url) as session:
            result = session.execute(
                update(Publication)
                .where(
                    Publication.id == self.publication_id,
                    or_(
                        Publication.lease_holder.is_(None),
                        Publication.lease_holder == self.holder,
                        Publication.lease_until < now,
                    ),
                )
                .values(lease_holder=self.holder, lease_until=now + LEASE)
            )
            if _count(result) != 1:
                held_until = session.get_one(Publication, self.publication_id).lease_until
                raise LeaseHeld(
                    f"Publikasi {self.publication_id} sedang dikerjakan pekerja lain. "
                    "Akan dicoba lagi dengan sendirinya.",
                    retry_at=held_until or now,
                )
        over = threading.Event()
        heart = threading.Thread(target=self._renew_until, args=(over,), daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()
            self._set_lease(lease_holder=None, lease_until=None)

    def _renew_until(self, over: threading.Event) -> None:
        while not over.wait(LEASE.total_seconds() / SIGNS_PER_LEASE):
            # One sign that could not be given must not be the last.
            with contextlib.suppress(SQLAlchemyError):
                self._set_lease(lease_until=self.clock() + LEASE)

    def _set_lease(self, **values: Any) -> None:
        with transaction(self.database_url) as session:
            session.execute(
                update(Publication)
                .where(Publication.id == self.publication_id, Publication.lease_holder == self.holder)
                .values(**values)
            )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Note one try: when, from which state to which, and the error that ended it."""
        with transaction(self.database_url) as session:
            before = session.get_one(Publication, self.publication_id).state
            number = (
                session.scalar(
                    select(func.max(PublicationAttempt.number)).where(
                        PublicationAttempt.publication_id == self.publication_id
                    )
                )
                or 0
            ) + 1
            attempt = PublicationAttempt(
                publication_id=self.publication_id,
                number=number,
                started_at=self.clock(),
                state_before=before,
            )
            session.add(attempt)
        error: BaseException | None = None
        try:
            yield
        except BaseException as caught:
            error = caught
            raise
        finally:
            with transaction(self.database_url) as session:
                row = session.get_one(PublicationAttempt, attempt.id)
                row.finished_at = self.clock()
                row.state_after = session.get_one(Publication, self.publication_id).state
                if error is not None:
                    row.error_class = type(error).__name__
                    row.message = str(error)
                if isinstance(error, ChannelError):
                    row.error_code, row.trace_id = error.code, error.trace_id


class StoredJournal(MutableMapping[str, Any]):
    """The client's memory of one publication; every change is committed before the call returns.

    :raises LedgerError: on writing, when the lease was lost to another worker.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._values: dict[str, Any] = dict(ledger.read().journal)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._store({**self._values, key: value})

    def __delitem__(self, key: str) -> None:
        self._store({k: v for k, v in self._values.items() if k != key})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _store(self, values: dict[str, Any]) -> None:
        now = self._ledger.clock()
        with transaction(self._ledger.database_url) as session:
            result = session.execute(
                update(Publication)
                .where(
                    Publication.id == self._ledger.publication_id,
                    Publication.lease_holder == self._ledger.holder,
                )
                .values(journal=values, lease_until=now + LEASE)
            )
            if _count(result) != 1:
                raise LedgerError(f"Publikasi {self._ledger.publication_id} sudah diambil pekerja lain.")
        self._values = values


def _count(result: Any) -> int:
    """Rows changed by an UPDATE."""
    assert isinstance(result, CursorResult)  # noqa: S101  narrows the type for the checker
    return result.rowcount


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
