"""What all charts share: fonts, fills that differ in grey, and the way from a figure to SVG."""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from medsos.evaluation.charts.hatches import as_lines
from medsos.offices.model import Brand

WIDTH_INCHES = 7.2
SIZE = 8.5
SMALL = 7.5
INK = "#1f1a1a"
GRID = "#00000018"
PALE = "#e9e4dd"

# matplotlib keeps what it draws with in globals; pages are drawn in several threads.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Chart:
    """An `<svg>` element, and the same in words for who cannot see it."""

    svg: str
    alt: str

    @property
    def uri(self) -> str:
        """As the address of a picture that needs no other file."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"


class Pen:
    """Fonts and fills of a brand."""

    def __init__(self, brand: Brand) -> None:
        self.colours = brand.colours
        self._files = {
            "regular": str(brand.file(brand.fonts.regular)),
            "bold": str(brand.file(brand.fonts.bold)),
        }

    @cached_property
    def regular(self) -> FontProperties:
        return FontProperties(fname=self._files["regular"], size=SIZE)

    @cached_property
    def bold(self) -> FontProperties:
        return FontProperties(fname=self._files["bold"], size=SIZE)

    @cached_property
    def small(self) -> FontProperties:
        return FontProperties(fname=self._files["regular"], size=SMALL)

    @cached_property
    def small_bold(self) -> FontProperties:
        return FontProperties(fname=self._files["bold"], size=SMALL)

    @property
    def good(self) -> dict[str, Any]:
        """As it should be: filled."""
        return self._fill(self.colours.primary)

    @property
    def bad(self) -> dict[str, Any]:
        """Beyond the target, or failed: hatched."""
        return self._fill("white", "/////")

    @property
    def other(self) -> dict[str, Any]:
        """A third kind: dotted."""
        return self._fill("#f7e3b8", "....")

    @property
    def fourth(self) -> dict[str, Any]:
        return self._fill("#b9b2aa")

    @property
    def target(self) -> dict[str, Any]:
        return {"facecolor": PALE, "edgecolor": self.colours.muted, "linewidth": 0.8}

    @property
    def line(self) -> dict[str, Any]:
        """The target as a line."""
        return {"color": INK, "linewidth": 1.3, "linestyle": (0, (4, 2))}

    def _fill(self, colour: str, hatch: str = "") -> dict[str, Any]:
        edge = self.colours.primary_dark
        return {"facecolor": colour, "edgecolor": edge, "linewidth": 0.8, "hatch": hatch or None}


def plain(axes: Axes, pen: Pen, *, grid: Literal["x", "y"] = "x") -> None:
    """Thin lines in one direction, no frame, the brand's font on the scales."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="both", length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(pen.small)


def few_ticks(axis: Axis, number: int = 4) -> None:
    """So many numbers on a scale, whole ones."""
    axis.set_major_locator(MaxNLocator(nbins=number, integer=True))


def as_svg(figure: Figure) -> str:
    """The same numbers give the same bytes; text is drawn as outlines, so no font is needed."""
    target = StringIO()
    settings: Any = {"svg.fonttype": "path", "svg.hashsalt": "medsos", "hatch.linewidth": 1.1}
    with _ONE_AT_A_TIME, mpl.rc_context(settings):
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    svg = target.getvalue()
    return as_lines(svg[svg.index("<svg") :])
