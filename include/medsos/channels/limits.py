"""What each platform takes, as data, and the check of a post against it.

Sources: contract 1.4 (text), 1.5, 2, 3.4, 4.5, 5.4, 6.7 (media). Where the documents disagree the smaller
figure stands here.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from medsos.channels.base import Limits, Media, Post

CHARACTERS = "characters"
UTF16 = "utf16"
X_WEIGHTED = "x_weighted"

_MB = 1024 * 1024
_GB = 1024 * _MB
_MINUTE = 60.0

LIMITS: dict[str, Limits] = {
    "web": Limits(
        text_length=None,
        text_unit=CHARACTERS,
        image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
        video_types=("video/mp4", "video/quicktime", "video/webm"),
    ),
    "facebook": Limits(
        text_length=63_206,
        text_unit=CHARACTERS,
        images=10,
        image_types=("image/jpeg", "image/png"),
        image_bytes=10 * _MB - 1,
        video_types=("video/mp4", "video/quicktime"),
        video_bytes=10 * _GB,
        video_seconds=(0.0, 240 * _MINUTE),
    ),
    "instagram": Limits(
        text_length=2_200,
        text_unit=CHARACTERS,
        hashtags=30,
        mentions=20,
        alt_text_length=1_000,
        images=10,
        image_types=("image/jpeg",),
        image_bytes=8 * _MB,
        image_ratio=(4 / 5, 1.91),
        image_width=(320, 1440),
        video_types=("video/mp4", "video/quicktime"),
        video_codecs=("h264", "hevc"),
        sound_codecs=("aac",),
        video_edit_list=False,
        video_bytes=300 * _MB,
        video_seconds=(3.0, 15 * _MINUTE),
        video_fps=(23.0, 60.0),
        video_sides=(1, 1920),
        video_ratio=(0.01, 10.0),
        video_bits_per_second=25_000_000,
        needs_media=True,
    ),
    "x": Limits(
        text_length=280,
        text_unit=X_WEIGHTED,
        alt_text_length=1_000,
        images=4,
        image_types=("image/jpeg", "image/png", "image/webp"),
        image_bytes=5 * _MB,
        video_types=("video/mp4", "video/quicktime"),
        video_codecs=("h264",),
        sound_codecs=("aac",),
        video_bytes=512 * _MB,
        video_seconds=(0.5, 140.0),
        video_fps=(1.0, 60.0),
        video_sides=(32, 1280),
        video_shorter_side=1024,
        video_ratio=(1 / 3, 3.0),
    ),
    "tiktok": Limits(
        text_length=2_200,
        text_unit=UTF16,
        title_length=90,
        images=35,
        image_types=("image/jpeg", "image/webp"),
        image_bytes=20 * _MB,
        image_longest_side=1920,
        video_types=("video/mp4", "video/quicktime", "video/webm"),
        video_codecs=("h264", "hevc", "vp8", "vp9"),
        video_bytes=4 * _GB,
        video_seconds=(1.0, 10 * _MINUTE),
        video_fps=(23.0, 60.0),
        video_sides=(360, 4096),
        needs_media=True,
    ),
}

UNIT_NAMES = {
    CHARACTERS: "karakter",
    UTF16: "karakter (emoji dihitung dua)",
    X_WEIGHTED: "karakter (tautan dihitung 23, emoji dua)",
}
_CHANNEL_NAMES = {
    "web": "Website",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "tiktok": "TikTok",
}
_HASHTAG = re.compile(r"(?<![\w&])[#＃](?=\w*[^\W\d_])\w+")
_MENTION = re.compile(r"(?<![\w.@])@[\w.]+\w|(?<![\w.@])@\w")


def text_length(unit: str, text: str) -> int:
    """Length of `text` in `unit` ("characters", "utf16" or "x_weighted"), as the platform counts it."""
    return _COUNTERS[unit](text)


def channel_text_length(channel: str, text: str) -> int:
    """Length of `text` in the unit of `channel`."""
    return text_length(LIMITS[channel].text_unit, text)


def weighted_length(text: str) -> int:
    """X's own count (contract 5.5)."""
    with warnings.catch_warnings():
        # twitter-text-parser reads its tables through pkg_resources, which announces its own end on import.
        warnings.simplefilter("ignore")
        from twitter_text import parse_tweet
    return int(parse_tweet(text).weightedLength)


def utf16_length(text: str) -> int:
    """Number of UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


_COUNTERS: dict[str, Callable[[str], int]] = {
    CHARACTERS: lambda text: len(unicodedata.normalize("NFC", text)),
    UTF16: utf16_length,
    X_WEIGHTED: weighted_length,
}


def hashtags(text: str) -> list[str]:
    return _HASHTAG.findall(text)


def mentions(text: str) -> list[str]:
    return _MENTION.findall(text)


@dataclass(frozen=True)
class _Sentence:
    """Starts each sentence with the channel's name."""

    channel: str

    def __call__(self, text: str) -> str:
        return f"{_CHANNEL_NAMES.get(self.channel, self.channel)}: {text}"


