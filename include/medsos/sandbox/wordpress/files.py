"""The smaller pictures that WordPress makes of an upload (platform contract, section 2.4)."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageOps

from medsos.sandbox.context import Sandbox
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document

# Core's sizes: largest width and height; the thumbnail alone is cut to a square.
SIZES = {"medium": (300, 300), "large": (1024, 1024), "thumbnail": (150, 150), "medium_large": (768, 10**6),
         "1536x1536": (1536, 1536), "2048x2048": (2048, 2048)}  # fmt: skip
_CROPPED = "thumbnail"


def smaller(media: Document, facts: Facts) -> dict[str, dict[str, Any]]:
    """Name, width and height of each size that is smaller than the picture itself."""
    stem, _, extension = media["file"].rpartition("/")[2].rpartition(".")
    made = {}
    for name, (most_wide, most_high) in SIZES.items():
        width, height = min(most_wide, facts["width"]), min(most_high, facts["height"])
        if name != _CROPPED:
            scale = min(most_wide / facts["width"], most_high / facts["height"])
            width, height = (max(1, round(side * scale)) for side in (facts["width"], facts["height"]))
        if width < facts["width"] or height < facts["height"]:
            made[name] = {"file": f"{stem}-{width}x{height}.{extension}", "width": width, "height": height}
    return made


def find_file(sandbox: Sandbox, path: str) -> Facts:
    """What lies under `wp-content/uploads/{path}`: an upload, or a smaller picture of one; or nothing."""
    for media in sandbox.state.all("wp_media"):
        facts = sandbox.files.facts(media["sha256"])
        if media["file"] == path:
            return facts
        if not media["mime_type"].startswith("image/"):
            continue
        folder = media["file"].rpartition("/")[0]
        for size in smaller(media, facts).values():
            if f"{folder}/{size['file']}" == path:
                return _resized(sandbox, facts, size["width"], size["height"])
    return {}


def _resized(sandbox: Sandbox, facts: Facts, width: int, height: int) -> Facts:
    key = f"{facts['sha256']}-{width}x{height}"
    known = sandbox.state.get("wp_size", key)
    if known:
        return sandbox.files.facts(known["sha256"])
    with Image.open(io.BytesIO(sandbox.files.read(facts["sha256"]))) as image:
        buffer = io.BytesIO()
        upright = ImageOps.exif_transpose(image)
        ImageOps.fit(upright, (width, height)).save(buffer, image.format)
    stored = sandbox.files.store(buffer.getvalue())
    sandbox.state.put("wp_size", key, {"sha256": stored["sha256"]})
    return stored
