"""Reads the book of cases: cycles and the tables that were computed from them by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from case_schema import (
    EMPTY,
    ExpectedCard,
    ExpectedChannel,
    ExpectedRecapRow,
    ExpectedStep,
    LedgerRow,
    Written,
)

FOLDER = Path(__file__).parent / "cases"
OFFICES_FILE = FOLDER / "kantor-lain.yaml"
USUAL_FILE = FOLDER / "hari-biasa.yaml"
STEPS = ("meeting", "design", "approval", "upload", "link", "evaluation")
USUAL_DAY = "2026-11-23"


@dataclass(frozen=True)
class Event:
    """One line of a history; `at` is the clock on the wall of the office."""

    at: datetime
    task_id: str
    name: str

    @property
    def step(self) -> int:
        key = self.task_id.split(".", 1)[0]
        return STEPS.index(key) + 1 if key in STEPS else 1


@dataclass
class Case:
    """One cycle: what goes into the record, and what the tables must hold then. Times are local."""

    name: str
    theme: str
    written: Written
    events: list[Event]
    late_events: list[Event]
    meeting: tuple[datetime, datetime] | str | None
    ledger: dict[str, LedgerRow]
    evaluated_at: list[datetime]
    steps: dict[int, dict[str, str]] = field(default_factory=dict)
    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    card: dict[str, str] = field(default_factory=dict)
    deviations: list[str] = field(default_factory=list)

    @property
    def expected(self) -> dict[str, dict[str, str]]:
        """All rows that the book expects, by the name of the row."""
        steps = {f"langkah {number}": row for number, row in self.steps.items()}
        channels = {f"kanal {name}": row for name, row in self.channels.items()}
        others = {"rapor": self.card, "penyimpangan": {"dari SOP": ", ".join(sorted(self.deviations))}}
        return {**steps, **channels, **others}


def parse_time(text: str) -> datetime:
    """“2026-11-23 10:46” or with seconds; naive, as the clock on the wall shows it."""
    return datetime.fromisoformat(text.strip())


def time_text(at: datetime | None) -> str:
    """As the book compares it, to the second and beyond."""
    return EMPTY if at is None else at.replace(tzinfo=None).isoformat(" ")


def duration_text(seconds: float | None) -> str:
    """“-2:25:00”; parts of a second are shown, so that none goes unnoticed."""
    if seconds is None:
        return EMPTY
    whole, rest = divmod(round(abs(seconds), 4), 1)
    hours, minutes = divmod(int(whole), 3600)
    text = f"{hours}:{minutes // 60:02}:{minutes % 60:02}" + (f"{rest:.4f}"[1:] if rest else "")
    return f"-{text}" if seconds < 0 and text != "0:00:00" else text


def read_events(text: str) -> list[Event]:
    """:raises ValueError: a line is not `date time task event`."""
    events = []
    for line in filter(None, map(str.strip, text.splitlines())):
        day, clock, task_id, name = line.split()
        events.append(Event(parse_time(f"{day} {clock}"), task_id, name))
    return events


def load(path: Path) -> dict[str, Any]:
    """A file of the book; all values are text, so that 1:30:00 stays what is written."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  makes text only


@cache
def all_cases() -> dict[str, Case]:
    """Every cycle of the book by its name."""
    files = [USUAL_FILE, *sorted(set(FOLDER.glob("*.yaml")) - {USUAL_FILE, OFFICES_FILE})]
    cases: dict[str, Case] = {}
    for path in files:
        for raw in load(path).get("siklus", []):
            written = Written.model_validate(raw)
            assert written.nama not in cases, f"nama dipakai dua kali: {written.nama}"
            usual = next(iter(cases.values()), None)
            cases[written.nama] = _case(path.stem, written, usual)
    return cases


