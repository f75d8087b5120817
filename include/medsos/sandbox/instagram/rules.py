"""What Instagram takes and how it refuses the rest (platform contract, sections 4.2, 4.5 and 4.7)."""

from __future__ import annotations

import re
from typing import Any

from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.media import Facts
from medsos.sandbox.wire import Call

# Section 4.5. Sizes in bytes, times in seconds; ratio is width to height.
IMAGE_TYPES = ("image/jpeg",)
IMAGE_BYTES = 8 * 1024 * 1024
IMAGE_RATIO = (0.8, 1.91)
VIDEO_TYPES = ("video/mp4", "video/quicktime")
VIDEO_CODECS = ("h264", "hevc")
VIDEO_FPS = (23, 60)
VIDEO_COLUMNS = 1920
VIDEO_RATIO = (0.01, 10)
REEL_SECONDS = (3, 900)
REEL_BYTES = 300 * 1024 * 1024
STORY_SECONDS = (3, 60)
STORY_BYTES = 100 * 1024 * 1024
CAROUSEL_CHILDREN = (2, 10)
CAPTION_LENGTH = 2200
HASHTAGS = 30
MENTIONS = 20
ALT_TEXT_LENGTH = 1000
COLLABORATORS = 3
# Rounding of whole pixels must not refuse an exact 4:5 or 1.91:1 picture.
_RATIO_TOLERANCE = 0.01

# Section 4.7: name -> (code, subcode, message).
ERRORS: dict[str, tuple[int, int, str]] = {
    "too_slow": (-2, 2207003, "It takes too long to download the media"),
    "expired": (-2, 2207020, "The media you are trying to access has expired. Please try to upload again"),
    "server_error": (-1, 2207001, "Instagram server error. Try again"),
    "creation_failed": (-1, 2207032, "Create media fail, please try to re-create media"),
    "unknown_upload": (-1, 2207053, "Unknown upload error"),
    "thumb_offset": (1, 2207057, "Thumbnail offset must be within the video's duration"),
    "spam": (4, 2207051, "The user action is restricted"),
    "publishing_limit": (9, 2207042, "You reached the maximum number of posts that can be published"),
    "not_found": (24, 2207006, "The media with the given id could not be found"),
    "not_usable": (24, 2207008, "The media builder with the given creation id does not exist or has expired"),
    "restricted": (25, 2207050, "The Instagram account is restricted"),
    "unknown_type": (100, 2207023, "The media type is unknown"),
    "children": (100, 2207028, "Your post won't work as a carousel: it needs 2 to 10 photos or videos"),
    "tag_positions_on_video": (100, 2207035, "Tag positions should not be specified for video media"),
    "tag_positions_missing": (100, 2207036, "Tag positions are required for photo media"),
    "tags_not_added": (100, 2207037, "We couldn't add all of the tags"),
    "too_many_tags": (100, 2207040, "Cannot use more than 20 @ tags per post"),
    "tag_not_allowed": (100, 2207064, "The media cannot be tagged like this"),
    "video_format": (352, 2207026, "The video format is not supported. Please check the specs"),
    "not_fetched": (9004, 2207052, "The media could not be fetched from this URI"),
    "not_ready": (9007, 2207027, "Media ID is not available"),
    "image_size": (36000, 2207004, "The image is too large to download"),
    "image_format": (36001, 2207005, "The image format is not supported"),
    "image_ratio": (36003, 2207009, "The aspect ratio of the image is not supported"),
    "caption": (36004, 2207010, "The submitted caption was too long"),
    # Subcodes alone stand in section 4.7 for these two.
    "video_download": (-1, 2207077, "The video could not be downloaded"),
    "video_upload": (-1, 2207082, "The video could not be uploaded"),
}


def reason(name: str) -> str | None:
    """The error that a set-up fault means, by its name or its subcode; None for no fault."""
    if not name or name in ERRORS:
        return name or None
    return next(
        (known for known, (_, subcode, _m) in ERRORS.items() if str(subcode) == name), "unknown_upload"
    )


def error(name: str, detail: str = "") -> GraphError:
    code, subcode, message = ERRORS[name]
    return GraphError(code, message + (f": {detail}" if detail else ""), subcode=subcode, user_msg=message)


def check_caption(caption: str) -> None:
    """:raises GraphError: longer than 2,200 characters, or too many hashtags or mentions."""
    if len(caption) > CAPTION_LENGTH:
        raise error("caption")
    if len(re.findall(r"(?<!\w)#\w+", caption)) > HASHTAGS:
        raise error("caption", "no more than 30 hashtags")
    if len(re.findall(r"(?<!\w)@[\w.]+", caption)) > MENTIONS:
        raise error("too_many_tags")


def check_people(call: Call, media_type: str) -> None:
    """Tagged people and collaborators (section 4.2).

    :raises GraphError: not a list of names, too many, positions missing on a picture or given on a video.
    """
    collaborators = call.structure("collaborators") or []
    if isinstance(collaborators, str):
        collaborators = [name for name in collaborators.split(",") if name]
    if not isinstance(collaborators, list) or len(collaborators) > COLLABORATORS:
        raise invalid(f"collaborators must have at most {COLLABORATORS} names")
    tags = call.structure("user_tags")
    if tags is None:
        return
    if not isinstance(tags, list) or not all(isinstance(tag, dict) and tag.get("username") for tag in tags):
        raise error("tags_not_added", "user_tags must be a list of objects with a username")
    if len(tags) > MENTIONS:
        raise error("too_many_tags")
    for tag in tags:
        placed = [isinstance(tag.get(axis), (int, float)) and 0 <= tag[axis] <= 1 for axis in ("x", "y")]
        if media_type == "IMAGE" and not all(placed):
            raise error("tag_positions_missing")
        if media_type in ("REELS", "VIDEO") and any(axis in tag for axis in ("x", "y")):
            raise error("tag_positions_on_video")


def check_image(facts: Facts) -> None:
    """:raises GraphError: not a JPEG, too large, or outside 4:5 to 1.91:1."""
    if facts["size"] > IMAGE_BYTES:
        raise error("image_size")
    if facts["type"] not in IMAGE_TYPES or facts.get("broken"):
        raise error("image_format", facts["type"])
    ratio = facts["width"] / facts["height"]
    if not IMAGE_RATIO[0] - _RATIO_TOLERANCE <= ratio <= IMAGE_RATIO[1] + _RATIO_TOLERANCE:
        raise error("image_ratio", f"{ratio:.3f}")


def video_fault(facts: Facts, media_type: str) -> str | None:
    """Name in `ERRORS` of the rule that a video breaks, None when it keeps all of them."""
    story = media_type == "STORIES"
    seconds, size = (STORY_SECONDS, STORY_BYTES) if story else (REEL_SECONDS, REEL_BYTES)
    if facts["type"] not in VIDEO_TYPES or facts.get("broken"):
        return "video_format"
    kept: list[Any] = [
        facts["video_codec"] in VIDEO_CODECS,
        facts["moov_first"],
        VIDEO_FPS[0] <= facts["fps"] <= VIDEO_FPS[1],
        facts["width"] <= VIDEO_COLUMNS,
        VIDEO_RATIO[0] <= facts["width"] / facts["height"] <= VIDEO_RATIO[1],
        seconds[0] <= facts["duration"] <= seconds[1],
        facts["size"] <= size,
    ]
    return None if all(kept) else "video_format"
