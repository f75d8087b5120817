"""Gathers what the page of one cycle shows: steps against targets, rounds, channels, files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import who_may_decide
from medsos.evaluation.durations import StepTimes
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import steps_of
from medsos.evidence.archive import LINKS, REPORT, Archive
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.settings import load_settings
from medsos.sop.model import Sop, SopStep, load_sop
from medsos.store.models import (
    Approval,
    Cycle,
    Design,
    Evidence,
    FormAnswer,
    Material,
    Minutes,
    Publication,
    StepDuration,
    StepEvent,
)
from medsos.store.names import known_people
from medsos.web.asked import Asked, asked_of
from medsos.web.cycles.channel_state import ChannelState, channel_state
from medsos.web.office_view import office_of

HASHED_UP_TO = 5_000_000
"""Bytes: files without a recorded checksum are hashed for the page up to this size."""


@dataclass(frozen=True)
class StepView:
    """One SOP step; minutes are those of the evaluation, or up to now while it is not evaluated."""

    step: SopStep
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    minutes: float | None
    on_time: bool | None
    problem: str

    @property
    def filled(self) -> int:
        """Share of the target that is used up, percent, at most 100."""
        return min(100, round(100 * (self.minutes or 0) / self.step.target_minutes))


@dataclass(frozen=True)
class RoundView:
    """One round of designs and its decision."""

    number: int
    decision: Approval | None


@dataclass(frozen=True)
class FileView:
    """A file of the cycle. `sha256` is None when it was neither recorded nor small enough to hash."""

    path: str
    name: str
    what: str
    size_bytes: int
    sha256: str | None


@dataclass(frozen=True)
class CycleView:
    """Everything on the page of a cycle. `nobody_decides` says why no decision can come, or is empty."""

    cycle: Cycle
    office: Office
    names: Mapping[str, str]
    sop: Sop
    asked: Asked
    steps: tuple[StepView, ...]
    rounds: tuple[RoundView, ...]
    channels: tuple[ChannelState, ...]
    minutes: Minutes | None
    refused: tuple[FormAnswer, ...]
    recorded: dict[str, tuple[str, str]]
    nobody_decides: str

    def name_of(self, username: str) -> str:
        """Of somebody who had to do with the office; the log-in name of anybody else."""
        return self.names.get(username, username)


@dataclass(frozen=True)
class CycleFiles:
    """What lies in the folder of a cycle; the two pages are the newest of their kind."""

    files: tuple[FileView, ...]
    link_page: str | None
    report: str | None


def cycle_view(session: Session, cycle_id: int, *, now: datetime) -> CycleView | None:
    """The page of a cycle as the record knows it, or None when there is none with this number."""
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        return None
    office = office_of(cycle.office)
    sop = load_sop(load_settings().sop_dirs, cycle.sop_version)
    minutes = session.get(Minutes, cycle.minutes_id) if cycle.minutes_id is not None else None
    designs = list(
        session.scalars(
            select(Design)
            .where(Design.cycle_id == cycle_id)
            .order_by(Design.round, Design.channel, Design.position)
        )
    )
    asked = asked_of(cycle)
    steps = _steps(session, cycle, sop, now)
    channels = tuple(channel_state(session, cycle, office, channel, designs) for channel in asked.channels)
    rounds = _rounds(session, cycle_id, designs)
    return CycleView(
        cycle=cycle,
        office=office,
        names=known_people(session, office),
        sop=sop,
        asked=asked,
        steps=steps,
        rounds=rounds,
        channels=channels,
        minutes=minutes,
        refused=_refused(session, cycle) if cycle.completed_at is None else (),
        recorded=_recorded(session, cycle, designs),
        nobody_decides=_nobody_decides(session, cycle, office, rounds, now),
    )


def cycle_files(archive: Archive, view: CycleView) -> CycleFiles:
    """Look into the archive. Not part of `cycle_view`: a slow network share must not hold up the record."""
    folder = view.cycle.archive_folder
    paths = list(archive.files(folder))
    return CycleFiles(
        files=tuple(_file(archive, folder, path, view.recorded.get(path)) for path in paths),
        link_page=_newest(paths, LINKS),
        report=_newest(paths, REPORT),
    )


def _steps(session: Session, cycle: Cycle, sop: Sop, now: datetime) -> tuple[StepView, ...]:
    events = list(
        session.scalars(
            select(StepEvent).where(StepEvent.cycle_id == cycle.id).order_by(StepEvent.at, StepEvent.id)
        )
    )
    times = steps_of(session, cycle, rules=Rules(), now=now)
    evaluated = {
        row.step_key: row
        for row in session.scalars(select(StepDuration).where(StepDuration.cycle_id == cycle.id))
    }
    return tuple(
        _step(
            step,
            [event for event in events if event.step_key == step.key],
            times[step.key],
            evaluated.get(step.key),
            over=cycle.completed_at is not None,
        )
        for step in sop.steps
    )


def _step(
    step: SopStep, events: Sequence[StepEvent], times: StepTimes, row: StepDuration | None, *, over: bool
) -> StepView:
    last = {event.task_id: event for event in events}
    failed = [event for event in last.values() if event.event == "failed"]
    state = _step_state({event.event for event in last.values()}, over=over)
    source = row if row is not None else times
    judged = source.working_minutes if times.counted else None
    return StepView(
        step=step,
        state=state,
        started_at=source.started_at,
        finished_at=source.finished_at,
        minutes=judged,
        on_time=row.on_time
        if row is not None
        else (judged <= step.target_minutes if judged is not None and state == "selesai" else None),
        problem=str(failed[-1].detail.get("message", "")) if state == "gagal" else "",
    )


def _step_state(last_events: set[str], *, over: bool) -> str:
    """The state of a step from the last event of each of its tasks."""
    if not last_events:
        return "dilewati" if over else "belum"
    if not over and "waiting" in last_events:
        return "menunggu"
    if not over and last_events & {"started", "resumed"}:
        return "berjalan"
    return "gagal" if "failed" in last_events else "selesai"


def _rounds(session: Session, cycle_id: int, designs: Sequence[Design]) -> tuple[RoundView, ...]:
    decisions = {
        row.round: row for row in session.scalars(select(Approval).where(Approval.cycle_id == cycle_id))
    }
    return tuple(
        RoundView(number, decisions.get(number)) for number in sorted({design.round for design in designs})
    )


def _nobody_decides(
    session: Session, cycle: Cycle, office: Office, rounds: Sequence[RoundView], now: datetime
) -> str:
    """Why the round that waits cannot be decided by anybody, if it waits."""
    if cycle.completed_at is not None or not rounds or rounds[-1].decision is not None:
        return ""
    return who_may_decide(session, cycle, now, office.zone).sentence


def _refused(session: Session, cycle: Cycle) -> tuple[FormAnswer, ...]:
    """The last answer of each form where it could not be accepted and no better one has come since."""
    answers = session.scalars(
        select(FormAnswer).where(FormAnswer.cycle_id == cycle.id).order_by(FormAnswer.id)
    )
    last = {answer.task_id: answer for answer in answers}
    return tuple(answer for answer in last.values() if not answer.accepted)


def _recorded(session: Session, cycle: Cycle, designs: Sequence[Design]) -> dict[str, tuple[str, str]]:
    """Archive path → what it is, and its checksum."""
    known: dict[str, tuple[str, str]] = {}
    for material in session.scalars(select(Material).where(Material.cycle_id == cycle.id)):
        known[material.original_path] = ("Bahan asli", material.original_sha256)
        known.setdefault(material.clean_path, ("Bahan, dibersihkan", material.clean_sha256))
    for design in designs:
        what = f"Desain {CHANNEL_NAMES[design.channel]}, putaran {design.round}"
        known.setdefault(design.path, (what, design.sha256))
    proofs = select(Evidence, Publication.channel).join(Publication).where(Publication.cycle_id == cycle.id)
    for proof, channel in session.execute(proofs):
        known[proof.path] = (f"Bukti {CHANNEL_NAMES[channel]}", proof.sha256)
    return known


_OF_FOLDER = {LINKS: "Halaman tautan", REPORT: "Laporan evaluasi"}


def _file(archive: Archive, folder: str, path: str, known: tuple[str, str] | None) -> FileView:
    name = path.removeprefix(f"{folder}/")
    what, sha256 = known or (_OF_FOLDER.get(name.split("/", 1)[0], "Dibuat oleh sistem"), None)
    size = int((archive.root / path).stat().st_size)
    if sha256 is None and size <= HASHED_UP_TO:
        sha256 = hashlib.sha256(archive.read(path)).hexdigest()
    return FileView(path, name, what, size, sha256)


def _newest(paths: Sequence[str], folder: str) -> str | None:
    """The last version of the page in a folder: `laporan.html`, `laporan-2.html`, …"""

    def version(path: str) -> int:
        match = re.search(r"-(\d+)$", PurePosixPath(path).stem)
        return int(match[1]) if match else 1

    pages = [path for path in paths if f"/{folder}/" in path and path.endswith(".html")]
    return max(pages, key=version, default=None)
