"""Requests as the platforms' own documents show them are answered in the form that the documents show.

Each example is a request and the documented answer. The values of an answer are each platform's own, so names
and kinds are compared: text, number, truth, list, object, and texts that are ids, times or addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

KINDS = (
    ("an id", re.compile(r"^-?\d{5,}$|^\d+_\d+$")),
    ("a time", re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}Z|\+0000|Z)?$")),
    ("an address", re.compile(r"^https?://")),
)


def form(value: Any) -> Any:
    """What kind of thing this is, all the way down; of a list, its first entry speaks."""
    if isinstance(value, dict):
        return {name: form(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [form(value[0])] if value else []
    if isinstance(value, str):
        return next((kind for kind, pattern in KINDS if pattern.match(value)), "a text")
    return type(value).__name__


@dataclass(frozen=True)
class Example:
    """:param who: whose credentials go along; `path` may name `{page}`, `{account}`, `{user}`, `{picture}`."""

    name: str
    method: str
    path: str
    answer: Any
    status: int = 200
    who: str = ""
    send: dict[str, Any] = field(default_factory=dict)


LOG_ID = "20260101120000A1B2C3D4E5F6A7B8C9D0"
OK = {"code": "ok", "message": "", "log_id": LOG_ID}
TIKTOK_JSON = {"Content-Type": "application/json; charset=UTF-8"}

EXAMPLES = (
    # X: manage posts, media quickstart, OAuth 2.0, errors.
    Example(
        "X, a post", "POST", "/x/2/tweets", who="x", status=201,
        send={"json": {"text": "Learn how to use the user Tweet timeline endpoint", "reply_settings": "following"}},
        answer={"data": {"id": "1445880548472328192", "text": "Learn how to use the user Tweet timeline endpoint",
                         "edit_history_tweet_ids": ["1445880548472328192"]}},
    ),
    Example(
        "X, who am I", "GET", "/x/2/users/me", who="x",
        answer={"data": {"id": "2244994945", "name": "Twitter Dev", "username": "TwitterDev"}},
    ),
    Example(
        "X, an empty timeline", "GET", "/x/2/users/{user}/tweets?max_results=5", who="x",
        answer={"meta": {"result_count": 0}},
    ),
    Example(
        "X, a missing post", "GET", "/x/2/tweets/1234567", who="x",
        answer={"errors": [{
            "value": "1234567", "detail": "Could not find tweet with id: [1234567].", "title": "Not Found Error",
            "resource_type": "tweet", "parameter": "id", "resource_id": "1234567",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }]},
    ),
    Example(
        "X, no authorization", "GET", "/x/2/users/me", status=401,
        answer={"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"},
    ),
    Example(
        "X, media begun", "POST", "/x/2/media/upload/initialize", who="x",
        send={"json": {"media_type": "video/mp4", "total_bytes": 1048602, "media_category": "tweet_video"}},
        answer={"data": {"id": "1880028106020515840", "media_key": "13_1880028106020515840",
                         "expires_after_secs": 86400}},
    ),
    Example(
        "X, tokens renewed", "POST", "/x/2/oauth2/token",
        send={"data": {"grant_type": "refresh_token", "refresh_token": "latihan-token-penyegar-oauth2-x",
                       "client_id": "latihan-id-klien-x"}},
        answer={"token_type": "bearer", "expires_in": 7200, "access_token": "a", "scope": "tweet.read",
                "refresh_token": "b"},
    ),
    # TikTok: content posting API, token management, status, display API.
    Example(
        "TikTok, creator info", "POST", "/tiktok/v2/post/publish/creator_info/query/", who="tiktok",
        send={"headers": TIKTOK_JSON},
        answer={"data": {
            "creator_avatar_url": "https://lf16-tt4d.tiktokcdn.com/obj/1", "creator_username": "tiktok",
            "creator_nickname": "TikTok Official",
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
            "comment_disabled": False, "duet_disabled": False, "stitch_disabled": True,
            "max_video_post_duration_sec": 300,
        }, "error": OK},
    ),
    Example(
        "TikTok, a video to be sent", "POST", "/tiktok/v2/post/publish/video/init/", who="tiktok",
        send={"headers": TIKTOK_JSON, "json": {
            "post_info": {"title": "this will be a funny #cat video on your @tiktok #fyp",
                          "privacy_level": "MUTUAL_FOLLOW_FRIENDS", "disable_duet": False,
                          "disable_comment": True, "disable_stitch": False, "video_cover_timestamp_ms": 1000},
            "source_info": {"source": "FILE_UPLOAD", "video_size": 50000123, "chunk_size": 10000000,
                            "total_chunk_count": 5},
        }},
        answer={"data": {"publish_id": "v_pub_file~v2-1.123456789",
                         "upload_url": "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=2"},
                "error": OK},
    ),
    Example(
        "TikTok, photos", "POST", "/tiktok/v2/post/publish/content/init/", who="tiktok",
        send={"headers": TIKTOK_JSON, "json": {
            "post_info": {"title": "funny cat", "description": "this will be a #funny photo on your @tiktok #fyp",
                          "disable_comment": True, "privacy_level": "PUBLIC_TO_EVERYONE",
                          "auto_add_music": True},
            "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": ["{picture}"]},
            "post_mode": "DIRECT_POST", "media_type": "PHOTO",
        }},
        answer={"data": {"publish_id": "p_pub_url~v2.123456789"}, "error": OK},
    ),
    Example(
        "TikTok, a dead token", "POST", "/tiktok/v2/post/publish/status/fetch/", status=401,
        send={"headers": TIKTOK_JSON, "json": {"publish_id": "v_pub_url~v2.123456789"}},
        answer={"data": {}, "error": {"code": "access_token_invalid", "message": "a", "log_id": LOG_ID}},
    ),
    Example(
        "TikTok, tokens renewed", "POST", "/tiktok/v2/oauth/token/",
        send={"data": {"client_key": "latihan-kunci-klien-tiktok",
                       "client_secret": "latihan-rahasia-klien-tiktok", "grant_type": "refresh_token",
                       "refresh_token": "latihan-token-penyegar-tiktok"}},
        answer={"access_token": "act.e", "expires_in": 86400, "open_id": "a", "refresh_expires_in": 31536000,
                "refresh_token": "rft.e", "scope": "user.info.basic,video.list", "token_type": "Bearer"},
    ),
    Example(
        "TikTok, a wrong refresh token", "POST", "/tiktok/v2/oauth/token/", status=400,
        send={"data": {"client_key": "latihan-kunci-klien-tiktok",
                       "client_secret": "latihan-rahasia-klien-tiktok", "grant_type": "refresh_token",
                       "refresh_token": "usang"}},
        answer={"error": "invalid_grant", "error_description": "Refresh token is expired", "log_id": LOG_ID},
    ),
    Example(
        "TikTok, my videos", "POST", "/tiktok/v2/video/list/?fields=id,title", who="tiktok",
        send={"headers": TIKTOK_JSON, "json": {"max_count": 20}},
        answer={"data": {"videos": [], "cursor": 0, "has_more": False}, "error": OK},
    ),
    # Facebook: pages API, reels publishing, error handling.
    Example(
        "Facebook, a post", "POST", "/graph/v26.0/{page}/feed", who="page",
        send={"json": {"message": "your_message_text", "link": "https://example.com/link", "published": "true"}},
        answer={"id": "104589211773650_1220111111111111"},
    ),
    Example(
        "Facebook, a photo kept back", "POST", "/graph/v26.0/{page}/photos", who="page",
        send={"data": {"url": "{picture}", "published": "false"}}, answer={"id": "122011111111111111"},
    ),
    Example(
        "Facebook, a reel begun", "POST", "/graph/v26.0/{page}/video_reels", who="page",
        send={"json": {"upload_phase": "start"}},
        answer={"video_id": "122011111111111111",
                "upload_url": "https://rupload.facebook.com/video-upload/v26.0/122011111111111111"},
    ),
    Example(
        "Facebook, a dead token", "GET", "/graph/v26.0/me?access_token=EAAusang", status=401,
        answer={"error": {"message": "Invalid OAuth access token - Cannot parse access token",
                          "type": "OAuthException", "code": 190, "is_transient": False,
                          "fbtrace_id": "AXYZabc"}},
    ),
    # Instagram: content publishing.
    Example(
        "Instagram, a container", "POST", "/graph/v26.0/{account}/media", who="page",
        send={"data": {"image_url": "{picture}", "caption": "#BronzFonz"}}, answer={"id": "17889455560051444"},
    ),
    Example(
        "Instagram, a container for bytes", "POST", "/graph/v26.0/{account}/media", who="page",
        send={"json": {"media_type": "REELS", "upload_type": "resumable"}},
        answer={"id": "17889455560051444",
                "uri": "https://rupload.facebook.com/ig-api-upload/v26.0/17889455560051444"},
    ),
    Example(
        "Instagram, the quota", "GET", "/graph/v26.0/{account}/content_publishing_limit?fields=quota_usage,config",
        who="page",
        answer={"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]},
    ),
    Example(
        "Instagram, an unknown container", "POST", "/graph/v26.0/{account}/media_publish", who="page", status=400,
        send={"data": {"creation_id": "17889455560051444"}},
        answer={"error": {"message": "a", "type": "OAuthException", "code": 24, "error_subcode": 2207006,
                          "is_transient": False, "error_user_title": "a", "error_user_msg": "a",
                          "fbtrace_id": "AXYZabc"}},
    ),
    # WordPress: REST API handbook.
    Example(
        "WordPress, not logged in", "GET", "/web/wp-json/wp/v2/users/me", status=401,
        answer={"code": "rest_not_logged_in", "message": "You are not currently logged in.",
                "data": {"status": 401}},
    ),
    Example(
        "WordPress, a tag that is there", "POST", "/web/wp-json/wp/v2/categories", who="web", status=400,
        send={"json": {"name": "Berita"}},
        answer={"code": "term_exists", "message": "a", "data": {"status": 400, "term_id": 1},
                "additional_data": [1]},
    ),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_documented_example_is_answered_as_documented(
    example: Example, sandbox: str, keys: dict[str, Any], picture_url: str
) -> None:
    known = {"{page}": keys["facebook"]["page_id"], "{account}": keys["instagram"]["user_id"],
             "{user}": keys["x"]["user_id"], "{picture}": picture_url}  # fmt: skip

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return known.get(value, value) if isinstance(value, str) else value

    path = example.path
    for name, value in known.items():
        path = path.replace(name, value)
    send = {name: filled(value) for name, value in example.send.items()}
    tokens = {"x": keys["x"]["oauth2_access_token"], "tiktok": keys["tiktok"]["access_token"],
              "page": keys["facebook"]["page_token"]}  # fmt: skip
    if example.who in tokens:
        send["headers"] = {**send.get("headers", {}), "Authorization": f"Bearer {tokens[example.who]}"}
    if example.who == "web":
        send["auth"] = (keys["web"]["username"], keys["web"]["application_password"])

    answer = requests.request(example.method, sandbox + path, timeout=20, **send)

    assert answer.status_code == example.status, answer.text
    assert form(answer.json()) == form(example.answer)
