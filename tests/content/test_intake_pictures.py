"""Pictures: what comes in, what goes out, what is refused and how it is said."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from content_samples import scene
from picture_intake import take
from PIL import Image, ImageCms

from medsos.content.pictures import LONGEST_SIDE


def red_corner(image: Image.Image) -> str:
    """In which corner the red square of the scene is."""
    width, height = image.size
    places = {
        "kiri atas": (5, 5),
        "kanan atas": (width - 6, 5),
        "kiri bawah": (5, height - 6),
        "kanan bawah": (width - 6, height - 6),
    }
    found = []
    for name, place in places.items():
        red, green, _ = image.getpixel(place)
        if red > 150 and green < 90:
            found.append(name)
    assert len(found) == 1
    return found[0]


def gps_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = "KameraRahasia 3000"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (3.0, 47.0, 30.0)
    gps[3], gps[4] = "E", (102.0, 15.0, 0.0)
    exif[0x8825] = gps
    return exif


def test_a_photo_loses_position_camera_comment_and_profile_but_the_original_is_kept(jpeg, work):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">Jalan Rahasia</x:xmpmeta>'
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = jpeg(exif=gps_exif(), xmp=xmp, comment=b"catatan pribadi", icc_profile=profile)
    before = source.read_bytes()
    assert b"KameraRahasia" in before
    assert b"Jalan Rahasia" in before

    file = take(source, work)

    clean = file.clean_path.read_bytes()
    for secret in (b"KameraRahasia", b"Jalan Rahasia", b"catatan pribadi", b"Exif", b"ICC_PROFILE", b"xmp"):
        assert secret not in clean
    with Image.open(file.clean_path) as image:
        assert not image.getexif()
        assert image.format == "JPEG"
        assert image.mode == "RGB"
    assert file.original_path.read_bytes() == before
    assert source.read_bytes() == before
    assert file.original_sha256 == hashlib.sha256(before).hexdigest()
    assert file.clean_sha256 == hashlib.sha256(clean).hexdigest()
    assert (file.size_bytes, file.clean_size_bytes) == (len(before), len(clean))
    assert (file.media_type, file.clean_media_type, file.kind) == ("image/jpeg", "image/jpeg", "picture")


@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [
        (1, "kiri atas", (400, 300)),
        (3, "kanan bawah", (400, 300)),
        (6, "kanan atas", (300, 400)),
        (8, "kiri bawah", (300, 400)),
    ],
)
def test_a_photo_taken_with_a_turned_phone_comes_out_upright(jpeg, work, orientation, corner, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = take(jpeg(exif=exif), work)
    with Image.open(file.clean_path) as image:
        assert image.size == size == (file.width, file.height)
        assert red_corner(image) == corner


def test_taking_in_the_same_photo_again_gives_the_same_bytes(jpeg, work):
    source = jpeg()
    assert take(source, work) == take(source, work)
    assert len(list(work.iterdir())) == 2


def test_heic_from_an_iphone_becomes_jpeg_without_its_position(heic, work):
    file = take(heic(exif=gps_exif().tobytes()), work)
    assert (file.media_type, file.clean_media_type) == ("image/heic", "image/jpeg")
    with Image.open(file.clean_path) as image:
        assert image.size == (400, 300)
        assert red_corner(image) == "kiri atas"
        assert not image.getexif()
    assert b"KameraRahasia" not in file.clean_path.read_bytes()


@pytest.mark.parametrize(("name", "kind"), [("foto.png", "PNG"), ("foto.webp", "WEBP")])
def test_png_and_webp_become_jpeg(intake, work, name, kind):
    path = intake / name
    scene().save(path, kind)
    file = take(path, work)
    assert file.media_type == f"image/{kind.lower()}"
    with Image.open(file.clean_path) as image:
        assert (image.format, image.size) == ("JPEG", (400, 300))


def test_transparent_parts_become_white(intake, work):
    path = intake / "logo.png"
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(path)
    with Image.open(take(path, work).clean_path) as image:
        assert min(image.getpixel((30, 30))) > 250


def test_a_transparent_palette_picture_becomes_white_too(intake, work):
    path = intake / "palet.png"
    Image.new("P", (60, 60), 0).save(path, transparency=0)
    with Image.open(take(path, work).clean_path) as image:
        assert min(image.getpixel((30, 30))) > 250


def test_sixteen_bit_scans_keep_their_greys(intake, work):
    path = intake / "pindai.png"
    Image.new("I;16", (60, 60), 128 * 257).save(path)
    with Image.open(take(path, work).clean_path) as image:
        assert all(abs(part - 128) <= 2 for part in image.getpixel((30, 30)))


def test_a_print_photo_in_cmyk_becomes_rgb(intake, work):
    path = intake / "cetak.jpg"
    Image.new("CMYK", (60, 60), (0, 255, 255, 0)).save(path)
    with Image.open(take(path, work).clean_path) as image:
        red, green, blue = image.getpixel((30, 30))
        assert red > 180
        assert max(green, blue) < 90


def test_colours_of_a_foreign_profile_are_converted_not_just_dropped(jpeg, work):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A colour space in which red and green have changed places.
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    file = take(jpeg(image=Image.new("RGB", (60, 60), (200, 20, 20)), icc_profile=swapped), work)
    with Image.open(file.clean_path) as image:
        assert "icc_profile" not in image.info
        red, green, _ = image.getpixel((30, 30))
        assert green > 150 > 90 > red


def test_a_broken_colour_profile_does_not_cost_the_photo(jpeg, work):
    file = take(jpeg(icc_profile=b"bukan profil"), work)
    assert file.width == 400


def test_a_very_large_photo_is_made_smaller_and_its_original_kept(jpeg, work):
    file = take(jpeg("besar.jpg", scene(6000, 4000)), work)
    assert (file.width, file.height) == (LONGEST_SIDE, round(LONGEST_SIDE * 2 / 3))
    with Image.open(file.original_path) as original:
        assert original.size == (6000, 4000)


def test_the_name_does_not_decide_a_png_named_jpg_is_taken_as_png(intake, work):
    path = intake / "foto.jpg"
    scene().save(path, "PNG")
    file = take(path, work)
    assert file.media_type == "image/png"
    assert file.original_path.suffix == ".png"


def test_a_phone_jpeg_with_a_second_picture_inside_is_a_photo_not_an_animation(intake, work):
    path = intake / "potret.jpg"
    scene().save(path, "MPO", save_all=True, append_images=[scene(200, 150)])
    file = take(path, work)
    assert (file.media_type, file.width, file.height) == ("image/jpeg", 400, 300)


def test_a_picture_of_pure_noise_is_encoded_too(jpeg, work):
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    file = take(jpeg(image=Image.fromarray(noise)), work)
    assert file.clean_path.read_bytes().startswith(b"\xff\xd8")
