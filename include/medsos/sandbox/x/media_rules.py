"""Which pictures and videos X takes (platform contract, section 5.4)."""

from __future__ import annotations

from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts

# Section 5.4. Sizes in bytes, times in seconds.
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
IMAGE_BYTES = 5 * 1024 * 1024
GIF_BYTES = 15 * 1024 * 1024
GIF_SIZE = (1280, 1080)
GIF_FRAMES = 350
GIF_PIXELS = 300_000_000
VIDEO_TYPES = ("video/mp4", "video/quicktime")
VIDEO_BYTES = 512 * 1024 * 1024
VIDEO_SIDES = ((32, 32), (1280, 1024))
VIDEO_RATIO = (1 / 3, 3)
VIDEO_FPS = 60
VIDEO_SHORTEST = 0.5


def media_fault(sandbox: Sandbox, facts: Facts, kind: str) -> str | None:
    """Why X would not take this file as `kind` (image, gif or video); None when it would."""
    if facts.get("broken"):
        return "The file cannot be decoded"
    if kind == "image":
        return _first_broken({
            f"media type {facts['type']} is not supported": facts["type"] in IMAGE_TYPES,
            "Image file size must be <= 5 MB": facts["size"] <= IMAGE_BYTES,
        })  # fmt: skip
    if kind == "gif":
        return _gif_fault(facts)
    return _video_fault(sandbox, facts)


def _gif_fault(facts: Facts) -> str | None:
    if facts["type"] != "image/gif":
        return f"media type {facts['type']} is not a GIF"
    width, height, frames = facts["width"], facts["height"], facts["frames"]
    return _first_broken({
        "GIF file size must be <= 15 MB": facts["size"] <= GIF_BYTES,
        "GIF is larger than 1280x1080": width <= GIF_SIZE[0] and height <= GIF_SIZE[1],
        "GIF has more than 350 frames": frames <= GIF_FRAMES,
        "GIF has too many pixels": width * height * frames <= GIF_PIXELS,
    })  # fmt: skip


def _video_fault(sandbox: Sandbox, facts: Facts) -> str | None:
    if facts["type"] not in VIDEO_TYPES:
        return f"media type {facts['type']} is not supported"
    ratio = facts["width"] / facts["height"]
    longest = float(sandbox.state.setting("x_video_seconds"))
    long_side, short_side = max(facts["width"], facts["height"]), min(facts["width"], facts["height"])
    return _first_broken({
        "unsupported video codec": facts["video_codec"] == "h264",
        "unsupported audio codec": facts["audio_codec"] in (None, "aac"),
        "video file is too large": facts["size"] <= VIDEO_BYTES,
        "video dimensions are out of range": short_side >= VIDEO_SIDES[0][0]
        and long_side <= VIDEO_SIDES[1][0] and short_side <= VIDEO_SIDES[1][1],
        "video aspect ratio is out of range": VIDEO_RATIO[0] <= ratio <= VIDEO_RATIO[1],
        "video frame rate is above 60": facts["fps"] <= VIDEO_FPS,
        "video duration is out of range": VIDEO_SHORTEST <= facts["duration"] <= longest,
    })  # fmt: skip


def _first_broken(rules: dict[str, bool]) -> str | None:
    return next((rule for rule, kept in rules.items() if not kept), None)
