"""Videos and reels of a Facebook Page, in one piece and in chunks (platform contract, section 3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts, graph, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.facebook import PAGE_ID, add_page_post, check_message
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.graph import Graph, GraphError, edge, invalid
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import ReadCall

# Section 3.4. Times in seconds.
VIDEO_TYPES = ("video/mp4", "video/quicktime")
VIDEO_BYTES = 10 * 1024**3
VIDEO_SECONDS = 4 * 3600
REEL_SECONDS = (3, 90)
REEL_SIZE = (540, 960)
REEL_FPS = (23.9, 60)
REEL_RATIO = (0.5, 0.625)
CHUNK_BYTES = 4 * 1024 * 1024

graph.documents_are_nodes("fb_video", "video")
router = APIRouter()


def _check_video(facts: Facts) -> None:
    if facts["type"] not in VIDEO_TYPES or facts.get("broken"):
        raise GraphError(
            352, "(#352) Sorry, the video file you selected is in a format that we don't support."
        )
    if facts["duration"] > VIDEO_SECONDS or facts["size"] > VIDEO_BYTES:
        raise GraphError(382, "(#382) The video is too long or too large.")


def _check_reel(facts: Facts) -> None:
    _check_video(facts)
    ratio = facts["width"] / facts["height"]
    rules = {
        "Reels must last 3 to 90 seconds": REEL_SECONDS[0] <= facts["duration"] <= REEL_SECONDS[1] + 0.5,
        "Reels must have at least 540x960 pixels": facts["width"] >= REEL_SIZE[0]
        and facts["height"] >= REEL_SIZE[1],
        "Reels must have the aspect ratio 9:16": REEL_RATIO[0] <= ratio <= REEL_RATIO[1],
        "Reels must have 24 to 60 frames per second": REEL_FPS[0] <= facts["fps"] <= REEL_FPS[1],
    }
    broken = [rule for rule, kept in rules.items() if not kept]
    if broken:
        raise GraphError(6000, f"(#6000) There was a problem uploading your video file: {broken[0]}",
                         subcode=1363128)  # fmt: skip


def _new_video(request: Graph, kind: str, **more: Any) -> Document:
    video = {
        "id": ids.graph_id(),
        "kind": kind,
        "sha256": None,
        "post_id": None,
        "received": 0,
        "created_at": request.sandbox.state.time(),
        "ready_at": request.sandbox.ready_at(),
        "title": "",
        "description": "",
        **more,
    }
    return request.sandbox.state.put("fb_video", video["id"], video)


def _fetch_video(sandbox: Sandbox, url: str) -> bytes:
    try:
        timeout = float(sandbox.state.setting("fetch_timeout_seconds"))
        return fetch(url, max_bytes=VIDEO_BYTES, timeout=timeout, redirects=True)
    except FetchFailed as error:
        raise GraphError(389, f"(#389) Unable to fetch video file from URL: {error}") from error


@edge("POST", "page", "videos")
def create_video(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    phases = {"start": _start, "transfer": _transfer, "finish": _finish, "cancel": _cancel}
    phase = request.call.text("upload_phase")
    if phase:
        if phase not in phases:
            raise invalid("upload_phase must be one of {start, transfer, finish, cancel}")
        return phases[phase](request)
    source, url = request.call.files.get("source"), request.call.text("file_url")
    if source is None and not url:
        raise invalid("No video file was provided: send source or file_url")
    check_message(request.call.text("description"))
    facts = request.sandbox.files.store(source.data if source else _fetch_video(request.sandbox, url))
    _check_video(facts)
    with request.sandbox.state.transaction():
        video = _new_video(request, "video", sha256=facts["sha256"])
        _publish_video(request, video, f"/facebook.com/{accounts.USERNAME}/videos/{video['id']}")
    return {"id": video["id"]}


def _start(request: Graph) -> dict[str, Any]:
    size = int(request.need("file_size"))
    video = _new_video(request, "video", file_size=size, session=ids.graph_id())
    request.sandbox.state.put("fb_session", video["session"], {"video_id": video["id"]})
    return {
        "upload_session_id": video["session"],
        "video_id": video["id"],
        "start_offset": "0",
        "end_offset": str(min(size, CHUNK_BYTES)),
    }


def _session_video(request: Graph) -> Document:
    session = request.sandbox.state.get("fb_session", request.need("upload_session_id"))
    video = request.sandbox.state.get("fb_video", session["video_id"]) if session else None
    if video is None:
        raise GraphError(6001, "(#6001) The upload session does not exist or has expired.", subcode=1363037)
    return video


def _upload_path(sandbox: Sandbox, video_id: str) -> Path:
    return sandbox.files.path(f"upload-{video_id}.part")


def _transfer(request: Graph) -> dict[str, Any]:
    video = _session_video(request)
    chunk = request.call.files.get("video_file_chunk")
    if chunk is None:
        raise invalid("video_file_chunk is required")
    with request.sandbox.state.lock:
        start = int(request.need("start_offset"))
        if start != video["received"] or not chunk.data:
            raise GraphError(
                6001,
                f"(#6001) Expected offset {video['received']}, got {start}",
                subcode=1363037,
                transient=True,
            )
        with _upload_path(request.sandbox, video["id"]).open("ab") as file:
            file.write(chunk.data)
        received = start + len(chunk.data)
        request.sandbox.state.update("fb_video", video["id"], received=received)
    end = min(video["file_size"], received + CHUNK_BYTES)
    return {"start_offset": str(received), "end_offset": str(end)}


def _finish(request: Graph) -> dict[str, Any]:
    video = _session_video(request)
    if video["received"] != video["file_size"]:
        raise GraphError(6001, "(#6001) The upload is not complete.", subcode=1363037)
    if video["post_id"]:
        return {"success": True}
    check_message(request.call.text("description"))
    facts = request.sandbox.files.store(_upload_path(request.sandbox, video["id"]).read_bytes())
    _check_video(facts)
    with request.sandbox.state.transaction():
        video = request.sandbox.state.update(
            "fb_video", video["id"], sha256=facts["sha256"], ready_at=request.sandbox.ready_at()
        )
        _publish_video(request, video, f"/facebook.com/{accounts.USERNAME}/videos/{video['id']}")
    _upload_path(request.sandbox, video["id"]).unlink()
    return {"success": True}


def _cancel(request: Graph) -> dict[str, Any]:
    video = _session_video(request)
    request.sandbox.state.delete("fb_video", video["id"])
    return {"success": True}


def _publish_video(request: Graph, video: Document, path: str, *, published: bool | None = None) -> Document:
    call, sandbox = request.call, request.sandbox
    thumb = call.files.get("thumb")
    poster = sandbox.files.store(thumb.data)["sha256"] if thumb else None
    post = add_page_post(
        request, call.text("description"), title=call.text("title"), media=[video["sha256"]], alt_texts=[""],
        path=path, video_id=video["id"], poster=poster, published=published,
    )  # fmt: skip
    sandbox.state.update(
        "fb_video", video["id"], post_id=post["id"], path=path, title=call.text("title"),
        description=call.text("description"),
    )  # fmt: skip
    return post


# -- reels ---------------------------------------------------------------------------------------------------


@edge("POST", "page", "video_reels")
def create_reel(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    phase = request.call.text("upload_phase")
    if phase == "start":
        video = _new_video(request, "reel")
        path = f"/rupload/video-upload/{request.version}/{video['id']}"
        return {"video_id": video["id"], "upload_url": request.sandbox.url(path)}
    if phase != "finish":
        raise invalid("upload_phase must be one of {start, finish}")
    video_state = request.need("video_state")
    if video_state not in ("PUBLISHED", "DRAFT", "SCHEDULED"):
        raise invalid("video_state must be one of {PUBLISHED, DRAFT, SCHEDULED}")
    reel = request.sandbox.state.get("fb_video", request.need("video_id"))
    if reel is None or reel["kind"] != "reel":
        raise graph.missing(request.call.text("video_id"), "post")
    if not reel["sha256"]:
        raise GraphError(6000, "(#6000) The video has not been uploaded.", subcode=1363130)
    check_message(request.call.text("description"))
    _check_reel(request.sandbox.files.facts(reel["sha256"]))
    return _finish_reel(request, reel, video_state)


def _finish_reel(request: Graph, video: Document, video_state: str) -> dict[str, Any]:
    with request.sandbox.state.transaction():
        current = request.sandbox.state.get("fb_video", video["id"]) or video
        if current["post_id"]:
            raise invalid("The reel was already published.", subcode=1363047)
        path = f"/facebook.com/reel/{video['id']}"
        post = _publish_video(request, current, path, published=video_state == "PUBLISHED")
        request.sandbox.state.update("fb_video", video["id"], ready_at=request.sandbox.ready_at())
    answer: dict[str, Any] = {"success": True}
    if request.sandbox.state.setting("facebook_reel_answers_post_id"):
        answer["post_id"] = post["id"]
    return answer


@router.post("/rupload/video-upload/{version}/{video_id}")
def upload_reel(call: ReadCall, version: str, video_id: str) -> Response:
    """Take a reel's bytes, or the address of them in the header `file_url`."""
    graph.identify(call, "graph")
    sandbox = call.sandbox
    video = sandbox.state.get("fb_video", video_id)
    if video is None:
        raise graph.missing(video_id, "post")
    url = call.headers.get("file_url")
    data = _fetch_video(sandbox, url) if url else call.body
    if not url and int(call.headers.get("file_size", "-1")) != len(data) + int(
        call.headers.get("offset", "0")
    ):
        message = "The sent bytes do not match the headers offset and file_size"
        debug = {"retriable": False, "type": "OffsetInvalidError", "message": message}
        return JSONResponse({"debug_info": debug}, 400)
    facts = sandbox.files.store(data)
    sandbox.state.update("fb_video", video_id, sha256=facts["sha256"], received=len(data))
    return JSONResponse({"success": True})


