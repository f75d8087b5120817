"""Numbers, findings and notices come and go without losing what was there, on both databases."""

from __future__ import annotations

from alembic import command
from sqlalchemy import inspect, select, text

from builders import NOW
from medsos.store.migrate import alembic_config
from medsos.store.models import Cycle, Finding, Notice
from medsos.store.session import engine_for, insert_new, transaction

BEFORE = "0008"


def cycle(database: str) -> int:
    with transaction(database) as session:
        row = Cycle(
            office="kota-bengkulu", title="Rapat", content_type="foto_kegiatan", requester="admin",
            requested_at=NOW, sop_version="1", kahar=False, kahar_reason="", status="berjalan", dag_id="d",
            run_id="migrasi", request={}, archive_folder="a",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def notice(**values: object) -> Notice:
    defaults: dict[str, object] = {
        "office": "kota-bengkulu", "task_id": "t", "round": 1, "waiting_since": NOW, "kind": "reminder",
        "threshold": "50", "recipient": "admin", "recipient_name": "Admin", "way": "mail", "state": "sent",
        "tries": 1, "due_at": NOW, "problem": "",
    }  # fmt: skip
    return Notice(**{**defaults, **values})


def finding(database: str, **values: object) -> bool:
    with transaction(database) as session:
        return insert_new(
            session, Finding, office="kota-bengkulu", kind="token_ends", subject="facebook", since=NOW,
            problem="Segera.", **values,
        )  # fmt: skip


def test_what_people_were_told_before_survives_the_way_there_and_back(database: str) -> None:
    number = cycle(database)
    with transaction(database) as session:
        session.add(notice(cycle_id=number))
    assert finding(database)
    with transaction(database) as session:
        told = session.scalars(select(Finding.id)).one()
        session.add(notice(finding_id=told, task_id="facebook", kind="token_ends", threshold=""))

    command.downgrade(alembic_config(database), BEFORE)
    with engine_for(database).connect() as connection:
        kept = connection.execute(text("SELECT kind, cycle_id FROM notices")).all()
    assert [tuple(row) for row in kept] == [("reminder", number)]

    command.upgrade(alembic_config(database), "head")
    with transaction(database) as session:
        [row] = session.scalars(select(Notice))
    assert (row.kind, row.cycle_id, row.finding_id) == ("reminder", number, None)
    found = inspect(engine_for(database))
    assert {index["name"] for index in found.get_indexes("notices")} >= {
        "ix_notices_office", "ix_notices_cycle_id", "ix_notices_state", "uq_notices_finding_once",
    }  # fmt: skip
    assert "uq_notices_once" in {one["name"] for one in found.get_unique_constraints("notices")}


def test_of_one_subject_only_one_finding_is_open_and_ended_ones_are_kept(database: str) -> None:
    assert finding(database)
    assert not finding(database)
    with transaction(database) as session:
        session.scalars(select(Finding)).one().ended_at = NOW
    assert finding(database)
    with transaction(database) as session:
        assert len(session.scalars(select(Finding)).all()) == 2
