"""Makes a record of many invented cycles with a realistic rhythm: working hours, rounds, failures, people.

For measuring, and for looking at reports and pages. The same seed gives the same record.
"""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.offices.model import CHANNELS
from medsos.sop.model import CURRENT_VERSION
from medsos.sop.worktime import WorkCalendar
from medsos.store.base import Base
from medsos.store.columns import write_columns
from medsos.store.models import (
    Approval,
    Cycle,
    Evidence,
    Minutes,
    Publication,
    PublicationAttempt,
    StepEvent,
)
from medsos.store.types import UtcDateTime

CONTENTS = (
    ("foto_kegiatan", "Rapat Pleno Rekapitulasi Daftar Pemilih"),
    ("foto_kegiatan", "Kunjungan Siswa ke Rumah Pintar Pemilu"),
    ("foto_kegiatan", "Apel Pagi Sekretariat"),
    ("video", "Ajakan Memeriksa Daftar Pemilih"),
    ("ucapan_hari_besar", "Selamat Hari Lahir Pancasila"),
    ("ucapan_duka", "Turut Berdukacita"),
    ("sosialisasi_tahapan", "Tahapan Pemutakhiran Data Pemilih"),
    ("produk_hukum", "Keputusan tentang Jadwal Sosialisasi"),
)
"""Types of content with a title each."""
ROUNDS = {1: 0.72, 2: 0.21, 3: 0.07}
"""Shares of cycles decided in the first, second and third round."""
REJECTED, SHARED_MEETING, KAHAR = 0.03, 0.3, 0.01
"""Shares of cycles."""
GONE_WRONG, RETRIED, BY_HAND = 0.01, 0.05, 0.08
"""Shares of uploads."""

TABLES: tuple[type[Base], ...] = (
    Minutes, Cycle, StepEvent, Approval, Publication, PublicationAttempt, Evidence,
)  # fmt: skip
"""What is filled, in an order that foreign keys allow."""


def last_ids(session: Session) -> dict[str, int]:
    """The last number used in each table of a record, for an `Inventor` that adds to it."""
    return {
        table.__tablename__: session.scalar(select(func.max(table.__table__.c.id))) or 0 for table in TABLES
    }


class _WorkClock:
    """From working minutes since a moment to instants: the inverse of the calendar, for columns."""

    def __init__(self, calendar: WorkCalendar, first: datetime, last: datetime) -> None:
        grid = pd.date_range(first, last, freq="min").tz_convert("UTC").as_unit("us")
        self._worked = calendar.minutes(pd.Series([grid[0]] * len(grid)), pd.Series(grid))
        self._moments = grid.asi8

    @property
    def minutes(self) -> float:
        """Working minutes in all."""
        return float(self._worked[-1])

    def at(self, minutes: pd.Series) -> pd.Series:
        wanted = minutes.to_numpy("float64")
        before = np.searchsorted(self._worked, wanted, "left").clip(1, len(self._worked) - 1) - 1
        microseconds = self._moments[before] + (np.nan_to_num(wanted - self._worked[before]) * 60e6).astype(
            "int64"
        )
        instants = pd.to_datetime(pd.Series(microseconds, index=minutes.index), unit="us", utc=True)
        return instants.where(minutes.notna()).dt.as_unit("us")


