"""The database itself keeps audit trail and approvals: rows are added, never changed or taken away

Who owns the database can take these triggers off again; `medsos verify` asks for them (`store.guards`) and
finds what was changed meanwhile. As with 0003, a later `batch_alter_table` on SQLite has to make them anew.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEYS = {
    "audit_log": ["kept.id = NEW.id", "kept.hash = NEW.hash"],
    "approvals": ["kept.id = NEW.id", "kept.cycle_id = NEW.cycle_id AND kept.round = NEW.round"],
}
"""What makes two rows of a table the same one."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
        return
    for table, keys in _KEYS.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
        taken = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE {' OR '.join(keys)})"  # noqa: S608  our own names
        op.execute(f"CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} {refuse}")
        # INSERT OR REPLACE takes the old row away without asking the trigger for deletions.
        op.execute(f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} WHEN {taken} {refuse}")


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION rows_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in _KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rows_are_only_added()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION rows_are_only_added()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _KEYS:
            op.execute(f"DROP TRIGGER {table}_never_changed ON {table}")
            op.execute(f"DROP TRIGGER {table}_never_emptied ON {table}")
        op.execute("DROP FUNCTION rows_are_only_added()")
        return
    for table in _KEYS:
        for kind in ("updated", "deleted", "replaced"):
            op.execute(f"DROP TRIGGER {table}_never_{kind}")
