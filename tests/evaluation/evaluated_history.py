"""Makes months of evaluated cycles: rows of the evaluation tables as an office might have them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random
from textwrap import wrap
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import insert, select

from builders import evidence_row
from medsos.evidence.archive import Archive
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Office
from medsos.sop.model import Sop
from medsos.store.models import ChannelResult, Cycle, CycleScorecard, Metric, Publication, StepDuration
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


def keep_pictures(history: History, archive: Archive) -> None:
    """A screenshot in the archive for every upload that has one, as it looks on a phone."""
    with transaction() as session:
        shown = {(row["cycle_id"], row["channel"]): row for row in history.channels}
        titles = {row["id"]: (row["title"], row["archive_folder"]) for row in history.cycles}
        for publication in session.scalars(select(Publication).order_by(Publication.id)):
            result = shown[publication.cycle_id, publication.channel]
            if result["evidence_kind"] not in ("screenshot", "manual"):
                continue
            title, folder = titles[publication.cycle_id]
            data = screenshot(CHANNEL_NAMES[publication.channel], title, publication.cycle_id)
            stored = archive.put(f"{folder}/bukti/{publication.channel}.png", data)
            captured_at = (publication.published_at or publication.created_at) + timedelta(minutes=2)
            session.add(evidence_row(publication, result["evidence_kind"], stored, captured_at))


def read_numbers(history: History, *, without: Sequence[str] = ("web",)) -> None:
    """The platforms told how each post does: TikTok tells no reach any more, `without` tell nothing."""
    with transaction() as session:
        for publication in session.scalars(select(Publication).where(Publication.state == "published")):
            if publication.channel in without or publication.published_at is None:
                continue
            views = 40.0 + publication.cycle_id * 7 % 900
            told = {
                "views": views,
                "reach": views * 0.8,
                "likes": views // 9,
                "comments": 3.0,
                "shares": None,
            }
            if publication.channel == "tiktok":
                told["reach"] = None
            for name, value in told.items():
                read_at = publication.published_at + timedelta(days=3)
                session.add(
                    Metric(
                        publication_id=publication.id,
                        name=name,
                        value=value,
                        state="given" if value is not None else "withdrawn",
                        after_days=1,
                        read_at=read_at,
                    )
                )


def screenshot(channel: str, title: str, seed: int) -> bytes:
    """A post on a white page: head, picture, words."""
    image = Image.new("RGB", (720, 1100), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 720, 90), fill=("#1f3a5f", "#37474f", "#5e0f14")[seed % 3])
    draw.text((30, 25), channel, fill="white", font_size=36)
    draw.ellipse((30, 115, 100, 185), fill="#9b1c1f")
    draw.text((120, 130), "KPU Kota Bengkulu", fill="black", font_size=30)
    draw.rectangle((0, 210, 720, 800), fill="#9b1c1f")
    draw.rectangle((60, 270, 660, 560), fill="#f2a81d")
    draw.text((70, 620), "\n".join(wrap(title, 30)), fill="white", font_size=42)
    draw.text((30, 840), "#KPUMelayani #KPUKotaBengkulu", fill="#333333", font_size=30)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
