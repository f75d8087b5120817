"""What a person may decide about a publication: found, absent, cancelled, uploaded by hand.

Each takes the row out of a state in which the protocol alone cannot go on.
"""

from __future__ import annotations

from datetime import datetime

from medsos.channels.progress import forget_commit
from medsos.publishing.ledger import Ledger, StoredJournal
from medsos.publishing.states import State
from medsos.store.models import Publication


def settle_as_published(ledger: Ledger, *, permalink: str) -> Publication:
    """A person found the post on the account and gave its address."""
    with ledger.lease():
        ledger.move(
            State.NEEDS_PERSON,
            State.PUBLISHED,
            permalink=permalink,
            published_at=ledger.read().commit_started_at or ledger.clock(),
            problem="",
        )
    return ledger.read()


def settle_as_absent(ledger: Ledger) -> None:
    """A person looked and says that nothing is public: the commit may be made again."""
    with ledger.lease():
        ledger.move(State.NEEDS_PERSON, State.ABSENT, problem="")
        forget_commit(StoredJournal(ledger))


def settle_as_cancelled(ledger: Ledger) -> None:
    """A person gives this channel up; no re-run takes it up again."""
    with ledger.lease():
        ledger.move(ledger.state, State.CANCELLED, problem="Dibatalkan oleh admin.")


def hand_over(ledger: Ledger) -> None:
    """A commit is in doubt and nobody will ask the platform: a person has to look."""
    with ledger.lease():
        if ledger.state is State.COMMITTING:
            ledger.move(State.COMMITTING, State.UNKNOWN, problem="Pekerja terhenti saat mengunggah.")
        ledger.move(State.UNKNOWN, State.NEEDS_PERSON)


def settle_as_uploaded_by_hand(ledger: Ledger, *, permalink: str, at: datetime) -> Publication:
    """Manual mode: a person uploaded the approved content and gave its address."""
    with ledger.lease():
        before = ledger.state
        if before is not State.PUBLISHED:
            ledger.move(before, State.PUBLISHED, permalink=permalink, published_at=at, problem="")
    return ledger.read()
