"""Makes months of evaluated cycles: rows of the evaluation tables as an office might have them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from medsos.offices.model import CHANNELS, Office
from medsos.sop.model import Sop
from medsos.store.models import ChannelResult, Cycle, CycleScorecard, Publication, StepDuration
from medsos.store.session import transaction

TYPICAL_MINUTES = {"meeting": 95, "design": 150, "approval": 190, "upload": 9, "link": 3, "evaluation": 2}
"""Median working minutes; approval is where this office is too slow."""

SPREAD = {"meeting": 0.25, "design": 0.35, "approval": 0.6, "upload": 0.45, "link": 0.4, "evaluation": 0.3}
TITLES = (
    "Sosialisasi Pemutakhiran Daftar Pemilih Berkelanjutan",
    "Rapat Pleno Terbuka Rekapitulasi Daftar Pemilih Triwulan",
    "Selamat Hari Pahlawan",
    "Kunjungan Siswa SMA ke Rumah Pintar Pemilu",
    "Turut Berduka Cita",
    "Penyuluhan Tahapan Pencalonan bagi Pemilih Pemula",
    "Keputusan tentang Penetapan Jadwal Kegiatan",
    "Apel Pagi dan Pengarahan Sekretaris",
)
CONTENT_TYPES = (
    "sosialisasi_tahapan", "foto_kegiatan", "ucapan_hari_besar", "foto_kegiatan",
    "ucapan_duka", "video", "produk_hukum", "foto_kegiatan",
)  # fmt: skip


@dataclass
class History:
    """Rows by table, not entered yet, as dictionaries."""

    office: Office
    sop: Sop
    random: Random
    cycles: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    publications: list[dict[str, Any]] = field(default_factory=list)

    def enter(self) -> None:
        """Put all rows into the record."""
        with transaction() as session:
            for model, rows in (
                (Cycle, self.cycles),
                (StepDuration, self.steps),
                (ChannelResult, self.channels),
                (CycleScorecard, self.cards),
                (Publication, self.publications),
            ):
                if rows:
                    session.execute(insert(model), rows)


def evaluated_history(
    office: Office, sop: Sop, *, cycles: int, first: date, last: date, seed: int = 7, first_id: int = 1
) -> History:
    """Cycles spread evenly over the working days from `first` to `last`; the same seed gives the same."""
    history = History(office, sop, Random(seed))
    for number, completed_at in enumerate(_ends(history.random, office, cycles, first, last)):
        _cycle(history, first_id + number, completed_at)
    return history


def _ends(random: Random, office: Office, cycles: int, first: date, last: date) -> Iterator[datetime]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    for number in range(cycles):
        day = days[number * len(days) // cycles]
        yield datetime.combine(day, time(9), office.zone) + timedelta(minutes=random.randrange(6 * 60))


def _cycle(history: History, cycle_id: int, completed_at: datetime) -> None:
    random, office, sop = history.random, history.office, history.sop
    kind = random.randrange(len(TITLES))
    kahar = random.random() < 0.04
    rounds = random.choices((1, 2, 3), (60, 30, 10))[0]
    rejected = random.random() < 0.04
    requested_at = completed_at - timedelta(days=random.randint(1, 3), hours=2)
    shared = random.random() < 0.2
    steps = []
    for step in sop.steps:
        ended = not (rejected and step.key in ("upload", "link"))
        judged = ended and not (shared and step.key == "meeting")
        minutes = TYPICAL_MINUTES[step.key] * math.exp(random.gauss(0, SPREAD[step.key]))
        rework = minutes * 0.3 * (rounds - 1) if step.key == "design" else 0.0
        minutes = 0.0 if ended and not judged else minutes + rework
        waiting = minutes * (random.uniform(0.5, 0.98) if step.key == "approval" else random.uniform(0, 0.3))
        target = float(step.target_minutes)
        steps.append(
            {
                "cycle_id": cycle_id,
                "office": office.slug,
                "content_type": CONTENT_TYPES[kind],
                "sop_version": sop.version,
                "step_no": step.number,
                "step_key": step.key,
                "started_at": completed_at - timedelta(minutes=minutes) if ended else None,
                "finished_at": completed_at if ended else None,
                "target_minutes": target,
                "elapsed_minutes": minutes * 1.6 if ended else None,
                "working_minutes": minutes if ended else None,
                "waiting_minutes": waiting if ended else None,
                "rework_minutes": rework if ended else None,
                "rounds": rounds if step.key in ("design", "approval") else 0,
                "on_time": minutes <= target if judged else None,
                "deviation_minutes": minutes - target if judged else None,
                "kahar": kahar,
            }
        )
    channels = [] if rejected else [_channel(history, cycle_id, name, completed_at) for name in CHANNELS]
    published = [row for row in channels if row["state"] == "published"]
    complete = bool(published) and all(row["evidence_kind"] in ("screenshot", "manual") for row in published)
    status = "ditolak" if rejected else "selesai"
    if not rejected and (len(published) < len(channels) or not complete):
        status = "tidak_lengkap"
    history.cycles.append(
        {
            "id": cycle_id,
            "office": office.slug,
            "title": f"{TITLES[kind]} {cycle_id}",
            "content_type": CONTENT_TYPES[kind],
            "requester": "admin",
            "requested_at": requested_at,
            "sop_version": sop.version,
            "kahar": kahar,
            "kahar_reason": "Banjir memutus jaringan listrik kantor." if kahar else "",
            "status": status,
            "completed_at": completed_at,
            "dag_id": f"content_cycle__{office.dag_suffix}",
            "run_id": f"manual__{cycle_id}",
            "request": {"channels": list(CHANNELS)},
            "archive_folder": f"{office.slug}/{completed_at:%Y/%m}/{cycle_id:06d}-riwayat",
        }
    )
    history.steps += steps
    history.channels += channels
    history.publications += [_publication(row, requested_at) for row in channels]
    history.cards.append(
        {
            "cycle_id": cycle_id,
            "office": office.slug,
            "title": history.cycles[-1]["title"],
            "content_type": CONTENT_TYPES[kind],
            "status": status,
            "requested_at": requested_at,
            "completed_at": completed_at,
            "rounds": rounds,
            "approved_by": None if rejected else "kasubbag",
            "on_behalf_of": None,
            "working_minutes": sum(row["working_minutes"] or 0.0 for row in steps),
            "target_minutes": float(sop.total_minutes),
            "steps_on_time": sum(row["on_time"] is True for row in steps),
            "steps_total": sum(row["on_time"] is not None for row in steps),
            "channels_published": len(published),
            "channels_total": len(CHANNELS),
            "evidence_complete": complete,
            "kahar": kahar,
        }
    )


def _channel(history: History, cycle_id: int, channel: str, completed_at: datetime) -> dict[str, Any]:
    random = history.random
    weight = 12 if channel == "tiktok" else 2
    state = random.choices(
        ("published", "rejected", "needs_person"), (100 - weight, weight * 0.7, weight * 0.3)
    )[0]
    mode = "manual" if channel == "tiktok" and random.random() < 0.5 else "api"
    up = state == "published"
    kind = random.choices(("manual" if mode == "manual" else "screenshot", "read_back"), (96, 4))[0]
    published_at = completed_at - timedelta(minutes=12) if up else None
    return {
        "cycle_id": cycle_id,
        "channel": channel,
        "mode": mode,
        "state": state,
        "published_at": published_at,
        "permalink": f"https://{channel}.example/kpukotabengkulu/posts/{cycle_id}" if up else None,
        "attempts": 1 + (random.random() < 0.1) + (0 if up else 1),
        "evidence_kind": kind if up else None,
        "evidence_sha256": f"{cycle_id:060x}{channel[0]:0>4}" if up else None,
        "upload_seconds": random.uniform(20, 240) if up else None,
    }


def _publication(result: dict[str, Any], created_at: datetime) -> dict[str, Any]:
    return {
        **{
            name: result[name]
            for name in ("cycle_id", "channel", "mode", "state", "published_at", "permalink")
        },
        "seal": f"{result['cycle_id']:064x}",
        "journal": {},
        "created_at": created_at,
        "problem": "" if result["state"] == "published" else "Kuota unggahan harian akun sudah habis.",
    }
