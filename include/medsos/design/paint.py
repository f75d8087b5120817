"""Paints forms, gradients, shadows and signs with smooth edges."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from medsos.design.contrast import RGB
from medsos.design.placed import Area

_SMOOTH = 3
"""Forms are drawn this many times larger and reduced, because Pillow draws hard edges."""


def form_mask(
    size: tuple[int, int], form: str, radius: float = 0, outline: float | None = None
) -> Image.Image:
    """Mask (L) of a rectangle, ellipse or arch (round top) that fills `size`."""
    if form == "rectangle" and not radius and outline is None:
        return Image.new("L", size, 255)
    width, height = size[0] * _SMOOTH, size[1] * _SMOOTH
    mask = Image.new("L", (width, height), 0)
    _draw_form(ImageDraw.Draw(mask), (0, 0, width - 1, height - 1), form, radius * _SMOOTH, 255)
    if outline is not None:
        edge = round(outline * _SMOOTH)
        inner = (edge, edge, width - 1 - edge, height - 1 - edge)
        _draw_form(ImageDraw.Draw(mask), inner, form, max(0, radius * _SMOOTH - edge), 0)
    return mask.reduce(_SMOOTH)


def _draw_form(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], form: str, radius: float, value: int
) -> None:
    left, top, right, bottom = box
    if form == "ellipse":
        draw.ellipse(box, fill=value)
    elif form == "arch":
        half = (right - left) / 2
        draw.ellipse((left, top, right, top + 2 * half), fill=value)
        draw.rectangle((left, top + half, right, bottom), fill=value)
    else:
        draw.rounded_rectangle(box, radius=radius, fill=value)


@lru_cache(maxsize=32)
def gradient(size: tuple[int, int], start: RGB, end: RGB, direction: str) -> Image.Image:
    """An even blend from `start` to `end`, down, right or diagonal."""
    across = np.linspace(0, 1, size[0], dtype=np.float32)[None, :]
    down = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    share = {"down": down + 0 * across, "right": across + 0 * down, "diagonal": (across + down) / 2}[
        direction
    ]
    blend = np.array(start) + share[..., None] * (np.array(end) - np.array(start))
    # A whisper of noise, always the same, hides the steps that JPEG makes of a smooth blend.
    noise = np.random.default_rng(7).uniform(-0.6, 0.6, share.shape)[..., None]
    return Image.fromarray(np.clip(blend + noise + 0.5, 0, 255).astype(np.uint8))


def fade_mask(size: tuple[int, int], direction: str, length: float) -> Image.Image:
    """Mask that is full and goes to nothing over `length` pixels towards the side `direction`."""
    width, height = size
    along = np.arange(width if direction in ("left", "right") else height, dtype=np.float32)
    if direction in ("right", "down"):
        along = along[::-1]
    elif direction == "vertical":
        # The upper edge fades over half the length of the lower one.
        along = np.minimum(along * 2, along[::-1])
    share = np.clip(along / max(1.0, length), 0, 1)
    smooth = (share * share * (3 - 2 * share) * 255).astype(np.uint8)
    pixels = (
        np.tile(smooth, (height, 1))
        if direction in ("left", "right")
        else np.tile(smooth[:, None], (1, width))
    )
    return Image.fromarray(np.ascontiguousarray(pixels))


def veil_mask(size: tuple[int, int], solid: Area, edge: str, reach: float) -> Image.Image:
    """Mask that is full from the picture's `edge` (top or bottom) over `solid` and fades beyond it."""
    y = np.arange(size[1], dtype=np.float32)
    beyond = solid.top - y if edge == "bottom" else y - solid.bottom
    share = np.clip(1 - beyond / max(1.0, reach), 0, 1)
    smooth = (share * share * (3 - 2 * share) * 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.tile(smooth[:, None], (1, size[0]))))


def scaled_mask(mask: Image.Image, opacity: float) -> Image.Image:
    """The mask with every value times `opacity`."""
    return mask if opacity >= 1 else mask.point(lambda value: round(value * opacity))


def shadow(canvas: Image.Image, area: Area, radius: float, opacity: float) -> None:
    """A soft shadow under a rectangle, a little below it."""
    blur = max(4, round(min(canvas.size) * 0.018))
    mask = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (area.left, area.top + blur * 0.6, area.right, area.bottom + blur * 0.6), radius=radius, fill=255
    )
    mask = mask.filter(ImageFilter.GaussianBlur(blur))
    canvas.paste((20, 10, 10), (0, 0), scaled_mask(mask, opacity))


@lru_cache(maxsize=64)
def motif_mask(size: tuple[int, int], pattern: str, scale: float, centre: tuple[float, float]) -> Image.Image:
    """Mask of a brand pattern. `scale`: module in pixels."""
    x = (np.arange(size[0] * 2, dtype=np.float32) / 2)[None, :]
    y = (np.arange(size[1] * 2, dtype=np.float32) / 2)[:, None]
    cx, cy = centre[0] * size[0], centre[1] * size[1]
    if pattern == "kawung":
        on = _kawung(x, y, scale)
    elif pattern == "tumpal":
        # A row of triangles, as on the border of a woven cloth; the point is up.
        on = np.abs((x % scale) / scale - 0.5) * 2 < ((y % scale) / scale)
    elif pattern == "rings":
        on = (np.hypot(x - cx, y - cy) % scale) < scale * 0.36
    else:
        turns = np.arctan2(y - cy, x - cx) / (2 * math.pi)
        on = (turns * round(720 / scale) % 1) < 0.5
    return Image.fromarray((on * np.uint8(255)).astype(np.uint8)).reduce(2)


