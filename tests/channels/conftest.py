"""A running sandbox and small real media files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from training_platforms import Sandbox

from builders import media_of
from medsos.channels.base import Media, Post
from medsos.sandbox.testing import running_sandbox
from memory_journal import MemoryJournal


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield Sandbox(url)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Media]:
    """Makes a JPEG; each name gives other pixels."""

    def make(name: str = "foto", size: tuple[int, int] = (1080, 1080)) -> Media:
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        noise = np.random.default_rng(seed).integers(
            0, 255, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8
        )
        path = tmp_path / f"{name}.jpg"
        Image.fromarray(noise).resize(size).save(path, quality=85)
        return media_of(path, "image/jpeg", width=size[0], height=size[1], alt_text=f"Foto {name}")

    return make


@pytest.fixture(scope="session")
def video_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of H.264 with sound, 540 × 960, 24 frames a second, index at the front."""
    path = tmp_path_factory.mktemp("video") / "video.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        video = out.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 540, 960, "yuv420p"
        video.options = {"preset": "ultrafast", "bf": "0"}
        sound = out.add_stream("aac", rate=44_100, layout="mono")
        for number in range(96):
            image = np.full((960, 540, 3), (number * 2) % 255, dtype=np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(video.encode(None))
        for number in range(4 * 44_100 // 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1024, Fraction(1, 44_100)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path.read_bytes()


@pytest.fixture
def video(tmp_path: Path, video_bytes: bytes) -> Media:
    path = tmp_path / "video.mp4"
    path.write_bytes(video_bytes)
    return media_of(path, "video/mp4", width=540, height=960, duration_seconds=4.0)


@pytest.fixture
def post(picture: Callable[..., Media]) -> Post:
    return Post(key="rapat-k7", text="Rapat kerja & koordinasi.", title="Rapat", media=(picture(),))
