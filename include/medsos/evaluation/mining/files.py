"""The event logs of a period as files that are made while they are written.

**Personal data.** A log holds, as the record does, the usernames of those who requested, planned, answered
forms, decided, were asked, or for whom somebody decided, with their roles at that time; titles, the reasons
of *kahar*, the notes of decisions and the messages of failed tasks may name people, too. It does not hold
names from the office's file, who attended a meeting, or the words of minutes. With `pseudonyms` each username
is replaced by a keyed pseudonym that is the same in all files of one call and in no other, and notes, reasons
and messages are left out; the titles, which were published, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from medsos.evaluation.mining.meetings import gathering_moments, trace_of
from medsos.evaluation.mining.moments import Moment, moments_of
from medsos.evaluation.mining.objects import Thing, meeting_thing, official_things, things_of
from medsos.evaluation.mining.ocel import ocel_pieces
from medsos.evaluation.mining.people import People
from medsos.evaluation.mining.steps import StepNames
from medsos.evaluation.mining.stories import gatherings, stories
from medsos.evaluation.mining.xes import xes_pieces
from medsos.evaluation.period import Period
from medsos.indonesian import list_text
from medsos.offices.model import Office
from medsos.settings import load_settings
from medsos.sop.model import Folders


@dataclass(frozen=True)
class EventLogFile:
    """One file. `pieces` reads the record while it is consumed, once, within the session's transaction."""

    format: str
    name: str
    media_type: str
    pieces: Iterator[bytes]

    def write_into(self, folder: Path) -> Path:
        """Write the file, which appears under its name only when it is complete; returns where it is."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / self.name
        unfinished = target.with_name(f".{target.name}.sementara")
        try:
            with unfinished.open("wb") as file:
                file.writelines(self.pieces)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target


@dataclass(frozen=True)
class Export:
    """What both formats are made from."""

    session: Session
    offices: Sequence[Office]
    period: Period
    people: People
    steps: StepNames


def files_of(
    session: Session,
    *,
    offices: Sequence[Office],
    period: Period,
    formats: Iterable[str] = ("ocel", "xes"),
    pseudonyms: bool = False,
    sop_folders: Folders | None = None,
) -> Iterator[EventLogFile]:
    """The event logs of the cycles that were completed in a period.

    A cycle is told whole, also what happened before the period began or after it ended. No more than some
    hundred cycles are in memory at once. The same record gives the same bytes, except for pseudonyms.

    :param session: of `store.session.reading`, so that nobody waits while a large file is written.
    :param formats: of `FORMATS`.
    :param pseudonyms: see above: other names for people, and no free text but titles.
    :param sop_folders: those with the versions of the SOP; by default those of the settings.
    :raises ConfigError: while a file is read: the SOP version of a cycle is missing.
    """
    people = People(session, offices, pseudonyms=pseudonyms)
    steps = StepNames(sop_folders or load_settings().sop_dirs)
    export = Export(session, offices, period, people, steps)
    where = offices[0].slug if len(offices) == 1 else "gabungan"
    for name in formats:
        chosen = FORMATS[name]
        yield EventLogFile(
            name, f"proses-{where}-{period.key}{chosen.suffix}", chosen.media_type, chosen.pieces(export)
        )


@dataclass(frozen=True)
class Format:
    """One format: how its files end, what they are, and what makes them."""

    suffix: str
    media_type: str
    pieces: Callable[[Export], Iterator[bytes]]


def _ocel(export: Export) -> Iterator[bytes]:
    return ocel_pieces(_moments(export), _things(export), export.steps)


def _moments(export: Export) -> Iterator[tuple[str, Moment]]:
    """Meetings first, then cycle by cycle."""
    for gathering in gatherings(export.session, export.offices, export.period):
        for moment in gathering_moments(gathering):
            yield gathering.sop_version, moment
    for story in stories(export.session, export.offices, export.period):
        for moment in moments_of(story, export.people):
            yield story.cycle.sop_version, moment


def _things(export: Export) -> Iterator[Thing]:
    for gathering in gatherings(export.session, export.offices, export.period):
        yield meeting_thing(gathering, export.people)
    for story in stories(export.session, export.offices, export.period, events=False):
        yield from things_of(story, export.people)
    yield from official_things(export.people)


def _xes(export: Export) -> Iterator[bytes]:
    names = list_text([office.short_name for office in export.offices])
    traces = (
        (story, trace_of(story, export.people))
        for story in stories(export.session, export.offices, export.period)
    )
    return xes_pieces(
        f"Siklus konten {names}, {export.period.name}",
        traces,
        export.steps,
        free_text=not export.people.pseudonymous,
    )


FORMATS: dict[str, Format] = {
    "ocel": Format(".jsonocel", "application/json", _ocel),
    "xes": Format(".xes", "application/xml", _xes),
}
"""By the name that the command line uses."""
