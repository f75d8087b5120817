"""What people were told about forms that wait for them: reminders and escalations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool) -> sa.Column:
    return sa.Column(name, medsos.store.types.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _instant("waiting_since", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("threshold", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=250), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("due_at", nullable=False),
        _instant("next_try_at", nullable=True),
        _instant("claimed_until", nullable=True),
        _instant("sent_at", nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_notices_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "cycle_id",
            "task_id",
            "waiting_since",
            "kind",
            "threshold",
            "recipient",
            "way",
            name="uq_notices_once",
        ),
    )
    for column in ("office", "cycle_id", "state"):
        op.create_index(op.f(f"ix_notices_{column}"), "notices", [column], unique=False)


def downgrade() -> None:
    op.drop_table("notices")
