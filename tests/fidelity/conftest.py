"""A running sandbox for clients that others have written, and media for them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests
from PIL import Image
from sdk_accounts import account, api, page, person

from medsos.sandbox.testing import running_sandbox

__all__ = ["account", "api", "page", "person"]

Tell = Callable[..., None]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield url


@pytest.fixture
def keys(sandbox: str) -> dict[str, dict[str, Any]]:
    return requests.get(f"{sandbox}/_inspect/accounts", timeout=20).json()


@pytest.fixture
def tell(sandbox: str) -> Tell:
    """Sets up the sandbox: `tell("clock", advance_seconds=9)`."""

    def post(what: str, **body: Any) -> None:
        requests.post(f"{sandbox}/_inspect/{what}", json=body, timeout=20).raise_for_status()

    return post


@pytest.fixture
def visible(sandbox: str) -> Callable[[str], list[dict[str, Any]]]:
    """The posts that anybody can see now, oldest first."""
    return lambda platform: requests.get(
        f"{sandbox}/_inspect/posts", params={"platform": platform}, timeout=20
    ).json()


@pytest.fixture
def picture() -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(7).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((1080, 1080)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@pytest.fixture
def picture_url(sandbox: str, keys: dict[str, dict[str, Any]], picture: bytes) -> str:
    """Where platforms can fetch the picture: the office's website."""
    web = keys["web"]
    answer = requests.post(
        f"{sandbox}/web/wp-json/wp/v2/media",
        data=picture,
        auth=(web["username"], web["application_password"]),
        headers={"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="foto.jpg"'},
        timeout=20,
    )
    answer.raise_for_status()
    return answer.json()["source_url"]


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of H.264, 540 × 960, index at the front."""
    path = tmp_path_factory.mktemp("video") / "video.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 540, 960, "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0"}
        for number in range(96):
            image = np.full((960, 540, 3), (number * 2) % 255, dtype=np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    return path.read_bytes()
