"""What is no whole, still picture of a bearable size is refused with what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from content_samples import png_bytes, scene
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_intake import refusal, take
from PIL import Image, ImageFile

from medsos.errors import MaterialError


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
