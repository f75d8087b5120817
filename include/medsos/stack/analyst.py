"""The PostgreSQL role with which an analyst reads the evaluation, and can do nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from psycopg2.extensions import encrypt_password
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from medsos.errors import ConfigError, StackError
from medsos.evaluation.export.columns import TABLES
from medsos.offices.model import load_office, office_slugs

ROLE = "medsos_analis"
PASSWORD = "MEDSOS_ANALYST_PASSWORD"  # noqa: S105  the name of the setting
READABLE = tuple(name for table in TABLES.values() for name in (table.key, table.view_name))
"""Tables and views that the role may read."""

CONNECTIONS = 10
_PATIENCE = "10min"
"""A forgotten or endless query is ended after this, so that it holds up no migration."""

_EXISTS = "SELECT 1 FROM pg_roles WHERE rolname = :role"
_MORE_THAN_READING = """
    SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
        OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)
    FROM pg_roles WHERE rolname = :role
"""
_WRITE_LARGE_OBJECTS = "lo_create(oid), lo_creat(int), lo_from_bytea(oid, bytea)"
_OUR_DATABASES = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user"


def ensure_analyst(url: str, password: str, time_zone: str) -> None:
    """Make the role, or bring it to what it should be: its password, its rights, its time zone.

    Every database that we own on that server is closed to roles without a right of their own. Safe to repeat;
    takes away whatever else the role was granted on our tables. Does nothing for SQLite.

    :param url: of the migrated record, as the role that owns it and may make roles.
    :param time_zone: in which the role sees times, for example `Asia/Jakarta`.
    :raises StackError: the server refuses, or somebody has made the role more than a reader.
    """
    target = make_url(url)
    if target.get_backend_name() != "postgresql":
        return
    engine = create_engine(target)
    try:
        with engine.begin() as connection:
            if (
                connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
                is None
            ):
                connection.execute(text(f"CREATE ROLE {ROLE}"))
            if connection.scalar(text(_MORE_THAN_READING), {"role": ROLE}):
                raise StackError(
                    f"Peran basis data {ROLE} punya hak lebih dari membaca, atau anggota peran lain. "
                    "Cabut hak itu, atau hapus perannya agar dibuat baru."
                )
            for statement, values in _statements(connection, password, time_zone):
                connection.execute(text(statement), values)
    except SQLAlchemyError as error:
        # Not the error itself: it may quote the statement.
        raise StackError(
            f"Peran basis data {ROLE} di {target.host} tidak dapat disiapkan ({type(error).__name__}). "
            f"Peran {target.username} harus memiliki tabelnya dan boleh membuat peran (CREATEROLE)."
        ) from None
    finally:
        engine.dispose()


def shared_time_zone(offices_dir: Path) -> str:
    """That of the offices, or UTC when they have several."""
    zones = set()
    for slug in office_slugs(offices_dir):
        # A broken file is told by those who need the office.
        with suppress(ConfigError):
            zones.add(load_office(offices_dir, slug).time_zone)
    return zones.pop() if len(zones) == 1 else "UTC"


def _statements(
    connection: Connection, password: str, time_zone: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    # Only a proof of the password is sent, so it stands in no log of the server.
    driver: Any = connection.connection.driver_connection
    proof = encrypt_password(password, ROLE, scope=driver, algorithm="scram-sha-256")
    yield f"ALTER ROLE {ROLE} LOGIN CONNECTION LIMIT {CONNECTIONS} PASSWORD :proof", {"proof": proof}
    yield f"ALTER ROLE {ROLE} SET default_transaction_read_only = on", {}
    yield f"ALTER ROLE {ROLE} SET timezone = :zone", {"zone": time_zone}
    yield f"ALTER ROLE {ROLE} SET statement_timeout = '{_PATIENCE}'", {}
    yield f"ALTER ROLE {ROLE} SET idle_in_transaction_session_timeout = '{_PATIENCE}'", {}

    quote = connection.dialect.identifier_preparer.quote
    # What everybody may do, a single role cannot be refused.
    for database in connection.scalars(text(_OUR_DATABASES)):
        yield f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC, {ROLE}", {}
    record = connection.scalar(text("SELECT current_database()"))
    yield f"GRANT CONNECT ON DATABASE {quote(record)} TO {ROLE}", {}
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC", {}
    yield (
        "REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(int), lo_from_bytea(oid, bytea) FROM PUBLIC",
        {},
    )
    yield f"REVOKE ALL ON SCHEMA public FROM {ROLE}", {}
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}", {}
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}", {}
    yield f"GRANT USAGE ON SCHEMA public TO {ROLE}", {}
    yield f"GRANT SELECT ON {', '.join(READABLE)} TO {ROLE}", {}
    for table in TABLES.values():
        # A tool for analysis shows these beside the columns.
        yield (
            f"COMMENT ON VIEW {table.view_name} IS :told",
            {"told": f"Satu baris untuk {table.one_row_per}."},
        )
        for column in table.columns:
            place = f"{table.view_name}.{column.view_name}"
            yield f"COMMENT ON COLUMN {place} IS :told", {"told": column.explanation}
