"""Media upload to X: simple, in segments, processing, alt text (platform contract, section 5.4)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall
from medsos.sandbox.x_auth import XError, authenticate

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
SEGMENTS = 1000
ALT_TEXT_LENGTH = 1000
EXPIRES_SECONDS = 86400

CATEGORIES = {
    "tweet_image": "image", "tweet_gif": "gif", "tweet_video": "video", "amplify_video": "video",
    "subtitles": "other", "dm_image": "image", "dm_gif": "gif", "dm_video": "video",
}  # fmt: skip

router = APIRouter()


def invalid_request(message: str, **parameters: Any) -> XError:
    shown = {name: [str(value)] for name, value in parameters.items()}
    return XError(
        400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request",
        [{"parameters": shown, "message": message}],
    )  # fmt: skip


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


# -- calls ---------------------------------------------------------------------------------------------------


@router.post("/x/2/media/upload")
def upload(call: ReadCall) -> Response:
    """The simple upload of a picture; or, deprecated, `command=INIT|APPEND|FINALIZE`."""
    authenticate(call, "media.write")
    command = call.text("command").upper()
    if command:
        commands = {"INIT": _initialize, "APPEND": _append, "FINALIZE": _finalize}
        if command not in commands:
            raise invalid_request("command must be INIT, APPEND or FINALIZE", command=command)
        return commands[command](call, call.text("media_id"))
    kind = CATEGORIES.get(call.text("media_category"), "")
    if kind not in ("image", "gif"):
        raise invalid_request("media_category must be a category of pictures",
                              media_category=call.text("media_category"))  # fmt: skip
    facts = call.sandbox.files.store(_sent_media(call))
    fault = media_fault(call.sandbox, facts, kind)
    if fault:
        raise invalid_request(fault, media=facts["type"])
    media = _new_media(
        call.sandbox, kind, state="succeeded", sha256=facts["sha256"], total_bytes=facts["size"]
    )
    return JSONResponse({"data": _media_data(call.sandbox, media)})


@router.post("/x/2/media/upload/initialize")
def initialize(call: ReadCall) -> Response:
    authenticate(call, "media.write")
    return _initialize(call, "")


@router.post("/x/2/media/upload/{media_id}/append")
def append(call: ReadCall, media_id: str) -> Response:
    authenticate(call, "media.write")
    return _append(call, media_id)


@router.post("/x/2/media/upload/{media_id}/finalize")
def finalize(call: ReadCall, media_id: str) -> Response:
    authenticate(call, "media.write")
    return _finalize(call, media_id)


@router.get("/x/2/media/upload")
def status(call: ReadCall) -> Response:
    authenticate(call, "media.write")
    if call.text("command", "STATUS").upper() != "STATUS":
        raise invalid_request("command must be STATUS", command=call.text("command"))
    media = _find(call.sandbox, call.text("media_id"))
    if media["state"] in ("pending", "in_progress"):
        ready = call.sandbox.is_ready("x_media", media["id"])
        new_state = "in_progress" if not ready else "failed" if media["fault"] else "succeeded"
        media = call.sandbox.state.update("x_media", media["id"], state=new_state)
    return JSONResponse({"data": _media_data(call.sandbox, media)})


@router.post("/x/2/media/metadata")
def metadata(call: ReadCall) -> Response:
    authenticate(call, "media.write")
    given = call.json if isinstance(call.json, dict) else {}
    media = _find(call.sandbox, str(given.get("id", "")))
    text = ((given.get("metadata") or {}).get("alt_text") or {}).get("text", "")
    if not isinstance(text, str) or not text or len(text) > ALT_TEXT_LENGTH:
        raise invalid_request("alt_text.text must have 1 to 1000 characters", alt_text=len(str(text)))
    call.sandbox.state.update("x_media", media["id"], alt_text=text)
    associated = {"alt_text": {"text": text}}
    return JSONResponse({"data": {"id": media["id"], "associated_metadata": associated}})


# -- steps ---------------------------------------------------------------------------------------------------


def _new_media(sandbox: Sandbox, kind: str, **more: Any) -> Document:
    media = {
        "id": ids.x_id(sandbox.state), "kind": kind, "state": "uploading", "sha256": None, "alt_text": "",
        "fault": None, "created_at": sandbox.state.time(), **more,
    }  # fmt: skip
    return sandbox.state.put("x_media", media["id"], media)


def _find(sandbox: Sandbox, media_id: str) -> Document:
    media = sandbox.state.get("x_media", media_id)
    if media is None or is_expired(sandbox, media):
        raise invalid_request("The media id is invalid or has expired", media_id=media_id)
    return media


def is_expired(sandbox: Sandbox, media: Document) -> bool:
    return sandbox.state.time() - media["created_at"] > EXPIRES_SECONDS


def _media_data(sandbox: Sandbox, media: Document) -> dict[str, Any]:
    left = int(EXPIRES_SECONDS - (sandbox.state.time() - media["created_at"]))
    prefix = {"video": 7, "gif": 16}.get(media["kind"], 3)
    data: dict[str, Any] = {
        "id": media["id"],
        "media_key": f"{prefix}_{media['id']}",
        "expires_after_secs": left,
    }
    if media["sha256"]:
        data["size"] = media["total_bytes"]
    if media["kind"] in ("video", "gif") and media["state"] != "uploading" and media.get("ready_at"):
        data["processing_info"] = _processing_info(media)
    return data


def _processing_info(media: Document) -> dict[str, Any]:
    info: dict[str, Any] = {"state": media["state"]}
    if media["state"] in ("pending", "in_progress"):
        info["check_after_secs"] = 1
        info["progress_percent"] = 0 if media["state"] == "pending" else 40
    elif media["state"] == "succeeded":
        info["progress_percent"] = 100
    else:
        info["error"] = {"code": 1, "name": "InvalidMedia", "message": media["fault"]}
    return info


def _initialize(call: Call, _: str) -> Response:
    kind = CATEGORIES.get(call.text("media_category") or "tweet_image")
    total = call.text("total_bytes")
    if kind is None or not call.text("media_type"):
        raise invalid_request("media_type and a known media_category are required",
                              media_category=call.text("media_category"))  # fmt: skip
    if not total.isdigit() or int(total) < 1:
        raise invalid_request("total_bytes must be a positive number", total_bytes=total)
    largest = {"image": IMAGE_BYTES, "gif": GIF_BYTES}.get(kind, VIDEO_BYTES)
    if int(total) > largest:
        raise invalid_request(f"total_bytes must be at most {largest}", total_bytes=total)
    media = _new_media(call.sandbox, kind, media_type=call.text("media_type"), total_bytes=int(total))
    return JSONResponse({"data": _media_data(call.sandbox, media)})


def _sent_media(call: Call) -> bytes:
    if "media" in call.files:
        return call.files["media"].data
    try:
        return base64.b64decode(call.text("media") or call.text("media_data"), validate=True)
    except binascii.Error:
        raise invalid_request("media must be a file or base64 text") from None


def _segment_path(sandbox: Sandbox, media_id: str, index: int) -> Path:
    return sandbox.files.path(f"x-{media_id}-{index:04d}.part")


def _append(call: Call, media_id: str) -> Response:
    media = _find(call.sandbox, media_id)
    index, data = call.text("segment_index"), _sent_media(call)
    if not index.isdigit() or int(index) >= SEGMENTS:
        raise invalid_request("segment_index must be between 0 and 999", segment_index=index)
    if media["state"] != "uploading" or not data:
        raise invalid_request("The media does not wait for this segment", media_id=media_id)
    if len(data) > int(call.sandbox.state.setting("x_max_chunk_bytes")):
        return Response("Payload Too Large", 413, media_type="text/plain")
    _segment_path(call.sandbox, media_id, int(index)).write_bytes(data)
    return JSONResponse({"data": {"expires_at": int(media["created_at"]) + EXPIRES_SECONDS}})


def _finalize(call: Call, media_id: str) -> Response:
    sandbox = call.sandbox
    media = _find(sandbox, media_id)
    if media["state"] != "uploading":
        return JSONResponse({"data": _media_data(sandbox, media)})
    segments = [_segment_path(sandbox, media_id, i) for i in range(SEGMENTS)]
    present = [path for path in segments if path.exists()]
    data = b"".join(path.read_bytes() for path in present)
    if len(data) != media["total_bytes"] or present != segments[: len(present)]:
        raise invalid_request(f"Segments do not add up to total_bytes: {len(data)}", media_id=media_id)
    facts = sandbox.files.store(data)
    for path in present:
        path.unlink()
    fault = media_fault(sandbox, facts, media["kind"]) if media["kind"] != "other" else None
    if media["kind"] in ("video", "gif"):
        fault = fault or call.processing_fault("x") or None
    changes: dict[str, Any] = {"sha256": facts["sha256"], "fault": fault}
    if media["kind"] in ("video", "gif"):
        changes.update(state="pending", ready_at=sandbox.ready_at())
    elif fault:
        raise invalid_request(fault, media_id=media_id)
    else:
        changes["state"] = "succeeded"
    media = sandbox.state.update("x_media", media_id, **changes)
    return JSONResponse({"data": _media_data(sandbox, media)})
