"""What TikTok takes and how it refuses the rest (platform contract, sections 6.4 to 6.7)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts
from medsos.sandbox.tiktok.wire import TikTokError
from medsos.sandbox.wire import Call

# Sections 6.4, 6.5 and 6.7. Sizes in bytes, times in seconds, text in UTF-16 units.
MEGABYTE = 1_000_000
SMALLEST_CHUNK = 5 * MEGABYTE
LARGEST_CHUNK = 64 * 1024 * 1024
CHUNKS = 1000
VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm")
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9")
VIDEO_FPS = (23, 60)
VIDEO_SIDES = (360, 4096)
VIDEO_SECONDS = 600
VIDEO_BYTES = 4 * 1024**3
PHOTO_TYPES = ("image/jpeg", "image/webp")
PHOTO_BYTES = 20 * 1024 * 1024
PHOTO_SHORT_SIDE = 1080
PHOTOS = 35
VIDEO_TITLE = 2200
PHOTO_TITLE = 90
PHOTO_DESCRIPTION = 4000
UPLOAD_URL_SECONDS = 3600
DAY = 86400
PENDING_DRAFTS = 5
FLAGS = ("disable_comment", "disable_duet", "disable_stitch", "brand_content_toggle", "brand_organic_toggle",
         "auto_add_music", "is_aigc")  # fmt: skip
PRIVACY_LEVELS = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")


def invalid(call: Call, message: str, code: str = "invalid_params") -> TikTokError:
    return TikTokError(call.sandbox.state, code, message)


def privacy_options(sandbox: Sandbox) -> list[str]:
    return list(sandbox.state.setting("tiktok_privacy_levels"))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_post_info(call: Call, info: Any, title_limit: int) -> dict[str, Any]:
    if not isinstance(info, dict):
        raise invalid(call, "post_info is required")
    check_texts(call, info, title_limit)
    for name in FLAGS:
        if not isinstance(info.get(name, False), bool):
            raise invalid(call, f"post_info.{name} must be true or false")
    cover = info.get("video_cover_timestamp_ms", 0)
    if isinstance(cover, bool) or not isinstance(cover, int) or cover < 0:
        raise invalid(call, "post_info.video_cover_timestamp_ms must be a whole number of milliseconds")
    level = info.get("privacy_level")
    if level not in PRIVACY_LEVELS:
        raise invalid(call, "post_info.privacy_level is required")
    if level not in privacy_options(call.sandbox):
        raise invalid(
            call, "The privacy level is not among the creator's options", "privacy_level_option_mismatch"
        )
    if level != "SELF_ONLY" and not call.sandbox.state.setting("tiktok_audited"):
        raise invalid(
            call, "Unaudited clients can only post to private accounts",
            "unaudited_client_can_only_post_to_private_accounts",
        )  # fmt: skip
    if info.get("brand_content_toggle") and level == "SELF_ONLY":
        raise invalid(call, "Branded content cannot be SELF_ONLY")
    return info


def check_texts(call: Call, info: Any, title_limit: int) -> None:
    """:raises TikTokError: title or description is no text or too long, in UTF-16 units."""
    if not isinstance(info, dict):
        raise invalid(call, "post_info must be an object")
    for name, limit in (("title", title_limit), ("description", PHOTO_DESCRIPTION)):
        text = info.get(name) or ""
        if not isinstance(text, str) or _units(text) > limit:
            raise invalid(call, f"The {name} is longer than {limit} UTF-16 units", "invalid_param")


def check_owned(call: Call, url: Any) -> str:
    prefixes = [call.sandbox.url("/web/"), *call.sandbox.state.setting("tiktok_verified_prefixes")]
    if not isinstance(url, str) or not any(url.startswith(prefix) for prefix in prefixes):
        raise invalid(call, "Please review our URL ownership verification rules", "url_ownership_unverified")
    return url


def check_chunks(call: Call, source: dict[str, Any]) -> tuple[int, int, int]:
    """Section 6.4: count = floor(size / chunk), 5 MB to 64 MB per chunk, small files whole."""
    numbers = [source.get(key) for key in ("video_size", "chunk_size", "total_chunk_count")]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise invalid(call, "video_size, chunk_size and total_chunk_count must be whole numbers")
    size, chunk, count = (int(number or 0) for number in numbers)
    if size < 1 or size > VIDEO_BYTES or chunk < 1:
        raise invalid(call, "video_size or chunk_size is out of range")
    if chunk == size and count == 1 and size <= LARGEST_CHUNK:
        return size, chunk, count
    if not SMALLEST_CHUNK <= chunk <= LARGEST_CHUNK or chunk > size:
        raise invalid(call, "The chunk size is invalid")
    if count != size // chunk or count > CHUNKS:
        raise invalid(call, "The total chunk count is invalid")
    return size, chunk, count


def video_fault(sandbox: Sandbox, facts: Facts) -> str:
    """`fail_reason` of a video (section 6.6), empty when it is fine."""
    if facts["type"] not in VIDEO_TYPES or facts.get("broken") or facts["video_codec"] not in VIDEO_CODECS:
        return "file_format_check_failed"
    longest = min(VIDEO_SECONDS, int(sandbox.state.setting("tiktok_max_video_seconds")))
    if facts["duration"] > longest:
        return "duration_check_failed"
    if not VIDEO_FPS[0] <= facts["fps"] <= VIDEO_FPS[1]:
        return "frame_rate_check_failed"
    sides = (facts["width"], facts["height"])
    return (
        "" if all(VIDEO_SIDES[0] <= side <= VIDEO_SIDES[1] for side in sides) else "picture_size_check_failed"
    )


def photo_fault(facts: Facts) -> str:
    if facts["type"] not in PHOTO_TYPES or facts.get("broken"):
        return "file_format_check_failed"
    if facts["size"] > PHOTO_BYTES or min(facts["width"], facts["height"]) > PHOTO_SHORT_SIDE:
        return "picture_size_check_failed"
    return ""
