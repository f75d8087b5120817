"""A running sandbox and media to send to it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import requests
from PIL import Image, ImageDraw

from medsos.sandbox.testing import running_sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        set_up(url, processing_seconds=0.3, tiktok_moderation_seconds=0.3)
        yield url


@pytest.fixture
def keys(sandbox: str) -> dict[str, dict]:
    """The training keys, as a stack that makes connections would read them."""
    return requests.get(f"{sandbox}/_inspect/accounts", timeout=10).json()


@pytest.fixture
def visible(sandbox: str) -> Callable[[], list[dict]]:
    """The posts that anybody can see now."""
    return lambda: requests.get(f"{sandbox}/_inspect/posts", timeout=10).json()


def set_up(url: str, **settings: object) -> None:
    requests.post(f"{url}/_inspect/settings", json=settings, timeout=10).raise_for_status()


def tell(url: str, what: str, **body: object) -> None:
    """Use the control API: `tell(sandbox, "clock", advance_seconds=9)`."""
    requests.post(f"{url}/_inspect/{what}", json=body, timeout=10).raise_for_status()


def picture(width: int = 1080, height: int = 1080, kind: str = "JPEG") -> bytes:
    image = Image.new("RGB", (width, height), "#8f1d2c")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((width // 8, height // 8, width * 7 // 8, height * 7 // 8), fill="#f4e4c9")
    drawing.ellipse((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill="#c2562f")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def video(
    seconds: float = 4, width: int = 540, height: int = 960, fps: int = 30, noise: bool = False
) -> bytes:
    """An H.264 MP4 with its index at the front. `noise` makes it big."""
    random = np.random.default_rng(1)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        with av.open(file.name, "w", options={"movflags": "faststart"}) as container:
            stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "18"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for index in range(int(seconds * fps)):
                pixels = np.full((height, width, 3), (143, 29 + index % 60, 44), np.uint8)
                if noise:
                    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
        return Path(file.name).read_bytes()


def pdf() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(buffer, "PDF")
    return buffer.getvalue()


def web_picture(
    url: str, keys: dict[str, dict], data: bytes, name: str = "foto.jpg", kind: str = "image/jpeg"
) -> str:
    """Put a file into the website's media library and give its public address."""
    answer = requests.post(
        f"{url}/web/wp-json/wp/v2/media", data=data, auth=web_auth(keys),
        headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}, timeout=30,
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return answer.json()["source_url"]


def web_auth(keys: dict[str, dict]) -> tuple[str, str]:
    return keys["web"]["username"], keys["web"]["application_password"]
