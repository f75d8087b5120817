"""The database itself keeps what is published: such a row of the ledger is neither reopened nor deleted

SQLite drops a table's triggers when a later migration rebuilds the table (`batch_alter_table`): such a
migration has to make them anew.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FIXED = ("cycle_id", "channel", "seal", "state", "commit_started_at", "published_at")
_SAID_ONCE = ("post_id", "permalink")
"""May be told late (TikTok), and then stay."""

_MESSAGE = "a published row of the ledger is final"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
        return
    op.execute(
        "CREATE TRIGGER publications_final_update BEFORE UPDATE ON publications "
        f"WHEN OLD.state = 'published' AND ({_changes('IS NOT')}) "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )
    op.execute(
        "CREATE TRIGGER publications_final_delete BEFORE DELETE ON publications "
        f"WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION publications_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER publications_final_update BEFORE UPDATE ON publications FOR EACH ROW "
        f"WHEN (OLD.state = 'published' AND ({_changes('IS DISTINCT FROM')})) "
        "EXECUTE FUNCTION publications_final()"
    )
    op.execute(
        "CREATE TRIGGER publications_final_delete BEFORE DELETE ON publications FOR EACH ROW "
        "WHEN (OLD.state = 'published') EXECUTE FUNCTION publications_final()"
    )


def _changes(differs: str) -> str:
    fixed = [f"NEW.{name} {differs} OLD.{name}" for name in _FIXED]
    once = [f"(OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in _SAID_ONCE]
    return " OR ".join([*fixed, *once])


def downgrade() -> None:
    on_table = " ON publications" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER publications_final_update{on_table}")
    op.execute(f"DROP TRIGGER publications_final_delete{on_table}")
    if on_table:
        op.execute("DROP FUNCTION publications_final()")
