"""Alembic's entry: runs migrations on the record's own engine."""

from __future__ import annotations

from alembic import context

from medsos.store.models import Base
from medsos.store.session import engine_for

# Airflow's tables may share a PostgreSQL database with ours; only ours carry this version table.
VERSION_TABLE = "medsos_alembic_version"

with engine_for(context.config.attributes["database_url"]).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
