"""All thirty designs look as they did when somebody last looked at them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medsos.content.request import CONTENT_TYPES
from medsos.design.model import DesignRequest
from medsos.design.render import MAX_BYTES, render_design
from medsos.design.sheet import golden, golden_name, main
from medsos.offices.model import CHANNELS

GOLDENS = Path(__file__).resolve().parents[1] / "golden" / "designs"
TOLERANCE = 3.0
"""Root of the mean square difference per pixel, of 255; leaves room for another version of FreeType."""

SIZES = {
    "web": (1200, 675),
    "facebook": (1080, 1080),
    "instagram": (1080, 1350),
    "x": (1600, 900),
    "tiktok": (1080, 1920),
}
ALL = [(kind, channel) for kind in CONTENT_TYPES for channel in CHANNELS]


def difference(picture: Image.Image, kind: str, channel: str) -> float:
    kept = (GOLDENS / golden_name(kind, channel)).read_bytes()
    expected, found = (np.asarray(Image.open(io.BytesIO(b)), dtype=float) for b in (kept, golden(picture)))
    return float(np.sqrt(np.mean((found - expected) ** 2)))


@pytest.mark.parametrize(("kind", "channel"), ALL)
def test_design_looks_like_its_golden_picture(
    request_of: Callable[..., DesignRequest], kind: str, channel: str
) -> None:
    rendered = render_design(request_of(kind, channel))
    with Image.open(io.BytesIO(rendered.jpeg)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", SIZES[channel])
        assert not picture.getexif()
        assert (rendered.width, rendered.height) == SIZES[channel]
        assert rendered.notes == ()
        assert difference(picture, kind, channel) < TOLERANCE


@pytest.mark.parametrize("channel", CHANNELS)
def test_another_headline_is_noticed(request_of: Callable[..., DesignRequest], channel: str) -> None:
    rendered = render_design(request_of("produk_hukum", channel, headline="Judul yang sama sekali lain"))
    assert difference(Image.open(io.BytesIO(rendered.jpeg)), "produk_hukum", channel) > TOLERANCE


def test_there_is_a_golden_picture_for_every_design_and_no_other() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == {golden_name(kind, channel) for kind, channel in ALL}
    assert sum(path.stat().st_size for path in GOLDENS.iterdir()) < 2_000_000


def test_even_the_busiest_photos_stay_below_four_megabytes(
    request_of: Callable[..., DesignRequest], tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1600, 2000, 3), dtype=np.uint8)
    path = tmp_path / "noise.png"
    Image.fromarray(noise).save(path)
    for kind, channel in (("video", "tiktok"), ("foto_kegiatan", "x")):
        assert len(render_design(request_of(kind, channel, photos=(path,) * 4)).jpeg) < MAX_BYTES


def test_the_sheet_shows_all_designs_in_one_small_file(tmp_path: Path) -> None:
    main([str(tmp_path / "docs" / "designs.png")])
    assert (tmp_path / "docs" / "designs.png").stat().st_size < 1_500_000
    with Image.open(tmp_path / "docs" / "designs.png") as sheet:
        assert sheet.width > 1500
        assert sheet.height > 1500
