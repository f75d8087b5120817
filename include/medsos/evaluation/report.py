"""Writes the *Laporan Evaluasi Pengelolaan Medsos* of one cycle as one HTML file (SOP step 6)."""

from __future__ import annotations

from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.embedding import data_uri, font_uri, picture_uri
from medsos.evaluation.chart import Bar, steps_chart
from medsos.evaluation.report_data import ChannelLine, ReportData, StepLine, report_data
from medsos.indonesian import list_text, long_date, minutes_text, moment_text, short_date, time_text
from medsos.offices.model import Brand

__all__ = ["REPORT_NAME", "ReportData", "build_report", "conclusions", "report_data"]

REPORT_NAME = "laporan-evaluasi.html"
DESIGN_SIDE = 480
EVIDENCE_WIDTH = 720
EVIDENCE_HEIGHT = 900
"""Pixels of the pictures within the report; the archive keeps the originals."""

STATUS_TEXTS = {
    "berjalan": "Berjalan",
    "ditolak": "Ditolak",
    "selesai": "Selesai",
    "tidak_lengkap": "Tidak lengkap",
}
STATE_TEXTS = {
    "published": "Tayang",
    "rejected": "Ditolak platform",
    "absent": "Belum tayang",
    "unknown": "Belum dipastikan",
    "needs_person": "Menunggu pemeriksaan admin",
    "cancelled": "Dibatalkan admin",
    "tidak_diunggah": "Tidak diunggah",
}
MODE_TEXTS = {"api": "otomatis", "manual": "manual oleh admin", "off": "tidak dipakai"}
DECISION_TEXTS = {"setuju": "Setuju", "revisi": "Revisi", "tolak": "Tolak"}
EVIDENCE_TEXTS = {
    "screenshot": "Tangkapan layar",
    "manual": "Tangkapan layar dari admin",
    "read_back": "Data dari platform (tanpa gambar)",
}

_templates = Environment(
    loader=PackageLoader("medsos.evaluation"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def build_report(data: ReportData, brand: Brand) -> str:
    """The report as HTML that needs no other file and prints on A4."""
    zone = data.office.zone
    return _templates.get_template("report.html.j2").render(
        data=data,
        conclusions=conclusions(data),
        chart=steps_chart([_bar(step) for step in data.steps], brand),
        chart_text=_chart_text(data),
        verdict=_verdict,
        pictures={line.channel: _pictures(line) for line in data.channels},
        fonts={
            400: font_uri(brand.file(brand.fonts.regular)),
            700: font_uri(brand.file(brand.fonts.bold)),
            800: font_uri(brand.file(brand.fonts.extra_bold)),
        },
        logo=data_uri(brand.file(brand.logo).read_bytes(), "image/png"),
        colours=brand.colours,
        status_texts=STATUS_TEXTS,
        state_texts=STATE_TEXTS,
        mode_texts=MODE_TEXTS,
        decision_texts=DECISION_TEXTS,
        evidence_texts=EVIDENCE_TEXTS,
        minutes=minutes_text,
        moment=lambda at: moment_text(at, zone, weekday=False),
        long_moment=lambda at: moment_text(at, zone),
        stamp=lambda at: f"{short_date(at.astimezone(zone).date())}, {time_text(at, zone)}",
        hour=lambda at: time_text(at, zone),
        day=lambda at: long_date(at.astimezone(zone).date(), weekday=False),
        short_day=lambda at: short_date(at.astimezone(zone).date()),
        is_web_address=lambda address: urlsplit(address).scheme in ("http", "https"),
    )


def conclusions(data: ReportData) -> list[str]:
    """What the reader should know before the tables, each sentence by a fixed rule."""
    sentences = [_outcome(data)]
    late = [step for step in data.steps if step.on_time is False]
    sentences.append(
        f"Dari {data.steps_total} langkah yang dapat dinilai, {data.steps_on_time} selesai dalam target SOP."
    )
    for step in late:
        excess = minutes_text(step.deviation_minutes or 0)
        sentence = f"Langkah {step.number} ({step.name}) melampaui target {excess}"
        causes = []
        if step.waiting_minutes >= 1:
            causes.append(f"{minutes_text(step.waiting_minutes)} di antaranya menunggu isian atau keputusan")
        if step.rework_minutes >= 1:
            causes.append(f"{minutes_text(step.rework_minutes)} untuk perbaikan")
        sentences.append("; ".join([sentence, *causes]) + ".")
    if missing := [line.name for line in data.channels if line.state == "published" and not line.evidence]:
        sentences.append(f"Tangkapan layar belum ada untuk {list_text(missing)}; perlu dilengkapi.")
    if data.kahar:
        sentences.append(
            f"Siklus dijalankan dalam keadaan kahar (SOP, Pengesahan angka 4): {data.kahar_reason}"
        )
    sentences += [f"Penyimpangan tercatat: {override}." for override in data.overrides]
    return sentences


def _outcome(data: ReportData) -> str:
    down = [line.name for line in data.channels if line.state != "published"]
    if data.status == "ditolak":
        return "Materi ditolak pada tahap persetujuan, sehingga tidak ada yang diunggah."
    count = f"{data.channels_published} dari {len(data.channels)} kanal yang diminta"
    if down:
        return f"Konten tayang di {count}; belum tayang di {list_text(down)} dan perlu ditindaklanjuti."
    return f"Konten tayang di {count}."


def _verdict(step: StepLine) -> tuple[str, str]:
    """Mark and words: readable without colour."""
    if step.shared_meeting:
        return "–", "dinilai pada siklus yang membuat notula"
    if step.on_time is None:
        return "–", "tidak dilaksanakan" if step.started_at is None else "tidak selesai"
    deviation = minutes_text(step.deviation_minutes or 0)
    return ("✓", "dalam target") if step.on_time else ("▲", f"lewat {deviation}")


def _bar(step: StepLine) -> Bar:
    return Bar(
        label=f"{step.number} · {step.name}",
        target_minutes=step.target_minutes,
        actual_minutes=None if step.shared_meeting else step.working_minutes,
        on_time=step.on_time,
        note="rapat dihitung pada siklus lain" if step.shared_meeting else _verdict(step)[1],
    )


def _chart_text(data: ReportData) -> str:
    """The chart in words, for who cannot see it."""
    parts = [
        f"{step.name}: "
        + ("tidak dinilai" if step.on_time is None else minutes_text(step.working_minutes or 0))
        + f" dari target {minutes_text(step.target_minutes)}"
        for step in data.steps
    ]
    return "Grafik batang realisasi dan target. " + "; ".join(parts) + "."


def _pictures(line: ChannelLine) -> dict[str, str | None]:
    """Small copies of design and proof as data URIs."""
    design, evidence = line.design, line.evidence
    return {
        "design": picture_uri(design, longest_side=DESIGN_SIDE) if design else None,
        "evidence": picture_uri(evidence, longest_side=EVIDENCE_WIDTH, tallest=EVIDENCE_HEIGHT)
        if evidence
        else None,
    }
