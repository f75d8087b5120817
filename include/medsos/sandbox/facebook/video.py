"""Videos of a Facebook Page, in one piece and in chunks (platform contract, section 3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.facebook.posts import add_page_post, check_message
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.host import Graph, documents_are_nodes, edge
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document

# Section 3.4. Times in seconds.
VIDEO_TYPES = ("video/mp4", "video/quicktime")
VIDEO_BYTES = 10 * 1024**3
VIDEO_SECONDS = 4 * 3600
CHUNK_BYTES = 4 * 1024 * 1024

documents_are_nodes("fb_video", "video")


def check_video(facts: Facts) -> None:
    if facts["type"] not in VIDEO_TYPES or facts.get("broken"):
        raise GraphError(
            352, "(#352) Sorry, the video file you selected is in a format that we don't support."
        )
    if facts["duration"] > VIDEO_SECONDS or facts["size"] > VIDEO_BYTES:
        raise GraphError(382, "(#382) The video is too long or too large.")


def new_video(request: Graph, kind: str, **more: Any) -> Document:
    video = {
        "id": ids.graph_id(),
        "kind": kind,
        "sha256": None,
        "post_id": None,
        "received": 0,
        "fault": "",
        "created_at": request.sandbox.state.time(),
        "ready_at": request.sandbox.ready_at(),
        "title": "",
        "description": "",
        **more,
    }
    return request.sandbox.state.put("fb_video", video["id"], video)


def fetch_video(sandbox: Sandbox, url: str) -> bytes:
    try:
        timeout = float(sandbox.state.setting("fetch_timeout_seconds"))
        return fetch(url, max_bytes=VIDEO_BYTES, timeout=timeout, redirects=True)
    except FetchFailed as error:
        raise GraphError(389, f"(#389) Unable to fetch video file from URL: {error}") from error


def upload_path(sandbox: Sandbox, video_id: str) -> Path:
    """Where the bytes of an unfinished upload lie."""
    return sandbox.files.path(f"upload-{video_id}.part")


def append(path: Path, offset: int, data: bytes) -> None:
    """Write `data` at `offset`; what an upload that broke off left behind it is cut away."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(data)


def publish_video(
    request: Graph, video: Document, path: str, *, published: bool | None = None, **more: Any
) -> Document:
    """Make the post of a video; it never shows when the processing fails."""
    call, sandbox = request.call, request.sandbox
    thumb = call.files.get("thumb")
    poster = sandbox.files.store(thumb.data)["sha256"] if thumb else None
    fault = call.processing_fault("facebook")
    post = add_page_post(
        request, call.text("description"), title=call.text("title"), media=[video["sha256"]], alt_texts=[""],
        path=path, video_id=video["id"], poster=poster, published=False if fault else published, **more,
    )  # fmt: skip
    sandbox.state.update(
        "fb_video", video["id"], post_id=post["id"], path=path, title=call.text("title"),
        description=call.text("description"), fault=fault, ready_at=sandbox.ready_at(),
    )  # fmt: skip
    return post


def _own_path(video: Document) -> str:
    return f"/facebook.com/{accounts.USERNAME}/videos/{video['id']}"


@edge("POST", "page", "videos")
def create_video(request: Graph) -> dict[str, Any]:
    request.need_page_token()
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
    facts = request.sandbox.files.store(source.data if source else fetch_video(request.sandbox, url))
    check_video(facts)
    with request.sandbox.state.transaction():
        video = new_video(request, "video", sha256=facts["sha256"], received=facts["size"])
        publish_video(request, video, _own_path(video))
    return {"id": video["id"]}


# -- in chunks -----------------------------------------------------------------------------------------------


def _start(request: Graph) -> dict[str, Any]:
    size = request.number("file_size")
    if not 0 < size <= VIDEO_BYTES:
        raise invalid("file_size is out of range")
    with request.sandbox.state.transaction():
        video = new_video(request, "video", file_size=size, session=ids.graph_id())
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


def _transfer(request: Graph) -> dict[str, Any]:
    chunk = request.call.files.get("video_file_chunk")
    start = request.number("start_offset")
    if chunk is None:
        raise invalid("video_file_chunk is required")
    with request.sandbox.state.transaction():
        video = _session_video(request)
        received = start + len(chunk.data)
        if start != video["received"] or not chunk.data or received > video["file_size"]:
            message = f"(#6001) Expected offset {video['received']}, got {start}"
            raise GraphError(6001, message, subcode=1363037, transient=True)
        append(upload_path(request.sandbox, video["id"]), start, chunk.data)
        request.sandbox.state.update("fb_video", video["id"], received=received)
    end = min(video["file_size"], received + CHUNK_BYTES)
    return {"start_offset": str(received), "end_offset": str(end)}


def _finish(request: Graph) -> dict[str, Any]:
    """The commit; a repeated one changes nothing."""
    video, sandbox = _session_video(request), request.sandbox
    if video["received"] != video["file_size"]:
        raise GraphError(6001, "(#6001) The upload is not complete.", subcode=1363037)
    if video["post_id"]:
        return {"success": True}
    check_message(request.call.text("description"))
    facts = sandbox.files.store(upload_path(sandbox, video["id"]).read_bytes())
    check_video(facts)
    with sandbox.state.transaction():
        if _session_video(request)["post_id"]:
            return {"success": True}
        video = sandbox.state.update("fb_video", video["id"], sha256=facts["sha256"])
        publish_video(request, video, _own_path(video))
    upload_path(sandbox, video["id"]).unlink(missing_ok=True)
    return {"success": True}


def _cancel(request: Graph) -> dict[str, Any]:
    video = _session_video(request)
    if video["post_id"]:
        raise invalid("The video is already published")
    with request.sandbox.state.transaction():
        request.sandbox.state.delete("fb_video", video["id"])
        request.sandbox.state.delete("fb_session", video["session"])
    upload_path(request.sandbox, video["id"]).unlink(missing_ok=True)
    return {"success": True}
