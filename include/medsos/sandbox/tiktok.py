"""Posting to TikTok: creator info, videos, photos, status (platform contract, section 6)."""

from __future__ import annotations

import re
import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.tiktok_rules import (
    PENDING_DRAFTS,
    PHOTO_BYTES,
    PHOTO_TITLE,
    PHOTOS,
    UPLOAD_URL_SECONDS,
    VIDEO_BYTES,
    VIDEO_TITLE,
    VIDEO_TYPES,
    check_chunks,
    check_owned,
    check_post_info,
    invalid,
    photo_fault,
    privacy_options,
    video_fault,
)
from medsos.sandbox.tiktok_wire import authenticate, json_body, ok
from medsos.sandbox.wire import Call, ReadCall

router = APIRouter()


@router.post("/tiktok/v2/post/publish/creator_info/query/")
def creator_info(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    return ok(call, {
        "creator_avatar_url": call.sandbox.url("/avatar.svg"),
        "creator_username": accounts.USERNAME,
        "creator_nickname": accounts.DISPLAY_NAME,
        "privacy_level_options": privacy_options(call.sandbox),
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": False,
        "max_video_post_duration_sec": call.sandbox.state.setting("tiktok_max_video_seconds"),
    })  # fmt: skip


# -- the outcome of a publication ----------------------------------------------------------------------------


def _publish_id(kind: str) -> str:
    return f"{kind}~v2-1.{secrets.randbelow(9 * 10**18) + 10**18}"


def _new_publication(call: Call, kind: str, info: dict[str, Any], status: str, **more: Any) -> Document:
    state = call.sandbox.state
    publication = {
        "publish_id": _publish_id(kind), "info": info, "status": status, "fail_reason": "", "post_id": None,
        "uploaded": 0, "downloaded": 0, "created_at": state.time(), "ready_at": call.sandbox.ready_at(),
        "inbox": kind.startswith("v_inbox"), **more,
    }  # fmt: skip
    return state.put("tiktok_publication", publication["publish_id"], publication)


def _settle(call: Call, publication: Document, kind: str, media: list[str], fault: str) -> None:
    """Everything has arrived: from here on the post appears, or fails, without any further call."""
    sandbox = call.sandbox
    fault = fault or call.processing_fault("tiktok")
    changes: dict[str, Any] = {"status": "SETTLED", "fail_reason": fault, "ready_at": sandbox.ready_at()}
    with sandbox.state.transaction():
        if not fault and not publication["inbox"]:
            info = publication["info"]
            post_id = ids.tiktok_id(sandbox.state)
            changes["post_id"] = post_id
            title = str(info.get("title", ""))
            sandbox.add_post(
                "tiktok", post_id, f"/tiktok.com/@{accounts.USERNAME}/{kind}/{post_id}",
                str(info.get("description", "")) if kind == "photo" else title,
                title=title if kind == "photo" else "", media=media, alt_texts=["" for _ in media],
                public=info["privacy_level"] == "PUBLIC_TO_EVERYONE", privacy=info["privacy_level"],
                visible_at=changes["ready_at"], kind=kind, publish_id=publication["publish_id"],
                cover=int(publication.get("cover", 0)),
            )  # fmt: skip
        sandbox.state.update("tiktok_publication", publication["publish_id"], **changes)


# -- videos --------------------------------------------------------------------------------------------------


@router.post("/tiktok/v2/post/publish/video/init/")
def init_video(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    body = json_body(call)
    info = check_post_info(call, body.get("post_info"), VIDEO_TITLE)
    return _init_video(call, body, info, "v_pub")


@router.post("/tiktok/v2/post/publish/inbox/video/init/")
def init_inbox_video(call: ReadCall) -> Response:
    authenticate(call, "video.upload")
    since = call.sandbox.state.time() - 86400
    pending = [
        p for p in call.sandbox.state.all("tiktok_publication") if p["inbox"] and p["created_at"] > since
    ]
    if len(pending) >= PENDING_DRAFTS:
        raise invalid(call, "Too many pending drafts", "spam_risk_too_many_pending_share")
    return _init_video(call, json_body(call), {}, "v_inbox")


def _init_video(call: Call, body: dict[str, Any], info: dict[str, Any], prefix: str) -> Response:
    source = body.get("source_info")
    if not isinstance(source, dict):
        raise invalid(call, "source_info is required")
    sandbox = call.sandbox
    if source.get("source") == "PULL_FROM_URL":
        url = check_owned(call, source.get("video_url"))
        publication = _new_publication(call, f"{prefix}_url", info, "PROCESSING_DOWNLOAD")
        try:
            facts = _pull(sandbox, url, VIDEO_BYTES)
        except FetchFailed:
            _settle(call, publication, "video", [], "video_pull_failed")
        else:
            publication["downloaded"] = facts["size"]
            sandbox.state.update("tiktok_publication", publication["publish_id"], downloaded=facts["size"])
            _settle(call, publication, "video", [facts["sha256"]], video_fault(sandbox, facts))
        return ok(call, {"publish_id": publication["publish_id"]})
    if source.get("source") != "FILE_UPLOAD":
        raise invalid(call, "source_info.source must be FILE_UPLOAD or PULL_FROM_URL")
    size, chunk, count = check_chunks(call, source)
    publication = _new_publication(
        call, f"{prefix}_file", info, "PROCESSING_UPLOAD", size=size, chunk=chunk, count=count,
        upload_id=str(secrets.randbelow(9 * 10**18) + 10**18), upload_token=secrets.token_hex(16),
    )  # fmt: skip
    sandbox.state.put("tiktok_upload", publication["upload_id"], {"publish_id": publication["publish_id"]})
    query = f"upload_id={publication['upload_id']}&upload_token={publication['upload_token']}"
    upload_url = sandbox.url(f"/tiktok-upload/video/?{query}")
    return ok(call, {"publish_id": publication["publish_id"], "upload_url": upload_url})


def _pull(sandbox: Sandbox, url: str, max_bytes: int) -> Facts:
    timeout = float(sandbox.state.setting("fetch_timeout_seconds"))
    return sandbox.files.store(fetch(url, max_bytes=max_bytes, timeout=timeout))


@router.put("/tiktok-upload/video/")
def upload_chunk(call: ReadCall) -> Response:
    """Take one chunk. The last one publishes."""
    sandbox = call.sandbox
    with sandbox.state.lock:
        upload = sandbox.state.get("tiktok_upload", call.text("upload_id"))
        publication = sandbox.state.get("tiktok_publication", upload["publish_id"]) if upload else None
        if publication is None or publication["upload_token"] != call.text("upload_token"):
            return JSONResponse({"error": "upload not found"}, 404)
        if sandbox.state.time() - publication["created_at"] > UPLOAD_URL_SECONDS:
            return JSONResponse({"error": "upload_url expired"}, 403)
        return _take_chunk(call, publication)


def _take_chunk(call: Call, publication: Document) -> Response:
    sandbox, size = call.sandbox, publication["size"]
    match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", call.headers.get("content-range", ""))
    if not match or call.content_type not in VIDEO_TYPES:
        return JSONResponse({"error": "bad Content-Range or Content-Type"}, 400)
    first, last, total = (int(part) for part in match.groups())
    if total != size or last - first + 1 != len(call.body):
        return JSONResponse({"error": "Content-Range does not fit the body"}, 400)
    received = publication["uploaded"]
    progress = {"Content-Range": f"bytes 0-{max(received - 1, 0)}/{size}"}
    if first != received or last >= size:
        return JSONResponse({"error": "range not satisfiable"}, 416, headers=progress)
    number = first // publication["chunk"]
    is_last = number == publication["count"] - 1
    expected_last = size - 1 if is_last else first + publication["chunk"] - 1
    if last != expected_last:
        return JSONResponse({"error": f"expected the range {first}-{expected_last}"}, 416, headers=progress)
    part = sandbox.files.path(f"tiktok-{publication['upload_id']}.part")
    with part.open("ab") as file:
        file.truncate(first)
        file.write(call.body)
    publication = sandbox.state.update("tiktok_publication", publication["publish_id"], uploaded=last + 1)
    progress = {"Content-Range": f"bytes 0-{last}/{size}"}
    if last + 1 < size:
        return Response(status_code=206, headers=progress)
    facts = sandbox.files.store(part.read_bytes())
    part.unlink()
    _settle(call, publication, "video", [facts["sha256"]], video_fault(sandbox, facts))
    return Response(status_code=201, headers=progress)


# -- photos --------------------------------------------------------------------------------------------------


@router.post("/tiktok/v2/post/publish/content/init/")
def init_photos(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    body = json_body(call)
    if body.get("media_type") != "PHOTO" or body.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
        raise invalid(call, "media_type must be PHOTO and post_mode DIRECT_POST or MEDIA_UPLOAD")
    direct = body["post_mode"] == "DIRECT_POST"
    given = body.get("post_info") or {}
    info = check_post_info(call, given, PHOTO_TITLE) if direct else given
    source = body.get("source_info")
    if not isinstance(source, dict) or source.get("source") != "PULL_FROM_URL":
        raise invalid(call, "source_info.source must be PULL_FROM_URL")
    images = source.get("photo_images")
    if not isinstance(images, list) or not 1 <= len(images) <= PHOTOS:
        raise invalid(call, "source_info.photo_images must have 1 to 35 addresses")
    cover = source.get("photo_cover_index", 0)
    if not isinstance(cover, int) or not 0 <= cover < len(images):
        raise invalid(call, "photo_cover_index is out of range")
    urls = [check_owned(call, url) for url in images]
    publication = _new_publication(call, "p_pub_url", info, "PROCESSING_DOWNLOAD", cover=cover)
    if not direct:
        publication = call.sandbox.state.update("tiktok_publication", publication["publish_id"], inbox=True)
    media, fault = _pull_photos(call.sandbox, urls)
    _settle(call, publication, "photo", media, fault)
    return ok(call, {"publish_id": publication["publish_id"]})


def _pull_photos(sandbox: Sandbox, urls: list[str]) -> tuple[list[str], str]:
    media = []
    for url in urls:
        try:
            facts = _pull(sandbox, url, PHOTO_BYTES + 1)
        except FetchFailed:
            return [], "photo_pull_failed"
        fault = photo_fault(facts)
        if fault:
            return [], fault
        media.append(facts["sha256"])
    return media, ""


# -- status --------------------------------------------------------------------------------------------------


def _own_publication(call: Call) -> Document:
    publish_id = str(json_body(call).get("publish_id", ""))
    publication = call.sandbox.state.get("tiktok_publication", publish_id)
    if publication is None:
        raise invalid(call, "The publish_id is not found", "invalid_publish_id")
    return publication


@router.post("/tiktok/v2/post/publish/status/fetch/")
def fetch_status(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    publication, sandbox = _own_publication(call), call.sandbox
    pulled = publication["publish_id"].startswith(("v_pub_url", "p_pub_url", "v_inbox_url"))
    status = "PROCESSING_DOWNLOAD" if pulled else "PROCESSING_UPLOAD"
    data: dict[str, Any] = {"status": status, "fail_reason": "", "publicaly_available_post_id": []}
    if publication["status"] == "CANCELLED":
        data.update(status="FAILED", fail_reason="publish_cancelled")
    elif publication["status"] == "SETTLED" and sandbox.is_ready(
        "tiktok_publication", publication["publish_id"]
    ):
        data.update(_final_status(sandbox, publication))
    data["downloaded_bytes" if pulled else "uploaded_bytes"] = publication[
        "downloaded" if pulled else "uploaded"
    ]
    return ok(call, data)


def _final_status(sandbox: Sandbox, publication: Document) -> dict[str, Any]:
    if publication["fail_reason"]:
        return {"status": "FAILED", "fail_reason": publication["fail_reason"]}
    if publication["inbox"]:
        return {"status": "SEND_TO_USER_INBOX"}
    post = sandbox.post("tiktok", publication["post_id"])
    moderated_at = publication["ready_at"] + float(sandbox.state.setting("tiktok_moderation_seconds"))
    known = post and post["public"] and sandbox.state.time() >= moderated_at
    # The ids are 64-bit numbers in TikTok's JSON, not strings (section 6.6).
    return {
        "status": "PUBLISH_COMPLETE",
        "publicaly_available_post_id": [int(post["id"])] if post and known else [],
    }


@router.post("/tiktok/v2/post/publish/cancel/")
def cancel(call: ReadCall) -> Response:
    authenticate(call, "video.publish")
    publication = _own_publication(call)
    if publication["status"] in ("SETTLED", "CANCELLED"):
        raise invalid(call, "The publication can no longer be cancelled", "publish_not_cancellable")
    call.sandbox.state.update("tiktok_publication", publication["publish_id"], status="CANCELLED")
    return ok(call, {})
