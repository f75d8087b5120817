"""A cycle with one file of every sort in the archive and its rows in the record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from builders import NOW, design_row, make_cycle, publication_row
from medsos.approval.decisions import record_decision
from medsos.approval.officials import sync_officials
from medsos.approval.seal import compute_seal, designs_of_round
from medsos.evidence.archive import Archive
from medsos.evidence.record import keep_screenshot
from medsos.evidence.screenshot import Screenshot
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.audit import append_audit
from medsos.store.models import Link, Material, PlanRow
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
        seal = _approve(session, cycle_id)
        publication = publication_row(cycle_id, "web", seal=seal)
        session.add(publication)
        session.flush()
        append_audit(
            session, at=NOW, actor="sistem", action="publication.moved", cycle_id=cycle_id,
            subject="kanal web", before={"state": "committing"}, after={"state": "published"},
        )  # fmt: skip
        shot = Screenshot(png=b"png", final_url="https://web.example/1", captured_at=NOW)
        keep_screenshot(session, archive, publication.id, shot)
    return cycle_id


def _approve(session: Session, cycle_id: int) -> str:
    """The plan of round 1 and its approval, with their lines in the trail; returns the seal."""
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    sync_officials(session, office, now=NOW)
    plan = {"headline": "Rapat pleno", "summary": "", "texts": {}}
    session.add(PlanRow(cycle_id=cycle_id, round=1, plan=plan, author="admin", made_at=NOW))
    append_audit(
        session, at=NOW, actor="admin", action="plan.stored", cycle_id=cycle_id, subject="putaran 1",
        after=plan,
    )  # fmt: skip
    session.flush()
    seal = compute_seal(designs_of_round(session, cycle_id, 1), cycle_id=cycle_id, title="Rapat pleno")
    record_decision(
        session, cycle_id=cycle_id, round_no=1, seal=seal, decision="setuju", by="kasubbag", at=NOW, note="",
        zone=office.zone,
    )  # fmt: skip
    return seal
