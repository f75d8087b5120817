"""Makes small copies of the archive's pictures, so that a page of them is light."""

from __future__ import annotations

from collections import OrderedDict
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

WIDTHS = (160, 400, 800)
"""In pixels. No others, so that nobody can make the server draw without end."""

TALLEST = 2.4
"""Of a screenshot of a long page the upper part, this many times as tall as wide."""

QUALITY = 74
MEDIA_TYPE = "image/webp"
_KEPT = 400

_lock = Lock()
_known: OrderedDict[tuple[str, int], bytes] = OrderedDict()


def thumbnail(data: bytes, *, sha256: str, width: int) -> bytes:
    """`data` as a small WebP picture; smaller ones keep their size. The last few hundred are kept.

    :param sha256: of `data`. :param width: one of `WIDTHS`.
    :raises OSError: the bytes are no picture.
    """
    with _lock:
        if (sha256, width) in _known:
            _known.move_to_end((sha256, width))
            return _known[sha256, width]
    made = _made(data, width)
    with _lock:
        _known[sha256, width] = made
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return made


def _made(data: bytes, width: int) -> bytes:
    with Image.open(BytesIO(data)) as opened:
        # A JPEG can be decoded at a fraction of its size, which is several times faster.
        opened.draft("RGB", (width, width * 3))
        picture = ImageOps.exif_transpose(opened)
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    picture = picture.crop((0, 0, picture.width, min(picture.height, round(picture.width * TALLEST))))
    target = BytesIO()
    picture.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()
