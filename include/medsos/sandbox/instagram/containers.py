"""Instagram's containers: made, filled, uploaded to, waited for (platform contract, sections 4.2 and 4.3)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from medsos.sandbox import ids
from medsos.sandbox.fetching import FetchFailed, fetch
from medsos.sandbox.graph.errors import GraphError, invalid
from medsos.sandbox.graph.fields import select
from medsos.sandbox.graph.host import Graph, documents_are_nodes, edge
from medsos.sandbox.graph.tokens import identify
from medsos.sandbox.instagram import rules
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.wire import ReadCall

CONTAINER_SECONDS = 86400

documents_are_nodes("ig_container", "ig_container")
router = APIRouter()


@edge("POST", "ig_user", "media")
def create_container(request: Graph) -> dict[str, Any]:
    call, sandbox = request.call, request.sandbox
    request.need_permission("instagram_content_publish")
    media_type = call.text("media_type").upper() or "IMAGE"
    child = call.flag("is_carousel_item", False)
    if media_type not in ("IMAGE", "REELS", "STORIES", "CAROUSEL", "VIDEO"):
        raise rules.error("unknown_type")
    if media_type == "VIDEO" and not child:
        raise rules.error("unknown_type", "use media_type REELS to publish a video")
    if child and media_type not in ("IMAGE", "VIDEO"):
        raise rules.error("unknown_type", "a carousel holds images and videos")
    rules.check_people(call, media_type)
    caption = "" if child or media_type == "STORIES" else call.text("caption")
    rules.check_caption(caption)
    _check_daily_containers(request)
    container: Document = {
        "id": ids.instagram_id(),
        "media_type": media_type,
        "caption": caption,
        "alt_text": _alt_text(request, media_type),
        "child": child,
        "media": [],
        "alt_texts": [],
        "cover": None,
        "thumb_offset": request.number("thumb_offset", 0),
        "error": None,
        "published_at": None,
        "waits_for_upload": False,
        "created_at": sandbox.state.time(),
    }
    if media_type == "CAROUSEL":
        _fill_carousel(request, container)
    else:
        _fill_media(request, container)
    container["error"] = container["error"] or rules.reason(call.processing_fault("instagram"))
    container["ready_at"] = sandbox.ready_at()
    sandbox.state.put("ig_container", container["id"], container)
    answer = {"id": container["id"]}
    if container["waits_for_upload"]:
        path = f"/rupload/ig-api-upload/{request.version}/{container['id']}"
        answer["uri"] = sandbox.url(path)
    return answer


def _check_daily_containers(request: Graph) -> None:
    since = request.sandbox.state.time() - 86400
    made = sum(c["created_at"] > since for c in request.sandbox.state.all("ig_container"))
    if made >= int(request.sandbox.state.setting("instagram_containers_per_day")):
        raise rules.error("publishing_limit", "too many containers")


def _alt_text(request: Graph, media_type: str) -> str:
    text = request.call.text("alt_text")
    if text and media_type != "IMAGE":
        raise invalid("alt_text is only supported for images")
    if len(text) > rules.ALT_TEXT_LENGTH:
        raise invalid(f"alt_text must be no longer than {rules.ALT_TEXT_LENGTH} characters")
    return text


def _fill_carousel(request: Graph, container: Document) -> None:
    children = request.call.structure("children") or []
    if isinstance(children, str):
        children = [part.strip() for part in children.split(",") if part.strip()]
    if not rules.CAROUSEL_CHILDREN[0] <= len(children) <= rules.CAROUSEL_CHILDREN[1]:
        raise rules.error("children")
    for id_ in children:
        child = request.sandbox.state.get("ig_container", str(id_))
        if child is None or not child["child"]:
            raise rules.error("not_found", str(id_))
        code = status_code(request, child)
        if code != "FINISHED":
            refusals = {"EXPIRED": "expired", "ERROR": child["error"], "PUBLISHED": "not_usable"}
            raise rules.error(refusals.get(code, "not_ready"), str(id_))
        container["media"] += child["media"]
        container["alt_texts"] += [child["alt_text"]]


def _fill_media(request: Graph, container: Document) -> None:
    call = request.call
    image_url, video_url = call.text("image_url"), call.text("video_url")
    if call.text("upload_type") == "resumable":
        if container["media_type"] not in ("REELS", "STORIES", "VIDEO"):
            raise invalid("upload_type=resumable is only supported for videos")
        container["waits_for_upload"] = True
    elif image_url and container["media_type"] in ("IMAGE", "STORIES"):
        _fill_image(request, container, image_url)
    elif video_url and container["media_type"] in ("REELS", "STORIES", "VIDEO"):
        _fill_video(request, container, video_url)
    else:
        raise GraphError(9004, "Only photo or video can be accepted as media type.", subcode=2207052)
    if call.text("cover_url"):
        facts = request.sandbox.files.store(_fetch(request, call.text("cover_url"), rules.IMAGE_BYTES))
        container["cover"] = facts["sha256"]


def _fetch(request: Graph, url: str, max_bytes: int) -> bytes:
    timeout = float(request.sandbox.state.setting("fetch_timeout_seconds"))
    try:
        return fetch(url, max_bytes=max_bytes, timeout=timeout)
    except FetchFailed as failure:
        if failure.too_large:
            raise rules.error("image_size" if max_bytes == rules.IMAGE_BYTES else "video_format") from failure
        raise rules.error("too_slow" if failure.too_slow else "not_fetched", str(failure)) from failure


def _fill_image(request: Graph, container: Document, url: str) -> None:
    facts = request.sandbox.files.store(_fetch(request, url, rules.IMAGE_BYTES))
    rules.check_image(facts)
    container["media"] = [facts["sha256"]]
    container["alt_texts"] = [container["alt_text"]]


def _fill_video(request: Graph, container: Document, url: str) -> None:
    """A video's faults show later, in the container's status."""
    try:
        data = _fetch(request, url, rules.REEL_BYTES)
    except GraphError as error:
        fetched = error.body["error"].get("error_subcode") == rules.ERRORS["video_format"][1]
        container["error"] = "video_format" if fetched else "video_download"
        return
    _take_video(container, request.sandbox.files.store(data))


def _take_video(container: Document, facts: Facts) -> None:
    fault = rules.video_fault(facts, container["media_type"])
    if fault is None and container.get("thumb_offset", 0) > facts["duration"] * 1000:
        fault = "thumb_offset"
    container["error"] = fault
    container["media"] = [facts["sha256"]]
    container["alt_texts"] = [""]


@router.post("/rupload/ig-api-upload/{version}/{container_id}")
def upload_container(call: ReadCall, version: str, container_id: str) -> Response:
    """Resumable upload of a video (section 4.2)."""
    sandbox, state = call.sandbox, call.sandbox.state
    host = "instagram-graph" if state.get("access_token:instagram", call.bearer or "") else "graph"
    identify(call, host)
    container = state.get("ig_container", container_id)
    if container is None or not container["waits_for_upload"]:
        return _upload_failed("The container does not wait for an upload", 404)
    data = call.body
    url = call.headers.get("file_url")
    if url:
        try:
            timeout = float(state.setting("fetch_timeout_seconds"))
            data = fetch(url, max_bytes=rules.REEL_BYTES, timeout=timeout)
        except FetchFailed as failure:
            return _upload_failed(str(failure), 400)
    elif call.headers.get("offset") != "0" or call.headers.get("file_size") != str(len(data)) or not data:
        return _upload_failed("The sent bytes do not match the headers offset and file_size", 400)
    facts = sandbox.files.store(data)
    with state.transaction():
        container = state.get("ig_container", container_id) or container
        if not container["waits_for_upload"]:
            return _upload_failed("The container does not wait for an upload", 404)
        _take_video(container, facts)
        container["error"] = container["error"] or rules.reason(call.processing_fault("instagram"))
        container.update(waits_for_upload=False, ready_at=sandbox.ready_at())
        state.put("ig_container", container_id, container)
    return JSONResponse({"success": True, "message": "Upload successful. Video is being processed."})


def _upload_failed(message: str, status: int) -> Response:
    debug = {"retriable": False, "type": "ProcessingFailedError", "message": message}
    return JSONResponse({"debug_info": debug}, status)


def status_code(request: Graph, container: Document) -> str:
    """The container's state by the clock, without counting as a read."""
    now = request.sandbox.state.time()
    if container["published_at"]:
        return "PUBLISHED"
    if now - container["created_at"] > CONTAINER_SECONDS:
        return "EXPIRED"
    if container["waits_for_upload"] or now < container["ready_at"]:
        return "IN_PROGRESS"
    return "ERROR" if container["error"] else "FINISHED"


@edge("GET", "ig_container")
def read_container(request: Graph) -> dict[str, Any]:
    container = request.sandbox.state.get("ig_container", request.node_id) or {}
    code = status_code(request, container)
    if code in ("FINISHED", "ERROR") and not request.sandbox.is_ready("ig_container", container["id"]):
        code = "IN_PROGRESS"
    elif code == "IN_PROGRESS":
        request.sandbox.state.update("ig_container", container["id"], reads=container.get("reads", 0) + 1)
    prose = {
        "IN_PROGRESS": "In Progress: Media is still being processed.",
        "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
        "PUBLISHED": "Published: Media has been already published.",
        "EXPIRED": "Expired: The container was not published within 24 hours.",
        "ERROR": "",
    }
    status = prose[code]
    if code == "ERROR":
        status = f"Error: Media upload has failed with error code {rules.ERRORS[container['error']][1]}"
    node = {"id": container["id"], "status_code": code, "status": status, "copyright_check_status": None}
    return select(request, node, ("id",), "IGContainer")
