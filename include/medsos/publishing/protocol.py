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

from medsos.channels.base import ChannelClient, Committed, Post
from medsos.errors import (
    AccountBlocked,
    AuthInvalid,
    ChannelError,
    ContentInvalid,
    Duplicate,
    PermissionMissing,
    QuotaExhausted,
    Transient,
    UnknownOutcome,
)
from medsos.publishing.ledger import Ledger, StoredJournal
from medsos.publishing.states import State
from medsos.store.models import Publication

REFUSED_FOR_GOOD = (AuthInvalid, PermissionMissing, QuotaExhausted, ContentInvalid, AccountBlocked)
"""Errors that repeating cannot mend; a person has to change something first."""


def publish(ledger: Ledger, client: ChannelClient, post: Post) -> Publication:
    """Take the publication as far as it goes now.

    :returns: the row, in state `published`.
    :raises ChannelError: what ended this try. `REFUSED_FOR_GOOD` left the row `rejected`; after
        `UnknownOutcome` it is `unknown` or `needs_person`; after anything else a later call resumes.
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
    """Ask the platform what became of the commit.

    A passing fault while asking leaves the row `unknown`, so a later try asks again.
    """
    try:
        committed = client.resolve(post, journal)
    except UnknownOutcome as error:
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
