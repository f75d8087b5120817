"""Writes the *Laporan Evaluasi Pengelolaan Medsos* of one cycle as one HTML file (SOP step 6)."""

from __future__ import annotations

from medsos.embedding import picture_uri
from medsos.evaluation.charts.cycle import Bar, cycle_chart
from medsos.evaluation.report.cycle_data import ChannelLine, ReportData, StepLine
from medsos.evaluation.report.document import render
from medsos.indonesian import list_text, minutes_text
from medsos.offices.model import Brand

REPORT_NAME = "laporan-evaluasi.html"
DESIGN_SIDE = 480
EVIDENCE_WIDTH = 720
EVIDENCE_HEIGHT = 900
"""Pixels of the pictures within the report; the archive keeps the originals."""

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


def build_report(data: ReportData, brand: Brand) -> str:
    """The report as HTML that needs no other file and prints on A4."""
    return render(
        "cycle",
        office=data.office,
        brand=brand,
        signatory=data.signatory,
        made_at=data.made_at,
        training=data.training,
        data=data,
        conclusions=conclusions(data),
        chart=cycle_chart([_bar(step) for step in data.steps], brand),
        verdict=_verdict,
        pictures={line.channel: _pictures(line) for line in data.channels},
        state_texts=STATE_TEXTS,
        mode_texts=MODE_TEXTS,
        decision_texts=DECISION_TEXTS,
        evidence_texts=EVIDENCE_TEXTS,
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


def _pictures(line: ChannelLine) -> dict[str, str | None]:
    """Small copies of design and proof as data URIs."""
    design, evidence = line.design, line.evidence
    return {
        "design": picture_uri(design, longest_side=DESIGN_SIDE) if design else None,
        "evidence": picture_uri(evidence, longest_side=EVIDENCE_WIDTH, tallest=EVIDENCE_HEIGHT)
        if evidence
        else None,
    }
