"""Makes a real video that does not compress, so that it takes several pieces to send."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def noisy_video(path: Path, *, at_least: int) -> Path:
    """An MP4 of noise with at least so many bytes."""
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=10, options={"qp": "4", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        written = 0
        while written < at_least:
            pixels = noise.integers(0, 255, (480, 640, 3), dtype=np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                written += packet.size
                target.mux(packet)
        target.mux(stream.encode())
    return path