def _case(theme: str, written: Written, usual: Case | None) -> Case:
    days = _usual_days(written.seperti_biasa)
    case = Case(
        name=written.nama,
        theme=theme,
        written=written,
        events=read_events(written.kejadian),
        late_events=read_events(written.menyusul),
        meeting=_meeting(written.notula),
        ledger=dict(written.unggahan),
        evaluated_at=_times(written.dinilai),
    )
    expected = dict(written.expected)
    case.deviations = expected.pop("penyimpangan", [])
    card = dict(usual.written.expected["rapor"]) if usual else {}
    if written.kahar:
        card["kahar"] = "ya"
    for step, day in days.items():
        assert usual is not None
        _take_over(case, usual, step, day - parse_time(USUAL_DAY))
    case.events.sort(key=lambda event: event.at)
    for number in range(1, len(STEPS) + 1):
        if f"langkah {number}" in expected:
            case.steps[number] = _expected_step(expected.pop(f"langkah {number}"))
    channels = expected.pop("kanal", {})
    if channels == "tidak diunggah":
        not_up = {"keadaan": "tidak_diunggah", "percobaan": "0"}
        channels = dict.fromkeys(written.diminta, not_up)
    case.channels.update({name: _expected_channel(row) for name, row in channels.items()})
    case.card = _expected_card({**card, **expected.pop("rapor")}, case.evaluated_at[0])
    assert not expected, f"{written.nama}: kunci tidak dikenal {sorted(expected)}"
    assert sorted(case.steps) == [1, 2, 3, 4, 5, 6], f"{written.nama}: ada langkah tanpa harapan"
    assert set(case.channels) == set(written.diminta), f"{written.nama}: ada kanal tanpa harapan"
    return case


def _take_over(case: Case, usual: Case, step: int, later: timedelta) -> None:
    """Let one step happen as on the usual day, some days later."""
    own = [event for event in usual.events if event.step == step]
    case.events += [Event(event.at + later, event.task_id, event.name) for event in own]
    case.steps[step] = {key: _later(text, later) for key, text in usual.steps[step].items()}
    if step == 1 and isinstance(usual.meeting, tuple):
        case.meeting = (usual.meeting[0] + later, usual.meeting[1] + later)
    if step == 4:
        for name, row in usual.ledger.items():
            moved = _later(time_text(parse_time(row.tayang)), later)
            case.ledger[name] = row.model_copy(update={"tayang": moved})
            case.channels[name] = {key: _later(text, later) for key, text in usual.channels[name].items()}
    if step == 6 and not case.evaluated_at:
        case.evaluated_at = [usual.evaluated_at[0] + later]


def _later(text: str, later: timedelta) -> str:
    return time_text(parse_time(text) + later) if re.match(r"\d{4}-\d\d-\d\d ", text) else text


def _usual_days(text: str) -> dict[int, datetime]:
    """“1 2 pada 2026-11-23; 4 5 6 pada 2026-11-24”."""
    days: dict[int, datetime] = {}
    for part in filter(None, text.split(";")):
        steps, day = part.split(" pada ")
        days.update({int(step): parse_time(day) for step in steps.split()})
    return days


def _times(value: list[str] | str) -> list[datetime]:
    return [parse_time(text) for text in ([value] if isinstance(value, str) and value else value)]


def _meeting(text: str) -> tuple[datetime, datetime] | str | None:
    if text.startswith("dari "):
        return text.removeprefix("dari ")
    if not text:
        return None
    begin, end = text.split(" – ")
    return parse_time(begin), parse_time(end)


def _expected_step(raw: dict[str, Any] | str) -> dict[str, str]:
    row = ExpectedStep.model_construct(mulai="") if raw == "belum" else ExpectedStep.model_validate(raw)
    finished = bool(row.menit_kerja)
    return {
        "mulai": time_text(parse_time(row.mulai)) if row.mulai else EMPTY,
        "selesai": time_text(parse_time(row.selesai)) if row.selesai else EMPTY,
        "jam dinding": row.jam_dinding or EMPTY,
        "menit kerja": row.menit_kerja or EMPTY,
        "menunggu": row.menunggu if finished else EMPTY,
        "perbaikan": row.perbaikan if finished else EMPTY,
        "putaran": str(row.putaran or 0),
        "tepat waktu": row.tepat_waktu,
        "selisih": row.selisih,
    }


def _expected_channel(raw: dict[str, Any]) -> dict[str, str]:
    row = ExpectedChannel.model_validate(raw)
    return {
        "cara": row.cara,
        "keadaan": row.keadaan,
        "tayang": time_text(parse_time(row.tayang)) if row.tayang else EMPTY,
        "bukti": row.bukti,
        "percobaan": str(row.percobaan),
        "lama unggah": row.lama_unggah,
    }


def _expected_card(raw: dict[str, Any], completed_at: datetime) -> dict[str, str]:
    row = ExpectedCard.model_validate(raw)
    texts = {key: str(value) for key, value in row.model_dump(by_alias=True).items()}
    return {**texts, "selesai dinilai": time_text(completed_at)}


def recap_of(theme: str) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The recap that a file expects: its office and month, and its rows."""
    raw = dict(load(FOLDER / f"{theme}.yaml")["rekap"])
    head = {key: raw.pop(key) for key in ("kantor", "bulan")}
    rows = {name: ExpectedRecapRow.model_validate(row).model_dump(by_alias=True) for name, row in raw.items()}
    return head, rows
