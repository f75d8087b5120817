"""Reads what TikTok tells about posts: its lists, and the public id that comes late (contract 6.6, 6.8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from medsos.channels import progress
from medsos.channels.answer import Answer
from medsos.channels.base import FoundPost, Post
from medsos.channels.metrics import Numbers, figures, number_or_not_yet

_LISTED_TEXT_LENGTH = 150
COUNTS = {
    "view_count": "views",
    "like_count": "likes",
    "comment_count": "comments",
    "share_count": "shares",
}
"""TikTok's counts and the project's names for them (contract 6.8)."""


def videos(answer: Answer) -> list[dict[str, Any]]:
    data = answer.object.get("data")
    videos = data.get("videos") if isinstance(data, dict) else None
    return [video for video in videos or () if isinstance(video, dict)]


def public_id_of(answer: Answer) -> str | None:
    """The post's id as text: it is too long for numbers of other systems."""
    data = answer.object.get("data") or {}
    ids = data.get("publicaly_available_post_id") or []
    return str(ids[0]) if ids else None


def is_listed_as(listed: str, post: Post) -> bool:
    """Lists cut the text at 150 characters, so beginnings are compared."""
    start = progress.comparable(listed)
    wanted = [progress.comparable(text) for text in (post.text, post.title) if text]
    return bool(start) and any(
        start == text or (len(listed) >= _LISTED_TEXT_LENGTH - 5 and text.startswith(start))
        for text in wanted
    )


def found_post(video: dict[str, Any]) -> FoundPost:
    seconds = video.get("create_time")
    return FoundPost(
        post_id=str(video.get("id", "")),
        text=str(video.get("video_description") or video.get("title") or ""),
        created_at=datetime.fromtimestamp(int(seconds), UTC) if seconds else None,
        permalink=video.get("share_url") or None,
        raw=video,
    )


def read_metrics(video: dict[str, Any]) -> Numbers:
    """TikTok does not tell reach."""
    return figures(**{ours: number_or_not_yet(video.get(theirs)) for theirs, ours in COUNTS.items()})
