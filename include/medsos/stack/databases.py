"""Makes the record's database on a PostgreSQL server that does not have it yet."""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from medsos.errors import StackError


def ensure_database(url: str) -> None:
    """Create the database that `url` names; does nothing for SQLite or when it exists.

    :raises StackError: when the server cannot be reached or refuses.
    """
    target = make_url(url)
    if target.get_backend_name() != "postgresql":
        return
    # PostgreSQL creates no database inside a transaction.
    engine = create_engine(target.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            query = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.execute(query, {"name": target.database}).scalar() is None:
                quoted = engine.dialect.identifier_preparer.quote(target.database or "")
                connection.execute(text(f"CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0"))
    except SQLAlchemyError as error:
        reason = type(error).__name__
        raise StackError(
            f"Basis data {target.database} di {target.host} tidak dapat disiapkan ({reason})."
        ) from error
    finally:
        engine.dispose()
