"""Builds rows, pictures and media for tests of any room."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from medsos.channels.base import Media
from medsos.evidence.archive import StoredFile
from medsos.store.models import Cycle, Design, Evidence, Publication
from medsos.store.session import transaction

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Monday, 10.00 WIB."""


def make_cycle(**values: object) -> int:
    """Insert a cycle; returns its number."""
    defaults: dict[str, object] = {
        "office": "kota-bengkulu",
        "title": "Rapat pleno terbuka",
        "content_type": "foto_kegiatan",
        "requester": "admin",
        "requested_at": NOW,
        "sop_version": "4-ORT.06-1771-2-2023",
        "kahar": False,
        "kahar_reason": "",
        "status": "berjalan",
        "dag_id": "content_cycle__kota_bengkulu",
        "request": {"channels": ["web", "facebook", "instagram", "x", "tiktok"]},
        "archive_folder": "kota-bengkulu/2026/11/000001-rapat-pleno-terbuka",
    }
    with transaction() as session:
        cycle = Cycle(**{**defaults, "run_id": f"run-{session.query(Cycle).count() + 1}", **values})
        session.add(cycle)
        session.flush()
        return cycle.id


def publication_row(cycle_id: int, channel: str, **values: Any) -> Publication:
    """A row of the ledger that is not entered yet: up since `NOW`, by the API."""
    defaults = {"seal": "a" * 64, "mode": "api", "state": "published", "journal": {}, "created_at": NOW}
    return Publication(cycle_id=cycle_id, channel=channel, **{**defaults, **values})


def design_row(cycle_id: int, channel: str, file: StoredFile, **values: Any) -> Design:
    """A picture of the first round that is not entered yet."""
    defaults = {
        "round": 1,
        "position": 0,
        "kind": "image",
        "media_type": "image/jpeg",
        "caption": "",
        "alt_text": "",
        "notes": [],
    }
    of_file = {"path": file.path, "sha256": file.sha256, "size_bytes": file.size_bytes}
    return Design(cycle_id=cycle_id, channel=channel, **of_file, **{**defaults, **values})


def evidence_row(publication: Publication, kind: str, file: StoredFile, captured_at: datetime) -> Evidence:
    """A proof of a publication that is not entered yet."""
    return Evidence(
        publication_id=publication.id,
        kind=kind,
        path=file.path,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        source_url=publication.permalink or "",
        captured_at=captured_at,
    )


def picture(size: tuple[int, int], text: str, colour: str = "#9b1c1f") -> bytes:
    """A picture that can be told from another."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, size[0] - 60, size[1] // 2), fill="#f2a81d")
    draw.text((100, size[1] // 2 + 60), text, fill="white", font_size=70)
    target = BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()


def media_of(path: Path, media_type: str, **facts: Any) -> Media:
    """A file as it is handed to a platform; `facts` are what only looking into it would tell."""
    data = path.read_bytes()
    return Media(path, media_type, hashlib.sha256(data).hexdigest(), len(data), **facts)
