"""Posts held against the declared limits, without any call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from medsos.channels.base import Media, Post
from medsos.channels.limits import (
    CHARACTERS,
    LIMITS,
    UTF16,
    X_WEIGHTED,
    channel_text_length,
    check_limits,
    text_length,
)
from medsos.channels.registry import CLIENTS, client_class

MB = 1024 * 1024


def image(**changes: Any) -> Media:
    facts = {
        "path": Path("foto.jpg"),
        "media_type": "image/jpeg",
        "sha256": "0" * 64,
        "size_bytes": 400_000,
        "width": 1080,
        "height": 1350,
        "alt_text": "Rapat",
    }
    return Media(**(facts | changes))


def clip(**changes: Any) -> Media:
    facts = {
        "path": Path("video.mp4"),
        "media_type": "video/mp4",
        "sha256": "1" * 64,
        "size_bytes": 4 * MB,
        "width": 720,
        "height": 1280,
        "duration_seconds": 20.0,
    }
    return Media(**(facts | changes))


def problems(channel: str, **fields: Any) -> list[str]:
    post = Post(**({"key": "k", "title": "Rapat", "text": "Rapat kerja", "media": (image(),)} | fields))
    return check_limits(channel, LIMITS[channel], post)


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        (CHARACTERS, "Pemilu", 6),
        (CHARACTERS, "e\u0301", 1),
        (UTF16, "😷", 2),
        (UTF16, "Pemilu", 6),
        (X_WEIGHTED, "Pemilu", 6),
        (X_WEIGHTED, "https://kota-bengkulu.kpu.go.id/artikel/yang/panjang/sekali/dan/terus", 23),
        (X_WEIGHTED, "選挙", 4),
        (X_WEIGHTED, "👨‍👩‍👧‍👦", 2),
        (X_WEIGHTED, "", 0),
    ],
)
def test_text_is_counted_as_the_platform_counts_it(unit: str, text: str, length: int) -> None:
    assert text_length(unit, text) == length


def test_every_channel_counts_in_its_own_unit() -> None:
    assert {channel: channel_text_length(channel, "😷") for channel in LIMITS} == {
        "web": 1,
        "facebook": 1,
        "instagram": 1,
        "x": 2,
        "tiktok": 2,
    }


@pytest.mark.parametrize("channel", list(LIMITS))
def test_an_ordinary_picture_post_breaks_no_limit(channel: str) -> None:
    assert problems(channel) == []


@pytest.mark.parametrize("channel", list(LIMITS))
def test_an_ordinary_video_post_breaks_no_limit(channel: str) -> None:
    assert problems(channel, media=(clip(),)) == []


@pytest.mark.parametrize(
    ("channel", "limit"), [("facebook", 63_206), ("instagram", 2_200), ("x", 280), ("tiktok", 2_200)]
)
def test_text_may_reach_its_limit_and_no_more(channel: str, limit: int) -> None:
    assert problems(channel, text="a" * limit) == []
    [problem] = problems(channel, text="a" * (limit + 1))
    assert "teks" in problem
    assert "kurangi 1." in problem


def test_a_website_article_may_be_long() -> None:
    assert problems("web", text="a" * 500_000) == []


@pytest.mark.parametrize(
    ("channel", "fields", "says"),
    [
        ("instagram", {"text": " ".join(f"#tag{n}a" for n in range(31))}, "31, paling banyak 30 tagar"),
        ("instagram", {"text": " ".join(f"@akun{n}" for n in range(21))}, "21, paling banyak 20 sebutan"),
        ("instagram", {"media": ()}, "wajib disertai gambar atau video"),
        ("tiktok", {"media": ()}, "wajib disertai gambar atau video"),
        ("facebook", {"media": (), "text": "  "}, "teks dan media kosong"),
        ("tiktok", {"title": "a" * 91}, "judul 91, paling banyak 90"),
        ("tiktok", {"title": "😷" * 46}, "judul 92, paling banyak 90"),
        ("instagram", {"media": (image(media_type="image/png"),)}, "berjenis image/png; yang diterima JPEG"),
        ("tiktok", {"media": (image(media_type="image/png"),)}, "yang diterima JPEG, WEBP"),
        ("x", {"media": (image(size_bytes=5 * MB + 1),)}, "paling besar 5 MB"),
        ("facebook", {"media": (image(size_bytes=10 * MB),)}, "berukuran 10 MB"),
        ("facebook", {"media": (image(size_bytes=0),)}, "kosong"),
        ("instagram", {"media": (image(height=1400),)}, "harus antara 0,8 dan 1,91"),
        ("instagram", {"media": (image(width=2400, height=1260),)}, "lebar gambar ke-1 2.400 piksel"),
        ("instagram", {"media": (image(alt_text="a" * 1001),)}, "teks alternatif gambar ke-1 1.001"),
        ("x", {"media": (image(),) * 5}, "jumlah gambar 5, paling banyak 4"),
        ("facebook", {"media": (image(),) * 11}, "jumlah gambar 11, paling banyak 10"),
        ("tiktok", {"media": (image(height=2000),)}, "sisi terpanjang gambar ke-1 2.000"),
        ("x", {"media": (image(), clip())}, "tidak dapat digabung"),
        ("facebook", {"media": (clip(), clip())}, "paling banyak satu video"),
        ("x", {"media": (clip(duration_seconds=141),)}, "lama video 141 detik; harus antara 0,5 dan 140"),
        ("x", {"media": (clip(width=720, height=1920),)}, "sisi video 1.920 piksel"),
        ("x", {"media": (clip(width=1280, height=1280),)}, "sisi terpendek video 1.280"),
        ("x", {"media": (clip(width=300, height=1200),)}, "perbandingan lebar dan tinggi video"),
        ("instagram", {"media": (clip(duration_seconds=2),)}, "lama video 2 detik"),
        ("instagram", {"media": (clip(media_type="video/webm"),)}, "yang diterima MP4, QUICKTIME"),
        ("instagram", {"media": (clip(size_bytes=301 * MB),)}, "paling besar 300 MB"),
        ("tiktok", {"media": (clip(width=300, height=960),)}, "sisi video 300 piksel"),
        ("web", {"media": (image(media_type="application/pdf"),)}, "bukan gambar atau video"),
    ],
)
def test_each_broken_limit_is_said_in_one_sentence(channel: str, fields: dict[str, Any], says: str) -> None:
    [problem] = problems(channel, **fields)

    assert says in problem
    assert problem.endswith(".")


def test_all_problems_are_said_at_once() -> None:
    assert len(problems("x", text="a" * 300, media=(image(size_bytes=6 * MB), clip()))) == 3


def test_the_registry_has_a_client_with_limits_for_every_channel() -> None:
    for channel in CLIENTS:
        client = client_class(channel)
        assert client.channel == channel
        assert client.limits == LIMITS[channel]
