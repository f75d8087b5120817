"""Draws the steps of many cycles: median and P90 against the target, and how the durations are spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from medsos.evaluation.charts.canvas import INK, WIDTH_INCHES, Chart, Pen, as_svg, few_ticks, plain
from medsos.evaluation.figures.steps import Spread, StepFigures
from medsos.indonesian import minutes_text, number_text
from medsos.offices.model import Brand

BAR = 0.34
LONGEST_SHOWN = 2.0
"""Marks end at this many times the largest target, as an arrow."""

BINS_TO_TARGET = 6
BINS = 15
"""Of equal width, the target on an edge; a last bar gathers all that took longer."""


def steps_chart(steps: Sequence[StepFigures], brand: Brand) -> Chart:
    """Horizontal bars: target and median of each step; a diamond stands at the P90."""
    pen = Pen(brand)
    limit = LONGEST_SHOWN * max(step.target_minutes for step in steps)
    known = [step.p90_minutes or 0.0 for step in steps] + [step.target_minutes for step in steps]
    longest = min(limit, max(known))
    figure = Figure(figsize=(WIDTH_INCHES, 0.44 * len(steps) + 0.85))
    axes = figure.subplots()
    for place, step in enumerate(steps):
        upper, lower = place - BAR / 2, place + BAR / 2
        axes.barh(upper, step.target_minutes, BAR, **pen.target)
        _note(axes, step.target_minutes, upper, minutes_text(step.target_minutes), longest, pen)
        if step.median_minutes is None or step.p90_minutes is None:
            _note(axes, 0, lower, "tidak ada siklus yang dinilai", longest, pen)
            continue
        late = step.median_minutes > step.target_minutes
        axes.barh(lower, min(step.median_minutes, limit), BAR, **(pen.bad if late else pen.good))
        p90 = min(step.p90_minutes, limit)
        axes.plot([min(step.median_minutes, limit), p90], [lower, lower], color=INK, linewidth=1)
        beyond = step.p90_minutes > limit
        axes.plot(
            [p90], [lower], marker=">" if beyond else "D", markersize=6 if beyond else 5,
            color=INK if beyond else "white", markeredgecolor=INK,
        )  # fmt: skip
        words = f"median {minutes_text(step.median_minutes)} · P90 {minutes_text(step.p90_minutes)}"
        end = max(p90, min(step.median_minutes, limit)) + longest * 0.012
        _note(axes, end, lower, words, longest, pen)
    axes.set_xlim(0, longest * 1.75)
    axes.set_yticks(range(len(steps)), [f"{step.number} · {step.name}" for step in steps])
    axes.set_ylim(len(steps) - 0.45, -0.55)
    plain(axes, pen)
    for label in axes.get_yticklabels():
        label.set_fontproperties(pen.regular)
    axes.set_xlabel("menit kerja", fontproperties=pen.small)
    figure.legend(
        handles=[
            Patch(label="Target SOP", **pen.target),
            Patch(label="Median dalam target", **pen.good),
            Patch(label="Median melampaui target", **pen.bad),
            Line2D([], [], label="P90", color=INK, marker="D", ms=5, markerfacecolor="white", lw=1),
        ],
        loc="upper center", ncols=4, frameon=False, prop=pen.regular, handlelength=2.2, columnspacing=1.4,
    )  # fmt: skip
    figure.subplots_adjust(left=0.25, right=0.98, top=1 - 0.4 / figure.get_figheight(), bottom=0.13)
    return Chart(as_svg(figure), steps_in_words(steps))


def distribution_chart(spreads: Sequence[Spread], brand: Brand) -> Chart:
    """One histogram per step; bars beyond the dashed line of the target are hatched."""
    pen = Pen(brand)
    figure = Figure(figsize=(WIDTH_INCHES, 3.9))
    grid = figure.subplots(2, (len(spreads) + 1) // 2, squeeze=False)
    for axes, spread in zip(grid.flat, spreads, strict=True):
        _histogram(axes, spread, pen)
    figure.legend(
        handles=[
            Patch(label="Dalam target", **pen.good),
            Patch(label="Melampaui target", **pen.bad),
            Line2D([], [], label="Target SOP", **pen.line),
        ],
        loc="upper center", ncols=3, frameon=False, prop=pen.regular, handlelength=2.4,
    )  # fmt: skip
    figure.subplots_adjust(left=0.06, right=0.985, top=0.85, bottom=0.1, hspace=0.62, wspace=0.26)
    return Chart(as_svg(figure), spreads_in_words(spreads))


def _histogram(axes: Axes, spread: Spread, pen: Pen) -> None:
    step, width = spread.step, spread.step.target_minutes / BINS_TO_TARGET
    end = width * BINS
    edges = np.append(np.linspace(0, end, BINS + 1), end + width)
    # A duration on an edge belongs to the bar that ends there: exactly the target is on time.
    counts, _ = np.histogram(-np.clip(spread.minutes, 0, end + width / 2), bins=-edges[::-1])
    counts = counts[::-1]
    for place, count in enumerate(counts):
        if count:
            axes.bar(
                edges[place], count, width, align="edge", **(pen.good if place < BINS_TO_TARGET else pen.bad)
            )
    axes.axvline(step.target_minutes, **pen.line)
    axes.set_title(f"{step.number} · {step.name}", fontproperties=pen.small_bold, loc="left", pad=4)
    beyond = int(counts[-1])
    ticks = [0.0, step.target_minutes, 2 * step.target_minutes]
    axes.set_xticks(ticks, [number_text(tick) for tick in ticks])
    axes.set_xlim(0, end + width)
    axes.set_ylim(0, max(1, counts.max()) * 1.16)
    few_ticks(axes.yaxis)
    plain(axes, pen, grid="y")
    if beyond:
        axes.text(end + width / 2, beyond, f"{beyond}\n>{number_text(end, decimals=0)}", ha="center",
                  va="bottom", fontproperties=pen.small, color=INK)  # fmt: skip
    if not step.cycles:
        axes.text(0.5, 0.5, "tidak ada data", transform=axes.transAxes, ha="center", fontproperties=pen.small)


def _note(axes: Axes, x: float, y: float, text: str, longest: float, pen: Pen) -> None:
    axes.text(x + longest * 0.01, y, text, va="center", fontproperties=pen.small, color=INK)


def steps_in_words(steps: Sequence[StepFigures]) -> str:
    """`steps_chart` for who cannot see it."""
    parts = [
        f"{step.name}: target {minutes_text(step.target_minutes)}, "
        + (
            "tidak ada siklus yang dinilai"
            if step.median_minutes is None or step.p90_minutes is None
            else f"median {minutes_text(step.median_minutes)}, P90 {minutes_text(step.p90_minutes)}"
        )
        for step in steps
    ]
    return "Grafik batang median dan P90 terhadap target. " + "; ".join(parts) + "."


def spreads_in_words(spreads: Sequence[Spread]) -> str:
    """`distribution_chart` for who cannot see it."""
    parts = [
        f"{spread.step.name}: {number_text(int((spread.minutes <= spread.step.target_minutes).sum()))} dari "
        f"{number_text(spread.step.cycles)} siklus dalam target"
        for spread in spreads
    ]
    return "Histogram lama tiap langkah dengan garis target. " + "; ".join(parts) + "."
