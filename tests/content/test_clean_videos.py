"""A video that was taken in tells nobody where and with what it was filmed, and starts with its index."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from content_samples import video_bytes

from medsos.content.intake import TakenIn, take_in
from medsos.content.video import cover_frame

SECRETS = (b"-03.7956", b"102.2592", b"Xiaomi", b"ISO6709", b"Galaxy", b"GPSLatitude", b"2026-11-20")
ROTATED = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
TRIMMED_SECONDS = 1


def phone_video(path: Path, *, container: str = "mp4", codec: str = "libx264") -> Path:
    """Three seconds with sound and with all that a phone writes beside them; the index stands at the end."""
    with av.open(str(path), "w", format=container, options={"movflags": "use_metadata_tags"}) as out:
        out.metadata.update(
            {
                "location": "-03.7956+102.2592/",
                "com.apple.quicktime.location.ISO6709": "-03.7956+102.2592+010/",
                "com.apple.quicktime.make": "Xiaomi",
                "creation_time": "2026-11-20T03:00:00Z",
            }
        )
        video = out.add_stream(codec, rate=25)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        if codec == "libx265":
            video.codec_context.codec_tag = "hvc1"
        video.metadata["handler_name"] = "Galaxy S24"
        sound = out.add_stream("aac", rate=44_100, layout="mono")
        for number in range(75):
            pixels = np.full((240, 320, 3), number * 3, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode(None))
        for number in range(129):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1024, Fraction(1, 44_100)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    data = path.read_bytes()
    xmp = b"<x:xmpmeta><exif:GPSLatitude>-03.7956</exif:GPSLatitude></x:xmpmeta>"
    path.write_bytes(data + struct.pack(">I4s16s", 24 + len(xmp), b"uuid", b"\xbe\x7a\xcf\xcb" * 4) + xmp)
    return path


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int]]:
    """Name and place of every box that holds others, and of those directly in them."""
    place, end = start, len(data) if end is None else end
    while place + 8 <= end:
        size, name = struct.unpack(">I4s", data[place : place + 8])
        yield name, place
        if name in (b"moov", b"trak", b"edts"):
            yield from boxes(data, place + 8, place + size)
        place += size


def names_of(path: Path) -> list[bytes]:
    return [name for name, _ in boxes(path.read_bytes())]


def packets(path: Path) -> dict[str, list[str]]:
    """SHA-256 of every packet of picture and sound, in order."""
    found: dict[str, list[str]] = {}
    with av.open(str(path), format="mov") as container:
        for packet in container.demux(*container.streams.video, *container.streams.audio):
            if packet.size:
                found.setdefault(packet.stream.type, []).append(hashlib.sha256(bytes(packet)).hexdigest())
    return found


def shown_times(path: Path) -> list[float]:
    with av.open(str(path), format="mov") as container:
        return [round(frame.time or 0, 3) for frame in container.decode(video=0)]


def taken(path: Path, work: Path) -> TakenIn:
    return take_in(path, content_type="video", into=work)


@pytest.fixture(params=[("mp4", "libx264"), ("mov", "libx264"), ("mov", "libx265")], ids="-".join)
def filmed(request: pytest.FixtureRequest, intake: Path) -> Path:
    container, codec = request.param
    return phone_video(intake / f"VID_2026.{container}", container=container, codec=codec)


def test_the_index_stands_in_front_and_nothing_tells_place_device_or_time(filmed: Path, work: Path) -> None:
    original = filmed.read_bytes()
    # What is looked for is really there before.
    assert original.index(b"mdat") < original.index(b"moov")
    assert sum(secret in original for secret in SECRETS) >= 5
    clean = taken(filmed, work).clean_path
    data = clean.read_bytes()
    assert [secret for secret in SECRETS if secret in data] == []
    assert names_of(clean).index(b"moov") < names_of(clean).index(b"mdat")
    times = [data[p + 12 : p + 20] for name, p in boxes(data) if name in (b"mvhd", b"tkhd")]
    assert len(times) == 3
    assert set(times) == {bytes(8)}


def test_not_one_byte_of_picture_and_sound_is_changed(filmed: Path, work: Path) -> None:
    file = taken(filmed, work)
    assert packets(file.clean_path) == packets(filmed)
    assert shown_times(file.clean_path) == shown_times(filmed)


def test_original_and_clean_file_are_both_kept_with_their_own_checksums(filmed: Path, work: Path) -> None:
    file = taken(filmed, work)
    assert file.original_path.read_bytes() == filmed.read_bytes()
    for path, sha256, size in (
        (file.original_path, file.original_sha256, file.size_bytes),
        (file.clean_path, file.clean_sha256, file.clean_size_bytes),
    ):
        data = path.read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha256, size)
    assert file.clean_sha256 != file.original_sha256
    assert file.clean_media_type == file.media_type


def test_taking_in_twice_gives_the_same_clean_file(filmed: Path, work: Path) -> None:
    assert taken(filmed, work).clean_sha256 == taken(filmed, work).clean_sha256


def test_hevc_keeps_the_mark_that_apple_wants(intake: Path, work: Path) -> None:
    filmed = phone_video(intake / "IMG_1.MOV", container="mov", codec="libx265")
    assert b"hvc1" in filmed.read_bytes()
    assert b"hvc1" in taken(filmed, work).clean_path.read_bytes()


def test_the_edit_list_of_an_ordinary_video_goes(filmed: Path, work: Path) -> None:
    assert b"elst" in names_of(filmed)
    assert b"elst" not in names_of(taken(filmed, work).clean_path)


def test_a_video_held_upright_stays_upright(intake: Path, work: Path) -> None:
    filmed = phone_video(intake / "tegak.mp4")
    data = filmed.read_bytes()
    place = data.index(b"tkhd") + 44
    filmed.write_bytes(data[:place] + ROTATED + data[place + 36 :])
    file = taken(filmed, work)
    assert (file.width, file.height) == (240, 320)
    assert len(cover_frame(file.clean_path)) > 0
    with av.open(str(file.clean_path)) as container:
        assert next(container.decode(video=0)).rotation % 360 == 270


def test_what_somebody_cut_off_on_the_phone_stays_hidden(intake: Path, work: Path) -> None:
    filmed = phone_video(intake / "dipotong.mp4")
    hide_the_beginning(filmed)
    shown = len(shown_times(filmed))
    assert shown < 75
    clean = taken(filmed, work).clean_path
    assert len(shown_times(clean)) == shown
    assert names_of(clean).index(b"moov") < names_of(clean).index(b"mdat")


def hide_the_beginning(path: Path) -> None:
    """Let the picture's edit list begin a second later, as trimming on a phone does."""
    data = bytearray(path.read_bytes())
    place = next(place for name, place in boxes(bytes(data)) if name == b"elst")
    duration, begin = struct.unpack(">Ii", data[place + 16 : place + 24])
    data[place + 16 : place + 24] = struct.pack(">Ii", duration - 1000, begin + TRIMMED_SECONDS * 12_800)
    path.write_bytes(data)


