"""TikTok's Display API: the account and its public posts (platform contract, section 6.8)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import accounts
from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document
from medsos.sandbox.tiktok.wire import TikTokError, authenticate, json_body, ok
from medsos.sandbox.wire import Call, ReadCall

PER_PAGE = 20
# Titles and descriptions are cut in lists.
TEXT_LENGTH = 150

router = APIRouter()


def _fields(call: Call, known: dict[str, Any]) -> list[str]:
    names = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if not names or unknown:
        raise TikTokError(call.sandbox.state, "invalid_params", f"fields is missing or unknown: {unknown}")
    return names


def _video(sandbox: Sandbox, post: Document) -> dict[str, Any]:
    facts = sandbox.files.facts(post["media"][0])
    poster = sandbox.files.facts(facts.get("poster") or facts["sha256"])
    text = post["text"] or post["title"]
    return {
        "id": post["id"],
        "title": (post["title"] or text)[:TEXT_LENGTH],
        "video_description": text[:TEXT_LENGTH],
        "create_time": int(post["visible_at"]),
        "cover_image_url": sandbox.url(cdn_path(poster)),
        "share_url": sandbox.url(post["path"]),
        "embed_link": sandbox.url(post["path"]),
        "embed_html": f'<blockquote class="tiktok-embed" cite="{sandbox.url(post["path"])}"></blockquote>',
        "duration": int(facts.get("duration", 0)),
        "height": facts["height"],
        "width": facts["width"],
        "like_count": sandbox.state.count("tiktok", "likes"),
        "comment_count": sandbox.state.count("tiktok", "comments"),
        "share_count": sandbox.state.count("tiktok", "shares"),
        "view_count": sandbox.state.count("tiktok", "views"),
    }


def _selected(call: Call, posts: list[Document]) -> list[dict[str, Any]]:
    names = _fields(call, dict.fromkeys(_VIDEO_FIELDS))
    videos = [_video(call.sandbox, post) for post in posts]
    return [{name: video[name] for name in names} for video in videos]


_VIDEO_FIELDS = (
    "id", "title", "video_description", "create_time", "cover_image_url", "share_url", "embed_link",
    "embed_html", "duration", "height", "width", "like_count", "comment_count", "share_count", "view_count",
)  # fmt: skip


@router.post("/tiktok/v2/video/list/")
def list_videos(call: ReadCall) -> Response:
    authenticate(call, "video.list")
    body = json_body(call)
    count = body.get("max_count", 10)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= PER_PAGE:
        raise TikTokError(call.sandbox.state, "invalid_params", "max_count must be between 1 and 20")
    posts = call.sandbox.listed_posts("tiktok")
    posts.sort(key=lambda post: -post["visible_at"])
    cursor = body.get("cursor") or 0
    if isinstance(cursor, bool) or not isinstance(cursor, int):
        raise TikTokError(call.sandbox.state, "invalid_params", "cursor must be a time in milliseconds")
    if cursor:
        posts = [post for post in posts if int(post["visible_at"] * 1000) < cursor]
    page = posts[:count]
    last = int(page[-1]["visible_at"] * 1000) if page else 0
    data = {"videos": _selected(call, page), "cursor": last, "has_more": len(posts) > count}
    return ok(call, data)


@router.post("/tiktok/v2/video/query/")
def query_videos(call: ReadCall) -> Response:
    authenticate(call, "video.list")
    filters = json_body(call).get("filters")
    wanted = filters.get("video_ids") if isinstance(filters, dict) else None
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= PER_PAGE:
        raise TikTokError(call.sandbox.state, "invalid_params", "filters.video_ids must have 1 to 20 ids")
    found = [post for post in call.sandbox.listed_posts("tiktok") if post["id"] in map(str, wanted)]
    return ok(call, {"videos": _selected(call, found)})


# Section 6.1: which scope opens which field.
USER_SCOPES = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url",
                        "display_name"),
    "user.info.profile": ("bio_description", "profile_deep_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}  # fmt: skip


@router.get("/tiktok/v2/user/info/")
def user_info(call: ReadCall) -> Response:
    avatar = call.sandbox.url("/avatar.svg")
    user = {
        "open_id": accounts.TIKTOK["open_id"],
        "union_id": f"union-{accounts.TIKTOK['open_id']}",
        "avatar_url": avatar,
        "avatar_url_100": avatar,
        "avatar_large_url": avatar,
        "username": accounts.USERNAME,
        "display_name": accounts.DISPLAY_NAME,
        "bio_description": accounts.BIOGRAPHY,
        "profile_deep_link": call.sandbox.url(f"/tiktok.com/@{accounts.USERNAME}"),
        "is_verified": False,
        "follower_count": 1874,
        "following_count": 12,
        "likes_count": 0,
        "video_count": len(call.sandbox.listed_posts("tiktok")),
    }
    authenticate(call, "user.info.basic", "user.info.profile", "user.info.stats")
    asked = _fields(call, user)
    for scope, names in USER_SCOPES.items():
        if set(names) & set(asked):
            authenticate(call, scope)
    return ok(call, {"user": {name: user[name] for name in asked}})
