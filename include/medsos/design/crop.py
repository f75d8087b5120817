"""Crops a photo around what matters: faces first, otherwise what `smartcrop` finds interesting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from medsos.design.placed import Area

_WORKING_SIDE = 2200
_DETECTION_SIDE = 900
_SMARTCROP_SIDE = 320
_SMALLEST_FACE = 0.045
"""Share of the photo's shorter side below which a face neither matters nor is found reliably."""

_NEIGHBOURS = 7


@dataclass(frozen=True)
class Face:
    """A face in shares of the photo's width and height."""

    left: float
    top: float
    width: float
    height: float


def open_photo(path: Path) -> Image.Image:
    """The photo upright, in RGB, reduced to what a design can use."""
    return _open_photo(path, path.stat().st_mtime_ns).copy()


@lru_cache(maxsize=8)
def _open_photo(path: Path, changed: int) -> Image.Image:
    with Image.open(path) as opened:
        opened.draft("RGB", (_WORKING_SIDE, _WORKING_SIDE))
        upright = ImageOps.exif_transpose(opened)
        if upright.mode in ("RGBA", "LA", "P"):
            ground = Image.new("RGBA", upright.size, "white")
            ground.alpha_composite(upright.convert("RGBA"))
            upright = ground
        photo = upright.convert("RGB")
    photo.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    return photo


