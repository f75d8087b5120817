"""Publishes one content on one channel exactly once, whatever state an earlier try left behind.

    new → prepared → committing → published
                         ├→ prepared     the platform said: nothing became public; try again later
                         ├→ rejected     the platform refused for good
                         └→ unknown      no usable answer: look before doing anything
    unknown → published | absent (→ prepared) | needs_person

The marker `committing` is stored before the commit. Who finds it there on a later try knows that an
earlier worker died in between, and treats the outcome as unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from medsos.channels.base import ChannelClient, Committed, Post
from medsos.channels.progress import forget_commit
from medsos.errors import (
    AccountBlocked,
    AuthInvalid,
    ChannelError,
    ContentInvalid,
    Duplicate,
    GivenUp,
    NotYetKnown,
    PermissionMissing,
    QuotaExhausted,
    SeveralFound,
    Transient,
    UnknownOutcome,
)
from medsos.publishing.ledger import Ledger, StoredJournal
from medsos.publishing.states import State
from medsos.store.models import Publication

REFUSED_FOR_GOOD = (AuthInvalid, PermissionMissing, QuotaExhausted, ContentInvalid, AccountBlocked)
"""Errors that repeating cannot mend; a person has to change something first."""

READ_BACK_WAITS = (timedelta(0), timedelta(seconds=15), timedelta(seconds=60), timedelta(minutes=5))
"""How long to wait before each look at the account (contract 1.2); between them no worker is held."""

READS = "read_backs"
"""Key in the journal: how often the account was read since the last commit."""


def publish(ledger: Ledger, client: ChannelClient, post: Post) -> Publication:
    """Take the publication as far as it goes now.

    :returns: the row, in state `published`.
    :raises ChannelError: what ended this try. `REFUSED_FOR_GOOD` left the row `rejected`; after
        `NotYetKnown` it is `unknown` and a later call looks again; after any other `UnknownOutcome` it is
        `needs_person`; after anything else a later call resumes.
    :raises LeaseHeld: another worker is at it.
    """
    with ledger.lease():
        if ledger.state is State.PUBLISHED:
            return ledger.read()
        with ledger.attempt():
            _advance(ledger, client, post)
    return ledger.read()


def _advance(ledger: Ledger, client: ChannelClient, post: Post) -> None:
    journal = StoredJournal(ledger)
    if ledger.state is State.REJECTED:
        ledger.move(State.REJECTED, State.NEW, problem="")
    if ledger.state is State.COMMITTING:
        _commit_outcome_unknown(ledger, "Pekerja terhenti saat mengunggah.")
    if ledger.state is State.UNKNOWN:
        _reconcile(ledger, client, post, journal)
        if ledger.state is State.PUBLISHED:
            return
    if ledger.state is State.NEEDS_PERSON:
        raise UnknownOutcome(ledger.read().problem)
    _prepare(ledger, client, post, journal)
    _commit(ledger, client, post, journal)


def _prepare(ledger: Ledger, client: ChannelClient, post: Post, journal: StoredJournal) -> None:
    """Also for what is prepared already: containers and uploads expire, so the client looks again."""
    before = ledger.state
    try:
        if problems := client.check(post):
            raise ContentInvalid(" ".join(problems))
        client.prepare(post, journal)
    except REFUSED_FOR_GOOD as error:
        ledger.move(before, State.REJECTED, problem=str(error))
        raise
    if before is not State.PREPARED:
        ledger.move(before, State.PREPARED, problem="")


def _commit(ledger: Ledger, client: ChannelClient, post: Post, journal: StoredJournal) -> None:
    if journal.get(READS):
        journal[READS] = 0
    ledger.move(State.PREPARED, State.COMMITTING, commit_started_at=ledger.clock())
    try:
        committed = client.commit(post, journal)
    except REFUSED_FOR_GOOD as error:
        ledger.move(State.COMMITTING, State.REJECTED, problem=str(error))
        raise
    except (UnknownOutcome, Duplicate) as error:
        _commit_outcome_unknown(ledger, str(error))
        _reconcile(ledger, client, post, journal)
        if ledger.state is State.ABSENT:
            raise Transient(f"{error} Terbukti belum tayang; akan diunggah lagi.") from None
        return
    except ChannelError as error:
        # Every other class says that nothing became public (contract 1.1).
        ledger.move(State.COMMITTING, State.PREPARED, problem=str(error))
        raise
    _published(ledger, State.COMMITTING, committed)


def _commit_outcome_unknown(ledger: Ledger, reason: str) -> None:
    ledger.move(State.COMMITTING, State.UNKNOWN, problem=reason)


def _reconcile(ledger: Ledger, client: ChannelClient, post: Post, journal: StoredJournal) -> None:
    """Ask the platform once what became of the commit (contract 1.2).

    A passing fault while asking leaves the row `unknown`, so a later try asks again.

    :raises NotYetKnown: nothing seen yet; platforms show new posts late, so the row stays `unknown`.
    :raises UnknownOutcome: the last read told nothing either, or several posts fit: a person has to look.
    """
    try:
        committed = client.resolve(post, journal)
    except SeveralFound as error:
        ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise
    except UnknownOutcome as error:
        reads = journal.get(READS, 0) + 1
        if reads < len(READ_BACK_WAITS):
            journal[READS] = reads
            raise NotYetKnown(str(error), retry_at=ledger.clock() + READ_BACK_WAITS[reads]) from None
        ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise
    if committed is None:
        ledger.move(State.UNKNOWN, State.ABSENT)
    else:
        _published(ledger, State.UNKNOWN, committed)


def _published(ledger: Ledger, before: State, committed: Committed) -> None:
    ledger.move(
        before,
        State.PUBLISHED,
        post_id=committed.post_id,
        permalink=committed.permalink,
        published_at=ledger.clock(),
        problem="",
    )


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
        forget_commit(StoredJournal(ledger))
        ledger.move(State.NEEDS_PERSON, State.ABSENT, problem="")


def settle_as_cancelled(ledger: Ledger) -> None:
    """A person gives this channel up, before an upload by hand or after looking at the account."""
    with ledger.lease():
        before = State.NEW if ledger.state is State.NEW else State.NEEDS_PERSON
        ledger.move(before, State.REJECTED, problem="Dibatalkan oleh admin.")


def give_up(ledger: Ledger, reason: str) -> None:
    """The platform did not recover in time.

    :raises GivenUp: nothing became public; the row is `rejected`, and a later call may start anew.
    :raises UnknownOutcome: it was never learnt whether the post is public; the row is `needs_person`.
    """
    with ledger.lease():
        if ledger.state is State.UNKNOWN:
            ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=reason)
            raise UnknownOutcome(reason)
        ledger.move(ledger.state, State.REJECTED, problem=reason)
    raise GivenUp(f"Batas waktu menunggu kanal ini habis; tidak ada yang tayang. {reason}")


def settle_as_uploaded_by_hand(ledger: Ledger, *, permalink: str, at: datetime) -> Publication:
    """Manual mode: a person uploaded the approved content and gave its address."""
    with ledger.lease():
        if ledger.state is not State.PUBLISHED:
            ledger.move(State.NEW, State.PUBLISHED, permalink=permalink, published_at=at, problem="")
    return ledger.read()
