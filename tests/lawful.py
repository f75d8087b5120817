"""A cycle that went the proper way up to the approval: every row with its line in the audit trail."""

from __future__ import annotations

from datetime import timedelta

from builders import NOW, make_cycle
from medsos.approval.decisions import Decision, record_decision
from medsos.approval.officials import sync_officials
from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
from medsos.evidence.archive import Archive
from medsos.offices.model import Office, load_office
from medsos.settings import load_settings
from medsos.store.audit import append_audit
from medsos.store.models import Cycle, Design, PlanRow
from medsos.store.session import transaction

CHANNELS = ("web", "facebook")
CAPTIONS = {"web": "Rapat pleno dibuka untuk umum.", "facebook": "Rapat pleno, terbuka untuk umum."}
FOLDER = "kota-bengkulu/2026/11/000001-rapat-pleno-terbuka"
DECIDED_AT = NOW + timedelta(minutes=30)


def office() -> Office:
    return load_office(load_settings().offices_dir, "kota-bengkulu")


def opened(**values: object) -> int:
    """A cycle with plan and designs of round 1, not decided; returns its number."""
    request = {
        "title": "Rapat pleno terbuka",
        "content_type": "sosialisasi_tahapan",
        "body": "Isi.",
        "channels": list(CHANNELS),
        "upload_at": None,
    }
    cycle_id = make_cycle(request=request, content_type="sosialisasi_tahapan", **values)
    archive = Archive(load_settings().home / "archive")
    with transaction() as session:
        sync_officials(session, office(), now=NOW)
        cycle = session.get_one(Cycle, cycle_id)
        append_audit(
            session, at=NOW, actor="admin", action="cycle.opened", cycle_id=cycle_id, subject=cycle.title,
            after={**request, "materials_sha256": []},
        )  # fmt: skip
        texts = {name: {"caption": CAPTIONS[name], "alt_text": "Poster rapat"} for name in CHANNELS}
        plan = {"headline": "Rapat pleno", "summary": "Terbuka untuk umum.", "texts": texts}
        session.add(PlanRow(cycle_id=cycle_id, round=1, plan=plan, author="admin", made_at=NOW))
        append_audit(
            session, at=NOW, actor="admin", action="plan.stored", cycle_id=cycle_id, subject="putaran 1",
            after=plan,
        )  # fmt: skip
        for channel in CHANNELS:
            stored = archive.put(
                f"{cycle.archive_folder}/desain/putaran-1/{channel}.jpg", f"gambar {channel}".encode()
            )
            session.add(
                Design(
                    cycle_id=cycle_id, round=1, channel=channel, position=0, kind="image", path=stored.path,
                    sha256=stored.sha256, media_type="image/jpeg", size_bytes=stored.size_bytes,
                    caption=CAPTIONS[channel], alt_text="Poster rapat", notes=[],
                )
            )  # fmt: skip
    return cycle_id


def decide(cycle_id: int, decision: Decision = "setuju", *, by: str = "kasubbag", note: str = "") -> None:
    """The decision over round 1, as the form of step 3 records it."""
    with transaction() as session:
        record_decision(
            session, cycle_id=cycle_id, round_no=1, seal=seal_of(cycle_id), decision=decision, by=by,
            at=DECIDED_AT, note=note, zone=office().zone,
        )  # fmt: skip


def seal_of(cycle_id: int) -> str:
    with transaction() as session:
        return compute_seal(
            designs_of_round(session, cycle_id, 1),
            cycle_id=cycle_id,
            title=title_of_round(session, cycle_id, 1),
        )


def approved(**values: object) -> int:
    """A cycle that was approved by the Kasubbag; returns its number."""
    cycle_id = opened(**values)
    decide(cycle_id)
    return cycle_id
