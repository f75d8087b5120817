"""What the account itself allows, which TikTok wants read before each post (contract 6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medsos import errors
from medsos.channels.base import Post

NAME = "TikTok"
CREATOR = "tiktok_creator"
PUBLIC = "PUBLIC_TO_EVERYONE"


def check_creator(creator: Mapping[str, Any], post: Post, privacy: str) -> None:
    """Hold the post against the account's own rules.

    :raises ContentInvalid: the wanted privacy level is not offered.
    :raises MediaInvalid: the video is longer than the account may post.
    """
    options = creator.get("privacy_level_options") or []
    if privacy not in options:
        raise errors.ContentInvalid(
            f"{NAME}: akun ini tidak menawarkan tingkat privasi {privacy} "
            f"(yang ada: {', '.join(map(str, options)) or 'tidak ada'}). "
            "Sesuaikan isian Tingkat privasi pada Connection."
        )
    longest = creator.get("max_video_post_duration_sec")
    seconds = post.video.duration_seconds if post.video else None
    if longest and seconds and seconds > longest:
        raise errors.MediaInvalid(
            f"{NAME}: lama video {seconds:.0f} detik; akun ini paling lama {longest} detik."
        )


def remembered(creator: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the creator's data that goes into the journal for the post's settings."""
    return {key: bool(creator.get(key)) for key in ("comment_disabled", "duet_disabled", "stitch_disabled")}


def post_info(post: Post, creator: Mapping[str, Any], privacy: str) -> dict[str, Any]:
    """`post_info` of a video (contract 6.4) or of photos (contract 6.5)."""
    info: dict[str, Any] = {
        "privacy_level": privacy,
        "disable_comment": creator["comment_disabled"],
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }
    if post.video:
        switches = {
            "disable_duet": creator["duet_disabled"],
            "disable_stitch": creator["stitch_disabled"],
            "is_aigc": False,
        }
        return {**info, "title": post.text, **switches}
    return {**info, "title": post.title, "description": post.text, "auto_add_music": False}
