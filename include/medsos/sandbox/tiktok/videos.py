"""TikTok's videos: creator info, init, chunks (platform contract, sections 6.3 and 6.4)."""

from __future__ import annotations

import re
import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import accounts
from medsos.sandbox.fetching import FetchFailed
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.tiktok.outcome import check_drafts, check_posts_of_the_day, new_publication, pull, settle
from medsos.sandbox.tiktok.rules import (
    UPLOAD_URL_SECONDS,
    VIDEO_BYTES,
    VIDEO_TITLE,
    VIDEO_TYPES,
    check_chunks,
    check_owned,
    check_post_info,
    invalid,
    privacy_options,
    video_fault,
)
from medsos.sandbox.tiktok.wire import authenticate, json_body, ok
from medsos.sandbox.wire import Call, PlatformError, ReadCall

router = APIRouter()


@router.post("/tiktok/v2/post/publish/creator_info/query/")
def creator_info(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    json_body(call)
    switched_off = call.sandbox.state.setting("tiktok_interactions_disabled")
    return ok(call, {
        "creator_avatar_url": call.sandbox.url("/avatar.svg"),
        "creator_username": accounts.USERNAME,
        "creator_nickname": accounts.DISPLAY_NAME,
        "privacy_level_options": privacy_options(call.sandbox),
        **{f"{name}_disabled": name in switched_off for name in ("comment", "duet", "stitch")},
        "max_video_post_duration_sec": call.sandbox.state.setting("tiktok_max_video_seconds"),
    })  # fmt: skip


@router.post("/tiktok/v2/post/publish/video/init/")
def init_video(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    body = json_body(call)
    info = check_post_info(call, body.get("post_info"), VIDEO_TITLE)
    check_posts_of_the_day(call)
    return _init_video(call, body, info, "v_pub")


@router.post("/tiktok/v2/post/publish/inbox/video/init/")
def init_inbox_video(call: ReadCall) -> Response:
    """A draft, which the person finishes in the app."""
    authenticate(call, "video.upload")
    body = json_body(call)
    check_drafts(call)
    return _init_video(call, body, {}, "v_inbox")


def _init_video(call: Call, body: dict[str, Any], info: dict[str, Any], prefix: str) -> Response:
    source = body.get("source_info")
    if not isinstance(source, dict):
        raise invalid(call, "source_info is required")
    if source.get("source") == "PULL_FROM_URL":
        return _pull_video(call, source, info, f"{prefix}_url")
    if source.get("source") != "FILE_UPLOAD":
        raise invalid(call, "source_info.source must be FILE_UPLOAD or PULL_FROM_URL")
    size, chunk, count = check_chunks(call, source)
    state = call.sandbox.state
    with state.transaction():
        publication = new_publication(
            call, f"{prefix}_file", info, "PROCESSING_UPLOAD", size=size, chunk=chunk, count=count,
            upload_id=str(secrets.randbelow(9 * 10**18) + 10**18), upload_token=secrets.token_hex(16),
        )  # fmt: skip
        state.put("tiktok_upload", publication["upload_id"], {"publish_id": publication["publish_id"]})
    query = f"upload_id={publication['upload_id']}&upload_token={publication['upload_token']}"
    upload_url = call.sandbox.url(f"/tiktok-upload/video/?{query}")
    return ok(call, {"publish_id": publication["publish_id"], "upload_url": upload_url})


def _pull_video(call: Call, source: dict[str, Any], info: dict[str, Any], kind: str) -> Response:
    """The init is the commit: TikTok fetches the video on its own."""
    url = check_owned(call, source.get("video_url"))
    try:
        facts: Facts = pull(call.sandbox, url, VIDEO_BYTES)
        media, fault = [facts["sha256"]], video_fault(call.sandbox, facts)
    except FetchFailed:
        facts, media, fault = {"size": 0}, [], "video_pull_failed"
    with call.sandbox.state.transaction():
        publication = new_publication(call, kind, info, "PROCESSING_DOWNLOAD", downloaded=facts["size"])
        settle(call, publication, "video", media, fault)
    return ok(call, {"publish_id": publication["publish_id"]})


# -- chunks --------------------------------------------------------------------------------------------------


@router.put("/tiktok-upload/video/")
def upload_chunk(call: ReadCall) -> Response:
    """Take one chunk. The last one publishes."""
    state = call.sandbox.state
    with state.transaction():
        publication = _waiting_publication(call)
        first, last, size = _checked_range(call, publication)
        part = call.sandbox.files.path(f"tiktok-{publication['upload_id']}.part")
        with part.open("ab") as file:
            # What a chunk that broke off left behind is cut away.
            file.truncate(first)
            file.write(call.body)
        progress = {"Content-Range": f"bytes 0-{last}/{size}"}
        if last + 1 < size:
            state.update("tiktok_publication", publication["publish_id"], uploaded=last + 1)
            return Response(status_code=206, headers=progress)
        data = part.read_bytes()
    # Looking into a video takes a while; nobody else has to wait for it.
    facts = call.sandbox.files.store(data)
    with state.transaction():
        publication = _waiting_publication(call)
        _checked_range(call, publication)
        publication = state.update("tiktok_publication", publication["publish_id"], uploaded=size)
        settle(call, publication, "video", [facts["sha256"]], video_fault(call.sandbox, facts))
    part.unlink(missing_ok=True)
    return Response(status_code=201, headers=progress)


def _waiting_publication(call: Call) -> Document:
    """:raises PlatformError: 404 for an unknown or cancelled upload, 403 for one that is over."""
    state = call.sandbox.state
    upload = state.get("tiktok_upload", call.query.get("upload_id", ""))
    publication = state.get("tiktok_publication", upload["publish_id"]) if upload else None
    token = call.query.get("upload_token", "")
    if publication is None or publication["upload_token"] != token or publication["status"] == "CANCELLED":
        raise PlatformError(404, {"error": "upload not found"})
    if state.time() - publication["created_at"] > UPLOAD_URL_SECONDS:
        raise PlatformError(403, {"error": "upload_url expired"})
    return publication


def _checked_range(call: Call, publication: Document) -> tuple[int, int, int]:
    """First and last byte of the chunk, and the size of the whole.

    :raises PlatformError: 400 for headers that say something else than the body, 416 for another chunk than
        the one that is due.
    """
    size = publication["size"]
    match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", call.headers.get("content-range", ""))
    if not match or call.content_type not in VIDEO_TYPES:
        raise PlatformError(400, {"error": "bad Content-Range or Content-Type"})
    first, last, total = (int(part) for part in match.groups())
    if total != size or last - first + 1 != len(call.body):
        raise PlatformError(400, {"error": "Content-Range does not fit the body"})
    received = publication["uploaded"]
    progress = {"Content-Range": f"bytes 0-{received - 1}/{size}"} if received else {}
    if first != received or last >= size:
        raise PlatformError(416, {"error": "range not satisfiable"}, progress)
    is_last = first // publication["chunk"] == publication["count"] - 1
    expected_last = size - 1 if is_last else first + publication["chunk"] - 1
    if last != expected_last:
        raise PlatformError(416, {"error": f"expected the range {first}-{expected_last}"}, progress)
    return first, last, size
