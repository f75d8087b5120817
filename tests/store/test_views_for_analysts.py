"""Whoever reads the evaluation with SQL finds Indonesian names and the very same values."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, select, text

from builders import NOW
from medsos.evaluation.export.columns import TABLES, Table
from medsos.store.migrate import alembic_config, upgrade
from medsos.store.models import Cycle, CycleScorecard
from medsos.store.session import engine_for, transaction


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.view_name)
def test_a_view_has_the_declared_indonesian_columns(database: str, table: Table) -> None:
    columns = [column["name"] for column in inspect(engine_for(database)).get_columns(table.view_name)]
    assert columns == [column.view_name for column in table.columns]


def test_these_are_all_views(database: str) -> None:
    views = inspect(engine_for(database)).get_view_names()
    assert sorted(views) == sorted(table.view_name for table in TABLES.values())


def test_a_view_shows_what_stands_in_the_table(database: str) -> None:
    with transaction(database) as session:
        cycle = Cycle(
            office="kota-bengkulu", title="Rapat", content_type="video", requester="admin", requested_at=NOW,
            sop_version="v", dag_id="d", run_id="r", request={}, archive_folder="x",
        )  # fmt: skip
        session.add(cycle)
        session.flush()
        session.add(
            CycleScorecard(
                cycle_id=cycle.id, office="kota-bengkulu", title="Rapat", content_type="video",
                status="selesai", requested_at=NOW, completed_at=NOW, rounds=2, working_minutes=35.25,
                target_minutes=520.0, steps_on_time=5, steps_total=6, channels_published=1, channels_total=2,
                evidence_complete=True, kahar=False,
            )
        )  # fmt: skip
    with transaction(database) as session:
        shown = session.execute(text("SELECT * FROM v_nilai_per_siklus")).mappings().one()
        stored = session.execute(select(CycleScorecard.__table__)).mappings().one()
    for column in TABLES["cycle_scorecards"].columns:
        if column.name in ("requested_at", "completed_at"):
            assert str(shown[column.view_name])[:19] == "2026-11-23 03:00:00"
        else:
            assert shown[column.view_name] == stored[column.name], column.name


def test_the_views_can_be_taken_away_and_made_anew(database: str) -> None:
    command.downgrade(alembic_config(database), "0008")
    assert inspect(engine_for(database)).get_view_names() == []
    upgrade(database)
    assert len(inspect(engine_for(database)).get_view_names()) == len(TABLES)
