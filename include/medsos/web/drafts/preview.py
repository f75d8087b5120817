"""The live preview of a request: words and pictures per channel, made from the draft as it is stored."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from medsos.content.request import ContentRequest
from medsos.content.sketch import sketch_request
from medsos.design.layout import load_canvases
from medsos.drafts.handover import request_values
from medsos.drafts.uploads import picture_path
from medsos.errors import DesignError
from medsos.offices.model import CHANNELS, load_brand
from medsos.operators.preview import ChannelPreview, preview_picture, preview_texts
from medsos.settings import load_settings
from medsos.store.models import DraftFile
from medsos.web.drafts.view import RequestView, read_view
from medsos.web.drafts.workshop import at_work
from medsos.web.thumbnails import MEDIA_TYPE, WIDTHS, thumbnail
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter(prefix="/ajukan/{draft_id}")

_KEPT = 24
"""Pictures of full size in memory: about five requests, some hundred kilobytes each."""

_lock = Lock()
_drawn: OrderedDict[tuple[str, str], bytes] = OrderedDict()

_FOR_THIS_VERSION = "private, max-age=3600"
_NEVER = "no-store"


@dataclass(frozen=True)
class Shown:
    """A channel with the address of its picture's version and its size in pixels."""

    texts: ChannelPreview
    version: str
    width: int
    height: int


@dataclass(frozen=True)
class Preview:
    """What would go out. `headline` and `summary` stand on the pictures."""

    headline: str
    summary: str
    channels: tuple[Shown, ...]


def preview_of(view: RequestView) -> Preview:
    """The words of every channel, and where their pictures are; nothing is drawn yet."""
    sketch = _sketch(view)
    shapes = [
        (file.width, file.height, file.duration_seconds) for file in view.whole_files if file.kind == "video"
    ]
    plan, channels = preview_texts(sketch, view.office, shapes)
    version = version_of(view, sketch)
    shown = [Shown(item, version, *_size(item.channel)) for item in channels]
    return Preview(plan.headline, plan.summary, tuple(shown))


def _size(channel: str) -> tuple[int, int]:
    canvases = load_canvases()
    size = canvases.channels[channel]
    canvas = canvases.formats[size.format]
    return size.width, round(canvas.height * size.width / canvas.width)


def version_of(view: RequestView, sketch: ContentRequest) -> str:
    """Changes with everything that shows on a picture."""
    shows = {
        "office": view.office.slug,
        "request": sketch.model_dump(mode="json", exclude={"channels"}),
        "pictures": [file.sha256 for file in view.whole_files],
    }
    return hashlib.sha256(json.dumps(shows, sort_keys=True).encode()).hexdigest()[:20]


def photos_of(files: Sequence[DraftFile]) -> list[Path]:
    """The pictures in the order in which a round takes them: the frame of a video goes first."""
    videos = [file for file in reversed(files) if file.kind == "video"]
    return [picture_path(file) for file in [*videos, *(file for file in files if file.kind == "picture")]]


@router.get("/gambar/{channel}")
async def picture(
    draft_id: str, channel: str, visitor: VisitorDep, v: str = "", lebar: int | None = None
) -> Response:
    """The picture of a channel; `?lebar=400` the small one. Of a version that is past nothing is drawn."""
    if channel not in CHANNELS or (lebar is not None and lebar not in WIDTHS):
        raise HTTPException(404)
    await run_in_threadpool(read_view, draft_id, visitor)
    try:
        drawn = await at_work("gambar", _draw, draft_id, channel, visitor, v, lebar)
    except DesignError as error:
        return PlainTextResponse(str(error), status_code=422)
    data, current = drawn
    return Response(
        data,
        media_type="image/jpeg" if lebar is None else MEDIA_TYPE,
        headers={"Cache-Control": _FOR_THIS_VERSION if v == current else _NEVER},
    )


def _draw(draft_id: str, channel: str, visitor: Visitor, wanted: str, width: int | None) -> tuple[bytes, str]:
    """The picture and its version. Whoever typed on meanwhile does not wait for what is past."""
    view = read_view(draft_id, visitor)
    sketch = _sketch(view)
    version = version_of(view, sketch)
    if wanted and wanted != version:
        raise HTTPException(404)
    with _lock:
        jpeg = _drawn.get((version, channel))
    if jpeg is None:
        brand = load_brand(load_settings().offices_dir, view.office.slug)
        photos = photos_of(view.whole_files)
        jpeg = preview_picture(sketch, view.office, brand, channel, photos).jpeg  # type: ignore[arg-type]
        with _lock:
            _drawn[version, channel] = jpeg
            while len(_drawn) > _KEPT:
                _drawn.popitem(last=False)
    if width is None:
        return jpeg, version
    return thumbnail(jpeg, sha256=hashlib.sha256(jpeg).hexdigest(), width=width), version


def _sketch(view: RequestView) -> ContentRequest:
    values = request_values(view.draft, view.whole_files, view.office)
    return sketch_request(values, offered_channels=view.office.offered_channels)
