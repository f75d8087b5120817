"""Decides from a channel's limits whether a video goes out as it is, in another size, or not at all."""

from __future__ import annotations

from fractions import Fraction

from medsos.channels.base import Limits
from medsos.channels.limits import LIMITS
from medsos.content.transcode import VideoTarget
from medsos.content.video import VideoFacts
from medsos.indonesian import number_text
from medsos.offices.model import CHANNEL_NAMES, Channel

USUAL_FPS = Fraction(30)
"""For a video slower than the channel takes."""

MARGIN = 0.9
"""Of the bytes and bits allowed: the container and short peaks need the rest."""


def unfit(channel: Channel, width: int | None, height: int | None, seconds: float | None) -> list[str]:
    """Why no rendition of a video can fit a channel: one Indonesian sentence each; none when one can.

    :param width: pixels, as shown. :param seconds: of play. None where it is not known.
    """
    limits, name, problems = LIMITS[channel], CHANNEL_NAMES[channel], []
    if seconds is not None and limits.video_seconds:
        shortest, longest = limits.video_seconds
        if not shortest <= seconds <= longest:
            problems.append(
                f"Video {number_text(seconds)} detik tidak dapat diunggah ke {name}, yang menerima "
                f"{number_text(shortest)} sampai {number_text(longest)} detik."
            )
    if width and height and limits.video_ratio:
        lowest, highest = limits.video_ratio
        if not lowest <= width / height <= highest:
            problems.append(
                f"Video {width} × {height} piksel tidak dapat diunggah ke {name}: perbandingan lebar dan "
                f"tingginya {number_text(width / height, decimals=2)}, yang diterima "
                f"{number_text(lowest, decimals=2)} sampai {number_text(highest, decimals=2)}."
            )
    return problems


def fitting_target(facts: VideoFacts, size_bytes: int, limits: Limits) -> VideoTarget | None:
    """What a video has to be rendered to for a channel; None when it keeps all limits as it is."""
    width, height = _fitting_size(facts.width, facts.height, limits)
    fps = _fitting_fps(facts.fps, limits)
    bits = _most_bits(facts.duration_seconds, limits)
    too_many = bits is not None and size_bytes * 8 / max(facts.duration_seconds, 0.1) > bits
    fits = (
        (width, height) == (facts.width, facts.height)
        and fps == facts.fps
        and not too_many
        and (not limits.video_codecs or facts.codec in limits.video_codecs)
        and (not limits.sound_codecs or facts.sound_codec in (None, *limits.sound_codecs))
        and (limits.video_edit_list or not facts.edit_list)
    )
    if fits:
        return None
    # 4:2:0 has one colour for two pixels each way: odd sides cannot be.
    return VideoTarget(width - width % 2, height - height % 2, fps, bits)


def adjustment(channel: Channel, facts: VideoFacts, to: VideoTarget) -> str:
    """What was done to a video for a channel, for the person who approves it."""
    changes = []
    if (facts.width, facts.height) != (to.width, to.height):
        changes.append(
            f"{_number(facts.width)} × {_number(facts.height)} menjadi "
            f"{_number(to.width)} × {_number(to.height)} piksel"
        )
    if facts.fps != to.fps:
        changes.append(f"{_number(facts.fps)} menjadi {_number(to.fps)} gambar per detik")
    changes.append("dikodekan ulang" if facts.codec == "h264" else f"kodek {facts.codec} menjadi H.264")
    return f"Video disesuaikan untuk {CHANNEL_NAMES[channel]}: {'; '.join(changes)}."


def _fitting_size(width: int, height: int, limits: Limits) -> tuple[int, int]:
    """The nearest size within the limits, in the same proportions."""
    longer, shorter = max(width, height), min(width, height)
    least, most = limits.video_sides or (1, longer)
    factor = min(1.0, most / longer, (limits.video_shorter_side or shorter) / shorter)
    if shorter * factor < least:
        factor = least / shorter
    if factor == 1.0:
        return width, height
    return _even(width * factor), _even(height * factor)


def _even(side: float) -> int:
    return max(2, 2 * int(side / 2 + 1e-6))


def _fitting_fps(fps: Fraction, limits: Limits) -> Fraction:
    if limits.video_fps is None:
        return fps
    slowest, fastest = limits.video_fps
    if fps > fastest:
        return Fraction(int(fastest))
    return max(USUAL_FPS, Fraction(int(slowest))) if fps < slowest else fps


def _most_bits(seconds: float, limits: Limits) -> int | None:
    """Bits a second that keep both the size and the rate of the channel."""
    allowed = []
    if limits.video_bytes is not None:
        allowed.append(MARGIN * limits.video_bytes * 8 / max(seconds, 0.1))
    if limits.video_bits_per_second is not None:
        allowed.append(float(limits.video_bits_per_second))
    return int(min(allowed)) if allowed else None


def _number(value: float | Fraction) -> str:
    return number_text(float(value))
