"""Takes in a screenshot that a person made: it must be a picture, and it loses whatever else it tells."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import filetype
from PIL import Image

from medsos.content.materials import KINDS
from medsos.content.pictures import clean_picture
from medsos.errors import FormError, MaterialError
from medsos.indonesian import size_text

SMALLEST_SIDE = 200
"""Pixels. On anything smaller nobody can read a post."""

_SAME_TYPE = {"image/heif": "image/heic"}


def clean_screenshot(path: Path, *, name: str) -> bytes:
    """The picture as a JPEG without place, device or any other metadata.

    :param name: what the person called the file; only for the message.
    :raises FormError: no picture, too large, too small or damaged; says what to do.
    """
    rules, size = KINDS["picture"], path.stat().st_size
    if not size:
        raise FormError(f"Berkas “{name}” kosong. Pilih tangkapan layarnya sekali lagi.")
    if size > rules.max_bytes:
        raise FormError(
            f"Berkas “{name}” berukuran {size_text(size)}; paling besar {size_text(rules.max_bytes)}. "
            "Pilih tangkapan layar biasa, bukan foto beresolusi tinggi."
        )
    guessed = filetype.guess_mime(str(path))
    media_type = _SAME_TYPE.get(guessed, guessed)
    if media_type not in rules.media_types:
        raise FormError(f"Berkas “{name}” bukan gambar. Pilih tangkapan layar: {rules.formats}.")
    try:
        clean = clean_picture(path, media_type, name=name)
    except MaterialError as error:
        raise FormError(" ".join(error.problems)) from None
    with Image.open(BytesIO(clean.jpeg)) as picture:
        if min(picture.size) < SMALLEST_SIDE:
            raise FormError(
                f"Gambar “{name}” hanya {picture.width} × {picture.height} piksel, terlalu kecil untuk "
                "dibaca. Pilih tangkapan layar yang utuh."
            )
    return clean.jpeg
