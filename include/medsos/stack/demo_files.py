"""Makes a photo, a video and a document that stand for an office's own files in the demo."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from medsos.design.samples import SAMPLES_DIR

VIDEO_SIZE = (720, 1280)
VIDEO_SECONDS = 5
FRAMES_PER_SECOND = 24
PAGE_SIZE = (1240, 1754)
"""A4 at 150 dots per inch."""


def write_photo(path: Path) -> None:
    """The sample photo of a meeting hall. JPEG."""
    shutil.copyfile(SAMPLES_DIR / "aula.jpg", path)


def write_video(path: Path) -> None:
    """A slow pan over the sample photo of ballot boxes, without sound. MP4, H.264."""
    width, height = VIDEO_SIZE
    # Instagram wants the index (moov) in front of the pictures.
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        with Image.open(SAMPLES_DIR / "kotak-suara.jpg") as scene:
            wide = scene.convert("RGB").resize((round(scene.width * height / scene.height), height))
        frames = VIDEO_SECONDS * FRAMES_PER_SECOND
        for number in range(frames):
            left = round((wide.width - width) * number / (frames - 1))
            picture = wide.crop((left, 0, left + width, height))
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def write_document(path: Path, title: str) -> None:
    """One page with a heading. PDF."""
    page = Image.new("RGB", PAGE_SIZE, "white")
    draw = ImageDraw.Draw(page)
    heading, text = ImageFont.load_default(38), ImageFont.load_default(24)
    draw.text((PAGE_SIZE[0] / 2, 160), "KEPUTUSAN KPU KOTA BENGKULU", font=heading, fill="black", anchor="ma")
    draw.text((PAGE_SIZE[0] / 2, 230), "NOMOR 12 TAHUN 2026 (CONTOH)", font=text, fill="black", anchor="ma")
    draw.text((PAGE_SIZE[0] / 2, 300), title, font=text, fill="black", anchor="ma")
    draw.text(
        (140, 440), "Dokumen contoh untuk latihan; tidak memiliki kekuatan hukum.", font=text, fill="black"
    )
    page.save(path, "PDF", resolution=150)
