"""A video is fitted to each channel before the approval, or it is said that it cannot be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from medsos.channels.base import Media, Post
from medsos.channels.limits import LIMITS, check_limits
from medsos.content.transcode import VideoTarget, transcode
from medsos.content.video import VideoFacts, probe
from medsos.design.rendition import adjustment, fitting_target, unfit

PHONE = VideoFacts(1080, 1920, 20.0, "h264", Fraction(30), "aac")
MB = 1024 * 1024


def target(channel: str, size_bytes: int = 40 * MB, **facts: object) -> VideoTarget | None:
    return fitting_target(replace(PHONE, **facts), size_bytes, LIMITS[channel])  # type: ignore[arg-type]


def size_of(made: VideoTarget | None) -> tuple[int, int]:
    assert made is not None
    return made.width, made.height


@pytest.mark.parametrize("channel", ["web", "facebook", "instagram", "tiktok"])
def test_an_ordinary_phone_video_goes_out_as_it_is_where_it_fits(channel: str) -> None:
    assert target(channel) is None


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1080, 1920, (720, 1280)),
        (1920, 1080, (1280, 720)),
        (2160, 3840, (720, 1280)),
        (1080, 1080, (1024, 1024)),
        (1080, 1350, (1024, 1280)),
        (1000, 3000, (426, 1280)),
    ],
)
def test_x_gets_the_largest_even_size_within_its_pixels(
    width: int, height: int, expected: tuple[int, int]
) -> None:
    assert size_of(target("x", width=width, height=height)) == expected


def test_a_video_smaller_than_a_channel_takes_is_enlarged() -> None:
    assert size_of(target("tiktok", width=240, height=320)) == (360, 480)


@pytest.mark.parametrize(("fps", "expected"), [(120, 60), (240, 60), (15, 30), (Fraction(30000, 1001), None)])
def test_the_frame_rate_is_brought_into_the_channel_s_range(fps: int, expected: int | None) -> None:
    made = target("instagram", fps=Fraction(fps))
    assert (made.fps if made else None) == expected


def test_a_foreign_codec_or_an_edit_list_makes_a_rendition_only_where_it_matters() -> None:
    assert target("instagram", codec="hevc") is None
    assert size_of(target("x", width=720, height=1280, codec="hevc")) == (720, 1280)
    assert target("instagram", sound_codec="pcm_s16le") is not None
    assert target("instagram", sound_codec=None) is None
    assert target("instagram", edit_list=True) is not None
    assert target("tiktok", edit_list=True) is None


def test_too_many_bytes_or_bits_are_brought_under_the_limit() -> None:
    long = target("instagram", size_bytes=480 * MB, duration_seconds=600.0)
    assert long is not None
    assert long.bits_per_second is not None
    assert long.bits_per_second * 600 / 8 < 300 * MB
    fast = target("instagram", size_bytes=100 * MB, duration_seconds=20.0)
    assert fast is not None
    assert fast.bits_per_second == 25_000_000


def test_what_cannot_be_mended_is_said_in_a_sentence() -> None:
    assert unfit("x", 720, 1280, 20.0) == []
    (sentence,) = unfit("x", 720, 1280, 200.0)
    assert "200 detik" in sentence
    assert "140" in sentence
    assert "X" in sentence
    (sentence,) = unfit("instagram", 1080, 1920, 2.0)
    assert "2 detik" in sentence
    (sentence,) = unfit("x", 400, 1600, 20.0)
    assert "perbandingan" in sentence


def test_the_note_for_the_approver_names_what_was_adjusted() -> None:
    made = target("x", fps=Fraction(120), codec="hevc")
    assert made is not None
    assert adjustment("x", replace(PHONE, fps=Fraction(120), codec="hevc"), made) == (
        "Video disesuaikan untuk X (Twitter): 1.080 × 1.920 menjadi 720 × 1.280 piksel; "
        "120 menjadi 60 gambar per detik; kodek hevc menjadi H.264."
    )


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of 1080 × 1920 with a beep and a flash at the same moment, one second in."""
    path = tmp_path_factory.mktemp("video") / "ponsel.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 1080, 1920, "yuv420p"
        video.options = {"preset": "ultrafast"}
        sound = out.add_stream("aac", rate=44_100, layout="stereo")
        for number in range(120):
            light = 255 if 30 <= number < 45 else 20
            pixels = np.full((1920, 1080, 3), light, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode(None))
        for number in range(172):
            times = np.arange(number * 1024, (number + 1) * 1024) / 44_100
            tone = np.where((times >= 1.0) & (times < 1.5), np.sin(times * 2 * np.pi * 880), 0) * 0.5
            frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]).astype(np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1024, Fraction(1, 44_100)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path


def first_light_and_sound(path: Path) -> tuple[float, float]:
    with av.open(str(path)) as container:
        flash = next(f.time for f in container.decode(video=0) if f.to_ndarray(format="gray").mean() > 120)
    with av.open(str(path)) as container:
        beep = next(
            float(f.time or 0) + int(np.argmax(np.abs(f.to_ndarray()).max(axis=0) > 0.1)) / f.sample_rate
            for f in container.decode(audio=0)
            if np.abs(f.to_ndarray()).max() > 0.1
        )
    return float(flash or 0), beep


def test_the_rendition_for_x_keeps_every_limit_and_sound_and_picture_together(
    filmed: Path, tmp_path: Path
) -> None:
    facts = probe(filmed, name="ponsel.mp4")
    wanted = fitting_target(facts, filmed.stat().st_size, LIMITS["x"])
    assert wanted is not None
    made = tmp_path / "x.mp4"
    transcode(filmed, made, wanted, name="ponsel.mp4")
    new = probe(made, name="x.mp4")
    assert (new.width, new.height, new.codec, new.fps, new.sound_codec) == (720, 1280, "h264", 30, "aac")
    assert new.duration_seconds == pytest.approx(4.0, abs=0.05)
    assert fitting_target(new, made.stat().st_size, LIMITS["x"]) is None
    media = Media(
        made, "video/mp4", "0" * 64, made.stat().st_size, new.width, new.height, new.duration_seconds
    )
    assert check_limits("x", LIMITS["x"], Post(key="k", text="t", title="t", media=(media,))) == []
    flash, beep = first_light_and_sound(made)
    assert flash == pytest.approx(1.0, abs=0.04)
    assert beep == pytest.approx(1.0, abs=0.06)


def test_a_rendition_can_be_made_smaller_than_a_given_size(filmed: Path, tmp_path: Path) -> None:
    made = tmp_path / "kecil.mp4"
    to = VideoTarget(360, 640, Fraction(30), bits_per_second=400_000)
    transcode(filmed, made, to, name="ponsel.mp4")
    assert made.stat().st_size * 8 / 4.0 < 400_000


def test_a_video_in_high_dynamic_range_becomes_one_that_every_screen_shows(tmp_path: Path) -> None:
    bt2020, hlg, bt709 = 9, 18, 1
    source, made = tmp_path / "hlg.mov", tmp_path / "sdr.mp4"
    with av.open(str(source), "w") as out:
        video = out.add_stream("libx265", rate=24)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p10le"
        video.options = {
            "x265-params": "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
        }
        context = video.codec_context
        context.color_primaries, context.color_trc, context.colorspace = bt2020, hlg, bt2020
        for _ in range(12):
            grey = np.full((240, 320, 3), 30_000, np.uint16)
            out.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb48le")))
        out.mux(video.encode(None))
    transcode(source, made, VideoTarget(160, 120, Fraction(24)), name="hlg.mov")
    with av.open(str(made)) as container:
        context = container.streams.video[0].codec_context
        marks = (context.color_primaries, context.color_trc, context.colorspace)
        frame = next(container.decode(video=0))
    assert marks == (bt709, bt709, bt709)
    assert context.pix_fmt == "yuv420p"
    assert 60 < frame.to_ndarray(format="gray").mean() < 200


def test_a_turned_video_stands_upright_in_its_rendition(filmed: Path, tmp_path: Path) -> None:
    lying, made = tmp_path / "baring.mp4", tmp_path / "tegak.mp4"
    with av.open(str(lying), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        pixels = np.zeros((240, 320, 3), np.uint8)
        pixels[:120, :160] = (255, 0, 0)
        for _ in range(20):
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode(None))
    turn_clockwise(lying)
    facts = probe(lying, name="baring.mp4")
    assert (facts.width, facts.height) == (240, 320)
    transcode(lying, made, VideoTarget(120, 160, Fraction(10)), name="baring.mp4")
    with av.open(str(made)) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height, frame.rotation) == (120, 160, 0)
    red, green, _ = frame.to_ndarray(format="rgb24")[20, 100]
    assert red > 150 > green


def turn_clockwise(path: Path) -> None:
    """Write the mark of a phone held upright."""
    data = path.read_bytes()
    place = data.index(b"tkhd") + 44
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    marked = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data[:place] + marked + data[place + 36 :])
