"""Whoever reads the evaluation with SQL finds Indonesian names and the very same values."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pandas as pd
import pytest
from alembic import command
from sqlalchemy import inspect, select, text

from builders import NOW
from medsos.evaluation.export import files_of
from medsos.evaluation.export.columns import TABLES, Table
from medsos.evaluation.period import Period
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.migrate import alembic_config, upgrade
from medsos.store.models import Cycle, CycleScorecard, MonthlyRecap
from medsos.store.session import engine_for, reading, transaction


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.view_name)
def test_a_view_has_the_declared_indonesian_columns(database: str, table: Table) -> None:
    columns = [column["name"] for column in inspect(engine_for(database)).get_columns(table.view_name)]
    assert columns == [column.view_name for column in table.columns]


def test_these_are_all_views(database: str) -> None:
    views = inspect(engine_for(database)).get_view_names()
    assert sorted(views) == sorted(table.view_name for table in TABLES.values())


@pytest.fixture
def evaluated(database: str) -> str:
    """URL of a record with one finished cycle and a month."""
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
        session.add(
            MonthlyRecap(
                office="kota-bengkulu", month=date(2026, 11, 1), step_no=1, cycles=1, on_time_rate=0.5,
                target_minutes=120.0,
            )
        )  # fmt: skip
    return database


def test_a_view_shows_what_stands_in_the_table(evaluated: str) -> None:
    with transaction(evaluated) as session:
        shown = session.execute(text("SELECT * FROM v_nilai_per_siklus")).mappings().one()
        stored = session.execute(select(CycleScorecard.__table__)).mappings().one()
    for column in TABLES["cycle_scorecards"].columns:
        if column.name in ("requested_at", "completed_at"):
            assert str(shown[column.view_name])[:19] == "2026-11-23 03:00:00"
        else:
            assert shown[column.view_name] == stored[column.name], column.name


def test_an_export_is_the_same_from_both_databases(evaluated: str) -> None:
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    with reading(evaluated) as session:
        files = files_of(session, offices=[office], period=Period.month(NOW.date()), made_at=NOW)
        found = {(file.name.split("-kota")[0], file.format): file for file in files}
    assert sum(file.rows for file in found.values()) == 3 * 2
    card = found["nilai-per-siklus", "csv"].content.decode("utf-8-sig").splitlines()[1]
    assert card.split(";", 1)[1] == (
        "kota-bengkulu;Rapat;video;selesai;2026-11-23 10:00:00;2026-11-23 10:00:00;"
        "2;;;35,25;520,00;5;6;1;2;ya;tidak"
    )
    month = pd.read_parquet(BytesIO(found["rekap-bulanan", "parquet"].content)).iloc[0]
    assert (month["month"], month["on_time_rate"]) == (date(2026, 11, 1), 0.5)


def test_the_views_can_be_taken_away_and_made_anew(database: str) -> None:
    command.downgrade(alembic_config(database), "0008")
    assert inspect(engine_for(database)).get_view_names() == []
    upgrade(database)
    assert len(inspect(engine_for(database)).get_view_names()) == len(TABLES)
