"""Holds the pictures that a walk makes against those that the guides show."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image

GUIDES = Path(__file__).parents[2] / "docs"
HALF_YEAR = ("evaluasi-", "tinjauan-")
"""How the pictures of the walk through a half-year and its review begin."""


def assert_the_guides_show(folder: Path, ours: Callable[[str], bool]) -> None:
    """The guides show no picture of this walk that it did not make, and none is blank."""
    made = {path.name for path in folder.glob("*.png")}
    shown = {
        name
        for guide in GUIDES.glob("panduan-*.md")
        for name in re.findall(r"images/panduan/([\w-]+\.png)", guide.read_text(encoding="utf-8"))
        if ours(name)
    }
    assert shown, "the guides show no pictures"
    assert shown <= made
    for name in made:
        with Image.open(folder / name) as picture:
            assert picture.convert("L").getextrema()[0] < 100, f"{name} is blank"
