"""What the events of OCEL are about: cycles, meetings, rounds, publications, evidence, links, officials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from medsos.evaluation.mining.ids import (
    cycle_key,
    evidence_key,
    link_key,
    meeting_key,
    official_key,
    publication_key,
    round_key,
)
from medsos.evaluation.mining.people import People, is_person
from medsos.evaluation.mining.states import FIRST, attempts_by_publication, changes_of
from medsos.evaluation.mining.stories import Gathering, Story
from medsos.evaluation.mining.text import Value
from medsos.evaluation.mining.vocabulary import (
    CYCLE,
    EVIDENCE_OBJECT,
    LINK_OBJECT,
    MEETING_OBJECT,
    OFFICIAL,
    PUBLICATION,
    ROUND,
)

FROM_THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Time of a value that holds from the first on: so the standard's own documents write it."""

_RUNNING = "berjalan"
_UNDECIDED = "menunggu"


@dataclass(frozen=True)
class Thing:
    """An object. Attributes are name, value and since when; those without a value are left out."""

    id: str
    type: str
    attributes: list[tuple[str, Value | None, datetime]]
    relations: list[tuple[str, str]]


def things_of(story: Story, people: People) -> Iterator[Thing]:
    """The cycle and all that belongs to it alone."""
    yield _cycle(story, people)
    yield from _rounds(story, people)
    yield from _publications(story)
    for row in story.evidence:
        yield Thing(
            evidence_key(row.id),
            EVIDENCE_OBJECT,
            _lasting(kind=row.kind, sha256=row.sha256, size_bytes=row.size_bytes),
            [(publication_key(row.publication_id), "membuktikan")],
        )
    for row in story.links:
        yield Thing(
            link_key(row.id),
            LINK_OBJECT,
            _lasting(kind=row.kind, channel=row.channel, address=row.address),
            [(cycle_key(story.cycle.id), "bagian dari")],
        )


def meeting_thing(gathering: Gathering, people: People) -> Thing:
    """A meeting; its minutes' words and the names of who attended stay in the record."""
    minutes = gathering.minutes
    return Thing(
        meeting_key(minutes.id),
        MEETING_OBJECT,
        _lasting(office=minutes.office, started_at=minutes.started_at, ended_at=minutes.ended_at),
        _person(people, minutes.recorded_by, "dicatat oleh"),
    )


def official_things(people: People) -> Iterator[Thing]:
    """Everybody who was named so far, by the name that the export shows."""
    for username in sorted(people.named(), key=people.shown):
        changes = list(people.roles_over_time(username))
        roles = [
            ("role", role, at if number else FROM_THE_BEGINNING) for number, (at, role) in enumerate(changes)
        ]
        shown = people.shown(username)
        yield Thing(official_key(shown), OFFICIAL, [*_lasting(name=shown), *roles], [])


def _cycle(story: Story, people: People) -> Thing:
    cycle = story.cycle
    attributes = _lasting(
        title=cycle.title,
        office=cycle.office,
        content_type=cycle.content_type,
        sop_version=cycle.sop_version,
        channels=", ".join(cycle.request.get("channels", ())),
        requested_at=cycle.requested_at,
        completed_at=cycle.completed_at,
        kahar=cycle.kahar,
        kahar_reason=None if people.pseudonymous else cycle.kahar_reason,
        status=_RUNNING,
    )
    relations = _person(people, cycle.requester, "diajukan oleh")
    if story.minutes is not None:
        relations.append((meeting_key(story.minutes.id), "dibahas dalam"))
    return Thing(
        cycle_key(cycle.id), CYCLE, [*attributes, ("status", cycle.status, cycle.completed_at)], relations
    )


def _rounds(story: Story, people: People) -> Iterator[Thing]:
    cycle_id = story.cycle.id
    authors = {row.round: row.author for row in story.plans}
    decisions = {row.round: row for row in story.approvals}
    for number in story.rounds:
        designs = [row for row in story.designs if row.round == number]
        attributes = _lasting(
            round=number,
            files=len(designs),
            channels=", ".join(dict.fromkeys(row.channel for row in designs)),
            decision=_UNDECIDED,
        )
        if (decided := decisions.get(number)) is not None:
            attributes.append(("decision", decided.decision, decided.decided_at))
        yield Thing(
            round_key(cycle_id, number),
            ROUND,
            attributes,
            [
                (cycle_key(cycle_id), "bagian dari"),
                *_person(people, authors.get(number, ""), "dirancang oleh"),
            ],
        )


def _publications(story: Story) -> Iterator[Thing]:
    cycle_id = story.cycle.id
    sealed = {row.seal: row.round for row in story.approvals}
    attempts = attempts_by_publication(story)
    for row in story.publications:
        tries = attempts.get(row.id, [])
        attributes = _lasting(
            channel=row.channel,
            mode=row.mode,
            attempts=len(tries),
            permalink=row.permalink,
            post_id=row.post_id,
            state=FIRST,
        )
        attributes += [("state", change.state, change.at) for change in changes_of(row, tries)]
        relations = [(cycle_key(cycle_id), "bagian dari")]
        if row.seal in sealed:
            relations.append((round_key(cycle_id, sealed[row.seal]), "memuat"))
        yield Thing(publication_key(row.id), PUBLICATION, attributes, relations)


def _lasting(**values: Value | None) -> list[tuple[str, Value | None, datetime]]:
    return [(name, value, FROM_THE_BEGINNING) for name, value in values.items()]


def _person(people: People, username: str, qualifier: str) -> list[tuple[str, str]]:
    return [(official_key(people.shown(username)), qualifier)] if is_person(username) else []