def check_limits(channel: str, limits: Limits, post: Post) -> list[str]:
    """Hold `post` against `limits`, without any call.

    :returns: one Indonesian sentence per broken limit, each with what is and what may be.
    """
    say = _Sentence(channel)
    return [say(problem) for check in (_text_problems, _media_problems) for problem in check(limits, post)]


def _text_problems(limits: Limits, post: Post) -> Iterator[str]:
    if not post.text.strip() and not post.media:
        yield "teks dan media kosong; isi salah satunya."
    unit = UNIT_NAMES[limits.text_unit]
    yield from _at_most("teks", text_length(limits.text_unit, post.text), limits.text_length, unit)
    if not post.video:
        length = text_length(_title_unit(limits), post.title)
        yield from _at_most("judul", length, limits.title_length, "karakter")
    yield from _at_most("jumlah tagar", len(hashtags(post.text)), limits.hashtags, "tagar")
    yield from _at_most("jumlah sebutan akun (@)", len(mentions(post.text)), limits.mentions, "sebutan")


def _title_unit(limits: Limits) -> str:
    return UTF16 if limits.text_unit == UTF16 else CHARACTERS


def _media_problems(limits: Limits, post: Post) -> Iterator[str]:
    if limits.needs_media and not post.media:
        yield "wajib disertai gambar atau video."
    videos = [media for media in post.media if media.is_video]
    if len(videos) > 1:
        yield f"ada {len(videos)} video; paling banyak satu video."
    if videos and post.images and limits.images is not None:
        yield "gambar dan video tidak dapat digabung; pilih salah satu."
    yield from _at_most("jumlah gambar", len(post.images), limits.images, "gambar")
    for number, image in enumerate(post.images, start=1):
        yield from _image_problems(f"gambar ke-{number}", limits, image)
    for video in videos:
        yield from _video_problems("video", limits, video)
    for media in post.media:
        if not media.is_image and not media.is_video:
            yield f"berkas {media.path.name} bukan gambar atau video."


def _image_problems(name: str, limits: Limits, image: Media) -> Iterator[str]:
    yield from _type_problem(name, image, limits.image_types)
    yield from _size_problem(name, image, limits.image_bytes)
    yield from _at_most(f"teks alternatif {name}", len(image.alt_text), limits.alt_text_length, "karakter")
    if image.width and image.height:
        yield from _ratio_problem(name, image.width / image.height, limits.image_ratio)
        yield from _within(f"lebar {name}", image.width, limits.image_width, "piksel")
        longest = max(image.width, image.height)
        yield from _at_most(f"sisi terpanjang {name}", longest, limits.image_longest_side, "piksel")


def _video_problems(name: str, limits: Limits, video: Media) -> Iterator[str]:
    yield from _type_problem(name, video, limits.video_types)
    yield from _size_problem(name, video, limits.video_bytes)
    if video.duration_seconds is not None:
        yield from _within(f"lama {name}", video.duration_seconds, limits.video_seconds, "detik")
    if video.width and video.height:
        yield from _ratio_problem(name, video.width / video.height, limits.video_ratio)
        for side in sorted({video.width, video.height}):
            yield from _within(f"sisi {name}", side, limits.video_sides, "piksel")
        shorter = min(video.width, video.height)
        yield from _at_most(f"sisi terpendek {name}", shorter, limits.video_shorter_side, "piksel")


def _type_problem(name: str, media: Media, allowed: tuple[str, ...]) -> Iterator[str]:
    if allowed and media.media_type not in allowed:
        names = ", ".join(kind.rpartition("/")[2].upper() for kind in allowed)
        yield f"{name} berjenis {media.media_type}; yang diterima {names}."


def _size_problem(name: str, media: Media, most: int | None) -> Iterator[str]:
    if media.size_bytes == 0:
        yield f"{name} kosong (0 byte)."
    if most is not None and media.size_bytes > most:
        yield f"{name} berukuran {_number(media.size_bytes / _MB)} MB; paling besar {_number(most / _MB)} MB."


def _ratio_problem(name: str, ratio: float, allowed: tuple[float, float] | None) -> Iterator[str]:
    # Half a pixel in a thousand: 1080 × 1350 is 4:5 however it was rounded.
    if allowed and not allowed[0] * 0.9995 <= ratio <= allowed[1] * 1.0005:
        yield (
            f"perbandingan lebar dan tinggi {name} {_number(ratio)}; "
            f"harus antara {_number(allowed[0])} dan {_number(allowed[1])}."
        )


def _within(name: str, value: float, allowed: tuple[float, float] | None, unit: str) -> Iterator[str]:
    if allowed and not allowed[0] <= value <= allowed[1]:
        low, high = (_number(bound) for bound in allowed)
        yield f"{name} {_number(value)} {unit}; harus antara {low} dan {high} {unit}."


def _at_most(name: str, value: int, most: int | None, unit: str) -> Iterator[str]:
    if most is not None and value > most:
        surplus = _number(value - most)
        yield f"{name} {_number(value)}, paling banyak {_number(most)} {unit}; kurangi {surplus}."


def _number(value: float) -> str:
    """A number as Indonesians write it: 63.206 and 1,91."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))
