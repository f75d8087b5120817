"""Videos: checked, measured, and shown by a good frame."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from content_samples import video_bytes
from PIL import Image

from medsos.content.intake import take_in
from medsos.content.materials import KINDS
from medsos.content.video import cover_frame, probe
from medsos.errors import MaterialError


def refusal(path: Path, work: Path, content_type: str = "video") -> str:
    with pytest.raises(MaterialError) as caught:
        take_in(path, content_type=content_type, into=work)
    assert len(caught.value.problems) == 1
    sentence = caught.value.problems[0]
    assert f"“{path.name}”" in sentence
    return sentence


def turned(data: bytes) -> bytes:
    """The same video with the mark that a phone held upright writes: turn by 90 degrees."""
    place = data.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    return data[:place] + matrix + data[place + 36 :]


def test_a_video_is_measured(mp4, work):
    source = mp4(shades=[200, 180, 160])
    file = take_in(source, content_type="video", into=work)
    assert (file.kind, file.media_type, file.clean_media_type) == ("video", "video/mp4", "video/mp4")
    assert (file.width, file.height, file.codec) == (320, 240, "h264")
    assert file.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert file.original_path.read_bytes() == source.read_bytes()
    assert file.clean_path.parent == work


def test_a_mov_with_hevc_from_an_iphone_is_taken(intake, work):
    path = intake / "IMG_0001.MOV"
    path.write_bytes(video_bytes([200], codec="libx265", container="mov"))
    file = take_in(path, content_type="video", into=work)
    assert (file.media_type, file.codec) == ("video/quicktime", "hevc")


def test_a_video_of_a_phone_held_upright_counts_as_upright(intake, work):
    path = intake / "tegak.mp4"
    path.write_bytes(turned(video_bytes([200])))
    file = take_in(path, content_type="video", into=work)
    assert (file.width, file.height) == (240, 320)
    with Image.open(io.BytesIO(cover_frame(path))) as cover:
        assert cover.size == (240, 320)
        # The red square of the upper left corner, turned clockwise.
        red, green, _ = cover.getpixel((220, 20))
        assert red > 100 > green


@pytest.mark.parametrize("options", [None, {"movflags": "faststart"}], ids=["index at the end", "in front"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_video_cut_off_while_copying_is_refused(intake, work, options, share):
    path = intake / "potong.mp4"
    whole = video_bytes([200, 150, 220, 120], options=options)
    path.write_bytes(whole[: int(len(whole) * share)])
    sentence = refusal(path, work)
    assert "rusak atau terpotong" in sentence
    assert "Salin ulang" in sentence


def test_a_foreign_codec_is_refused_with_the_one_to_use(intake, work):
    path = intake / "lama.mp4"
    path.write_bytes(video_bytes([200], codec="mpeg4"))
    sentence = refusal(path, work)
    assert "mpeg4" in sentence
    assert "H.264" in sentence


def test_a_video_longer_than_fifteen_minutes_is_refused(intake, work):
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=1)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        for second in range(15 * 60 + 6):
            frame.pts = second
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    path = intake / "panjang.mp4"
    path.write_bytes(out.getvalue())
    sentence = refusal(path, work)
    assert "15,1 menit" in sentence
    assert "paling lama 15 menit" in sentence
    assert "Potong videonya" in sentence


def test_a_video_beyond_4k_is_refused_before_a_frame_is_decoded(intake, work, monkeypatch):
    path = intake / "lebar.mp4"
    path.write_bytes(video_bytes([200], size=(4098, 2306), rate=1))
    monkeypatch.setattr("medsos.content.video._shown_size", lambda frame: pytest.fail("decoded"))
    sentence = refusal(path, work)
    assert "4098 × 2306" in sentence
    assert "Perkecil videonya" in sentence


def test_a_video_over_the_size_limit_is_refused_without_reading_it(mp4, work):
    path = mp4()
    with path.open("r+b") as stream:
        stream.truncate(KINDS["video"].max_bytes + 1_000_000)
    sentence = refusal(path, work)
    assert "513 MB" in sentence
    assert "paling besar 512 MB" in sentence
    assert not work.exists()


def test_sound_alone_is_no_video(intake, work):
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        for number in range(20):
            frame.pts = number * 1024
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    path = intake / "suara.mp4"
    path.write_bytes(out.getvalue())
    sentence = refusal(path, work)
    assert "hanya suara" in sentence
    assert "Kirim video" in sentence


def test_a_playlist_named_mp4_reads_no_other_file(intake, work):
    path = intake / "daftar.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp41\n#EXTM3U\n#EXTINF:1,\n/etc/hostname\n")
    assert "rusak atau terpotong" in refusal(path, work)


def test_webm_is_refused_with_what_to_send(intake, work):
    path = intake / "layar.mp4"
    path.write_bytes(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + b"\0" * 100)
    sentence = refusal(path, work)
    assert "video WebM" in sentence
    assert "MP4 atau MOV" in sentence


def test_the_cover_is_taken_from_the_lit_part_not_from_black_or_white_frames(mp4):
    path = mp4(shades=[0, 0, 190, 0, 255])
    with Image.open(io.BytesIO(cover_frame(path))) as cover:
        assert cover.size == (320, 240)
        assert cover.format == "JPEG"
        assert 60 < np.array(cover.convert("L")).mean() < 200


def test_the_cover_prefers_a_sharp_frame_to_a_blurred_one(intake):
    from content_samples import scene
    from PIL import ImageFilter

    out = io.BytesIO()
    sharp = scene(320, 240)
    sharp.paste((10, 10, 200), (200, 100, 260, 160))
    blurred = scene(320, 240).filter(ImageFilter.GaussianBlur(12))
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for image in [blurred] * 20 + [sharp] * 10 + [blurred] * 20:
            target.mux(stream.encode(av.VideoFrame.from_image(image)))
        target.mux(stream.encode())
    path = intake / "goyang.mp4"
    path.write_bytes(out.getvalue())
    with Image.open(io.BytesIO(cover_frame(path))) as cover:
        red, _, blue = cover.getpixel((230, 130))
        assert blue > 150 > red


def test_even_an_all_black_video_has_a_cover(mp4):
    assert cover_frame(mp4(shades=[0, 0]))[:2] == b"\xff\xd8"


def test_a_cover_of_what_is_no_video_is_refused(jpeg):
    with pytest.raises(MaterialError, match=r"“foto\.jpg” rusak atau terpotong"):
        cover_frame(jpeg())


def test_probing_tells_the_same_as_taking_in(mp4, work):
    source = mp4()
    facts = probe(source, name="video.mp4")
    file = take_in(source, content_type="video", into=work)
    assert (facts.width, facts.height, facts.duration_seconds, facts.codec) == (
        file.width, file.height, file.duration_seconds, file.codec,
    )  # fmt: skip
