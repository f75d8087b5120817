"""Small real files, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from content_samples import scene, video_bytes
from PIL import Image
from pypdf import PdfWriter

from medsos.offices.model import Office, load_office
from medsos.settings import DEFAULT_DATA_DIR


@pytest.fixture
def intake(tmp_path: Path) -> Path:
    folder = tmp_path / "masuk"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "kerja"


@pytest.fixture(scope="session")
def office() -> Office:
    return load_office(DEFAULT_DATA_DIR / "offices", "kota-bengkulu")


@pytest.fixture
def jpeg(intake: Path) -> Callable[..., Path]:
    def make(name: str = "foto.jpg", image: Image.Image | None = None, **options: object) -> Path:
        path = intake / name
        (image or scene()).save(path, "JPEG", quality=90, **options)
        return path

    return make


@pytest.fixture
def heic(intake: Path) -> Callable[..., Path]:
    def make(name: str = "foto.heic", **options: object) -> Path:
        path = intake / name
        pillow_heif.from_pillow(scene()).save(path, quality=80, **options)
        return path

    return make


@pytest.fixture
def mp4(intake: Path) -> Callable[..., Path]:
    def make(name: str = "video.mp4", shades: list[int] | None = None, **options: object) -> Path:
        path = intake / name
        path.write_bytes(video_bytes(shades or [200, 200], **options))
        return path

    return make


@pytest.fixture
def pdf(intake: Path) -> Callable[..., Path]:
    def make(name: str = "keputusan.pdf", *, pages: int = 2, change: Callable | None = None) -> Path:
        writer = PdfWriter()
        for _ in range(pages):
            writer.add_blank_page(595, 842)
        if change:
            change(writer)
        path = intake / name
        with path.open("wb") as out:
            writer.write(out)
        return path

    return make
