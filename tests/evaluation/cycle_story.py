"""Hand-written histories of cycles: what happened, line by line, in Bengkulu time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from builders import design_row, evidence_row, picture, publication_row
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import Evaluated, evaluate_cycle
from medsos.evidence.archive import Archive
from medsos.offices.model import Brand, Office
from medsos.sop.model import Sop
from medsos.store.journal import record_event
from medsos.store.models import (
    Approval,
    ChannelResult,
    Cycle,
    CycleScorecard,
    Minutes,
    PublicationAttempt,
    StepDuration,
)
from medsos.store.session import transaction

WIB = ZoneInfo("Asia/Jakarta")
DAY = datetime(2026, 11, 23, tzinfo=WIB)
CHANNELS = ["web", "facebook", "instagram", "x", "tiktok"]

MORNING = """
08:00 accept_request started
08:00 accept_request finished
08:01 meeting.record_minutes started
08:01 meeting.record_minutes waiting
10:00 meeting.record_minutes resumed
10:00 meeting.record_minutes finished
10:00 design.plan_content started
10:00 design.plan_content waiting
10:40 design.plan_content resumed
10:41 design.plan_content finished
10:41 design.render_designs started
10:45 design.render_designs finished
10:46 approval.round_1.await_decision started
10:46 approval.round_1.await_decision waiting
"""
APPROVED_AT_ONCE = (
    MORNING
    + """
11:16 approval.round_1.await_decision resumed
11:16 approval.round_1.await_decision finished
11:16 approval.conclude started
11:16 approval.conclude finished
11:16 upload.wait_until_scheduled started
13:00 upload.wait_until_scheduled finished
"""
)
UPLOADED = (
    APPROVED_AT_ONCE
    + "".join(
        f"""
13:0{number} upload.publish_{channel} started
13:0{number + 1} upload.publish_{channel} finished
13:0{number + 2} upload.capture_{channel} started
13:0{number + 3} upload.capture_{channel} finished
"""
        for number, channel in enumerate(CHANNELS)
    )
    + """
