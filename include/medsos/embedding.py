"""Turns pictures and fonts into data URIs, so that a page needs no other file."""

from __future__ import annotations

import base64
import logging
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image, ImageOps

# It tells every glyph that it keeps.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)

JPEG_QUALITY = 82
PAGE_CHARACTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2030),
    0x2039,
    0x203A,
    0x20AC,
    0x2192,
]
"""What Indonesian pages are written with: Latin with accents, dashes, quotes; other scripts fall back."""


def data_uri(data: bytes, media_type: str) -> str:
    """`data` as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def picture_uri(data: bytes, *, longest_side: int, tallest: int | None = None) -> str:
    """A picture as a small JPEG data URI.

    :param longest_side: in pixels; larger pictures are scaled down, smaller ones stay.
    :param tallest: after scaling to `longest_side` as its width, keep only the upper part of this height;
        for screenshots of long pages.
    :raises OSError: the bytes are not a picture.
    """
    with Image.open(BytesIO(data)) as opened:
        picture = ImageOps.exif_transpose(opened)
        if picture.mode in ("RGBA", "LA", "P"):
            rgba = picture.convert("RGBA")
            picture = Image.new("RGB", rgba.size, "white")
            picture.paste(rgba, mask=rgba.getchannel("A"))
        picture = picture.convert("RGB")
    if tallest is not None:
        width = min(longest_side, picture.width)
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        picture = picture.crop((0, 0, width, min(height, tallest)))
    else:
        picture.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    target = BytesIO()
    picture.save(target, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return data_uri(target.getvalue(), "image/jpeg")


@lru_cache(maxsize=16)
def font_uri(path: Path) -> str:
    """A font file reduced to `PAGE_CHARACTERS`, as a WOFF data URI."""
    options = subset.Options(flavor="woff", layout_features=["*"], drop_tables=["DSIG"])
    font = subset.load_font(str(path), options)
    assert isinstance(font, TTFont)  # noqa: S101  load_font is untyped
    reducer = subset.Subsetter(options)
    reducer.populate(unicodes=PAGE_CHARACTERS)
    reducer.subset(font)
    target = BytesIO()
    subset.save_font(font, target, options)
    return data_uri(target.getvalue(), "font/woff")
