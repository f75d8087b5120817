"""Looks into a video: what it is, whether it is whole, and which frame stands for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import cv2
import numpy as np
from av.video.reformatter import Colorspace
from PIL import Image

from medsos.content.boxes import boxes_complete, has_edit_list
from medsos.content.materials import KINDS, refused
from medsos.content.pictures import encode_jpeg
from medsos.content.remux import kept_tracks
from medsos.indonesian import number_text

SAMPLES = 12
"""Frames looked at for the cover, spread over the video without its first and last twentieth."""
_UNSPECIFIED = 2
"""ITU-T H.273: no matrix is given."""
_DAMAGED = "rusak atau terpotong. Salin ulang berkas aslinya lalu kirim lagi."


@dataclass(frozen=True)
class VideoFacts:
    """Of the picture track, as it is shown: width and height in pixels after rotation.

    :param fps: frames a second, on average.
    :param sound_codec: None without sound.
    :param edit_list: whether a player is told to leave something out or to shift it.
    """

    width: int
    height: int
    duration_seconds: float
    codec: str
    fps: Fraction
    sound_codec: str | None = None
    edit_list: bool = False


def probe(path: Path, *, name: str) -> VideoFacts:
    """Check a video against the limits, decode its first frame and read it to its end.

    :param name: what people call the file, for the message.
    :raises MaterialError: no picture track, foreign codec, too long, too many pixels, damaged or cut off.
    """
    rules = KINDS["video"]
    if not boxes_complete(path):
        raise refused(name, _DAMAGED)
    try:
        with _open(path) as container:
            if not container.streams.video:
                raise refused(name, "tidak berisi gambar, hanya suara. Kirim video MP4 atau MOV.")
            stream = container.streams.video[0]
            codec = stream.codec_context.name
            seconds = _duration(container, stream)
            if codec not in rules.codecs:
                raise refused(
                    name,
                    f"memakai kodek {codec}. Simpan ulang sebagai MP4 dengan kodek H.264 lalu kirim lagi.",
                )
            if rules.max_pixels and stream.width * stream.height > rules.max_pixels:
                raise refused(
                    name,
                    f"berukuran {stream.width} × {stream.height} piksel; paling besar 4K. "
                    "Perkecil videonya lalu kirim lagi.",
                )
            if rules.max_seconds and seconds > rules.max_seconds:
                raise refused(
                    name,
                    f"berdurasi {number_text(seconds / 60)} menit; paling lama "
                    f"{number_text(rules.max_seconds / 60)} menit. Potong videonya lalu kirim lagi.",
                )
            frame = next(container.decode(stream), None)
            if frame is None or seconds <= 0:
                raise refused(name, _DAMAGED)
            width, height = _shown_size(frame)
            fps = stream.average_rate or Fraction(0)
            sound = next((track.name for track in kept_tracks(container) if track.type == "audio"), None)
        _read_to_the_end(path, name)
    except (av.FFmpegError, OSError, ValueError, IndexError):
        raise refused(name, _DAMAGED) from None
    return VideoFacts(width, height, round(seconds, 3), codec, fps, sound, has_edit_list(path))


def cover_frame(path: Path, *, name: str | None = None) -> bytes:
    """The frame that stands for the video: the sharpest of a sample that is neither dark nor blank.

    :returns: JPEG, sRGB, upright, without metadata.
    :param name: what people call the file, for the message.
    :raises MaterialError: no frame can be decoded.
    """
    name = name or path.name
    best: tuple[float, av.VideoFrame] | None = None
    try:
        for frame in _sample(path):
            score = _score(frame)
            if best is None or score > best[0]:
                best = (score, frame)
    except (av.FFmpegError, OSError, ValueError):
        if best is None:
            raise refused(name, _DAMAGED) from None
    if best is None:
        raise refused(name, _DAMAGED)
    return encode_jpeg(_upright(best[1]))


def _open(path: Path) -> av.container.InputContainer:
    # Named format: a playlist in disguise could make the library read other files.
    return av.open(str(path), format="mov")


def _duration(container: av.container.InputContainer, stream: av.VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return float(Fraction(container.duration or 0, av.time_base))


def _read_to_the_end(path: Path, name: str) -> None:
    """A file cut off in the middle opens and starts well; only the missing packets at its end tell."""
    with _open(path) as container:
        stream = container.streams.video[0]
        packets = 0
        for packet in container.demux(stream):
            if packet.is_corrupt:
                raise refused(name, _DAMAGED)
            packets += packet.size > 0
        if packets == 0 or packets < stream.frames:
            raise refused(name, _DAMAGED)


def _sample(path: Path) -> Iterator[av.VideoFrame]:
    with _open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        length = _duration(container, stream)
        seen: set[int | None] = set()
        for number in range(SAMPLES):
            moment = length * (0.05 + 0.9 * number / (SAMPLES - 1))
            container.seek(int(moment / (stream.time_base or 1)), stream=stream)
            frame = _frame_at(container, stream, moment)
            if frame is not None and frame.pts not in seen:
                seen.add(frame.pts)
                yield frame


def _frame_at(
    container: av.container.InputContainer, stream: av.VideoStream, moment: float
) -> av.VideoFrame | None:
    """First frame shown at or after `moment`, or the last one before it."""
    last = None
    for frame in container.decode(stream):
        last = frame
        if frame.time is not None and frame.time >= moment:
            break
    return last


def _score(frame: av.VideoFrame) -> float:
    """Sharpness, held down where the picture is too dark, too bright or has no contrast."""
    small = frame.reformat(width=320, height=max(2, 320 * frame.height // frame.width), format="gray")
    grey = small.to_ndarray().astype(np.float32)
    sharpness = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    brightness, contrast = float(grey.mean()), float(grey.std())
    exposure = max(0.0, 1 - abs(brightness - 125) / 110)
    return sharpness * exposure * min(1.0, contrast / 40)


def _shown_size(frame: av.VideoFrame) -> tuple[int, int]:
    return (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)


def _upright(frame: av.VideoFrame) -> Image.Image:
    # HD without a colour mark is BT.709 by convention; the library would take it for BT.601.
    hd = frame.colorspace == _UNSPECIFIED and frame.height >= 720
    image: Image.Image = frame.to_image(src_colorspace=Colorspace.ITU709) if hd else frame.to_image()
    if frame.rotation:
        image = image.rotate(frame.rotation, expand=True)
    return image.convert("RGB")
