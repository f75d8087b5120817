"""Turns any accepted picture into a plain sRGB JPEG that does not tell where and with what it was taken."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from medsos.content.materials import KINDS, refused

LONGEST_SIDE = 4096
"""Pixels. Twice what the largest design needs; the original is kept beside it."""
QUALITY = 92

# What Pillow and libheif raise on damaged or hostile files. MemoryError is not the file's fault alone.
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
    EOFError, struct.error, zlib.error,
)  # fmt: skip
_DAMAGED = "rusak atau tidak lengkap. Salin ulang dari kamera atau ponsel."
_PILLOW_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@dataclass(frozen=True)
class CleanPicture:
    """A finished picture; width and height in pixels, the right way up."""

    jpeg: bytes
    width: int
    height: int


def clean_picture(path: Path, media_type: str, *, name: str) -> CleanPicture:
    """Decode the whole picture and write it anew: upright, sRGB, without any metadata.

    Fully transparent parts become white. Pictures longer than `LONGEST_SIDE` are made smaller.

    :param name: what people call the file, for the message.
    :raises MaterialError: too many pixels (found before decoding), animated, or damaged.
    """
    try:
        image = _open(path, media_type, name)
    except _BROKEN:
        raise refused(name, _DAMAGED) from None
    with image:
        try:
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = _to_srgb(upright)
        except _BROKEN:
            raise refused(name, _DAMAGED) from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return CleanPicture(encode_jpeg(plain), plain.width, plain.height)


def encode_jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    """JPEG of an RGB picture, without metadata. Equal pixels give equal bytes."""
    # Pillow would copy comments and profiles from here into the new file.
    image.info.clear()
    out = io.BytesIO()
    try:
        image.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
    except OSError:
        # Optimising needs the whole picture in one buffer, and of pure noise Pillow makes it too small.
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def _open(path: Path, media_type: str, name: str) -> Image.Image:
    """Open without decoding, and refuse what is too large or moves."""
    if media_type == "image/heic":
        heif = pillow_heif.open_heif(path)
        _check_pixels(heif.size, name)
        return heif.to_pillow()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=[_PILLOW_FORMATS[media_type]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refused(name, _too_many_pixels()) from None
    try:
        _check_pixels(image.size, name)
        # A phone's JPEG may hold a depth map or thumbnail as a second picture (MPO); that is no animation.
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise refused(name, "adalah gambar bergerak. Kirim gambar diam, atau video MP4.")
    except BaseException:
        image.close()
        raise
    if media_type == "image/jpeg":
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    return image


def _check_pixels(size: tuple[int, int], name: str) -> None:
    width, height = size
    limit = KINDS["picture"].max_pixels
    if limit is not None and width * height > limit:
        raise refused(name, _too_many_pixels(width, height))


def _too_many_pixels(width: int | None = None, height: int | None = None) -> str:
    limit = (KINDS["picture"].max_pixels or 0) // 1_000_000
    size = f"berukuran {width} × {height} piksel" if width else "berukuran terlalu banyak piksel"
    return f"{size}; paling banyak {limit} juta piksel. Perkecil gambarnya lalu kirim lagi."


def _to_srgb(image: Image.Image) -> Image.Image:
    """RGB pixels in the sRGB colour space; a profile that does not fit the picture is ignored."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        # 16 bits per pixel: a plain convert() would clip everything to white.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        image = Image.new("RGB", layered.size, "white")
        image.paste(layered, mask=layered.getchannel("A"))
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
    return image.convert("RGB")
