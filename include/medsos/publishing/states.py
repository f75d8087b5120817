"""The states of a publication, and which may follow which, as one declared table."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a publication stands. Values are what the ledger stores."""

    NEW = "new"
    PREPARED = "prepared"
    COMMITTING = "committing"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    PUBLISHED = "published"
    REJECTED = "rejected"
    NEEDS_PERSON = "needs_person"
    CANCELLED = "cancelled"


TRANSITIONS: dict[State, frozenset[State]] = {
    # Straight to PUBLISHED only by a person who uploaded by hand, where nothing was sent or it was refused.
    State.NEW: frozenset({State.PREPARED, State.REJECTED, State.PUBLISHED, State.CANCELLED}),
    State.PREPARED: frozenset({State.COMMITTING, State.REJECTED, State.PUBLISHED, State.CANCELLED}),
    # Back to PREPARED only when the platform said that nothing became public.
    State.COMMITTING: frozenset({State.PUBLISHED, State.PREPARED, State.REJECTED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.PUBLISHED, State.ABSENT, State.NEEDS_PERSON}),
    # ABSENT is positive proof that nothing is public: preparing and committing may start again.
    State.ABSENT: frozenset({State.PREPARED, State.REJECTED, State.PUBLISHED, State.CANCELLED}),
    State.NEEDS_PERSON: frozenset({State.PUBLISHED, State.ABSENT, State.CANCELLED}),
    # A person may repair what was refused (token, text limits) and let the same content try again.
    State.REJECTED: frozenset({State.NEW, State.PUBLISHED, State.CANCELLED}),
    State.PUBLISHED: frozenset(),
    # A person's word: no re-run undoes it.
    State.CANCELLED: frozenset(),
}

FINAL = frozenset({State.PUBLISHED, State.CANCELLED})
"""Nothing leads out of these."""

NOTHING_SENT = (State.NEW, State.PREPARED, State.ABSENT, State.REJECTED)
"""Nothing is public, for certain."""
