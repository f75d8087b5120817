"""Reels and stories of a Facebook Page, and the host of their bytes (platform contract, section 3.3)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import accounts
from medsos.sandbox.facebook.posts import add_page_post, check_message
from medsos.sandbox.facebook.video import (
    append,
    check_video,
    fetch_video,
    new_video,
    publish_video,
    upload_path,
)
from medsos.sandbox.graph.errors import GraphError, invalid, missing
from medsos.sandbox.graph.fields import paged
from medsos.sandbox.graph.host import Graph, edge
from medsos.sandbox.graph.tokens import identify
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call, ReadCall

# Section 3.4. Times in seconds.
REEL_SECONDS = (3, 90)
REEL_SIZE = (540, 960)
REEL_FPS = (23.9, 60)
REEL_RATIO = (0.5, 0.625)
REELS_PER_DAY = 30
DAY = 86400
STORY_SECONDS = 60

router = APIRouter()


def _check_reel(facts: Facts) -> None:
    check_video(facts)
    ratio = facts["width"] / facts["height"]
    rules = {
        "Reels must last 3 to 90 seconds": REEL_SECONDS[0] <= facts["duration"] <= REEL_SECONDS[1] + 0.5,
        "Reels must have at least 540x960 pixels": facts["width"] >= REEL_SIZE[0]
        and facts["height"] >= REEL_SIZE[1],
        "Reels must have the aspect ratio 9:16": REEL_RATIO[0] <= ratio <= REEL_RATIO[1],
        "Reels must have 24 to 60 frames per second": REEL_FPS[0] <= facts["fps"] <= REEL_FPS[1],
    }
    _refuse(next((rule for rule, kept in rules.items() if not kept), None))


def _check_story(facts: Facts) -> None:
    check_video(facts)
    too_long = facts["duration"] > STORY_SECONDS + 0.5
    _refuse("Stories must last no more than 60 seconds" if too_long else None)


def _refuse(broken: str | None) -> None:
    if broken:
        raise GraphError(6000, f"(#6000) There was a problem uploading your video file: {broken}",
                         subcode=1363128)  # fmt: skip


def _start(request: Graph, kind: str) -> dict[str, Any]:
    video = new_video(request, kind)
    path = f"/rupload/video-upload/{request.version}/{video['id']}"
    return {"video_id": video["id"], "upload_url": request.sandbox.url(path)}


def _uploaded(request: Graph, kind: str) -> Document:
    video = request.sandbox.state.get("fb_video", request.need("video_id"))
    if video is None or video["kind"] != kind:
        raise missing(request.call.text("video_id"), "post")
    if not video["sha256"]:
        raise GraphError(6000, "(#6000) The video has not been uploaded.", subcode=1363130)
    return video


@edge("POST", "page", "video_reels")
def create_reel(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    phase = request.call.text("upload_phase")
    if phase == "start":
        return _start(request, "reel")
    if phase != "finish":
        raise invalid("upload_phase must be one of {start, finish}")
    video_state = request.need("video_state")
    if video_state not in ("PUBLISHED", "DRAFT", "SCHEDULED"):
        raise invalid("video_state must be one of {PUBLISHED, DRAFT, SCHEDULED}")
    if (video_state == "SCHEDULED") != bool(request.call.text("scheduled_publish_time")):
        raise invalid("scheduled_publish_time belongs to the video_state SCHEDULED, and only there")
    reel = _uploaded(request, "reel")
    check_message(request.call.text("description"))
    _check_reel(request.sandbox.files.facts(reel["sha256"]))
    with request.sandbox.state.transaction():
        if (request.sandbox.state.get("fb_video", reel["id"]) or reel)["post_id"]:
            raise invalid("The reel was already published.", subcode=1363047)
        _check_reels_of_the_day(request)
        path = f"/facebook.com/reel/{reel['id']}"
        post = publish_video(request, reel, path, published=video_state == "PUBLISHED", reel=True)
    answer: dict[str, Any] = {"success": True}
    if request.sandbox.state.setting("facebook_reel_answers_post_id"):
        answer["post_id"] = post["id"]
    return answer


def _check_reels_of_the_day(request: Graph) -> None:
    since = request.sandbox.state.time() - DAY
    posts = request.sandbox.posts("facebook")
    if sum(bool(post.get("reel")) and post["created_at"] > since for post in posts) >= REELS_PER_DAY:
        # The contract gives the limit (section 3.4) but not its code.
        raise GraphError(613, f"(#613) Calls to this api have exceeded {REELS_PER_DAY} reels in 24 hours.")


# -- stories -------------------------------------------------------------------------------------------------


@edge("POST", "page", "photo_stories")
def create_photo_story(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    with request.sandbox.state.transaction():
        photo = request.sandbox.state.get("fb_photo", request.need("photo_id"))
        if photo is None:
            raise missing(request.call.text("photo_id"), "post")
        if photo["post_id"]:
            raise GraphError(1, "Photos were already posted.", subcode=1366051)
        post = _add_story(
            request, media=[photo["sha256"]], alt_texts=[photo["alt_text"]], photo_ids=[photo["id"]]
        )
        request.sandbox.state.update("fb_photo", photo["id"], post_id=post["id"])
    return {"success": True, "post_id": post["id"]}


@edge("POST", "page", "video_stories")
def create_video_story(request: Graph) -> dict[str, Any]:
    request.need_page_token()
    phase = request.call.text("upload_phase")
    if phase == "start":
        return _start(request, "story")
    if phase != "finish":
        raise invalid("upload_phase must be one of {start, finish}")
    video = _uploaded(request, "story")
    _check_story(request.sandbox.files.facts(video["sha256"]))
    with request.sandbox.state.transaction():
        if (request.sandbox.state.get("fb_video", video["id"]) or video)["post_id"]:
            raise invalid("The story was already published.", subcode=1363047)
        post = _add_story(request, media=[video["sha256"]], alt_texts=[""], video_id=video["id"])
        request.sandbox.state.update("fb_video", video["id"], post_id=post["id"], path=post["path"])
    return {"success": True, "post_id": post["id"]}


def _add_story(request: Graph, **more: Any) -> Document:
    """Stories are gone after a day."""
    ends = request.sandbox.state.time() + DAY
    post = add_page_post(request, "", published=True, story=True, ends_at=ends, **more)
    path = f"/facebook.com/stories/{accounts.USERNAME}/{post['id'].partition('_')[2]}"
    return request.sandbox.state.update("post:facebook", post["id"], path=path)


@edge("GET", "page", "stories")
def list_stories(request: Graph) -> dict[str, Any]:
    stories = [post for post in request.sandbox.listed_posts("facebook") if post.get("story")]
    fields = ("post_id", "status", "creation_time", "media_type", "media_id", "url")

    def node(post: Document) -> dict[str, Any]:
        kind = "video" if post.get("video_id") else "photo"
        return {
            "id": post["id"], "post_id": post["id"], "status": "PUBLISHED", "media_type": kind,
            "creation_time": str(int(post["created_at"])), "url": request.sandbox.url(post["path"]),
            "media_id": post.get("video_id") or post["photo_ids"][0],
        }  # fmt: skip

    return paged(request, stories, node, fields, "Story")


# -- the host of uploads -------------------------------------------------------------------------------------


@router.post("/rupload/video-upload/{version}/{video_id}")
def upload(call: ReadCall, version: str, video_id: str) -> Response:
    """Take a video's bytes, whole or from an offset on, or their address in the header `file_url`."""
    identify(call, "graph")
    sandbox = call.sandbox
    video = sandbox.state.get("fb_video", video_id)
    if video is None or video["kind"] not in ("reel", "story"):
        raise missing(video_id, "post")
    url = call.headers.get("file_url")
    if url:
        facts = sandbox.files.store(fetch_video(sandbox, url))
        return _taken(call, video_id, facts)
    return _take_bytes(call, video_id)


def _take_bytes(call: Call, video_id: str) -> Response:
    state, path = call.sandbox.state, upload_path(call.sandbox, video_id)
    offset, size = call.headers.get("offset", ""), call.headers.get("file_size", "")
    with state.transaction():
        video = state.get("fb_video", video_id) or {}
        fits = offset.isdigit() and size.isdigit() and int(offset) + len(call.body) <= int(size)
        if not fits or not call.body or int(offset) not in (0, video["received"]):
            message = (
                f"The sent bytes do not match the headers offset and file_size; {video['received']} are here"
            )
            debug = {"retriable": False, "type": "OffsetInvalidError", "message": message}
            return JSONResponse({"debug_info": debug}, 400)
        append(path, int(offset), call.body)
        received = int(offset) + len(call.body)
        state.update("fb_video", video_id, received=received)
    if received < int(size):
        return JSONResponse({"success": True})
    return _taken(call, video_id, call.sandbox.files.store(path.read_bytes()))


def _taken(call: Call, video_id: str, facts: Facts) -> Response:
    call.sandbox.state.update("fb_video", video_id, sha256=facts["sha256"], received=facts["size"])
    upload_path(call.sandbox, video_id).unlink(missing_ok=True)
    return JSONResponse({"success": True})
