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
from datetime import datetime, timedelta

from medsos.channels.base import ChannelClient, Committed, Post
from medsos.channels.limits import check_limits
from medsos.channels.progress import forget_commit
from medsos.errors import (
    AccountBlocked,
    AuthInvalid,
    Cancelled,
    ChannelError,
    ContentInvalid,
    Duplicate,
    GivenUp,
    NotReady,
    NotYetKnown,
    PermissionMissing,
    QuotaExhausted,
    RateLimited,
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

FAULTS_SINCE = "faults_since"
"""Key in the journal: when the present series of passing faults began, ISO 8601."""


def publish(
    ledger: Ledger,
    client: ChannelClient,
    post: Post,
    *,
    give_up_after: timedelta | None = None,
    read_back_waits: Sequence[timedelta] = READ_BACK_WAITS,
) -> Publication:
    """Take the publication as far as it goes now.

    :param give_up_after: how long a platform that is down is waited for, counted from the first fault of
        an unbroken series; None waits for ever.
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
                _advance(ledger, client, post, journal, read_back_waits)
            except (Transient, NotReady, RateLimited) as error:
                _wait_or_give_up(ledger, journal, error, give_up_after)
                raise
    return ledger.read()


def _wait_or_give_up(
    ledger: Ledger, journal: StoredJournal, error: ChannelError, give_up_after: timedelta | None
) -> None:
    """Note since when the platform fails.

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


def _advance(
    ledger: Ledger,
    client: ChannelClient,
    post: Post,
    journal: StoredJournal,
    read_back_waits: Sequence[timedelta],
) -> None:
    if ledger.state is State.CANCELLED:
        raise Cancelled(ledger.read().problem)
    if ledger.state is State.REJECTED:
        ledger.move(State.REJECTED, State.NEW, problem="")
    if ledger.state is State.COMMITTING:
        _commit_outcome_unknown(ledger, "Pekerja terhenti saat mengunggah.")
    if ledger.state is State.UNKNOWN:
        _reconcile(ledger, client, post, journal, read_back_waits)
        if ledger.state is State.PUBLISHED:
            return
    if ledger.state is State.NEEDS_PERSON:
        raise UnknownOutcome(ledger.read().problem)
    _prepare(ledger, client, post, journal)
    _commit(ledger, client, post, journal, read_back_waits)


def _prepare(ledger: Ledger, client: ChannelClient, post: Post, journal: StoredJournal) -> None:
    """Also for what is prepared already: containers and uploads expire, so the client looks again."""
    before = ledger.state
    try:
        if problems := check_limits(client.channel, client.limits, post):
            raise ContentInvalid(" ".join(problems))
        client.prepare(post, journal)
    except REFUSED_FOR_GOOD as error:
        ledger.move(before, State.REJECTED, problem=str(error))
        raise
    if before is not State.PREPARED:
        ledger.move(before, State.PREPARED, problem="")


def _commit(
    ledger: Ledger,
    client: ChannelClient,
    post: Post,
    journal: StoredJournal,
    read_back_waits: Sequence[timedelta],
) -> None:
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
        _reconcile(ledger, client, post, journal, read_back_waits)
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


def _reconcile(
    ledger: Ledger,
    client: ChannelClient,
    post: Post,
    journal: StoredJournal,
    read_back_waits: Sequence[timedelta],
) -> None:
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
        if reads < len(read_back_waits):
            journal[READS] = reads
            raise NotYetKnown(str(error), retry_at=ledger.clock() + read_back_waits[reads]) from None
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
    """A person gives this channel up; no re-run takes it up again."""
    with ledger.lease():
        ledger.move(ledger.state, State.CANCELLED, problem="Dibatalkan oleh admin.")


def hand_over(ledger: Ledger) -> None:
    """A commit is in doubt and nobody will ask the platform: a person has to look."""
    with ledger.lease():
        if ledger.state is State.COMMITTING:
            _commit_outcome_unknown(ledger, "Pekerja terhenti saat mengunggah.")
        ledger.move(State.UNKNOWN, State.NEEDS_PERSON)


def settle_as_uploaded_by_hand(ledger: Ledger, *, permalink: str, at: datetime) -> Publication:
    """Manual mode: a person uploaded the approved content and gave its address."""
    with ledger.lease():
        before = ledger.state
        if before is not State.PUBLISHED:
            ledger.move(before, State.PUBLISHED, permalink=permalink, published_at=at, problem="")
    return ledger.read()
