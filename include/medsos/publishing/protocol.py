"""Publishes one content on one channel exactly once, whatever state an earlier try left behind.

    new → prepared → committing → published
                         ├→ prepared     the platform said: nothing became public; try again later
                         ├→ rejected     the platform refused for good
                         └→ unknown      no usable answer: look before doing anything
    unknown → published | absent (→ prepared) | needs_person (→ published | absent | cancelled)

The marker `committing` is stored before the commit. Who finds it there on a later try knows that an
earlier worker died in between, and treats the outcome as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medsos.channels.base import ChannelClient, Committed, Post
from medsos.channels.limits import check_limits
from medsos.errors import (
    REFUSED_FOR_GOOD,
    Cancelled,
    ChannelError,
    ContentInvalid,
    Duplicate,
    GivenUp,
    NotYetKnown,
    SeveralFound,
    Transient,
    UnknownOutcome,
)
from medsos.publishing.ledger import Ledger, StoredJournal
from medsos.publishing.states import State
from medsos.store.models import Publication

DECIDED = (*REFUSED_FOR_GOOD, UnknownOutcome, Cancelled)
"""Errors after which it is settled what comes next; every other one is waited for until the deadline."""

READ_BACK_WAITS = (timedelta(0), timedelta(seconds=15), timedelta(seconds=60), timedelta(minutes=5))
"""How long to wait before each look at the account (contract 1.2); between them no worker is held."""

READS = "read_backs"
"""Key in the journal: how often the account was read since the last commit."""

FAULTS_SINCE = "faults_since"
"""Key in the journal: when the present series of passing faults began, ISO 8601."""


@dataclass(frozen=True)
class _Try:
    """What one run of the protocol works with."""

    ledger: Ledger
    client: ChannelClient
    post: Post
    journal: StoredJournal
    read_back_waits: Sequence[timedelta]


def publish(
    ledger: Ledger,
    client: ChannelClient,
    post: Post,
    *,
    give_up_after: timedelta | None = None,
    read_back_waits: Sequence[timedelta] = READ_BACK_WAITS,
) -> Publication:
    """Take the publication as far as it goes now.

    :param give_up_after: how long a platform that is down is waited for, counted from the first fault
        since it was begun, or begun anew after it was given up; None waits for ever.
    :param read_back_waits: waits before each look at the account after an unknown outcome.
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
            journal = StoredJournal(ledger)
            try:
                _advance(_Try(ledger, client, post, journal, read_back_waits))
            except DECIDED:
                raise
            except ChannelError as error:
                _wait_or_give_up(ledger, journal, error, give_up_after)
                raise
    return ledger.read()


def _wait_or_give_up(
    ledger: Ledger, journal: StoredJournal, error: ChannelError, give_up_after: timedelta | None
) -> None:
    """Note since when the platform fails, and end the wait when it has been too long.

    :raises GivenUp: for too long; nothing became public, and a later call starts anew.
    :raises UnknownOutcome: for too long, and it was never learnt whether the post is public.
    """
    now = ledger.clock()
    if not journal.get(FAULTS_SINCE):
        journal[FAULTS_SINCE] = now.isoformat()
    since = datetime.fromisoformat(journal[FAULTS_SINCE])
    if give_up_after is None or now < since + give_up_after:
        return
    journal[FAULTS_SINCE] = None
    if ledger.state is State.UNKNOWN:
        ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise UnknownOutcome(str(error)) from None
    if ledger.state is not State.REJECTED:
        ledger.move(ledger.state, State.REJECTED, problem=str(error))
    raise GivenUp(f"Batas waktu menunggu kanal ini habis; tidak ada yang tayang. {error}") from None


def _advance(this: _Try) -> None:
    if this.ledger.state is State.CANCELLED:
        raise Cancelled(this.ledger.read().problem)
    if this.ledger.state is State.REJECTED:
        this.ledger.move(State.REJECTED, State.NEW, problem="")
    if this.ledger.state is State.COMMITTING:
        _commit_outcome_unknown(this.ledger, "Pekerja terhenti saat mengunggah.")
    if this.ledger.state is State.UNKNOWN:
        _reconcile(this)
        if this.ledger.state is State.PUBLISHED:
            return
    if this.ledger.state is State.NEEDS_PERSON:
        raise UnknownOutcome(this.ledger.read().problem)
    _prepare(this)
    _commit(this)


def _prepare(this: _Try) -> None:
    """Also for what is prepared already: containers and uploads expire, so the client looks again."""
    before = this.ledger.state
    try:
        if problems := check_limits(this.client.channel, this.client.limits, this.post):
            raise ContentInvalid(" ".join(problems))
        this.client.prepare(this.post, this.journal)
        this.client.knock()
    except REFUSED_FOR_GOOD as error:
        this.ledger.move(before, State.REJECTED, problem=str(error))
        raise
    if before is not State.PREPARED:
        this.ledger.move(before, State.PREPARED, problem="")


def _commit(this: _Try) -> None:
    if this.journal.get(READS):
        this.journal[READS] = 0
    this.ledger.move(State.PREPARED, State.COMMITTING, commit_started_at=this.ledger.clock())
    try:
        committed = this.client.commit(this.post, this.journal)
    except REFUSED_FOR_GOOD as error:
        this.ledger.move(State.COMMITTING, State.REJECTED, problem=str(error))
        raise
    except NotYetKnown as error:
        _commit_outcome_unknown(this.ledger, str(error))
        raise
    except (UnknownOutcome, Duplicate) as error:
        _commit_outcome_unknown(this.ledger, str(error))
        _reconcile(this)
        if this.ledger.state is State.ABSENT:
            raise Transient(f"{error} Terbukti belum tayang; akan diunggah lagi.") from None
        return
    except ChannelError as error:
        # Every other class says that nothing became public (contract 1.1).
        this.ledger.move(State.COMMITTING, State.PREPARED, problem=str(error))
        raise
    _published(this.ledger, State.COMMITTING, committed)


def _commit_outcome_unknown(ledger: Ledger, reason: str) -> None:
    ledger.move(State.COMMITTING, State.UNKNOWN, problem=reason)


def _reconcile(this: _Try) -> None:
    """Ask the platform once what became of the commit (contract 1.2).

    A passing fault while asking leaves the row `unknown`, so a later try asks again. Where the account can
    no longer be read at all, a person has to look: the post may be public.

    :raises NotYetKnown: nothing seen yet; platforms show new posts late, so the row stays `unknown`.
    :raises UnknownOutcome: the last read told nothing either, or several posts fit: a person has to look.
    """
    try:
        committed = this.client.resolve(this.post, this.journal)
    except SeveralFound as error:
        this.ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise
    except REFUSED_FOR_GOOD as error:
        this.ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise UnknownOutcome(str(error)) from None
    except UnknownOutcome as error:
        reads = this.journal.get(READS, 0) + 1
        if reads < len(this.read_back_waits):
            this.journal[READS] = reads
            raise NotYetKnown(
                str(error), retry_at=this.ledger.clock() + this.read_back_waits[reads]
            ) from None
        this.ledger.move(State.UNKNOWN, State.NEEDS_PERSON, problem=str(error))
        raise
    if committed is None:
        this.ledger.move(State.UNKNOWN, State.ABSENT)
    else:
        _published(this.ledger, State.UNKNOWN, committed)


def _published(ledger: Ledger, before: State, committed: Committed) -> None:
    ledger.move(
        before,
        State.PUBLISHED,
        post_id=committed.post_id,
        permalink=committed.permalink,
        published_at=ledger.clock(),
        problem="",
    )
