"""The analyst's database role, on a real server: it reads the evaluation and can do nothing else."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from builders import NOW
from medsos.errors import StackError
from medsos.evaluation.export.columns import TABLES
from medsos.settings import load_settings
from medsos.stack.analyst import READABLE, ROLE, ensure_analyst, shared_time_zone
from medsos.store.audit import append_audit
from medsos.store.models import MonthlyRecap
from medsos.store.session import engine_for, transaction

SECRET = "sandi-analis-yang-panjang"


TABLES_AND_FIRST_COLUMNS = [
    pair
    for table in TABLES.values()
    for pair in ((table.key, table.columns[0].name), (table.view_name, table.columns[0].view_name))
]


@pytest.fixture(scope="module")
def record(new_postgresql_record: Callable[[], str]) -> Iterator[str]:
    """URL of a record with a month and an audit row, on a server that knows the analyst."""
    url = new_postgresql_record()
    ensure_analyst(url, SECRET, "Asia/Jakarta")
    with transaction(url) as session:
        session.add(
            MonthlyRecap(office="kota-bengkulu", month=NOW.date(), step_no=1, cycles=1, target_minutes=120.0)
        )
        append_audit(session, at=NOW, actor="kasubbag", action="approval.decided", subject="putaran 1")
    yield url
    engine_for(url).dispose()


@pytest.fixture(scope="module")
def analyst(record: str) -> Iterator[Engine]:
    engine = as_analyst(record)
    yield engine
    engine.dispose()


def as_analyst(url: str, password: str = SECRET) -> Engine:
    return create_engine(make_url(url).set(username=ROLE, password=password))


def refused(analyst: Engine, statement: str) -> str:
    """What the server says to `statement`, in a session that has taken off its own “only reads”."""
    with analyst.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text(statement))
        connection.execute(text("RESET default_transaction_read_only"))
    assert isinstance(caught.value.orig, psycopg2.errors.InsufficientPrivilege), caught.value
    return str(caught.value.orig)


@pytest.mark.parametrize("name", READABLE)
def test_every_evaluation_table_and_view_can_be_read(analyst: Engine, name: str) -> None:
    with analyst.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {name}")).all()  # noqa: S608
    assert len(found) == (1 if "recap" in name or "rekap" in name else 0)


def test_no_other_table_can_be_read(analyst: Engine, record: str) -> None:
    others = set(inspect(engine_for(record)).get_table_names()) - set(READABLE)
    assert {"audit_log", "approvals", "cycles", "officials", "medsos_alembic_version"} <= others
    for name in others:
        assert "permission denied" in refused(analyst, f"SELECT count(*) FROM {name}")  # noqa: S608


@pytest.mark.parametrize(("name", "column"), TABLES_AND_FIRST_COLUMNS)
def test_no_row_of_the_evaluation_can_be_changed(analyst: Engine, name: str, column: str) -> None:
    refused(analyst, f"UPDATE {name} SET {column} = {column}")  # noqa: S608  declared names
    refused(analyst, f"DELETE FROM {name}")  # noqa: S608
    refused(analyst, f"INSERT INTO {name} ({column}) VALUES (DEFAULT)")  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE monthly_recap",
        "INSERT INTO audit_log (id) VALUES (9)",
        "CREATE TABLE milik_analis (a int)",
        "CREATE TEMP TABLE sementara (a int)",
        "CREATE VIEW v_baru AS SELECT 1",
        "CREATE SCHEMA baru",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT lo_create(0)",
        "SELECT nextval('cycles_id_seq')",
        "CREATE ROLE lain",
        "CREATE DATABASE lain",
        "DROP VIEW v_rekap_bulanan",
        "COPY monthly_recap TO '/tmp/rekap.csv'",
        "SET ROLE postgres",
    ],
)
def test_nothing_can_be_written(analyst: Engine, statement: str) -> None:
    refused(analyst, statement)


def test_a_session_begins_as_one_that_only_reads_and_shows_the_office_s_clock(analyst: Engine) -> None:
    with analyst.connect() as connection:
        shown = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("default_transaction_read_only", "timezone", "statement_timeout")
        }
    assert shown == {
        "default_transaction_read_only": "on", "timezone": "Asia/Jakarta", "statement_timeout": "10min",
    }  # fmt: skip


def test_other_databases_of_the_server_are_closed_to_it(record: str) -> None:
    for name in ("postgres", "template1", "contoh"):
        elsewhere = create_engine(make_url(record).set(username=ROLE, password=SECRET, database=name))
        with pytest.raises(OperationalError, match="permission denied for database"):
            elsewhere.connect()


def test_only_the_right_password_opens_and_a_new_one_takes_its_place(record: str) -> None:
    with engine_for(record).connect() as connection:
        rules = Path(str(connection.scalar(text("SHOW hba_file"))))
        before = rules.read_text()
        try:
            rules.write_text(f"local all {ROLE} scram-sha-256\n{before}")
            connection.execute(text("SELECT pg_reload_conf()"))
            wait_until_passwords_count(record)
            as_analyst(record).connect().close()
            ensure_analyst(record, "sandi-yang-baru-sekali", "Asia/Jakarta")
            as_analyst(record, "sandi-yang-baru-sekali").connect().close()
            with pytest.raises(OperationalError, match="password authentication failed"):
                as_analyst(record).connect()
            stored = connection.scalar(
                text("SELECT rolpassword FROM pg_authid WHERE rolname = :r"), {"r": ROLE}
            )
            assert str(stored).startswith("SCRAM-SHA-256$")
        finally:
            rules.write_text(before)
            connection.execute(text("SELECT pg_reload_conf()"))


def wait_until_passwords_count(record: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            as_analyst(record, "bukan sandinya").connect().close()
        except OperationalError:
            return
        time.sleep(0.1)
    raise AssertionError("the server still lets everybody in")


def test_making_it_again_takes_away_what_it_was_granted_meanwhile(analyst: Engine, record: str) -> None:
    with engine_for(record).begin() as connection:
        connection.execute(text(f"GRANT SELECT, INSERT ON audit_log TO {ROLE}"))
        connection.execute(text(f"GRANT UPDATE ON monthly_recap TO {ROLE}"))
    with analyst.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_log")) == 1
    ensure_analyst(record, SECRET, "Asia/Jakarta")
    refused(analyst, "SELECT * FROM audit_log")
    refused(analyst, "UPDATE monthly_recap SET cycles = 0")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (f"ALTER ROLE {ROLE} SUPERUSER", f"ALTER ROLE {ROLE} NOSUPERUSER"),
        (f"GRANT pg_read_all_data TO {ROLE}", f"REVOKE pg_read_all_data FROM {ROLE}"),
    ],
)
def test_a_role_that_somebody_made_more_than_a_reader_is_refused(record: str, given: str, taken: str) -> None:
    with engine_for(record).begin() as connection:
        connection.execute(text(given))
    try:
        with pytest.raises(StackError, match="punya hak lebih dari membaca"):
            ensure_analyst(record, SECRET, "Asia/Jakarta")
    finally:
        with engine_for(record).begin() as connection:
            connection.execute(text(taken))


def test_a_refusal_names_what_is_missing_and_shows_no_password(record: str) -> None:
    weak = make_url(record).set(username=ROLE, password=SECRET).render_as_string(hide_password=False)
    with pytest.raises(StackError, match="CREATEROLE") as caught:
        ensure_analyst(weak, SECRET, "Asia/Jakarta")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_tool_that_shows_comments_explains_every_column(analyst: Engine) -> None:
    with analyst.connect() as connection:
        for table in TABLES.values():
            columns = inspect(connection).get_columns(table.view_name)
            assert [column["comment"] for column in columns] == [c.explanation for c in table.columns]


def test_the_role_sees_times_on_the_clock_that_all_offices_share(tmp_path: Path) -> None:
    shipped = load_settings().offices_dir
    assert shared_time_zone(shipped) == "Asia/Jakarta"
    shutil.copytree(shipped / "kota-bengkulu", tmp_path / "kota-jayapura")
    office = tmp_path / "kota-jayapura" / "office.yaml"
    text_of_office = office.read_text().replace("slug: kota-bengkulu", "slug: kota-jayapura")
    office.write_text(text_of_office.replace("Asia/Jakarta", "Asia/Jayapura"))
    assert shared_time_zone(tmp_path) == "Asia/Jayapura"
    shutil.copytree(shipped / "kota-bengkulu", tmp_path / "kota-bengkulu")
    assert shared_time_zone(tmp_path) == "UTC"


def test_the_query_in_the_handbook_runs_as_the_analyst(analyst: Engine) -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    (query,) = [found for found in re.findall(r"```sql\n(.*?)```", handbook, re.DOTALL) if "v_waktu" in found]
    with analyst.connect() as connection:
        assert list(connection.execute(text(query)).keys()) == ["langkah", "terlambat", "rata_rata_menit"]


def test_the_handbook_names_every_view_and_its_table() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    for table in TABLES.values():
        assert f"| `{table.view_name}` | `{table.key}` |" in handbook
