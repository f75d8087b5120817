"""Run inside an installation: officials, accounts, drafts, cycles, an evaluated month, a review."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime

from sqlalchemy import select
from web_samples import decide, design_round, new_cycle, upload_under_way

import review_papers
from builders import picture
from half_year import finished_cycles
from medsos.clock import utc_now
from medsos.drafts import book, uploads
from medsos.evidence.archive import Archive
from medsos.settings import load_settings
from medsos.sop.model import load_sop
from medsos.stack import fab_users, officials
from medsos.stack.config import OPERATOR
from medsos.store.migrate import upgrade
from medsos.store.models import Cycle, Draft, Official
from medsos.store.session import transaction

SOMEBODY_ELSE = "orang-lain"
"""Author of drafts who never logs in."""


def drafts_of(author: str) -> dict[str, str]:
    """Ids: a draft with a whole file and one under way, and another draft that may go."""
    draft, spare = new_draft(author, "Rapat koordinasi"), new_draft(author, "Boleh dihapus")
    return {
        "draft": draft,
        "file": new_file(draft, picture((1200, 900), "aula"), whole=True),
        "part": new_file(draft, picture((1280, 900), "halaman"), whole=False),
        "spare": spare,
    }


def new_draft(author: str, title: str) -> str:
    with transaction() as session:
        draft = book.new_draft(
            session, office="kota-bengkulu", author=author, content_type="foto_kegiatan",
            channels=["web", "facebook"], now=utc_now(),
        )  # fmt: skip
        book.save(session, draft, {"title": title, "body": "Uji hak akses."}, utc_now())
        return draft.id


def new_file(draft_id: str, data: bytes, *, whole: bool) -> str:
    with transaction() as session:
        draft = session.get_one(Draft, draft_id)
        file = uploads.begin(session, draft, name="foto.jpg", size=len(data), stamp="", now=utc_now())
    if whole:
        with uploads.writing(file, 0) as part:
            part.write(data)
        uploads.finish(file)
    return file.id


def main(manager: str, passwords: dict[str, str]) -> dict[str, object]:
    settings = load_settings()
    upgrade(settings.database_url)
    ids = {name: name for name in passwords}
    if manager == "fab":
        people = fab_users.people_of_all_offices(settings.offices_dir)
        _, ids = fab_users.sync(people, OPERATOR, passwords)
    officials.sync_all_offices(settings.database_url, settings.offices_dir, ids)
    archive = Archive(settings.home / "archive")
    waits = new_cycle(run_id="uji-persetujuan")
    design_round(archive, waits)
    by_hand = upload_under_way(archive)
    revised = new_cycle(run_id="uji-revisi")
    design_round(archive, revised)
    decide(revised, 1, "revisi", "Perbaiki judul")
    ends = [datetime(2026, 5, day, 14, tzinfo=UTC) for day in (6, 20)]
    finished_cycles(archive, load_sop(settings.sop_dir), ends)
    review_papers.lay(archive)
    shot = picture((1280, 900), "layar")
    name = hashlib.sha256(shot).hexdigest()
    folder = settings.working_dir(by_hand) / "tangkapan"
    folder.mkdir(parents=True)
    (folder / f"facebook-{name}.jpg").write_bytes(shot)
    with transaction() as session:
        session.get_one(Cycle, by_hand).run_id = "uji-unggahan"
        kasubbag = session.scalars(select(Official).where(Official.role == "kasubbag")).one()
        folder_of = session.get_one(Cycle, waits).archive_folder
    return {
        "ids": ids,
        "runs": ["uji-persetujuan", "uji-unggahan"],
        "waits": waits,
        "by_hand": by_hand,
        "revised": revised,
        "drafts": {name: drafts_of(name) for name in (*passwords, SOMEBODY_ELSE)},
        "shot": name,
        "official": kasubbag.id,
        "file": f"{folder_of}/desain/putaran-1/web.jpg",
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], json.loads(sys.argv[2]))) + "\n")
