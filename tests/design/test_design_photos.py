"""Photos on designs: cropped around faces, as collages, missing, damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medsos.content.request import CONTENT_TYPES
from medsos.design.crop import cells, crop_box, cropped, find_faces, open_photo
from medsos.design.painter import Composition
from medsos.errors import DesignError
from medsos.offices.model import CHANNELS

COLOURS = {"blue": (20, 60, 220), "green": (20, 180, 60), "violet": (150, 30, 200), "cyan": (0, 200, 210)}

GREY = (141, 141, 141)
"""What cyan is without colour; a condolence shows its photo so."""


def share_of(image: Image.Image, colour: tuple[int, int, int]) -> float:
    """Share of the picture's pixels that are about `colour`."""
    return float((np.abs(np.asarray(image).astype(int) - colour).max(axis=2) < 12).mean())


def test_the_face_is_found(photos: dict[str, Path]) -> None:
    (face,) = find_faces(photos["face"])
    assert 0.3 < face.left + face.width / 2 < 0.7
    assert 0.2 < face.top + face.height / 2 < 0.55


@pytest.mark.parametrize("ratio", [0.45, 0.56, 0.8, 1.0])
def test_the_crop_keeps_the_face_whole(photos: dict[str, Path], ratio: float) -> None:
    (face,) = find_faces(photos["face"])
    width, height = open_photo(photos["face"]).size
    left, top, right, bottom = crop_box(photos["face"], ratio, (0.5, 0.42))
    assert (right - left) / (bottom - top) == pytest.approx(ratio, rel=0.01)
    assert left <= face.left * width
    assert right >= (face.left + face.width) * width
    assert top <= face.top * height
    assert bottom >= (face.top + face.height) * height


def test_a_face_at_the_edge_of_a_wide_photo_is_followed(photos: dict[str, Path], tmp_path: Path) -> None:
    wide = Image.new("RGB", (2000, 600), (120, 130, 140))
    wide.paste(Image.open(photos["face"]).convert("RGB"), (1480, 0))
    wide.save(tmp_path / "wide.png")
    left, _, right, _ = crop_box(tmp_path / "wide.png", 1.0, (0.5, 0.42))
    (face,) = find_faces(tmp_path / "wide.png")
    assert left < face.left * 2000
    assert (face.left + face.width) * 2000 < right
    assert left > 1000


def test_a_very_flat_box_shows_the_whole_face_on_a_blurred_ground(
    photos: dict[str, Path], tmp_path: Path
) -> None:
    part = cropped(photos["face"], (1080, 290), (0.5, 0.42))
    part.save(tmp_path / "flat.png")
    (face,) = find_faces(tmp_path / "flat.png")
    assert face.top > 0
    assert face.top + face.height < 1
    assert part.size == (1080, 290)


def test_what_stands_out_is_kept_when_there_is_no_face(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1800, 600), (200, 205, 210))
    detail = np.random.default_rng(5).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    picture.paste(Image.fromarray(detail).resize((300, 300), Image.Resampling.NEAREST), (1350, 150))
    picture.save(tmp_path / "object.png")
    left, _, right, _ = crop_box(tmp_path / "object.png", 1.0, (0.5, 0.42))
    assert left <= 1350
    assert right >= 1650


def test_a_photo_that_still_carries_an_orientation_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "turned.jpg", exif=exif)
    assert open_photo(tmp_path / "turned.jpg").size == (600, 900)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("channel", CHANNELS)
def test_up_to_four_photos_of_an_activity_are_all_shown(
    design: Callable[..., Composition], photos: dict[str, Path], channel: str, count: int
) -> None:
    names = list(COLOURS)[:count]
    image = design("foto_kegiatan", channel, photos=tuple(photos[name] for name in names)).image
    for name in names:
        assert share_of(image, COLOURS[name]) > 0.03, name
    for name in list(COLOURS)[count:]:
        assert share_of(image, COLOURS[name]) < 0.001, name


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1000, 300), (400, 900), (600, 600)])
def test_the_cells_of_a_collage_fill_the_box_without_overlap(count: int, size: tuple[int, int]) -> None:
    parts = cells(count, *size, 10)
    assert len(parts) == count
    assert min(part.left for part in parts) == min(part.top for part in parts) == 0
    assert max(part.right for part in parts) == pytest.approx(size[0])
    assert max(part.bottom for part in parts) == pytest.approx(size[1])
    for i, a in enumerate(parts):
        for b in parts[i + 1 :]:
            assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top


@pytest.mark.parametrize("kind", CONTENT_TYPES)
@pytest.mark.parametrize("channel", ["facebook", "instagram", "x", "tiktok"])
def test_without_a_photo_there_is_a_variant_of_its_own_and_no_hole(
    design: Callable[..., Composition], photos: dict[str, Path], kind: str, channel: str
) -> None:
    with_photo = design(kind, channel, photos=(photos["cyan"],)).image
    without = design(kind, channel, photos=()).image
    shown = GREY if kind == "ucapan_duka" else COLOURS["cyan"]
    assert share_of(with_photo, shown) > 0.03
    assert share_of(without, shown) < 0.005
    # Where the photo stood there is a drawn ground, not one flat colour.
    place = np.abs(np.asarray(with_photo).astype(int) - shown).max(axis=2) < 12
    ground = np.asarray(without)[place]
    assert ground.std(axis=0).max() > 3


def test_a_condolence_shows_its_photo_without_colour(
    design: Callable[..., Composition], photos: dict[str, Path]
) -> None:
    assert (
        share_of(design("ucapan_duka", "instagram", photos=(photos["violet"],)).image, COLOURS["violet"]) == 0
    )


def test_a_damaged_photo_is_refused_with_its_name(design: Callable[..., Composition], tmp_path: Path) -> None:
    (tmp_path / "rusak.jpg").write_bytes(b"\xff\xd8\xff\xe0 bukan foto")
    with pytest.raises(DesignError, match=r"Foto rusak\.jpg tidak dapat dibaca"):
        design("foto_kegiatan", "web", photos=(tmp_path / "rusak.jpg",))