# -- state ---------------------------------------------------------------------------------------------------


@edge("GET", "video")
def read_video(request: Graph) -> dict[str, Any]:
    video = request.sandbox.state.get("fb_video", request.node_id) or {}
    post = request.sandbox.post("facebook", video["post_id"]) if video["post_id"] else None
    path = post["path"] if post else f"/facebook.com/{accounts.USERNAME}/videos/{video['id']}"
    asks_status = "status" in graph.split_fields(request.call.text("fields"))
    node = {
        "id": video["id"],
        "title": video["title"] or None,
        "description": video["description"] or None,
        "status": _status(request, video, post) if asks_status else None,
        "permalink_url": request.sandbox.url(path),
        "post_id": video["post_id"],
        "published": bool(post and post["public"]),
        "created_time": graph.graph_time(video["created_at"]),
        "updated_time": graph.graph_time(video["created_at"]),
        "length": request.sandbox.files.facts(video["sha256"] or "").get("duration"),
        "from": {"id": PAGE_ID, "name": accounts.DISPLAY_NAME},
    }
    return graph.select(request, node, ("description", "updated_time", "id"), "Video")


def _status(request: Graph, video: Document, post: Document | None) -> dict[str, Any]:
    if not video["sha256"]:
        waiting = {"status": "not_started"}
        uploading = {"status": "in_progress", "bytes_transferred": video["received"]}
        return {"video_status": "processing", "uploading_phase": uploading,
                "processing_phase": waiting, "publishing_phase": waiting}  # fmt: skip
    ready = request.sandbox.is_ready("fb_video", video["id"])
    size = request.sandbox.files.facts(video["sha256"])["size"]
    publishing: dict[str, Any] = {"status": "not_started"}
    if post:
        publishing = {
            "status": "complete" if ready else "in_progress",
            "publish_status": "published" if post["public"] else "draft",
            "publish_time": int(post["visible_at"]),
        }
    return {
        "video_status": "ready" if ready else "processing",
        "uploading_phase": {"status": "complete", "bytes_transferred": size},
        "processing_phase": {"status": "complete" if ready else "in_progress"},
        "publishing_phase": publishing,
    }


@edge("DELETE", "video")
def delete_video(request: Graph) -> dict[str, Any]:
    graph.need_page_token(request)
    video = request.sandbox.state.get("fb_video", request.node_id) or {}
    with request.sandbox.state.transaction():
        if video["post_id"]:
            request.sandbox.state.delete("post:facebook", video["post_id"])
        request.sandbox.state.delete("fb_video", request.node_id)
    return {"success": True}