def _kawung(x: np.ndarray, y: np.ndarray, scale: float) -> np.ndarray:
    """Four petals around a point, from circles that overlap; a seed at every centre."""
    u, v = (x % scale) / scale, (y % scale) / scale
    radius = 0.685
    inside = np.zeros(np.broadcast_shapes(u.shape, v.shape), dtype=np.uint8)
    for px in (-0.5, 0.5, 1.5):
        for py in (-0.5, 0.5, 1.5):
            inside += np.hypot(u - px, v - py) < radius
    seed = np.hypot(u - 0.5, v - 0.5) < 0.055
    return (inside >= 2) | seed


def icon_mask(name: str, size: int) -> Image.Image:
    """Mask of a sign on a square of `size` pixels. Forms are laid down on a grid of 24."""
    return _icon_mask(name, size)


@lru_cache(maxsize=128)
def _icon_mask(name: str, size: int) -> Image.Image:
    big = size * 4
    unit = big / 24
    mask = Image.new("L", (big, big), 0)
    draw = ImageDraw.Draw(mask)
    for form, value, *numbers in ICONS[name]:
        points = [n * unit for n in numbers]
        if form == "box":
            draw.rounded_rectangle(points[:4], radius=points[4], fill=value)
        elif form == "disc":
            draw.ellipse(points, fill=value)
        elif form == "line":
            pairs = list(zip(points[1::2], points[2::2], strict=True))
            draw.line(pairs, fill=value, width=round(points[0]), joint="curve")
            for px, py in pairs:
                half = points[0] / 2
                draw.ellipse((px - half, py - half, px + half, py + half), fill=value)
        else:
            draw.polygon(list(zip(points[::2], points[1::2], strict=True)), fill=value)
    return mask.reduce(4)


ICONS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "calendar": (
        ("box", 255, 3, 5, 21, 21, 2.6),
        ("box", 0, 5, 10.4, 19, 19, 1.2),
        ("line", 255, 2, 8, 3.6, 8, 6.4),
        ("line", 255, 2, 16, 3.6, 16, 6.4),
        ("box", 255, 7.2, 12.4, 10, 15.2, 0.6),
        ("box", 255, 14, 12.4, 16.8, 15.2, 0.6),
    ),
    "pin": (
        ("disc", 255, 5, 2.4, 19, 16.4),
        ("poly", 255, 6.1, 12.8, 17.9, 12.8, 12, 22),
        ("disc", 0, 9, 6.4, 15, 12.4),
    ),
    "document": (
        ("box", 255, 4.6, 2.4, 19.4, 21.6, 2),
        ("poly", 0, 14.2, 1.5, 20.4, 1.5, 20.4, 7.7),
        ("poly", 255, 14.2, 2.6, 19.2, 7.7, 14.2, 7.7),
        ("line", 0, 1.5, 8, 11.4, 16, 11.4),
        ("line", 0, 1.5, 8, 14.8, 16, 14.8),
        ("line", 0, 1.5, 8, 18.2, 13, 18.2),
    ),
    "play": (("poly", 255, 8, 4.6, 20, 12, 8, 19.4), ("line", 255, 1.6, 8, 4.6, 20, 12, 8, 19.4, 8, 4.6)),
    "globe": (
        ("disc", 255, 2.6, 2.6, 21.4, 21.4),
        ("disc", 0, 4.4, 4.4, 19.6, 19.6),
        ("disc", 255, 7.6, 2.6, 16.4, 21.4),
        ("disc", 0, 9.3, 4.2, 14.7, 19.8),
        ("line", 255, 1.7, 4, 12, 20, 12),
    ),
    "megaphone": (
        ("poly", 255, 6.5, 9, 18, 4, 18, 18.4, 6.5, 13.6),
        ("box", 255, 2.6, 9, 8, 13.6, 1.6),
        ("poly", 255, 6.2, 13, 10, 14.5, 11.4, 20, 8, 20),
        ("line", 255, 2, 20.4, 9, 20.4, 13.4),
    ),
    "ballot": (
        ("poly", 255, 7, 2.4, 17, 2.4, 17, 12, 7, 12),
        ("line", 0, 1.7, 9.4, 7, 11.4, 9, 14.8, 5.2),
        ("poly", 255, 2.6, 11, 5.6, 11, 5.6, 13.4, 18.4, 13.4, 18.4, 11, 21.4, 11, 21.4, 15, 2.6, 15),
        ("box", 255, 2.6, 13, 21.4, 21.6, 1.4),
        ("line", 0, 1.3, 6, 14.7, 18, 14.7),
    ),
    "ribbon": (
        ("disc", 255, 6.5, 1.8, 17.5, 11.8),
        ("disc", 0, 9.4, 4.4, 14.6, 11),
        ("poly", 255, 7.2, 8.4, 10.6, 7.4, 18.8, 21.8, 15.2, 22.2),
        ("poly", 255, 16.8, 8.4, 13.4, 7.4, 5.2, 21.8, 8.8, 22.2),
    ),
}
"""Signs as forms, each with the value it paints (255 sign, 0 ground): box (left, top, right, bottom, radius),
disc (left, top, right, bottom), line (width, points …), poly (points …)."""
