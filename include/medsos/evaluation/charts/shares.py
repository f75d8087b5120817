"""Draws parts of a whole as lying bars: what became of each channel, and why steps were late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from medsos.evaluation.charts.canvas import INK, WIDTH_INCHES, Chart, Pen, as_svg, few_ticks, plain
from medsos.evaluation.figures.causes import CAUSES, CauseFigures
from medsos.evaluation.figures.channels import ChannelFigures
from medsos.indonesian import number_text
from medsos.offices.model import Brand

Rows = Mapping[str, Mapping[str, int]]
"""Per bar the length of each part."""

NARROW = 0.045
"""Parts narrower than this share of the longest bar carry no number of their own; the table has it."""


def channels_chart(channels: Sequence[ChannelFigures], brand: Brand) -> Chart:
    """Per channel: uploaded automatically, by hand, and not up."""
    pen = Pen(brand)
    fills = {"Tayang, otomatis": pen.good, "Tayang, manual": pen.other, "Tidak tayang": pen.bad}
    return Chart(_bars(_by_result(channels), fills, pen, unit="unggahan"), channels_in_words(channels))


def causes_chart(causes: Sequence[CauseFigures], brand: Brand) -> Chart:
    """Per step: its late cycles by cause."""
    pen = Pen(brand)
    fills = dict(zip(CAUSES.values(), (pen.bad, pen.other, pen.good, pen.fourth), strict=True))
    return Chart(_bars(_by_cause(causes), fills, pen, unit="siklus terlambat"), causes_in_words(causes))


def channels_in_words(channels: Sequence[ChannelFigures]) -> str:
    """`channels_chart` for who cannot see it."""
    return _in_words("Grafik batang hasil per kanal.", _by_result(channels))


def causes_in_words(causes: Sequence[CauseFigures]) -> str:
    """`causes_chart` for who cannot see it."""
    return _in_words("Grafik batang sebab keterlambatan.", _by_cause(causes))


def _by_result(channels: Sequence[ChannelFigures]) -> Rows:
    return {
        channel.name: {
            "Tayang, otomatis": channel.published - channel.by_hand,
            "Tayang, manual": channel.by_hand,
            "Tidak tayang": channel.failed,
        }
        for channel in channels
    }


def _by_cause(causes: Sequence[CauseFigures]) -> Rows:
    return {
        f"{step.number} · {step.name}": {CAUSES[key]: count for key, count in step.by_cause.items()}
        for step in causes
    }


def _in_words(title: str, rows: Rows) -> str:
    told = []
    for name, parts in rows.items():
        known = [f"{part.lower()} {number_text(count)}" for part, count in parts.items() if count]
        told.append(f"{name}: {', '.join(known) or 'tidak ada'}")
    return f"{title} {'; '.join(told)}."


def _bars(rows: Rows, fills: Mapping[str, dict[str, Any]], pen: Pen, *, unit: str) -> str:
    longest = max([1, *(sum(parts.values()) for parts in rows.values())])
    figure = Figure(figsize=(WIDTH_INCHES, 0.36 * len(rows) + 0.85))
    axes = figure.subplots()
    for place, parts in enumerate(rows.values()):
        begin = 0
        for name, count in parts.items():
            if not count:
                continue
            axes.barh(place, count, 0.6, left=begin, **fills[name])
            if count >= NARROW * longest:
                axes.text(
                    begin + count / 2, place, number_text(count), ha="center", va="center", color=INK,
                    fontproperties=pen.small_bold,
                    bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.18"},
                )  # fmt: skip
            begin += count
        axes.text(
            begin + longest * 0.01,
            place,
            f"{number_text(begin)} {unit}",
            va="center",
            fontproperties=pen.small,
        )
    axes.set_xlim(0, longest * 1.22)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    few_ticks(axes.xaxis, 8)
    plain(axes, pen)
    for label in axes.get_yticklabels():
        label.set_fontproperties(pen.regular)
    figure.legend(
        handles=[Patch(label=name, **fill) for name, fill in fills.items()],
        loc="upper center", ncols=len(fills), frameon=False, prop=pen.regular, handlelength=2.4,
    )  # fmt: skip
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.25, right=0.985, top=1 - 0.4 / height, bottom=0.3 / height)
    return as_svg(figure)
