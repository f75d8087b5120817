"""Run inside an installation: its officials, accounts, two cycles with designs, a screenshot that waits."""

from __future__ import annotations

import hashlib
import json
import sys

from sqlalchemy import select
from web_samples import design_round, new_cycle, upload_under_way

from builders import picture
from medsos.evidence.archive import Archive
from medsos.settings import load_settings
from medsos.stack import fab_users, officials
from medsos.stack.config import OPERATOR
from medsos.store.migrate import upgrade
from medsos.store.models import Cycle, Official
from medsos.store.session import transaction


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
        "shot": name,
        "official": kasubbag.id,
        "file": f"{folder_of}/desain/putaran-1/web.jpg",
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], json.loads(sys.argv[2]))) + "\n")
