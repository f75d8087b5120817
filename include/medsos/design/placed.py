"""What stands where on a finished picture: areas, lines, texts, blocks."""

from __future__ import annotations

from dataclasses import dataclass

from medsos.design.layout import Block, Rule, Text
from medsos.design.typography import Typeface


@dataclass(frozen=True)
class Area:
    """A rectangle in pixels of the finished picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


@dataclass(frozen=True)
class Line:
    """One line of text: where its baseline starts, and the area that its ink may take."""

    text: str
    x: float
    baseline: float
    area: Area


@dataclass(frozen=True)
class SetText:
    """A text with its final size and place. `area` includes badge and icon."""

    style: Text
    face: Typeface
    lines: tuple[Line, ...]
    area: Area


@dataclass(frozen=True)
class SetRule:
    """A rule with its place."""

    style: Rule
    area: Area


@dataclass(frozen=True)
class SetBlock:
    """A block that fits `box`. `notes` tell the reviewer what was shortened or left out."""

    block: Block
    box: Area
    items: tuple[SetText | SetRule, ...]
    notes: tuple[str, ...]

    @property
    def texts(self) -> tuple[SetText, ...]:
        return tuple(item for item in self.items if isinstance(item, SetText))

    @property
    def area(self) -> Area:
        """What the items really take."""
        if not self.items:
            return Area(self.box.left, self.box.top, 0, 0)
        left = min(item.area.left for item in self.items)
        top = min(item.area.top for item in self.items)
        right = max(item.area.right for item in self.items)
        return Area(left, top, right - left, max(item.area.bottom for item in self.items) - top)
