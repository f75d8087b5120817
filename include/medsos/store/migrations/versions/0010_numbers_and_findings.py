"""Numbers of posts say why they are missing and are read once; findings of the watch, and their notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool) -> sa.Column:
    return sa.Column(name, medsos.store.types.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    # Nothing has written numbers before this migration.
    op.add_column("metrics", sa.Column("state", sa.String(length=20), server_default="given", nullable=False))
    op.add_column("metrics", sa.Column("after_days", sa.Integer(), server_default="0", nullable=False))
    op.create_index("uq_metrics_once", "metrics", ["publication_id", "after_days", "name"], unique=True)
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        _instant("since", nullable=False),
        _instant("ended_at", nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_findings_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_cycle_id"), "findings", ["cycle_id"], unique=False)
    op.create_index(
        "uq_findings_open",
        "findings",
        ["office", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    with op.batch_alter_table("notices") as batch:
        batch.alter_column("cycle_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("finding_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_notices_finding_id_findings"), "findings", ["finding_id"], ["id"])
    op.create_index(
        "uq_notices_finding_once",
        "notices",
        ["finding_id", "recipient", "way"],
        unique=True,
        sqlite_where=sa.text("finding_id IS NOT NULL"),
        postgresql_where=sa.text("finding_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_notices_finding_once", "notices")
    op.execute("DELETE FROM notices WHERE finding_id IS NOT NULL")
    with op.batch_alter_table("notices") as batch:
        batch.drop_constraint(op.f("fk_notices_finding_id_findings"), type_="foreignkey")
        batch.drop_column("finding_id")
        batch.alter_column("cycle_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("findings")
    op.drop_index("uq_metrics_once", "metrics")
    op.drop_column("metrics", "after_days")
    op.drop_column("metrics", "state")
