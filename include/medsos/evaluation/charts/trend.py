"""Draws how the steps developed from month to month."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from medsos.evaluation.charts.canvas import WIDTH_INCHES, Chart, Pen, as_svg, few_ticks, plain
from medsos.evaluation.figures.months import MonthFigures
from medsos.indonesian import minutes_text, month_text, number_text, short_month
from medsos.offices.model import Brand


def trend_chart(months: Sequence[MonthFigures], brand: Brand) -> Chart:
    """Above, the share of steps on time; below, the median of each step against its target."""
    pen = Pen(brand)
    steps = months[0].steps
    figure = Figure(figsize=(WIDTH_INCHES, 4.6))
    columns = (len(steps) + 1) // 2
    grid = figure.add_gridspec(3, columns, height_ratios=(1.05, 1, 1))
    places = range(len(months))
    names = [short_month(month.period.first) for month in months]

    axes = figure.add_subplot(grid[0, :])
    rates = [
        None if month.counts.on_time_rate is None else 100 * month.counts.on_time_rate for month in months
    ]
    axes.plot(
        places, [float("nan") if rate is None else rate for rate in rates],
        color=pen.colours.primary_dark, linewidth=1.6, marker="o", markersize=6, markerfacecolor="white",
        markeredgewidth=1.6,
    )  # fmt: skip
    for place, rate in enumerate(rates):
        if rate is not None:
            axes.text(
                place,
                rate + 7,
                f"{number_text(rate, decimals=0)} %",
                ha="center",
                fontproperties=pen.small_bold,
                # The line of 100 % passes behind the figure, not through it.
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
    axes.set_ylim(0, 118)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    axes.set_xlim(-0.5, len(months) - 0.5)
    axes.set_xticks(
        places,
        [
            f"{name}\n{number_text(month.counts.cycles)} siklus"
            for name, month in zip(names, months, strict=True)
        ],
    )
    axes.set_title("Langkah yang selesai dalam target", fontproperties=pen.small_bold, loc="left", pad=4)
    plain(axes, pen, grid="y")

    for number, step in enumerate(steps):
        axes = figure.add_subplot(grid[1 + number // columns, number % columns])
        top = step.target_minutes
        for place, month in enumerate(months):
            found = month.steps[number]
            if found.median_minutes is None:
                continue
            late = found.median_minutes > found.target_minutes
            axes.bar(place, found.median_minutes, 0.7, **(pen.bad if late else pen.good))
            axes.plot([place - 0.5, place + 0.5], [found.target_minutes] * 2, **pen.line)
            top = max(top, found.median_minutes, found.target_minutes)
        axes.set_title(f"{step.number} · {step.name}", fontproperties=pen.small_bold, loc="left", pad=4)
        axes.set_xlim(-0.6, len(months) - 0.4)
        axes.set_ylim(0, top * 1.15)
        # Twelve names do not fit below a narrow chart.
        axes.set_xticks(
            places,
            [name.split()[0] if len(months) <= 6 or n % 3 == 0 else "" for n, name in enumerate(names)],
        )
        few_ticks(axes.yaxis)
        plain(axes, pen, grid="y")
    figure.legend(
        handles=[
            Patch(label="Median dalam target", **pen.good),
            Patch(label="Median melampaui target", **pen.bad),
            Line2D([], [], label="Target SOP (menit kerja)", **pen.line),
        ],
        loc="upper center", ncols=3, frameon=False, prop=pen.regular, handlelength=2.4,
    )  # fmt: skip
    figure.subplots_adjust(left=0.07, right=0.985, top=0.885, bottom=0.055, hspace=0.82, wspace=0.25)
    return Chart(as_svg(figure), months_in_words(months))


def months_in_words(months: Sequence[MonthFigures]) -> str:
    """`trend_chart` for who cannot see it."""
    parts = []
    for month in months:
        name, rate = month_text(month.period.first), month.counts.on_time_rate
        if rate is None:
            parts.append(f"{name}: tidak ada siklus")
            continue
        medians = ", ".join(
            f"{step.name} {minutes_text(step.median_minutes)}"
            for step in month.steps
            if step.median_minutes is not None
        )
        parts.append(
            f"{name}: {number_text(100 * rate, decimals=0)} persen langkah dalam target; median {medians}"
        )
    return "Grafik perkembangan per bulan. " + ". ".join(parts) + "."
