"""The archive can be read without the database."""

from __future__ import annotations

import json
from pathlib import Path

from builders import NOW, publication_row
from medsos.evidence.archive import Archive
from medsos.evidence.dossier import write_dossier
from medsos.store.models import Approval
from medsos.store.session import transaction


def test_the_dossier_holds_request_decisions_and_publications_but_no_journal(
    cycle_id: int, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "archive")
    with transaction() as session:
        session.add(
            Approval(
                cycle_id=cycle_id,
                round=1,
                seal="a" * 64,
                decision="setuju",
                decided_by="kasubbag",
                decided_at=NOW,
                note="Baik",
            )
        )
        session.add(
            publication_row(
                cycle_id, "web", journal={"upload_url": "https://upload.test/?token=rahasia"}, post_id="17"
            )
        )
    with transaction() as session:
        stored = write_dossier(session, archive, cycle_id)
    text = archive.read(stored.path).decode()
    content = json.loads(text)
    assert content["cycle"]["title"] == "Rapat pleno terbuka"
    assert content["approvals"][0]["note"] == "Baik"
    assert content["publications"][0]["post_id"] == "17"
    assert "rahasia" not in text
