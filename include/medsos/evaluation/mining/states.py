"""When a publication changed its state, from the attempts that the ledger noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from medsos.evaluation.mining.stories import AnyRow, Rows, Story

FIRST = "new"
PUBLISHED = "published"


@dataclass(frozen=True)
class Change:
    """From then on the publication was in this state; `number` counts the changes of one publication."""

    at: datetime
    state: str
    number: int


def attempts_by_publication(story: Story) -> dict[int, Rows]:
    """The attempts of each publication in their order."""
    found: dict[int, Rows] = {}
    for row in story.attempts:
        found.setdefault(row.publication_id, []).append(row)
    return found


def changes_of(publication: AnyRow, attempts: Rows) -> Iterator[Change]:
    """The changes after `new`, in order; being public counts from the moment that the ledger gives for it.

    A state that no finished attempt explains, such as an upload by hand, dates from the publication, or
    from the last sign of life of its attempts.
    """
    state, number = FIRST, 0
    latest = publication.created_at
    for attempt in attempts:
        latest = max(latest, attempt.finished_at or attempt.started_at)
        if attempt.state_after in (None, state, PUBLISHED):
            continue
        state, number = attempt.state_after, number + 1
        yield Change(latest, state, number)
    if publication.state != state:
        published = publication.published_at if publication.state == PUBLISHED else None
        yield Change(published or latest, publication.state, number + 1)