13:10 link.build_links started
13:12 link.build_links finished
13:13 evaluation.evaluate_cycle started
"""
)
EVALUATED_AT = "13:14"


def at(clock_time: str, *, days: int = 0) -> datetime:
    """“13:05” or “13:05:30” on the day of the story, or `days` later."""
    parts = [int(part) for part in clock_time.split(":")]
    return DAY + timedelta(days=days, hours=parts[0], minutes=parts[1], seconds=(*parts, 0)[2])


@dataclass
class Story:
    """One cycle in the record, told by hand."""

    cycle_id: int
    office: Office
    sop: Sop
    brand: Brand
    archive: Archive

    def tell(self, lines: str) -> None:
        """Write events, one a line: `HH:MM task event`; `1d HH:MM` is the next day."""
        with transaction() as session:
            for line in filter(None, (line.split() for line in lines.splitlines())):
                days = int(line.pop(0)[:-1]) if line[0].endswith("d") else 0
                clock_time, task_id, event = line
                channel = task_id.split("_", 1)[1] if task_id.startswith("upload.p") else ""
                record_event(
                    session,
                    cycle_id=self.cycle_id,
                    task_id=task_id,
                    event=event,  # type: ignore[arg-type]
                    at=at(clock_time, days=days),
                    channel=channel,
                )

    def met(self, begin: str, end: str, *, written_in: int | None = None) -> None:
        """Minutes of a meeting, by default written in this cycle."""
        with transaction() as session:
            minutes = Minutes(
                office=self.office.slug,
                cycle_id=written_in or self.cycle_id,
                started_at=at(begin),
                ended_at=at(end),
                attendees="Tim Pembina dan Tim Teknis",
                decision="Mengunggah foto kegiatan simulasi pemungutan suara.",
                recorded_by="admin",
                recorded_at=at(end),
            )
            session.add(minutes)
            session.flush()
            session.get_one(Cycle, self.cycle_id).minutes_id = minutes.id

    def decided(self, *decisions: str, note: str = "", delegate: str = "") -> None:
        """One decision per round, of the Kasubbag or for him of `delegate`."""
        with transaction() as session:
            for number, decision in enumerate(decisions, 1):
                session.add(
                    Approval(
                        cycle_id=self.cycle_id,
                        round=number,
                        seal=hashlib.sha256(f"{self.cycle_id}-{number}".encode()).hexdigest(),
                        decision=decision,
                        decided_by=delegate or "kasubbag",
                        on_behalf_of="kasubbag" if delegate else None,
                        decided_at=at("11:16") + timedelta(hours=number - 1),
                        note=note if decision != "setuju" else "",
                    )
                )

    def designed(self, *channels: str, round_no: int = 1) -> None:
        """One picture per channel in the archive."""
        with transaction() as session:
            folder = session.get_one(Cycle, self.cycle_id).archive_folder
            for channel in channels:
                data = picture((1080, 1080), f"Desain {channel} r{round_no}")
                stored = self.archive.put(f"{folder}/desain/putaran-{round_no}/{channel}.jpg", data)
                session.add(
                    design_row(
                        self.cycle_id,
                        channel,
                        stored,
                        round=round_no,
                        width=1080,
                        height=1080,
                        caption="Simulasi pemungutan suara.",
                        alt_text="Petugas menyusun bilik suara",
                    )
                )

    def published(
        self, channel: str, clock_time: str, *, state: str = "published", proof: str | None = "screenshot"
    ) -> None:
        """A ledger row, with one attempt and, unless None, a proof."""
        up = state == "published"
        with transaction() as session:
            folder = session.get_one(Cycle, self.cycle_id).archive_folder
            row = publication_row(
                self.cycle_id,
                channel,
                state=state,
                created_at=at(clock_time),
                published_at=at(clock_time) if up else None,
                permalink=f"https://{channel}.example/kpukotabengkulu/posts/{self.cycle_id}" if up else None,
                problem="" if up else "Token akun sudah dicabut. Masukkan token baru pada Connection.",
            )
            session.add(row)
            session.flush()
            session.add(
                PublicationAttempt(
                    publication_id=row.id, number=1, started_at=at(clock_time), state_before="new"
                )
            )
            if up and proof:
                data = (
                    b'{"id": 1}'
                    if proof == "read_back"
                    else picture((1280, 1500), f"{channel}: postingan", "#37474f")
                )
                suffix = "json" if proof == "read_back" else "png"
                stored = self.archive.put(f"{folder}/bukti/{channel}.{suffix}", data)
                session.add(evidence_row(row, proof, stored, at(clock_time) + timedelta(minutes=1)))

    def evaluate(self, clock_time: str = EVALUATED_AT, *, days: int = 0) -> CycleRows:
        """Evaluate as the task would at that time; returns what the tables hold of this cycle then."""
        with transaction() as session:
            evaluated = evaluate_cycle(session, self.cycle_id, rules=Rules(), now=at(clock_time, days=days))
        return self.rows(evaluated)

    def rows(self, evaluated: Evaluated) -> CycleRows:
        with transaction() as session:
            own = {
                table: session.scalars(select(table).where(table.cycle_id == self.cycle_id)).all()
                for table in (StepDuration, ChannelResult, CycleScorecard)
            }
        channels = sorted(own[ChannelResult], key=lambda row: CHANNELS.index(row.channel))
        steps = sorted(own[StepDuration], key=lambda row: row.step_no)
        return CycleRows(steps, channels, own[CycleScorecard][0], evaluated)


@dataclass(frozen=True)
class CycleRows:
    """The rows of one cycle in the evaluation tables, in the order of the SOP."""

    steps: list[StepDuration]
    channels: list[ChannelResult]
    scorecard: CycleScorecard
    evaluated: Evaluated