class Inventor:
    """Invents cycles of one office.

    :param first, last: aware; the stretch of time in which they lie.
    :param ids: the last number used so far in each table (`last_ids`); counted on.
    """

    def __init__(
        self,
        office: str,
        calendar: WorkCalendar,
        *,
        first: datetime,
        last: datetime,
        seed: int,
        ids: dict[str, int],
    ) -> None:
        self._office = office
        self._clock = _WorkClock(calendar, first, last)
        self._random = random.Random(seed)  # noqa: S311  nothing secret
        self._ids = ids
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._last_minutes: int | None = None

    def invent(self, session: Session, count: int) -> None:
        """Write so many cycles, of a few thousand at most."""
        self._rows = {table: [] for table in TABLES}
        for _ in range(count):
            self._cycle(self._random.uniform(200, self._clock.minutes - 4000))
        for table, rows in self._rows.items():
            frame = pd.DataFrame(rows, columns=list(table.__table__.columns.keys()))
            for column in table.__table__.columns:
                if isinstance(column.type, UtcDateTime):
                    frame[column.name] = self._clock.at(frame[column.name].astype("float64"))
            write_columns(session, table, frame)

    def _add(self, table: type[Base], **values: Any) -> int:
        name = table.__tablename__
        self._ids[name] = self._ids.get(name, 0) + 1
        self._rows[table].append({"id": self._ids[name], **values})
        return self._ids[name]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _took(self, typical: float) -> float:
        """Minutes that something took: mostly near the typical, sometimes much longer."""
        return self._random.lognormvariate(0, 0.6) * typical

    def _cycle(self, at: float) -> None:
        """One cycle, requested `at` working minutes after the beginning."""
        cycle_id = self._ids.get("cycles", 0) + 1
        minutes_id = self._meeting(cycle_id, at)
        channels = [channel for channel in CHANNELS if self._chance(0.8)] or ["web"]
        kahar = self._chance(KAHAR)
        begun, all_up = at, True
        at = self._form(cycle_id, "design.plan_content", at + 5, self._took(70))
        at = self._task(cycle_id, "design.render_designs", at, 0.3)
        at, approved = self._rounds(cycle_id, at)
        if approved:
            at += self._took(30) if self._chance(0.3) else 0.1
            ends = [self._channel(cycle_id, channel, at) for channel in channels]
            all_up = all(up for _, up in ends)
            at = max(end for end, _ in ends)
            at = self._task(cycle_id, "link.build_links", at, 0.2)
        at = self._task(cycle_id, "evaluation.evaluate_cycle", at, 0.3)
        content_type, title = self._random.choice(CONTENTS)
        self._add(
            Cycle, office=self._office, title=title,
            content_type=content_type, requester="admin",
            requested_at=begun, sop_version=CURRENT_VERSION, kahar=kahar,
            kahar_reason="Banjir" if kahar else "", completed_at=at,
            status="ditolak" if not approved else "selesai" if all_up else "tidak_lengkap",
            dag_id="content_cycle__" + self._office.replace("-", "_"), run_id=f"synthetic__{cycle_id}",
            request=json.dumps({"channels": channels}), minutes_id=minutes_id,
            archive_folder=f"{self._office}/{cycle_id:06d}",
        )  # fmt: skip

    def _meeting(self, cycle_id: int, at: float) -> int:
        if self._last_minutes is None or not self._chance(SHARED_MEETING):
            self._last_minutes = self._add(
                Minutes, office=self._office, cycle_id=cycle_id, started_at=at - 10 - self._took(75),
                ended_at=at - 10, attendees="Tim Medsos", decision="Ditayangkan.",
                recorded_by="admin", recorded_at=at,
            )  # fmt: skip
        return self._last_minutes

    def _rounds(self, cycle_id: int, at: float) -> tuple[float, bool]:
        """The rounds of approval; the time of the decision, and whether it was yes."""
        rounds = self._random.choices(list(ROUNDS), list(ROUNDS.values()))[0]
        for number in range(1, rounds + 1):
            task = f"approval.round_{number}"
            at = self._form(cycle_id, f"{task}.await_decision", at + 0.1, self._took(80), round_no=number)
            last = number == rounds
            decision = "revisi" if not last else "tolak" if self._chance(REJECTED) else "setuju"
            self._add(
                Approval, cycle_id=cycle_id, round=number, seal=f"{cycle_id:056x}{number:08x}",
                decision=decision, decided_by="kasubbag", on_behalf_of=None, decided_at=at,
                note="" if last else "Perbaiki judul.",
            )  # fmt: skip
            if not last:
                at = self._form(cycle_id, f"{task}.revise_content", at + 0.1, self._took(25), round_no=number)
                at = self._task(cycle_id, f"{task}.render_designs", at, 0.3, round_no=number)
        return at, decision != "tolak"

    def _channel(self, cycle_id: int, channel: str, at: float) -> tuple[float, bool]:
        """One upload with its evidence; the time of its end, and whether it is up."""
        publish = f"upload.publish_{channel}"
        by_hand, retried, wrong = (self._chance(share) for share in (BY_HAND, RETRIED, GONE_WRONG))
        begun, tries = at, 1
        if retried or wrong:
            self._event(cycle_id, publish, "started", at, channel=channel)
            at += 0.5
            self._event(cycle_id, publish, "failed", at, channel=channel)
            at, tries = at + self._took(5), 2
        if by_hand:
            at = self._form(cycle_id, publish, at, self._took(8), channel=channel)
        elif not wrong:
            at = self._task(cycle_id, publish, at, 0.5, channel=channel)
        up = by_hand or not wrong
        address = f"https://{channel}.example/{cycle_id}" if up else None
        publication = self._add(
            Publication, cycle_id=cycle_id, channel=channel, seal=f"{cycle_id:064x}",
            mode="manual" if by_hand else "api", state="published" if up else "rejected", journal="{}",
            created_at=begun, commit_started_at=None, published_at=at if up else None, post_id=None,
            permalink=address, problem="", lease_holder=None, lease_until=None,
        )  # fmt: skip
        for number in range(1, tries + 1):
            self._add(
                PublicationAttempt, publication_id=publication, number=number, started_at=begun,
                finished_at=at, state_before="new", state_after=None, error_class=None, error_code=None,
                trace_id=None, message="",
            )  # fmt: skip
        if up:
            at = self._task(cycle_id, f"upload.capture_{channel}", at, 0.3, channel=channel)
            self._add(
                Evidence, publication_id=publication, kind="screenshot", path=f"{cycle_id}/{channel}.png",
                sha256=f"{publication:064x}", size_bytes=100_000, source_url=address, captured_at=at,
            )  # fmt: skip
        return at, up

    def _task(
        self, cycle_id: int, task_id: str, at: float, minutes: float, *, round_no: int = 0, channel: str = ""
    ) -> float:
        self._event(cycle_id, task_id, "started", at, round_no=round_no, channel=channel)
        self._event(cycle_id, task_id, "finished", at + minutes, round_no=round_no, channel=channel)
        return at + minutes

    def _form(
        self, cycle_id: int, task_id: str, at: float, minutes: float, *, round_no: int = 0, channel: str = ""
    ) -> float:
        """A task that waits for a person."""
        for name, moment in (
            ("started", at),
            ("waiting", at),
            ("resumed", at + minutes),
            ("finished", at + minutes),
        ):
            self._event(cycle_id, task_id, name, moment, round_no=round_no, channel=channel)
        return at + minutes

    def _event(
        self, cycle_id: int, task_id: str, name: str, at: float, *, round_no: int = 0, channel: str = ""
    ) -> None:
        self._add(
            StepEvent, cycle_id=cycle_id, step_key=task_id.split(".", 1)[0], task_id=task_id, event=name,
            round=round_no, channel=channel, actor="", at=at, detail="{}",
        )  # fmt: skip
