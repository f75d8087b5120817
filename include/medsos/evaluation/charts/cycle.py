"""Draws the steps of one cycle: actual against target minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch

from medsos.evaluation.charts.canvas import GRID, INK, WIDTH_INCHES, Chart, Pen, as_svg
from medsos.indonesian import minutes_text
from medsos.offices.model import Brand

LABEL_ROOM = 1.2
LABEL_ROOM_CUT = 1.42
"""The axis is this many times as long as the longest bar: room for the words after it, or after a cut one."""

HEIGHT_PER_STEP = 0.52
BAR = 0.34
LONGEST_SHOWN = 2.0
"""Bars end at this many times the largest target, so that one long wait does not hide all others."""


@dataclass(frozen=True)
class Bar:
    """One step: its name, its target and what it took; when that is None, `note` says why."""

    label: str
    target_minutes: float
    actual_minutes: float | None
    on_time: bool | None
    note: str = ""


def cycle_chart(bars: Sequence[Bar], brand: Brand) -> Chart:
    """Horizontal bars, one pair per step."""
    pen = Pen(brand)
    regular, bold, within, late, target = pen.regular, pen.bold, pen.good, pen.bad, pen.target
    limit = LONGEST_SHOWN * max(bar.target_minutes for bar in bars)
    longest = min(limit, max(max(bar.target_minutes, bar.actual_minutes or 0.0) for bar in bars))

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_PER_STEP * len(bars) + 0.9))
    axes = figure.subplots()
    for place, bar in enumerate(bars):
        axes.barh(place - BAR / 2, bar.target_minutes, BAR, **target)
        _note(axes, bar.target_minutes, place - BAR / 2, minutes_text(bar.target_minutes), longest, regular)
        if bar.actual_minutes is None:
            _note(axes, 0, place + BAR / 2, bar.note, longest, regular)
            continue
        shown = min(bar.actual_minutes, limit)
        axes.barh(place + BAR / 2, shown, BAR, **(late if bar.on_time is False else within))
        text = minutes_text(bar.actual_minutes)
        if shown < bar.actual_minutes:
            text += " (dipotong)"
            _cut(axes, shown * 0.93, place + BAR / 2, longest)
        _note(axes, shown, place + BAR / 2, text, longest, bold)

    axes.set_yticks(range(len(bars)), [bar.label for bar in bars], fontproperties=regular)
    cut = any((bar.actual_minutes or 0.0) > limit for bar in bars)
    axes.set_xlim(0, longest * (LABEL_ROOM_CUT if cut else LABEL_ROOM))
    axes.invert_yaxis()
    axes.set_xlabel("menit", fontproperties=regular)
    for label in axes.get_xticklabels():
        label.set_fontproperties(regular)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    figure.legend(
        handles=[
            Patch(label="Target SOP", **target),
            Patch(label="Realisasi, dalam target", **within),
            Patch(label="Realisasi, melampaui target", **late),
        ],
        loc="upper center",
        ncols=3,
        frameon=False,
        prop=regular,
        handlelength=2.4,
    )
    figure.subplots_adjust(left=0.24, right=0.98, top=1 - 0.42 / figure.get_figheight(), bottom=0.13)
    return Chart(as_svg(figure), _in_words(bars))


def _note(axes: Axes, x: float, y: float, text: str, longest: float, font: FontProperties) -> None:
    axes.text(x + longest * 0.008, y, text, va="center", fontproperties=font, color=INK)


def _cut(axes: Axes, x: float, y: float, longest: float) -> None:
    """Two strokes through a bar: it is longer than it is drawn."""
    for offset in (0.0, 0.016):
        begin = x + offset * longest
        axes.plot(
            [begin - longest * 0.006, begin + longest * 0.006],
            [y + BAR * 0.7, y - BAR * 0.7],
            color="white",
            linewidth=2.6,
        )


def _in_words(bars: Sequence[Bar]) -> str:
    parts = [
        f"{bar.label}: "
        + ("tidak dinilai" if bar.on_time is None else minutes_text(bar.actual_minutes or 0))
        + f" dari target {minutes_text(bar.target_minutes)}"
        for bar in bars
    ]
    return "Grafik batang realisasi dan target. " + "; ".join(parts) + "."
