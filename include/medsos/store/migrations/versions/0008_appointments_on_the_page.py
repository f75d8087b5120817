"""Officials and delegations kept on a page: where a row comes from, who recorded it, when it ended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain additions: no table is rebuilt, so no trigger is lost on SQLite.
    op.add_column(
        "officials", sa.Column("source", sa.String(length=10), server_default="berkas", nullable=False)
    )
    op.add_column(
        "officials", sa.Column("ended_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "delegations", sa.Column("recorded_by", sa.String(length=250), server_default="", nullable=False)
    )
    op.add_column(
        "delegations", sa.Column("ended_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("delegations", "ended_at")
    op.drop_column("delegations", "recorded_by")
    op.drop_column("officials", "ended_at")
    op.drop_column("officials", "source")
