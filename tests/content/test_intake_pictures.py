"""Pictures: what comes in, what goes out, what is refused and how it is said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from content_samples import png_bytes, scene
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from medsos.content.intake import TakenIn, take_in
from medsos.content.pictures import LONGEST_SIDE
from medsos.errors import MaterialError


def take(path: Path, work: Path, content_type: str = "foto_kegiatan") -> TakenIn:
    return take_in(path, content_type=content_type, into=work)


def refusal(path: Path, work: Path, content_type: str = "foto_kegiatan") -> str:
    with pytest.raises(MaterialError) as caught:
        take(path, work, content_type)
    assert len(caught.value.problems) == 1
    sentence = caught.value.problems[0]
    assert f"“{path.name}”" in sentence
    return sentence


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


def test_a_real_bomb_of_900_million_pixels_is_refused_without_decoding_it(intake, work, monkeypatch):
    path = intake / "bom.png"
    path.write_bytes(png_bytes(30_000, 30_000, with_pixels=True))
    assert path.stat().st_size < 200_000

    def decode(self: ImageFile.ImageFile) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    sentence = refusal(path, work)
    assert "paling banyak 64 juta piksel" in sentence
    assert "Perkecil" in sentence


@pytest.mark.parametrize(("width", "height"), [(8001, 8000), (10_000, 9_500), (14_000, 12_800)])
def test_pictures_just_over_the_pixel_limit_and_beyond_are_refused(intake, work, width, height):
    path = intake / "lebar.png"
    path.write_bytes(png_bytes(width, height))
    sentence = refusal(path, work)
    assert "paling banyak 64 juta piksel" in sentence
    assert "Perkecil" in sentence


def test_a_phone_jpeg_with_a_second_picture_inside_is_a_photo_not_an_animation(intake, work):
    path = intake / "potret.jpg"
    scene().save(path, "MPO", save_all=True, append_images=[scene(200, 150)])
    file = take(path, work)
    assert (file.media_type, file.width, file.height) == ("image/jpeg", 400, 300)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_photo_cut_off_while_copying_is_refused(jpeg, work, share):
    path = jpeg()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    sentence = refusal(path, work)
    assert "rusak atau tidak lengkap" in sentence
    assert "Salin ulang" in sentence


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIC"])
def test_other_pictures_cut_off_are_refused_too(intake, work, heic, kind):
    path = intake / f"potong.{kind.lower()}"
    if kind == "HEIC":
        heic(path.name)
    else:
        scene().save(path, kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert "Salin ulang" in refusal(path, work)


def test_a_moving_picture_is_refused_because_only_its_first_frame_would_be_shown(intake, work):
    path = intake / "gerak.webp"
    scene().save(path, "WEBP", save_all=True, append_images=[scene().rotate(180)], duration=100)
    sentence = refusal(path, work)
    assert "gambar bergerak" in sentence
    assert "Kirim gambar diam" in sentence


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "program Windows"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 200, "program"),
        (b"PK\x03\x04" + b"\0" * 200, "arsip ZIP"),
        (b"GIF89a" + b"\0" * 200, "gambar GIF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "gambar SVG"),
        (b"<svg/>", "gambar SVG"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "halaman HTML"),
        (b"catatan rapat biasa", "berkas jenis lain"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(intake, work, content, what):
    path = intake / "foto.jpg"
    path.write_bytes(content)
    sentence = refusal(path, work)
    assert what in sentence
    assert "Kirim gambar (JPEG, PNG, WebP, atau HEIC)" in sentence
    assert not work.exists()


def test_an_empty_file_is_refused(intake, work):
    path = intake / "kosong.jpg"
    path.touch()
    sentence = refusal(path, work)
    assert "kosong" in sentence
    assert "Salin ulang" in sentence


def test_a_missing_file_is_refused(intake, work):
    sentence = refusal(intake / "hilang.jpg", work)
    assert "Salin ulang ke folder masuk" in sentence


def test_a_file_over_the_size_limit_is_refused_before_it_is_copied(jpeg, work):
    path = jpeg()
    with path.open("r+b") as stream:
        stream.truncate(40_100_000)
    sentence = refusal(path, work)
    assert "40,1 MB" in sentence
    assert "paling besar 40 MB" in sentence
    assert "Perkecil" in sentence
    assert not work.exists()


def test_a_refused_photo_leaves_no_half_copied_file(jpeg, work):
    path = jpeg()
    path.write_bytes(path.read_bytes()[:-2000])
    refusal(path, work)
    assert not [file for file in work.iterdir() if file.name.startswith(".")]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.integers(min_value=20), junk=st.binary(min_size=1, max_size=40))
def test_a_damaged_photo_is_either_taken_or_refused_with_a_sentence(
    jpeg: Callable[..., Path], work: Path, place: int, junk: bytes
):
    path = jpeg("acak.jpg")
    whole = bytearray(path.read_bytes())
    start = place % len(whole)
    whole[start : start + len(junk)] = junk
    path.write_bytes(bytes(whole))
    sentences: list[str] = []
    try:
        take(path, work)
    except MaterialError as error:
        sentences = error.problems
    for sentence in sentences:
        assert sentence.startswith("Berkas “acak.jpg”")
    if not sentences:
        with Image.open(work / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.jpg") as image:
            assert image.format == "JPEG"
