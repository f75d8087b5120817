"""Writes the *Laporan Evaluasi Pengelolaan Medsos* of a month or a half-year (SOP step 6; Pengesahan 3)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.embedding import picture_uri
from medsos.engagement.record import GIVEN
from medsos.engagement.words import METRIC_NAMES, STATE_NAMES
from medsos.evaluation.charts.shares import causes_chart, channels_chart
from medsos.evaluation.charts.steps import distribution_chart, steps_chart
from medsos.evaluation.charts.trend import trend_chart
from medsos.evaluation.figures.causes import CAUSE_RULES, CAUSES
from medsos.evaluation.figures.cycles import CycleCounts
from medsos.evaluation.figures.metrics import numbers_by_month, totals
from medsos.evaluation.period import Period
from medsos.evaluation.report.document import render
from medsos.evaluation.report.period_data import PeriodData
from medsos.evaluation.report.pictures import Proof
from medsos.indonesian import list_text, number_text, percent_text
from medsos.offices.model import Brand

PICTURE_WIDTH = 360
PICTURE_HEIGHT = 430
"""Pixels of the pictures within the report; the archive keeps the originals."""

MOST_POSTS = 60
OUTCOME_TEXTS = {
    "tetap": "Tetap",
    "naik": "Naik",
    "turun": "Turun",
    "belum_cukup": "Tetap (data belum cukup)",
}


def report_name(period: Period) -> str:
    """Of the file, without its suffix: “laporan-evaluasi-2026-11”."""
    return f"laporan-evaluasi-{period.key}"


def build_period_report(data: PeriodData, brand: Brand) -> str:
    """The report as HTML that needs no other file and prints on A4."""
    found = data.found
    charts: dict[str, Any] = {}
    if found.counts.cycles:
        charts = {
            "steps": steps_chart(found.steps, brand),
            "trend": trend_chart(found.months, brand),
            "distribution": distribution_chart(found.spreads, brand),
        }
        if found.channels:
            charts["channels"] = channels_chart(found.channels, brand)
        if any(cause.late for cause in found.causes):
            charts["causes"] = causes_chart(found.causes, brand)
    return render(
        "period",
        office=data.office,
        brand=brand,
        signatory=data.signatory,
        made_at=data.made_at,
        training=data.training,
        data=data,
        found=found,
        charts=charts,
        summary=summary(data),
        causes=CAUSES,
        cause_rules=CAUSE_RULES,
        content_types=CONTENT_TYPE_NAMES,
        outcome_texts=OUTCOME_TEXTS,
        metric_names=METRIC_NAMES,
        state_names=STATE_NAMES,
        given=GIVEN,
        posts_read=[post for post in data.posts if post.read_at],
        months_of_posts=numbers_by_month(data.posts, data.office.zone),
        posts=data.posts[:MOST_POSTS],
        totals=totals(data.posts),
        recommendations=[sentence for outcome in data.outcomes for sentence in outcome.sentences],
        pictures=_pictures(data.proofs),
    )


def summary(data: PeriodData) -> list[str]:
    """What the reader should know before the tables, each sentence by a fixed rule."""
    counts, name = data.found.counts, data.period.name
    if not counts.cycles:
        return [f"Tidak ada siklus yang selesai pada {name}."]
    sentences = [
        f"Pada {name} diselesaikan {number_text(counts.cycles)} siklus: {_outcomes(counts)}.",
        f"Dari {number_text(counts.steps_total)} penilaian langkah, {number_text(counts.steps_on_time)} "
        f"({percent_text(counts.on_time_rate)}) dalam target SOP{_compared(data)}.",
        _slow_steps(data),
    ]
    if counts.posts_asked:
        by_hand = sum(channel.by_hand for channel in data.found.channels)
        sentences.append(
            f"Dari {number_text(counts.posts_asked)} unggahan yang diminta, {number_text(counts.posts)} "
            f"({percent_text(counts.posts_rate)}) tayang; {number_text(by_hand)} di antaranya manual."
        )
    if counts.with_posts:
        sentences.append(
            f"Tangkapan layar belum lengkap pada {number_text(counts.without_proof)} dari "
            f"{number_text(counts.with_posts)} siklus yang tayang."
            if counts.without_proof
            else "Tangkapan layar lengkap pada semua siklus yang tayang."
        )
    sentences.append(
        f"{number_text(counts.revised)} siklus ({percent_text(counts.revised_rate)}) memerlukan revisi; "
        f"{number_text(counts.kahar) if counts.kahar else 'tidak ada'} siklus dalam keadaan kahar."
    )
    return sentences


def _outcomes(counts: CycleCounts) -> str:
    parts = (
        (counts.finished, "selesai lengkap"),
        (counts.incomplete, "tidak lengkap"),
        (counts.rejected, "ditolak"),
    )
    return list_text([f"{number_text(number)} {words}" for number, words in parts if number])


def _compared(data: PeriodData) -> str:
    """With the month before; a half-year is shown month by month instead."""
    months = data.found.months
    if not data.period.is_month or len(months) < 2:
        return ""
    now, before = months[-1].counts.on_time_rate, months[-2].counts.on_time_rate
    if now is None or before is None:
        return ""
    name = months[-2].period.name
    difference = round(100 * now) - round(100 * before)
    if not difference:
        return f", sama dengan {name}"
    return f", {'naik' if difference > 0 else 'turun'} {abs(difference)} poin persen dari {name}"


def _slow_steps(data: PeriodData) -> str:
    slow = [
        f"langkah {step.number} ({step.name})"
        for step in data.found.steps
        if step.median_minutes is not None and step.median_minutes > step.target_minutes
    ]
    return f"Median di atas target: {list_text(slow)}." if slow else "Median semua langkah dalam target."


def _pictures(proofs: Sequence[Proof]) -> list[tuple[Proof, str | None]]:
    # Pillow lets other threads work while it decodes and scales.
    with ThreadPoolExecutor() as pool:
        return list(zip(proofs, pool.map(_picture, proofs), strict=True))


def _picture(proof: Proof) -> str | None:
    if proof.picture is None:
        return None
    try:
        return picture_uri(proof.picture, longest_side=PICTURE_WIDTH, tallest=PICTURE_HEIGHT)
    except OSError:
        return None
