"""The video of a round is fitted to each channel before the Kasubbag sees and seals it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from sqlalchemy import select

from builders import NOW, make_cycle
from medsos.channels.limits import LIMITS, check_limits
from medsos.content.intake import take_in
from medsos.operators.cycle import CycleRun
from medsos.operators.design import PlanForm
from medsos.operators.plans import drafted_plan, store_plan
from medsos.operators.rendering import render_round
from medsos.operators.sealing import seal_now
from medsos.publishing.assemble import build_post
from medsos.store.models import Design, Material
from medsos.store.session import transaction

CHANNELS = ("web", "instagram", "x")


def film(path: Path, *, size: tuple[int, int] = (1080, 1920), seconds: int = 4, rate: int = 24) -> Path:
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = (*size, "yuv420p")
        video.options = {"preset": "ultrafast"}
        for number in range(seconds * rate):
            pixels = np.full((size[1], size[0], 3), 40 + number % 160, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode(None))
    return path


def cycle_with(path: Path, work: Path) -> CycleRun:
    """A cycle whose video was taken in as `accept_request` does."""
    request = {"title": "Rapat", "content_type": "video", "body": "Isi konten.", "channels": list(CHANNELS)}
    cycle_id = make_cycle(content_type="video", request=request)
    run = CycleRun(
        cycle_id=cycle_id, office_slug="kota-bengkulu", task_id="design.plan_content", clock=lambda: NOW
    )
    taken = take_in(path, content_type="video", into=work)
    original = run.archive.put_file(f"{run.folder}/bahan/asli/1-{path.name}", taken.original_path)
    clean = run.archive.put_file(f"{run.folder}/bahan/bersih/{taken.clean_path.name}", taken.clean_path)
    with transaction() as session:
        session.add(
            Material(
                cycle_id=cycle_id,
                position=0,
                original_name=path.name,
                media_type=taken.media_type,
                original_path=original.path,
                original_sha256=original.sha256,
                clean_path=clean.path,
                clean_sha256=clean.sha256,
                clean_media_type=taken.clean_media_type,
                size_bytes=clean.size_bytes,
                width=taken.width,
                height=taken.height,
                duration_seconds=taken.duration_seconds,
            )
        )
    store_plan(run, drafted_plan(run), round_no=1, author="admin", at=NOW)
    return run


def files(run: CycleRun, channel: str) -> list[Design]:
    with transaction() as session:
        rows = session.scalars(
            select(Design).where(Design.cycle_id == run.cycle_id, Design.channel == channel)
        )
        return sorted(rows, key=lambda row: row.position)


@pytest.fixture
def phone(home: Path, tmp_path: Path) -> CycleRun:
    run = cycle_with(film(tmp_path / "ponsel.mp4"), tmp_path / "kerja")
    render_round(run, 1)
    return run


def test_x_gets_a_smaller_rendition_and_instagram_the_cleaned_file(phone: CycleRun) -> None:
    with transaction() as session:
        material = session.scalars(select(Material)).one()
    cover, video = files(phone, "x")
    assert (video.kind, video.width, video.height, video.media_type) == ("video", 720, 1280, "video/mp4")
    assert video.sha256 != material.clean_sha256
    assert cover.notes[-1].startswith(
        "Video disesuaikan untuk X (Twitter): 1.080 × 1.920 menjadi 720 × 1.280"
    )
    for channel in ("instagram", "web"):
        assert files(phone, channel)[1].sha256 == material.clean_sha256


def test_what_goes_to_each_channel_keeps_its_limits(phone: CycleRun, tmp_path: Path) -> None:
    def fetch(design: Design) -> Path:
        path = tmp_path / f"{design.channel}-{design.id}{Path(design.path).suffix}"
        path.write_bytes(phone.archive.read(design.path))
        return path

    for channel in CHANNELS:
        rows = files(phone, channel)
        post = build_post(rows, key="k", title="Rapat", text="Isi", fetch=fetch)
        assert check_limits(channel, LIMITS[channel], post) == []


def test_the_rendition_is_inside_the_seal(phone: CycleRun, home: Path) -> None:
    before = seal_now(phone, 1)
    video = files(phone, "x")[1]
    path = home / "archive" / video.path
    path.write_bytes(path.read_bytes() + b"!")
    assert seal_now(phone, 1) != before


def test_a_second_round_uses_the_rendition_that_is_there(
    phone: CycleRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(phone, "x")[1].sha256
    monkeypatch.setattr(
        "medsos.operators.rendering.transcode", lambda *_, **__: pytest.fail("rendered again")
    )
    render_round(phone, 1)
    assert files(phone, "x")[1].sha256 == before


def test_a_video_too_long_for_x_is_told_on_the_form_and_to_the_kasubbag(home: Path, tmp_path: Path) -> None:
    run = cycle_with(
        film(tmp_path / "panjang.mp4", size=(320, 240), seconds=150, rate=24), tmp_path / "kerja"
    )
    body = PlanForm(task_id="plan_content", office="kota-bengkulu").form(run).body
    assert "Video 150 detik tidak dapat diunggah ke X (Twitter), yang menerima 0,5 sampai 140 detik." in body
    render_round(run, 1)
    cover, video = files(run, "x")
    assert any("Video 150 detik tidak dapat diunggah ke X" in note for note in cover.notes)
    assert (video.width, video.height) == (320, 240)
    assert not any("tidak dapat diunggah" in note for note in files(run, "web")[0].notes)


def test_the_form_of_a_fitting_video_warns_of_nothing(phone: CycleRun) -> None:
    assert "Perhatian" not in PlanForm(task_id="plan_content", office="kota-bengkulu").form(phone).body
