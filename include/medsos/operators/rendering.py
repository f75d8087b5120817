"""Renders one round: a picture per channel from plan, brand and materials, archived and entered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from medsos.content.video import cover_frame
from medsos.design.model import DesignFields, DesignRequest
from medsos.design.render import render_design
from medsos.errors import DesignError
from medsos.evidence.archive import DESIGNS, StoredFile
from medsos.indonesian import long_date
from medsos.offices.model import CHANNELS, Channel
from medsos.operators.cycle import CycleRun
from medsos.operators.plans import plan_of_round, request_of
from medsos.store.models import Approval, Design, Material
from medsos.store.session import transaction

if TYPE_CHECKING:
    from medsos.content.plan import ContentPlan
    from medsos.content.request import ContentRequest


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
        photos = _photos(run, materials, Path(folder))
        files = {
            channel: _files_of_channel(run, channel, round_no, plan, request, photos, materials)
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
    materials: list[Material],
) -> list[_File]:
    """The picture, and what is published as it was handed in: the video, the document."""
    fields = DesignFields(
        headline=plan.headline,
        summary=plan.summary,
        office_name=run.office.short_name,
        website=run.office.website.removeprefix("https://"),
        handle=run.office.channels[channel].account,
        date_text=long_date(request.activity_date or request.document_date),
        place=request.place,
        document_number=request.document_number,
        photos=photos,
    )
    design = render_design(
        DesignRequest(content_type=request.content_type, channel=channel, brand=run.brand, fields=fields)
    )
    stored = run.archive.put_version(f"{run.folder}/{DESIGNS}/putaran-{round_no}/{channel}.jpg", design.jpeg)
    videos = [m for m in materials if m.clean_media_type.startswith("video/")]
    documents = [m for m in materials if m.clean_media_type == "application/pdf" and channel == "web"]
    picture = _File(
        "cover" if videos else "image", stored, "image/jpeg", design.width, design.height, notes=design.notes
    )
    as_they_are = [_as_handed_in("video", m) for m in videos] + [
        _as_handed_in("document", m) for m in documents
    ]
    return [picture, *as_they_are]


def _as_handed_in(kind: str, material: Material) -> _File:
    return _File(
        kind,
        StoredFile(material.clean_path, material.clean_sha256, material.size_bytes),
        material.clean_media_type,
        material.width,
        material.height,
        material.duration_seconds,
    )


def _photos(run: CycleRun, materials: list[Material], folder: Path) -> tuple[Path, ...]:
    """Local copies of the pictures handed in; of a video, one of its frames."""
    paths = []
    for material in materials:
        path = folder / Path(material.clean_path).name
        path.write_bytes(run.archive.read(material.clean_path))
        if material.clean_media_type.startswith("image/"):
            paths.append(path)
        elif material.clean_media_type.startswith("video/"):
            frame = path.with_suffix(".jpg")
            frame.write_bytes(cover_frame(path))
            paths.insert(0, frame)
    return tuple(paths)


def _enter(run: CycleRun, round_no: int, plan: ContentPlan, files: Mapping[Channel, list[_File]]) -> None:
    with transaction() as session:
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
