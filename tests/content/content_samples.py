"""Makes the contents of small real files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import numpy as np
from PIL import Image


def scene(width: int = 400, height: int = 300) -> Image.Image:
    """A picture with content: a gradient with a red square in its upper left corner."""
    ramp = np.linspace(0, 255, width, dtype=np.uint8)
    pixels = np.stack([np.tile(ramp, (height, 1))] * 3, axis=2)
    pixels[: height // 4, : width // 4] = (220, 20, 20)
    return Image.fromarray(pixels, "RGB")


def video_bytes(
    shades: list[int],
    *,
    size: tuple[int, int] = (320, 240),
    codec: str = "libx264",
    rate: int = 10,
    container: str = "mp4",
    options: dict[str, str] | None = None,
) -> bytes:
    """A video of ten frames per entry: each a scene under a shade (0 black, 255 full light)."""
    with (
        NamedTemporaryFile(suffix=f".{container}") as out,
        av.open(out.name, "w", format=container, options=options or {}) as target,
    ):
        stream = target.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stripes = np.array(scene(*size)).astype(np.float32)
        stripes[::8] = 255 - stripes[::8]
        for shade in shades:
            pixels = (stripes * shade / 255).astype(np.uint8)
            for _ in range(rate):
                target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        target.mux(stream.encode())
        target.close()
        return Path(out.name).read_bytes()


def png_bytes(width: int, height: int, *, with_pixels: bool = False) -> bytes:
    """A black-and-white PNG of that size; without pixels it only claims it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height if with_pixels else 0)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