def find_faces(path: Path) -> tuple[Face, ...]:
    """Faces in the photo at `path`, largest first."""
    return _find_faces(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _find_faces(path: Path, changed: int) -> tuple[Face, ...]:
    import cv2

    grey = _open_photo(path, changed).convert("L")
    grey.thumbnail((_DETECTION_SIDE, _DETECTION_SIDE), Image.Resampling.BILINEAR)
    pixels = cv2.equalizeHist(np.asarray(grey))
    smallest = max(24, int(min(grey.size) * _SMALLEST_FACE))
    cascade = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"
    detector = cv2.CascadeClassifier(str(cascade))
    found = detector.detectMultiScale(
        pixels, scaleFactor=1.1, minNeighbors=_NEIGHBOURS, minSize=(smallest, smallest)
    )
    width, height = grey.size
    faces = [
        Face(*(float(n) for n in (x / width, y / height, w / width, h / height))) for x, y, w, h in found
    ]
    return tuple(sorted(faces, key=lambda face: -face.width * face.height))


def crop_box(path: Path, ratio: float, focus: tuple[float, float]) -> tuple[int, int, int, int]:
    """The part of the photo to show, in pixels of `open_photo(path)`.

    :param ratio: width by height of the part.
    :param focus: where, in shares of the part, the faces should stand.
    """
    width, height = open_photo_size(path)
    crop_width, crop_height = min(width, height * ratio), min(height, width / ratio)
    faces = find_faces(path)
    if faces:
        left, top = _around(faces, width, height, crop_width, crop_height, focus)
    else:
        left, top = _interesting(path, path.stat().st_mtime_ns, round(ratio, 3))
        left, top = left * width, top * height
    left = min(max(0.0, left), width - crop_width)
    top = min(max(0.0, top), height - crop_height)
    return round(left), round(top), round(left + crop_width), round(top + crop_height)


def open_photo_size(path: Path) -> tuple[int, int]:
    """Width and height of `open_photo(path)`."""
    return _open_photo(path, path.stat().st_mtime_ns).size


def _around(
    faces: tuple[Face, ...],
    width: int,
    height: int,
    crop_width: float,
    crop_height: float,
    focus: tuple[float, float],
) -> tuple[float, float]:
    """Left top of the part that holds the most of the faces, the group standing at `focus`."""
    along_x = _slide(
        [(f.left * width, f.width * width, f.width * f.height) for f in faces], crop_width, focus[0]
    )
    along_y = _slide(
        [(f.top * height, f.height * height, f.width * f.height) for f in faces], crop_height, focus[1]
    )
    return along_x, along_y


def _slide(spans: list[tuple[float, float, float]], room: float, focus: float) -> float:
    """Start of a window of `room` that holds the heaviest spans; spans are (start, length, weight)."""
    kept = list(spans)
    while True:
        start, end = min(s for s, _, _ in kept), max(s + n for s, n, _ in kept)
        if end - start <= room or len(kept) == 1:
            break
        centre = sum((s + n / 2) * w for s, n, w in kept) / sum(w for _, _, w in kept)
        kept.remove(max(kept, key=lambda span: abs(span[0] + span[1] / 2 - centre) / span[2] ** 0.5))
    margin = min((room - (end - start)) / 2, (end - start) * 0.35) if end - start < room else 0
    wanted = (start + end) / 2 - focus * room
    return min(max(wanted, end + margin - room), start - margin) if margin >= 0 else wanted


@lru_cache(maxsize=128)
def _interesting(path: Path, changed: int, ratio: float) -> tuple[float, float]:
    """Left top, in shares of the photo, of the part that `smartcrop` prefers."""
    from smartcrop import SmartCrop

    small = _open_photo(path, changed).copy()
    small.thumbnail((_SMARTCROP_SIDE, _SMARTCROP_SIDE))
    width, height = small.size
    crop_width, crop_height = min(width, height * ratio), min(height, width / ratio)
    if width - crop_width < 2 and height - crop_height < 2:
        return 0.0, 0.0
    result = SmartCrop().analyse(
        small, max(1, int(crop_width)), max(1, int(crop_height)), min_scale=1, step=8
    )
    best = result["top_crop"]
    return best["x"] / width, best["y"] / height


def cropped(path: Path, size: tuple[int, int], focus: tuple[float, float]) -> Image.Image:
    """The photo at `path`, cropped and scaled to `size`.

    A box that would cut the largest face gets the whole face on a blurred enlargement of the photo instead.
    """
    photo = open_photo(path)
    box = crop_box(path, size[0] / size[1], focus)
    shown = photo.resize(size, Image.Resampling.LANCZOS, box=box)
    faces = find_faces(path)
    if not faces or _holds(box, faces[0], photo.size):
        return shown
    inner = _portrait_box(faces[0], photo.size, size)
    scale = min(size[0] / (inner[2] - inner[0]), size[1] / (inner[3] - inner[1]))
    part = photo.resize(
        (max(1, round((inner[2] - inner[0]) * scale)), max(1, round((inner[3] - inner[1]) * scale))),
        Image.Resampling.LANCZOS,
        box=inner,
    )
    ground = shown.filter(ImageFilter.GaussianBlur(max(size) / 28)).point(lambda value: round(value * 0.72))
    ground.paste(part, ((size[0] - part.width) // 2, (size[1] - part.height) // 2))
    return ground


def _holds(box: tuple[int, int, int, int], face: Face, size: tuple[int, int]) -> bool:
    """Is the face whole inside the box; a sliver of hair or chin may be missing."""
    slack_x, slack_y = face.width * size[0] * 0.06, face.height * size[1] * 0.06
    return (
        box[0] <= face.left * size[0] + slack_x
        and (face.left + face.width) * size[0] - slack_x <= box[2]
        and box[1] <= face.top * size[1] + slack_y
        and (face.top + face.height) * size[1] - slack_y <= box[3]
    )


def _portrait_box(face: Face, size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of the photo with the whole face and some air, as close to the target's shape as there is."""
    width, height = size
    air_x, air_y = face.width * width * 0.35, face.height * height * 0.35
    left, right = face.left * width - air_x, (face.left + face.width) * width + air_x
    top, bottom = face.top * height - air_y, (face.top + face.height) * height + air_y
    if target[0] / target[1] > width / height:
        left, right = 0, width
    else:
        top, bottom = 0, height
    return max(0, round(left)), max(0, round(top)), min(width, round(right)), min(height, round(bottom))


def cells(count: int, width: float, height: float, gap: float) -> list[Area]:
    """How a collage of one to four photos divides its box: the first photo is the largest of three."""
    half_w, half_h = (width - gap) / 2, (height - gap) / 2
    if count == 1:
        return [Area(0, 0, width, height)]
    if count == 2:
        if width >= height:
            return [Area(0, 0, half_w, height), Area(half_w + gap, 0, half_w, height)]
        return [Area(0, 0, width, half_h), Area(0, half_h + gap, width, half_h)]
    if count == 3:
        if width >= 1.3 * height:
            main = (width - gap) * 0.62
            side = width - gap - main
            return [
                Area(0, 0, main, height),
                Area(main + gap, 0, side, half_h),
                Area(main + gap, half_h + gap, side, half_h),
            ]
        main = (height - gap) * 0.62
        rest = height - gap - main
        return [
            Area(0, 0, width, main),
            Area(0, main + gap, half_w, rest),
            Area(half_w + gap, main + gap, half_w, rest),
        ]
    return [Area(x, y, half_w, half_h) for y in (0, half_h + gap) for x in (0, half_w + gap)]
