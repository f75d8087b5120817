"""Contrast between a text and the pixels that are really behind it (WCAG 2.2, success criterion 1.4.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medsos.design.placed import Area

REQUIRED = 4.5
_AIM = 4.6
_WORST_SHARE = 1.0
"""Percentile of the pixels behind a line that counts: single stray pixels don't hide a letter."""

RGB = tuple[int, int, int]


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Relative luminance (0…1) of an array whose last axis is R, G, B."""
    values = pixels.astype(np.float32) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32))


def worst_contrast(image: Image.Image, areas: list[Area], colour: RGB) -> float:
    """Lowest contrast ratio (1…21) of `colour` against the pixels of `image` under any of `areas`."""
    own = float(luminance(np.array(colour, dtype=np.uint8)))
    worst = 21.0
    for area in areas:
        box = (
            max(0, int(area.left) - 2),
            max(0, int(area.top) - 2),
            min(image.width, int(area.right) + 3),
            min(image.height, int(area.bottom) + 3),
        )
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        behind = luminance(np.asarray(image.crop(box)))
        ratios = (np.maximum(behind, own) + 0.05) / (np.minimum(behind, own) + 0.05)
        worst = min(worst, float(np.percentile(ratios, _WORST_SHARE)))
    return worst


def holds(image: Image.Image, areas: list[Area], colour: RGB) -> bool:
    """Is the contrast good enough, with a little to spare for the JPEG encoder."""
    return worst_contrast(image, areas, colour) >= _AIM
