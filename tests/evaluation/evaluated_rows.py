"""Rows of the evaluation tables, entered directly: what an export is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from builders import NOW, make_cycle
from medsos.store.models import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration
from medsos.store.session import transaction

NOVEMBER_EVENING = datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)
"""The last second of November in Bengkulu."""

STEPS = ("meeting", "design", "approval", "upload", "link", "evaluation")
HOSTILE_TITLES = (
    '=HYPERLINK("http://jahat.example";"klik")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "＝1+1",
    "{=1+1}",
    "http://jahat.example/unduh",
    "mailto:a@jahat.example",
    "12345",
    "2026-11-23",
    'kutip " titik koma ; koma , dan\nbaris baru',
    "<script>alert(1)</script> & _x0041_ \x01\x1f",
    "\x00 \x0b \x7f \ufffe \uffff",
    "emoji 🗳️ dan huruf Arab مرحبا",
    "panjang " * 100,
)


def evaluated_cycle(
    title: str = "Rapat pleno terbuka",
    *,
    completed_at: datetime = NOW,
    office: str = "kota-bengkulu",
    approved_by: str | None = "kasubbag",
    minutes: float = 35.25,
) -> int:
    """A finished cycle with six steps and two channels, the second of which was never up."""
    begun = completed_at - timedelta(hours=3)
    cycle_id = make_cycle(title=title, office=office, status="tidak_lengkap", completed_at=completed_at)
    of_cycle: dict[str, Any] = {"cycle_id": cycle_id, "office": office, "content_type": "foto_kegiatan"}
    with transaction() as session:
        session.add_all(
            StepDuration(
                **of_cycle, sop_version="v", step_no=number, step_key=key, started_at=begun,
                finished_at=completed_at, target_minutes=180.0, elapsed_minutes=965.0,
                working_minutes=minutes, waiting_minutes=minutes, rework_minutes=0.0, rounds=1,
                on_time=None if number == 1 else minutes <= 180,
                deviation_minutes=None if number == 1 else minutes - 180, kahar=False,
            )
            for number, key in enumerate(STEPS, 1)
        )  # fmt: skip
        session.add(
            ChannelResult(
                cycle_id=cycle_id, channel="web", mode="api", state="published", published_at=completed_at,
                permalink="https://kota-bengkulu.kpu.go.id/rapat", attempts=2, evidence_kind="screenshot",
                evidence_sha256="a" * 64, upload_seconds=61.5,
            )
        )  # fmt: skip
        session.add(
            ChannelResult(cycle_id=cycle_id, channel="x", mode="manual", state="tidak_diunggah", attempts=0)
        )
        session.add(
            CycleScorecard(
                **of_cycle, title=title, status="tidak_lengkap", requested_at=begun,
                completed_at=completed_at, rounds=1, approved_by=approved_by, working_minutes=6 * minutes,
                target_minutes=520.0, steps_on_time=5, steps_total=5, channels_published=1,
                channels_total=2, evidence_complete=True, kahar=False,
            )
        )  # fmt: skip
    return cycle_id


def recap(month: date, *, office: str = "kota-bengkulu", on_time_rate: float | None = 2 / 3) -> None:
    """The six rows of a month."""
    with transaction() as session:
        session.add_all(
            MonthlyRecap(
                office=office, month=month, step_no=number, cycles=3, on_time_rate=on_time_rate,
                median_minutes=35.25, p90_minutes=170.0, max_minutes=1190.5, target_minutes=180.0,
            )
            for number in range(1, 7)
        )  # fmt: skip
