"""Checks and keeps what a person hands in about an upload, through Airflow's form and our page alike."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from medsos.errors import FormError, MaterialError
from medsos.operators.cycle import CycleRun

if TYPE_CHECKING:
    from medsos.store.models import Evidence, Publication

ADDRESS, PICTURE = "tautan", "tangkapan_layar"
"""Fields of the forms."""

_KEPT = re.compile(r"bukti:(\d+)")
"""How the page names a screenshot that is kept already; anything else is a file of the intake folder."""


def upload_page(run: CycleRun) -> str:
    """Address of our page for this channel of the cycle."""
    return f"{run.settings.public_url}/medsos/unggahan/{run.cycle_id}/{run.channel}"


def kept_name(evidence: Evidence) -> str:
    """What stands in the form for a screenshot that is kept already."""
    return f"bukti:{evidence.id}"


def kept_number(name: str) -> int | None:
    """The number of the evidence that a form names; None for a file of the intake folder."""
    match = _KEPT.fullmatch(name.strip())
    return int(match[1]) if match else None


def checked_address(run: CycleRun, row: Publication, address: str) -> str:
    """The typed address, if it is one post of this channel that answers and belongs to no other cycle.

    :raises FormError: with what is wrong.
    """
    from medsos.links.liveness import check_link
    from medsos.links.platforms import address_problem

    address = address.strip()
    if problem := address_problem(
        run.channel, address, account=run.setup.account, website=run.office.website, training=run.training
    ):
        raise FormError(problem)
    if other := _cycle_with(row, address):
        raise FormError(f"Alamat itu sudah tercatat untuk siklus {other}. Salin alamat postingan yang ini.")
    status = check_link(address, clock=run.clock)
    if not status.alive:
        raise FormError(f"Alamat itu tidak menjawab ({status.problem}) Periksa dan salin ulang.")
    return address


def _cycle_with(row: Publication, address: str) -> int | None:
    from sqlalchemy import select

    from medsos.store.models import Publication
    from medsos.store.session import reading

    with reading() as session:
        return session.scalars(
            select(Publication.cycle_id).where(
                Publication.permalink == address, Publication.cycle_id != row.cycle_id
            )
        ).first()


def keep_screenshot_of_person(
    run: CycleRun, row: Publication, jpeg: bytes, *, address: str, by: str, at: datetime
) -> Evidence:
    """Archive a clean screenshot as the proof for an address, with its audit row.

    :raises EvidenceError: the archive refuses the file.
    """
    from medsos.evidence.record import keep_evidence
    from medsos.store.audit import append_audit
    from medsos.store.session import transaction

    with transaction() as session:
        evidence = keep_evidence(
            session,
            run.archive,
            row.id,
            kind="manual",
            data=jpeg,
            suffix="jpg",
            source_url=address,
            captured_at=at,
        )
        append_audit(
            session,
            at=at,
            actor=by,
            action="evidence.handed_in",
            cycle_id=run.cycle_id,
            subject=f"kanal {run.channel}",
            after={"path": evidence.path, "sha256": evidence.sha256, "address": address},
        )
    return evidence


def accepted_screenshot(
    run: CycleRun, row: Publication, name: str, *, address: str, by: str, at: datetime
) -> Evidence:
    """The proof that a form names: kept by our page, or a file in the intake folder, which is kept now.

    :raises FormError: there is no such picture.
    """
    name = name.strip()
    if not name:
        raise FormError(
            "Tangkapan layar belum ada. Kirim melalui halaman unggahan, atau taruh berkasnya di folder masuk "
            "dan tulis namanya."
        )
    if (number := kept_number(name)) is not None:
        return _kept(run, row, number, address)
    return keep_screenshot_of_person(run, row, _from_intake(run, name), address=address, by=by, at=at)


def _kept(run: CycleRun, row: Publication, evidence_id: int, address: str) -> Evidence:
    from medsos.store.models import Evidence
    from medsos.store.session import reading

    with reading() as session:
        evidence = session.get(Evidence, evidence_id)
    if evidence is None or (evidence.publication_id, evidence.kind) != (row.id, "manual"):
        raise FormError("Tangkapan layar itu bukan milik unggahan ini. Kirim lagi melalui halaman unggahan.")
    if evidence.source_url != address:
        raise FormError(
            "Alamat diganti setelah tangkapan layar dikirim. Kirim lagi melalui halaman unggahan."
        )
    run.archive.verify(evidence.path, evidence.sha256)
    return evidence


def _from_intake(run: CycleRun, name: str) -> bytes:
    from medsos.content.materials import resolve_materials
    from medsos.evidence.handed_in import clean_screenshot

    try:
        (source,) = resolve_materials(run.settings.intake_dir(run.office_slug), [name])
    except MaterialError as error:
        raise FormError(" ".join(error.problems)) from None
    with tempfile.TemporaryDirectory(prefix="medsos-") as folder:
        # A copy, so that nobody can exchange the file between two looks at it.
        copy = Path(folder) / "tangkapan"
        copy.write_bytes(source.read_bytes())
        return clean_screenshot(copy, name=name)


def audit_answer(run: CycleRun, *, by: str, at: datetime, action: str, answer: str) -> None:
    """Note what a person decided about the upload."""
    from medsos.store.audit import append_audit
    from medsos.store.session import transaction

    with transaction() as session:
        append_audit(
            session,
            at=at,
            actor=by,
            action=action,
            cycle_id=run.cycle_id,
            subject=f"kanal {run.channel}",
            after={"answer": answer},
        )
