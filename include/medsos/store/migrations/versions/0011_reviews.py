"""The half-yearly review of the SOP: its papers, the decisions over them, and answers that belong to no cycle

The decisions are kept as the approvals are (0007): rows are added, never changed or taken away.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLE = "sop_reviews"
_SAME_ROW = (
    "kept.id = NEW.id OR (kept.office = NEW.office AND kept.period = NEW.period AND kept.round = NEW.round)"
)


def upgrade() -> None:
    at = medsos.store.types.UtcDateTime(timezone=True)
    op.create_table(
        "review_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("period", sa.String(length=30), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sop_version", sa.String(length=100), nullable=False),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("laid_at", at, nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("report_path", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_papers")),
    )
    op.create_index("ix_review_papers_half_year", "review_papers", ["office", "period"])
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("period", sa.String(length=30), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sop_version", sa.String(length=100), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=250), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=250), nullable=True),
        sa.Column("decided_at", at, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("report_path", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("new_sop_version", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["review_papers.id"], name=op.f("fk_sop_reviews_paper_id_review_papers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_reviews")),
        sa.UniqueConstraint("office", "period", "round", name=op.f("uq_sop_reviews_office_period_round")),
    )
    _guard()
    with op.batch_alter_table("form_answers") as answers:
        answers.alter_column("cycle_id", existing_type=sa.Integer(), nullable=True)
        answers.add_column(sa.Column("paper_id", sa.Integer(), nullable=True))
        answers.create_foreign_key(
            op.f("fk_form_answers_paper_id_review_papers"), "review_papers", ["paper_id"], ["id"]
        )
        answers.create_index(op.f("ix_form_answers_paper_id"), ["paper_id"])


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {_TABLE}_never_changed BEFORE UPDATE OR DELETE ON {_TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION rows_are_only_added()"
        )
        op.execute(
            f"CREATE TRIGGER {_TABLE}_never_emptied BEFORE TRUNCATE ON {_TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION rows_are_only_added()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {_TABLE} are only added'); END"
    taken = f"EXISTS (SELECT 1 FROM {_TABLE} AS kept WHERE {_SAME_ROW})"  # noqa: S608  our own names
    op.execute(f"CREATE TRIGGER {_TABLE}_never_updated BEFORE UPDATE ON {_TABLE} {refuse}")
    op.execute(f"CREATE TRIGGER {_TABLE}_never_deleted BEFORE DELETE ON {_TABLE} {refuse}")
    op.execute(f"CREATE TRIGGER {_TABLE}_never_replaced BEFORE INSERT ON {_TABLE} WHEN {taken} {refuse}")


def downgrade() -> None:
    op.execute("DELETE FROM form_answers WHERE cycle_id IS NULL")
    with op.batch_alter_table("form_answers") as answers:
        answers.drop_index(op.f("ix_form_answers_paper_id"))
        answers.drop_constraint(op.f("fk_form_answers_paper_id_review_papers"), type_="foreignkey")
        answers.drop_column("paper_id")
        answers.alter_column("cycle_id", existing_type=sa.Integer(), nullable=False)
    # The triggers go with their table.
    op.drop_table(_TABLE)
    op.drop_index("ix_review_papers_half_year", table_name="review_papers")
    op.drop_table("review_papers")
