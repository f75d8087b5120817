"""Renders one round: a picture per channel from plan, brand and materials, archived and entered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from medsos.approval.seal import designs_of_round, designs_told
from medsos.channels.limits import LIMITS
from medsos.content.transcode import transcode
from medsos.content.video import VideoFacts, cover_frame, probe
from medsos.design.model import DesignFields, DesignRequest, RenderedDesign
from medsos.design.render import render_design
from medsos.design.rendition import adjustment, fitting_target, unfit
from medsos.errors import DesignError
from medsos.evidence.archive import DESIGNS, StoredFile
from medsos.indonesian import long_date
from medsos.offices.model import CHANNELS, Channel
from medsos.operators.cycle import CycleRun
from medsos.operators.plans import plan_of_round, request_of
from medsos.store.audit import append_audit
from medsos.store.models import Approval, Design, Material
from medsos.store.session import transaction

if TYPE_CHECKING:
    from medsos.content.plan import ContentPlan
    from medsos.content.request import ContentRequest
    from medsos.offices.model import Brand, Office


@dataclass(frozen=True)
class _Video:
    """A video handed in, with a local copy."""

    material: Material
    path: Path
    facts: VideoFacts


@dataclass(frozen=True)
class _File:
    """A file that a channel will show."""

    kind: str
    stored: StoredFile
    media_type: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    notes: tuple[str, ...] = ()


def render_round(run: CycleRun, round_no: int) -> None:
    """Render, archive and enter all files of a round. Repeating it before the decision replaces them.

    :raises DesignError: the round was decided already: what is approved is not drawn anew.
    """
    plan, request = plan_of_round(run, round_no), request_of(run)
    with transaction() as session:
        materials = list(
            session.scalars(
                select(Material).where(Material.cycle_id == run.cycle_id).order_by(Material.position)
            )
        )
        decided = session.scalars(
            select(Approval.id).where(Approval.cycle_id == run.cycle_id, Approval.round == round_no)
        ).first()
    if decided is not None:
        raise DesignError(
            f"Siklus {run.cycle_id} putaran {round_no} sudah diputuskan; desainnya tidak dibuat ulang."
        )
    with tempfile.TemporaryDirectory(prefix="medsos-") as folder:
        copies = _local_copies(run, materials, Path(folder))
        photos = _photos(copies)
        videos = [
            _Video(material, path, probe(path, name=material.original_name))
            for material, path in copies
            if material.clean_media_type.startswith("video/")
        ]
        files = {
            channel: _files_of_channel(run, channel, round_no, plan, request, photos, videos, materials)
            for channel in CHANNELS
            if channel in plan.texts
        }
    _enter(run, round_no, plan, files)


def _files_of_channel(
    run: CycleRun,
    channel: Channel,
    round_no: int,
    plan: ContentPlan,
    request: ContentRequest,
    photos: tuple[Path, ...],
    videos: list[_Video],
    materials: list[Material],
) -> list[_File]:
    """The picture, the video as this channel takes it, and the document as it was handed in."""
    design = design_of(run.office, run.brand, channel, plan, request, photos)
    stored = run.archive.put_version(f"{run.folder}/{DESIGNS}/putaran-{round_no}/{channel}.jpg", design.jpeg)
    fitted = [_fitted(run, channel, video) for video in videos]
    documents = [m for m in materials if m.clean_media_type == "application/pdf" and channel == "web"]
    # The page of the Kasubbag shows the notes of the first file.
    notes = (*design.notes, *(note for file in fitted for note in file.notes))
    kind = "cover" if videos else "image"
    picture = _File(kind, stored, "image/jpeg", design.width, design.height, notes=notes)
    return [picture, *fitted, *(_as_handed_in("document", m) for m in documents)]


def design_of(
    office: Office,
    brand: Brand,
    channel: Channel,
    plan: ContentPlan,
    request: ContentRequest,
    photos: Sequence[Path],
) -> RenderedDesign:
    """The picture of one channel. The preview of a request is made here too, so it cannot show anything else.

    :param photos: clean pictures; the frame of a video goes first.
    :raises DesignError: when a text that must be whole does not fit, or a photo cannot be read.
    """
    fields = DesignFields(
        headline=plan.headline,
        summary=plan.summary,
        office_name=office.short_name,
        website=office.website.removeprefix("https://"),
        handle=office.channels[channel].account,
        date_text=long_date(request.activity_date or request.document_date),
        place=request.place,
        document_number=request.document_number,
        photos=tuple(photos),
    )
    return render_design(
        DesignRequest(content_type=request.content_type, channel=channel, brand=brand, fields=fields)
    )


def _fitted(run: CycleRun, channel: Channel, video: _Video) -> _File:
    """The video within the limits of the channel; as it is where it keeps them or where nothing helps."""
    material, facts = video.material, video.facts
    as_it_is = _as_handed_in("video", material)
    if problems := unfit(channel, facts.width, facts.height, facts.duration_seconds):
        return replace(as_it_is, notes=tuple(problems))
    target = fitting_target(facts, material.size_bytes, LIMITS[channel])
    if target is None:
        return as_it_is
    # Named after what goes in and what comes out: other channels and later rounds find it again.
    rate = f"{target.fps.numerator}-{target.fps.denominator}"
    shape = f"{target.width}x{target.height}-{rate}-{target.bits_per_second or 0}"
    name = f"{run.folder}/{DESIGNS}/video/{material.clean_sha256[:16]}-{shape}.mp4"
    made = video.path.with_name(PurePosixPath(name).name)
    if run.archive.exists(name):
        made.write_bytes(run.archive.read(name))
    else:
        transcode(video.path, made, target, name=material.original_name)
    stored, new = run.archive.put_file(name, made), probe(made, name=material.original_name)
    return _File(
        "video",
        stored,
        "video/mp4",
        new.width,
        new.height,
        new.duration_seconds,
        notes=(adjustment(channel, facts, target),),
    )


def _as_handed_in(kind: str, material: Material) -> _File:
    return _File(
        kind,
        StoredFile(material.clean_path, material.clean_sha256, material.size_bytes),
        material.clean_media_type,
        material.width,
        material.height,
        material.duration_seconds,
    )


def _local_copies(run: CycleRun, materials: list[Material], folder: Path) -> list[tuple[Material, Path]]:
    copies = []
    for material in materials:
        path = folder / PurePosixPath(material.clean_path).name
        path.write_bytes(run.archive.read(material.clean_path))
        copies.append((material, path))
    return copies


def _photos(copies: list[tuple[Material, Path]]) -> tuple[Path, ...]:
    """The pictures handed in; of a video, one of its frames, which goes first."""
    paths: list[Path] = []
    for material, path in copies:
        if material.clean_media_type.startswith("image/"):
            paths.append(path)
        elif material.clean_media_type.startswith("video/"):
            frame = path.with_suffix(".jpg")
            frame.write_bytes(cover_frame(path))
            paths.insert(0, frame)
    return tuple(paths)


def _enter(run: CycleRun, round_no: int, plan: ContentPlan, files: Mapping[Channel, list[_File]]) -> None:
    with transaction() as session:
        before = designs_told(designs_of_round(session, run.cycle_id, round_no))
        session.execute(delete(Design).where(Design.cycle_id == run.cycle_id, Design.round == round_no))
        for channel, channel_files in files.items():
            text = plan.texts[channel]
            for position, file in enumerate(channel_files):
                session.add(
                    Design(
                        cycle_id=run.cycle_id,
                        round=round_no,
                        channel=channel,
                        position=position,
                        kind=file.kind,
                        path=file.stored.path,
                        sha256=file.stored.sha256,
                        media_type=file.media_type,
                        size_bytes=file.stored.size_bytes,
                        width=file.width,
                        height=file.height,
                        duration_seconds=file.duration_seconds,
                        caption=text.caption,
                        alt_text=text.alt_text,
                        notes=list(file.notes),
                    )
                )
        session.flush()
        after = designs_told(designs_of_round(session, run.cycle_id, round_no))
        if after != before:
            append_audit(
                session,
                at=run.clock(),
                actor=run.task_id,
                action="designs.rendered",
                cycle_id=run.cycle_id,
                subject=f"putaran {round_no}",
                before=before,
                after=after,
            )
