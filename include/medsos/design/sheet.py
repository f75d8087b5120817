"""Draws the sheet of all designs beside each other, and the golden pictures of the tests.

`python -m medsos.design.sheet docs/images/designs.png` writes the sheet;
`python -m medsos.design.sheet --goldens tests/golden/designs` writes the golden pictures anew.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from medsos.content.request import CONTENT_TYPE_NAMES, CONTENT_TYPES
from medsos.design.model import DesignRequest
from medsos.design.painter import rgb
from medsos.design.render import render_design
from medsos.design.samples import sample_fields
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Brand, load_brand
from medsos.settings import load_settings

GOLDEN_SCALE = 1 / 3
_ROW_HEIGHT = 250
_GAP = 18
_LABEL_WIDTH = 190
_HEAD_HEIGHT = 74


def all_designs(brand: Brand) -> Iterator[tuple[str, str, Image.Image]]:
    """Content type, channel and picture of all thirty, with sample words."""
    for content_type in CONTENT_TYPES:
        for channel in CHANNELS:
            request = DesignRequest(content_type, channel, brand, sample_fields(content_type))
            yield content_type, channel, Image.open(io.BytesIO(render_design(request).jpeg))


def golden(picture: Image.Image) -> bytes:
    """The picture as golden pictures are kept: small, as JPEG."""
    size = (round(picture.width * GOLDEN_SCALE), round(picture.height * GOLDEN_SCALE))
    buffer = io.BytesIO()
    picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(
        buffer, "JPEG", quality=86, subsampling=0
    )
    return buffer.getvalue()


def golden_name(content_type: str, channel: str) -> str:
    """File name of a golden picture."""
    return f"{content_type}-{channel}.jpg"


def write_goldens(folder: Path, brand: Brand) -> None:
    """Render all thirty and keep them as golden pictures. Look at them before committing."""
    folder.mkdir(parents=True, exist_ok=True)
    for content_type, channel, picture in all_designs(brand):
        (folder / golden_name(content_type, channel)).write_bytes(golden(picture))


def write_sheet(path: Path, brand: Brand) -> None:
    """One picture of all thirty: a row per content type, a column per channel."""
    cells = {(kind, channel): picture for kind, channel, picture in all_designs(brand)}
    widths = {
        channel: round(
            cells[CONTENT_TYPES[0], channel].width * _ROW_HEIGHT / cells[CONTENT_TYPES[0], channel].height
        )
        for channel in CHANNELS
    }
    size = (
        _LABEL_WIDTH + sum(widths.values()) + _GAP * (len(widths) + 1),
        _HEAD_HEIGHT + (_ROW_HEIGHT + _GAP) * len(CONTENT_TYPES),
    )
    sheet = Image.new("RGB", size, (236, 234, 231))
    draw = ImageDraw.Draw(sheet)
    bold = ImageFont.truetype(str(brand.file(brand.fonts.bold)), 21)
    small = ImageFont.truetype(str(brand.file(brand.fonts.medium)), 15)
    ink, muted = rgb("ink", brand), rgb("muted", brand)
    x = _LABEL_WIDTH + _GAP
    for channel in CHANNELS:
        picture = cells[CONTENT_TYPES[0], channel]
        draw.text((x, 20), CHANNEL_NAMES[channel], font=bold, fill=ink)
        draw.text((x, 47), f"{picture.width} × {picture.height}", font=small, fill=muted)
        x += widths[channel] + _GAP
    for row, kind in enumerate(CONTENT_TYPES):
        y = _HEAD_HEIGHT + row * (_ROW_HEIGHT + _GAP)
        label = CONTENT_TYPE_NAMES[kind].replace(" ", "\n", 1)
        draw.multiline_text(
            (_GAP + 4, y + _ROW_HEIGHT / 2), label, font=bold, fill=ink, anchor="lm", spacing=8
        )
        x = _LABEL_WIDTH + _GAP
        for channel in CHANNELS:
            small_picture = cells[kind, channel].resize(
                (widths[channel], _ROW_HEIGHT), Image.Resampling.LANCZOS
            )
            sheet.paste(small_picture, (x, y))
            x += widths[channel] + _GAP
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(path, "PNG", optimize=True)


def main(arguments: list[str] | None = None) -> None:
    """Command line of the module."""
    parser = argparse.ArgumentParser(
        prog="python -m medsos.design.sheet", description="Menggambar semua desain contoh."
    )
    parser.add_argument("sheet", nargs="?", type=Path, help="berkas PNG untuk lembar tiga puluh desain")
    parser.add_argument("--goldens", type=Path, help="folder gambar acuan pengujian; ditulis ulang")
    parser.add_argument(
        "--office", default="kota-bengkulu", help="slug kantor yang merek dan fontnya dipakai"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.sheet and not chosen.goldens:
        parser.error("sebutkan berkas PNG, atau --goldens dengan foldernya")
    brand = load_brand(load_settings().offices_dir, chosen.office)
    if chosen.sheet:
        write_sheet(chosen.sheet, brand)
    if chosen.goldens:
        write_goldens(chosen.goldens, brand)


if __name__ == "__main__":
    main()
