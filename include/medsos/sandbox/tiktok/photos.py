"""TikTok's photo posts (platform contract, section 6.5)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox.context import Sandbox
from medsos.sandbox.fetching import FetchFailed
from medsos.sandbox.tiktok.outcome import check_drafts, check_posts_of_the_day, new_publication, pull, settle
from medsos.sandbox.tiktok.rules import (
    PHOTO_BYTES,
    PHOTO_TITLE,
    PHOTOS,
    check_owned,
    check_post_info,
    check_texts,
    invalid,
    photo_fault,
)
from medsos.sandbox.tiktok.wire import authenticate, json_body, ok
from medsos.sandbox.wire import Call, ReadCall

router = APIRouter()


@router.post("/tiktok/v2/post/publish/content/init/")
def init_photos(call: ReadCall) -> Response:
    """The init is the commit: TikTok fetches the pictures on its own."""
    body = json_body(call)
    direct = body.get("post_mode") == "DIRECT_POST"
    authenticate(call, "video.publish" if direct else "video.upload")
    if body.get("media_type") != "PHOTO" or body.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
        raise invalid(call, "media_type must be PHOTO and post_mode DIRECT_POST or MEDIA_UPLOAD")
    info = body.get("post_info") or {}
    if direct:
        info = check_post_info(call, info, PHOTO_TITLE)
        check_posts_of_the_day(call)
    else:
        check_texts(call, info, PHOTO_TITLE)
        check_drafts(call)
    urls, cover = _checked_source(call, body.get("source_info"))
    media, received, fault = _pull_photos(call.sandbox, urls)
    with call.sandbox.state.transaction():
        publication = new_publication(
            call, "p_pub_url", info, "PROCESSING_DOWNLOAD", cover=cover, inbox=not direct, downloaded=received
        )
        settle(call, publication, "photo", media, fault)
    return ok(call, {"publish_id": publication["publish_id"]})


def _checked_source(call: Call, source: Any) -> tuple[list[str], int]:
    if not isinstance(source, dict) or source.get("source") != "PULL_FROM_URL":
        raise invalid(call, "source_info.source must be PULL_FROM_URL")
    images = source.get("photo_images")
    if not isinstance(images, list) or not 1 <= len(images) <= PHOTOS:
        raise invalid(call, "source_info.photo_images must have 1 to 35 addresses")
    cover = source.get("photo_cover_index", 0)
    if not isinstance(cover, int) or not 0 <= cover < len(images):
        raise invalid(call, "photo_cover_index is out of range")
    return [check_owned(call, url) for url in images], cover


def _pull_photos(sandbox: Sandbox, urls: list[str]) -> tuple[list[str], int, str]:
    media, received = [], 0
    for url in urls:
        try:
            facts = pull(sandbox, url, PHOTO_BYTES)
        except FetchFailed as failure:
            return [], received, "picture_size_check_failed" if failure.too_large else "photo_pull_failed"
        fault = photo_fault(facts)
        if fault:
            return [], received, fault
        media.append(facts["sha256"])
        received += facts["size"]
    return media, received, ""
