"""A cycle with one file of every sort in the archive and its rows in the record."""

from __future__ import annotations

from builders import NOW, design_row, make_cycle, publication_row
from medsos.evidence.archive import Archive
from medsos.evidence.record import keep_screenshot
from medsos.evidence.screenshot import Screenshot
from medsos.store.models import Link, Material
from medsos.store.session import transaction

FOLDER = "kota-bengkulu/2026/11/000001-rapat-pleno-terbuka"


def fill(archive: Archive) -> int:
    """Make a cycle with a material, a design, a proof, a link page and a report; returns its number."""
    cycle_id = make_cycle()
    original, clean = (
        archive.put(f"{FOLDER}/bahan/asli.jpg", b"asli"),
        archive.put(f"{FOLDER}/bahan/bersih.jpg", b"bersih"),
    )
    design = archive.put(f"{FOLDER}/desain/putaran-1/web.jpg", b"desain")
    page = archive.put(f"{FOLDER}/tautan/tautan.html", b"tautan")
    archive.put(f"{FOLDER}/laporan/laporan.html", b"laporan")
    with transaction() as session:
        session.add(
            Material(
                cycle_id=cycle_id,
                position=0,
                original_name="IMG_0001.JPG",
                media_type="image/jpeg",
                original_path=original.path,
                original_sha256=original.sha256,
                clean_path=clean.path,
                clean_sha256=clean.sha256,
                clean_media_type="image/jpeg",
                size_bytes=6,
            )
        )
        session.add(design_row(cycle_id, "web", design))
        session.add(Link(cycle_id=cycle_id, kind="page", address=page.path, made_at=NOW))
        publication = publication_row(cycle_id, "web")
        session.add(publication)
        session.flush()
        shot = Screenshot(png=b"png", final_url="https://web.example/1", captured_at=NOW)
        keep_screenshot(session, archive, publication.id, shot)
    return cycle_id