def test_sound_that_starts_later_than_the_picture_still_does(intake: Path, work: Path) -> None:
    path = intake / "terlambat.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound = out.add_stream("aac", rate=44_100, layout="mono")
        for _ in range(50):
            out.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(video.encode(None))
        for number in range(43):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.time_base = 44_100, Fraction(1, 44_100)
            frame.pts = 44_100 + number * 1024
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))

    def first_sound(file: Path) -> float:
        with av.open(str(file), format="mov") as container:
            return float(next(container.decode(audio=0)).time or 0)

    assert first_sound(path) == pytest.approx(1.0, abs=0.05)
    assert first_sound(taken(path, work).clean_path) == pytest.approx(first_sound(path), abs=0.03)


def test_a_track_of_positions_beside_the_picture_is_left_out(intake: Path, work: Path) -> None:
    path = intake / "drone.mp4"
    words = b"GPS(-03.7956,102.2592)"
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        positions = out.add_mux_stream("mov_text", time_base=Fraction(1, 1000))
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        packet = av.Packet(struct.pack(">H", len(words)) + words)
        packet.stream, packet.pts, packet.dts, packet.duration = positions, 0, 0, 1000
        packet.time_base = Fraction(1, 1000)
        out.mux(packet)
    assert words in path.read_bytes()
    assert words not in taken(path, work).clean_path.read_bytes()


def test_a_video_without_sound_is_cleaned_too(mp4: Callable[..., Path], work: Path) -> None:
    file = taken(mp4(), work)
    assert names_of(file.clean_path).index(b"moov") < names_of(file.clean_path).index(b"mdat")
    assert list(packets(file.clean_path)) == ["video"]


def test_what_is_in_front_already_is_cleaned_as_well(intake: Path, work: Path) -> None:
    path = intake / "depan.mp4"
    path.write_bytes(video_bytes([200], options={"movflags": "faststart"}))
    assert packets(taken(path, work).clean_path) == packets(path)
