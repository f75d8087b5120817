"""Answers given on our own pages, stored before Airflow is told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("option", sa.String(length=100), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_by", sa.String(length=250), nullable=False),
        sa.Column("answered_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_stored_answers_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_answers")),
    )
    op.create_index(op.f("ix_stored_answers_cycle_id"), "stored_answers", ["cycle_id"])
    op.create_index(
        "uq_stored_answers_open",
        "stored_answers",
        ["cycle_id", "task_id", "round"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("stored_answers")
