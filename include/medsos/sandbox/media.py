"""Looks into the real bytes of a picture, video or document, and keeps them as files."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageOps

from medsos.sandbox.state import State

Facts = dict[str, Any]
"""`sha256, size, type, ext` always; `width, height` for pictures and videos; `frames` for pictures;
`duration` (seconds), `fps`, `video_codec`, `audio_codec`, `moov_first`, `poster` (SHA-256) for videos;
`broken` when the bytes cannot be decoded to the end."""

_EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/bmp": "bmp",
    "image/tiff": "tif", "image/mpo": "mpo", "video/mp4": "mp4", "video/quicktime": "mov",
    "video/webm": "webm", "application/pdf": "pdf", "application/octet-stream": "bin",
}  # fmt: skip


class Files:
    """The files of one sandbox, named by their SHA-256."""

    def __init__(self, folder: Path, state: State) -> None:
        self._folder = folder
        self._state = state
        folder.mkdir(parents=True, exist_ok=True)

    def store(self, data: bytes) -> Facts:
        """Keep `data` and say what it is."""
        sha256 = hashlib.sha256(data).hexdigest()
        known = self._state.get("file", sha256)
        if known and self.path(sha256).exists():
            return known
        facts = inspect_bytes(data)
        poster = facts.pop("poster_bytes", None)
        if poster:
            facts["poster"] = self.store(poster)["sha256"]
        partial = self._folder / f"{sha256}.part"
        partial.write_bytes(data)
        partial.replace(self.path(sha256))
        return self._state.put("file", sha256, facts)

    def path(self, sha256: str) -> Path:
        return self._folder / sha256

    def facts(self, sha256: str) -> Facts:
        return self._state.get("file", sha256) or {}

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def clear(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()


def cdn_path(facts: Facts) -> str:
    """Where the pages of the sandbox load a file from."""
    return f"/cdn/{facts['sha256']}.{facts['ext']}"


def inspect_bytes(data: bytes) -> Facts:
    """Say what `data` is, by its content. `poster_bytes` holds a JPEG frame of a video."""
    facts: Facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "type": "application/octet-stream",
    }
    if data[:5] == b"%PDF-":
        facts["type"] = "application/pdf"
    elif _looks_like_video(data):
        facts.update(_video_facts(data))
    else:
        facts.update(_image_facts(data))
    facts["ext"] = _EXTENSIONS.get(facts["type"], "bin")
    return facts


def _looks_like_video(data: bytes) -> bool:
    return data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or data[:4] == b"\x1aE\xdf\xa3"


def _image_facts(data: bytes) -> Facts:
    try:
        with Image.open(io.BytesIO(data)) as image:
            facts: Facts = {
                "type": Image.MIME.get(image.format or "", f"image/{(image.format or '').lower()}"),
                "frames": getattr(image, "n_frames", 1),
                "mode": image.mode,
            }
            # Phones write the turn into EXIF; platforms look at the picture as shown.
            facts["width"], facts["height"] = ImageOps.exif_transpose(image).size
            return facts
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return _broken_image(data, error)


def _broken_image(data: bytes, error: Exception) -> Facts:
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = Image.MIME.get(image.format or "", "application/octet-stream")
            return {"type": kind, "broken": str(error), "width": image.width, "height": image.height}
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return {"broken": str(error)}


def _video_facts(data: bytes) -> Facts:
    kind = "video/webm" if data[:4] == b"\x1aE\xdf\xa3" else "video/mp4"
    if data[8:12] == b"qt  ":
        kind = "video/quicktime"
    facts: Facts = {"type": kind, "moov_first": _moov_first(data)}
    try:
        with av.open(io.BytesIO(data), "r") as container:
            if not container.streams.video:
                return {**facts, "broken": "no video stream"}
            stream = container.streams.video[0]
            audio = container.streams.audio[0] if container.streams.audio else None
            seconds = container.duration / av.time_base if container.duration else 0.0
            facts.update(
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                duration=round(float(seconds), 3),
                fps=round(float(stream.average_rate or 0), 3),
                video_codec=stream.codec_context.name,
                audio_codec=audio.codec_context.name if audio else None,
            )
            frame = next(container.decode(stream), None)
            if frame is None:
                return {**facts, "broken": "no frame could be decoded"}
            buffer = io.BytesIO()
            frame.to_image().save(buffer, "JPEG", quality=85)
            facts["poster_bytes"] = buffer.getvalue()
    except (OSError, ValueError, av.FFmpegError) as error:
        facts["broken"] = str(error)
    return facts


def _moov_first(data: bytes) -> bool:
    """Whether the index of an MP4 stands before its media data (platform contract, section 4.5)."""
    offset = 0
    while offset + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[offset : offset + 8])
        if name == b"moov":
            return True
        if name == b"mdat":
            return False
        if size == 1 and offset + 16 <= len(data):
            (size,) = struct.unpack(">Q", data[offset + 8 : offset + 16])
        if size < 8:
            return False
        offset += size
    return False
