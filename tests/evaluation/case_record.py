"""Puts the cycles of the book of cases into the record, and evaluates them there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import yaml
from case_book import (
    OFFICES_FILE,
    STEPS,
    Case,
    Event,
    all_cases,
    load,
    parse_time,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import publication_row
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_cycle
from medsos.settings import DEFAULT_DATA_DIR
from medsos.store.journal import record_event
from medsos.store.models import (
    Approval,
    Cycle,
    Evidence,
    Minutes,
    Publication,
    PublicationAttempt,
)
from medsos.store.session import transaction

LONG_AGO, FAR = parse_time("2000-01-01"), parse_time("2100-01-01")

ZONES = {slug: ZoneInfo(raw.get("zona", "Asia/Jakarta")) for slug, raw in load(OFFICES_FILE).items()}


def write_offices(data_dir: Path) -> None:
    """A data folder with the offices of the book: copies of Kota Bengkulu with other zones and hours."""
    shutil.copytree(DEFAULT_DATA_DIR / "sop", data_dir / "sop")
    shutil.copy(DEFAULT_DATA_DIR / "hours.yaml", data_dir / "hours.yaml")
    model = DEFAULT_DATA_DIR / "offices" / "kota-bengkulu"
    for slug, raw in load(OFFICES_FILE).items():
        folder = data_dir / "offices" / slug
        shutil.copytree(model, folder)
        office = yaml.safe_load((model / "office.yaml").read_text(encoding="utf-8"))
        office |= {"slug": slug, "time_zone": str(ZONES[slug])}
        for channel in raw.get("manual", []):
            office["channels"][channel]["mode"] = "manual"
        (folder / "office.yaml").write_text(yaml.safe_dump(office), encoding="utf-8")
        if "jam" in raw:
            (folder / "hours.yaml").write_text(yaml.safe_dump(raw["jam"]), encoding="utf-8")


class Book:
    """The cycles of the book in one record."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.ids: dict[str, int] = {}

    def put(self, case: Case) -> int:
        """Enter a cycle as it stands before anything happened in it; returns its number."""
        if case.name in self.ids:
            return self.ids[case.name]
        owner = self.put(all_cases()[case.meeting]) if isinstance(case.meeting, str) else None
        written = case.written
        with transaction() as session:
            cycle = Cycle(
                office=written.kantor,
                title=case.name,
                content_type="foto_kegiatan",
                requester="admin",
                requested_at=self._at(case, _first(case)),
                sop_version="4-ORT.06-1771-2-2023",
                kahar=bool(written.kahar),
                kahar_reason=written.kahar,
                dag_id=f"content_cycle__{written.kantor.replace('-', '_')}",
                run_id=f"manual__{case.name}",
                request={"channels": written.diminta},
                archive_folder=f"{written.kantor}/{case.name}",
            )
            session.add(cycle)
            session.flush()
            self.ids[case.name] = cycle.id
            if owner is not None:
                cycle.minutes_id = session.get_one(Cycle, owner).minutes_id
            elif case.meeting is not None:
                cycle.minutes_id = self._minutes(session, case, cycle.id)
            self._decide(session, case)
        return self.ids[case.name]

    def live(self, case: Case) -> None:
        """Let everything happen, with an evaluation at each of its moments."""
        self.put(case)
        *earlier, final = case.evaluated_at
        for moment in earlier:
            self._tell(case, [event for event in case.events if event.at <= moment])
            self._publish(case, moment)
            self._evaluate(case, moment)
        known_at = earlier[-1] if earlier else LONG_AGO
        self._tell(case, [event for event in case.events if event.at > known_at] + case.late_events)
        self._publish(case, FAR)
        self._evaluate(case, final)
        self._end_step_6(case)

    def enter(self, case: Case, shuffle: Random) -> None:
        """Enter all that happened in a cycle, in any order, as completed but not evaluated.

        What one task did in one and the same second keeps its order: nothing else tells it.
        """
        self.put(case)
        places: dict[tuple[str, datetime], float] = {}
        self._tell(
            case,
            sorted(
                [*case.events, *case.late_events],
                key=lambda event: places.setdefault((event.task_id, event.at), shuffle.random()),
            ),
        )
        self._publish(case, FAR)
        self._end_step_6(case)
        with transaction() as session:
            cycle = session.get_one(Cycle, self.ids[case.name])
            cycle.completed_at = self._at(case, case.evaluated_at[0])

    def _evaluate(self, case: Case, moment: datetime) -> None:
        with transaction() as session:
            evaluate_cycle(session, self.ids[case.name], rules=self.rules, now=self._at(case, moment))

    def _tell(self, case: Case, events: Sequence[Event]) -> None:
        ordered = reversed(events) if case.written.urutan_datang == "terbalik" else events
        with transaction() as session:
            for event in ordered:
                group, _, task = event.task_id.rpartition(".")
                about_channel = group == "upload" and not task.startswith("wait")
                round_no = int(group.rsplit("_", 1)[1]) if ".round_" in group else 0
                record_event(
                    session,
                    cycle_id=self.ids[case.name],
                    task_id=event.task_id,
                    event=event.name,  # type: ignore[arg-type]
                    at=self._at(case, event.at),
                    round_no=round_no,
                    channel=task.split("_", 1)[1] if about_channel else "",
                )

    def _end_step_6(self, case: Case) -> None:
        """A task that was evaluating ends at that very moment, and says so."""
        own = [event for event in case.events if event.step == len(STEPS)]
        if own and own[-1].name == "started":
            self._tell(case, [Event(case.evaluated_at[-1], own[-1].task_id, "finished")])

    def _minutes(self, session: Session, case: Case, cycle_id: int) -> int:
        begin, end = case.meeting  # type: ignore[misc]
        minutes = Minutes(
            office=case.written.kantor,
            cycle_id=cycle_id,
            started_at=self._at(case, begin),
            ended_at=self._at(case, end),
            attendees="Tim Pembina dan Tim Teknis",
            decision="Disepakati.",
            recorded_by="admin",
            recorded_at=self._at(case, end),
        )
        session.add(minutes)
        session.flush()
        return minutes.id

    def _decide(self, session: Session, case: Case) -> None:
        for number, decision in enumerate(case.written.keputusan, 1):
            pressed = [
                event.at
                for event in case.events
                if event.task_id == f"approval.round_{number}.await_decision" and event.name == "resumed"
            ]
            session.add(
                Approval(
                    cycle_id=self.ids[case.name],
                    round=number,
                    seal=hashlib.sha256(f"{case.name} {number}".encode()).hexdigest(),
                    decision=decision,
                    decided_by=case.written.plh or "kasubbag",
                    on_behalf_of="kasubbag" if case.written.plh else None,
                    decided_at=self._at(case, pressed[-1]),
                    note="" if decision == "setuju" else "Perbaiki judulnya.",
                )
            )

    def _publish(self, case: Case, until: datetime) -> None:
        """Enter the ledger's rows of what was up by then; what never was, at the first time."""
        cycle_id = self.ids[case.name]
        with transaction() as session:
            known = set(session.scalars(select(Publication.channel).where(Publication.cycle_id == cycle_id)))
            for channel, row in case.ledger.items():
                up_at = datetime.fromisoformat(row.tayang) if row.tayang else None
                if channel in known or (up_at and up_at > until):
                    continue
                at = self._at(case, up_at or _first(case))
                address = f"https://{channel}.example/kpu/{cycle_id}"
                publication = publication_row(
                    cycle_id,
                    channel,
                    mode=row.cara,
                    state=row.keadaan,
                    created_at=at,
                    published_at=at if up_at else None,
                    permalink=address if up_at else None,
                )
                session.add(publication)
                session.flush()
                for number in range(1, row.percobaan + 1):
                    session.add(
                        PublicationAttempt(
                            publication_id=publication.id, number=number, started_at=at, state_before="new"
                        )
                    )
                for number, proof in enumerate(row.proofs):
                    session.add(_evidence(publication.id, proof, address, at + timedelta(minutes=number)))

    @staticmethod
    def _at(case: Case, local: datetime) -> datetime:
        return local.replace(tzinfo=ZONES[case.written.kantor])


def _first(case: Case) -> datetime:
    return min(event.at for event in case.events)


def _evidence(publication_id: int, proof: str, address: str, at: datetime) -> Evidence:
    return Evidence(
        publication_id=publication_id,
        kind=proof.split()[0],
        path=f"bukti/{publication_id}-{proof}",
        sha256=hashlib.sha256(f"{publication_id} {proof}".encode()).hexdigest(),
        size_bytes=1,
        source_url=address if "lain" not in proof else f"{address}-lain",
        captured_at=at,
    )
