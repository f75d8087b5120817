"""Media upload to X: simple, in segments, processing, alt text (platform contract, section 5.4)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall
from medsos.sandbox.x.auth import authenticate
from medsos.sandbox.x.fields import METADATA
from medsos.sandbox.x.media_rules import GIF_BYTES, IMAGE_BYTES, VIDEO_BYTES, media_fault
from medsos.sandbox.x.wire import ID, answer, invalid_request

SEGMENTS = 1000
ALT_TEXT_LENGTH = 1000
EXPIRES_SECONDS = 86400

CATEGORIES = {
    "tweet_image": "image", "tweet_gif": "gif", "tweet_video": "video", "amplify_video": "video",
    "subtitles": "other", "dm_image": "image", "dm_gif": "gif", "dm_video": "video",
}  # fmt: skip
# First part of a `media_key`.
KEYS = {"video": 7, "gif": 16}
# What each JSON body may hold; forms may hold more, as the deprecated commands do.
BODIES = {
    "upload": ("media", "media_category", "media_type", "shared", "additional_owners"),
    "initialize": ("media_type", "total_bytes", "media_category", "shared", "additional_owners"),
    "append": ("media", "segment_index"),
    "metadata": ("id", "metadata"),
}

router = APIRouter()


# -- calls ---------------------------------------------------------------------------------------------------


@router.post("/x/2/media/upload")
def upload(call: ReadCall) -> Response:
    """The simple upload of a picture; or, deprecated, `command=INIT|APPEND|FINALIZE`."""
    authenticate(call, "media.write")
    _only_known(call, "upload")
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
    return answer({"data": _media_data(call.sandbox, media)})


@router.post("/x/2/media/upload/initialize")
def initialize(call: ReadCall) -> Response:
    authenticate(call, "media.write")
    _only_known(call, "initialize")
    return _initialize(call, "")


@router.post("/x/2/media/upload/{media_id}/append")
def append(call: ReadCall, media_id: str) -> Response:
    authenticate(call, "media.write")
    _only_known(call, "append")
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
    return answer({"data": _media_data(call.sandbox, media)})


@router.post("/x/2/media/metadata")
def metadata(call: ReadCall) -> Response:
    authenticate(call, "media.write")
    _only_known(call, "metadata")
    given = call.json if isinstance(call.json, dict) else {}
    fields = given.get("metadata")
    if not isinstance(fields, dict) or set(fields) - METADATA:
        raise invalid_request(f"$.metadata: must be an object with {', '.join(sorted(METADATA))}")
    media = _find(call.sandbox, str(given.get("id", "")))
    if "alt_text" in fields:
        alt = fields["alt_text"]
        text = alt.get("text") if isinstance(alt, dict) else None
        if not isinstance(text, str) or not text or len(text) > ALT_TEXT_LENGTH:
            raise invalid_request("alt_text.text must have 1 to 1000 characters", alt_text=text)
        call.sandbox.state.update("x_media", media["id"], alt_text=text)
    return answer({"data": {"id": media["id"], "associated_metadata": fields}})


def _only_known(call: Call, endpoint: str) -> None:
    if not call.json_valid or (call.content_type == "application/json" and not isinstance(call.json, dict)):
        raise invalid_request("The body must be a JSON object")
    for name in call.json or {}:
        if name not in BODIES[endpoint]:
            raise invalid_request(f"$.{name}: is not defined in the schema", **{name: call.json[name]})


# -- steps ---------------------------------------------------------------------------------------------------


def _new_media(sandbox: Sandbox, kind: str, **more: Any) -> Document:
    id_ = ids.x_id(sandbox.state)
    media = {
        "id": id_, "key": f"{KEYS.get(kind, 3)}_{id_}", "kind": kind, "state": "uploading", "sha256": None,
        "alt_text": "", "fault": None, "created_at": sandbox.state.time(), **more,
    }  # fmt: skip
    return sandbox.state.put("x_media", id_, media)


def _find(sandbox: Sandbox, media_id: str) -> Document:
    media = sandbox.state.get("x_media", media_id) if ID.match(media_id) else None
    if media is None or is_expired(sandbox, media):
        raise invalid_request("The media id is invalid or has expired", media_id=media_id)
    return media


def is_expired(sandbox: Sandbox, media: Document) -> bool:
    return sandbox.state.time() - media["created_at"] > EXPIRES_SECONDS


def _media_data(sandbox: Sandbox, media: Document) -> dict[str, Any]:
    left = int(EXPIRES_SECONDS - (sandbox.state.time() - media["created_at"]))
    data: dict[str, Any] = {
        "id": media["id"],
        "media_key": media["key"],
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
    return answer({"data": _media_data(call.sandbox, media)})


def _sent_media(call: Call) -> bytes:
    if "media" in call.files:
        return call.files["media"].data
    try:
        return base64.b64decode(call.text("media") or call.text("media_data"), validate=True)
    except (binascii.Error, ValueError):
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
    # A segment is there whole or not at all, even if the server dies over it.
    path = _segment_path(call.sandbox, media_id, int(index))
    partial = path.with_suffix(f".{ids.trace_id()}")
    partial.write_bytes(data)
    partial.replace(path)
    return answer({"data": {"expires_at": int(media["created_at"]) + EXPIRES_SECONDS}})


def _finalize(call: Call, media_id: str) -> Response:
    sandbox = call.sandbox
    media = _find(sandbox, media_id)
    if media["state"] != "uploading":
        return answer({"data": _media_data(sandbox, media)})
    segments = [_segment_path(sandbox, media_id, i) for i in range(SEGMENTS)]
    present = [path for path in segments if path.exists()]
    data = b"".join(path.read_bytes() for path in present)
    if len(data) != media["total_bytes"] or present != segments[: len(present)]:
        raise invalid_request(f"Segments do not add up to total_bytes: {len(data)}", media_id=media_id)
    facts = sandbox.files.store(data)
    media = sandbox.state.update("x_media", media_id, **_outcome(call, media, facts))
    for path in present:
        path.unlink(missing_ok=True)
    return answer({"data": _media_data(sandbox, media)})


def _outcome(call: Call, media: Document, facts: Facts) -> dict[str, Any]:
    """What becomes of media that are there whole: pictures at once, the others after processing."""
    kind = media["kind"]
    fault = media_fault(call.sandbox, facts, kind) if kind != "other" else None
    if kind not in ("video", "gif"):
        if fault:
            raise invalid_request(fault, media_id=media["id"])
        return {"sha256": facts["sha256"], "state": "succeeded"}
    fault = fault or call.processing_fault("x") or None
    return {"sha256": facts["sha256"], "state": "pending", "fault": fault,
            "ready_at": call.sandbox.ready_at()}  # fmt: skip
