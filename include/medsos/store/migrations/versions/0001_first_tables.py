"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import medsos.store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_log_hash")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("principal", sa.String(length=250), nullable=False),
        sa.Column("username", sa.String(length=250), nullable=False),
        sa.Column("airflow_user_id", sa.String(length=250), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("letter_number", sa.String(length=250), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegations_office"), ["office"], unique=False)

    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("started_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attendees", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=250), nullable=False),
        sa.Column("recorded_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
    )
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_office"), ["office"], unique=False)

    op.create_table(
        "monthly_recap",
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("on_time_rate", sa.Double(), nullable=True),
        sa.Column("median_minutes", sa.Double(), nullable=True),
        sa.Column("p90_minutes", sa.Double(), nullable=True),
        sa.Column("max_minutes", sa.Double(), nullable=True),
        sa.Column("target_minutes", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("office", "month", "step_no", name=op.f("pk_monthly_recap")),
    )
    op.create_table(
        "officials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("username", sa.String(length=250), nullable=False),
        sa.Column("airflow_user_id", sa.String(length=250), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officials")),
        sa.UniqueConstraint(
            "office",
            "role",
            "username",
            "valid_from",
            name=op.f("uq_officials_office_role_username_valid_from"),
        ),
    )
    with op.batch_alter_table("officials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officials_office"), ["office"], unique=False)

    op.create_table(
        "cycles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("requester", sa.String(length=250), nullable=False),
        sa.Column("requested_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sop_version", sa.String(length=100), nullable=False),
        sa.Column("kahar", sa.Boolean(), nullable=False),
        sa.Column("kahar_reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("completed_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("dag_id", sa.String(length=250), nullable=False),
        sa.Column("run_id", sa.String(length=250), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=True),
        sa.Column("archive_folder", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_cycles_minutes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("dag_id", "run_id", name=op.f("uq_cycles_dag_id_run_id")),
    )
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycles_office"), ["office"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=250), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=250), nullable=True),
        sa.Column("decided_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_approvals_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("cycle_id", "round", name=op.f("uq_approvals_cycle_id_round")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approvals_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "channel_results",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("published_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("evidence_kind", sa.String(length=20), nullable=True),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("upload_seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_channel_results_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "channel", name=op.f("pk_channel_results")),
    )
    op.create_table(
        "cycle_scorecards",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("requested_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("completed_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(length=250), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=250), nullable=True),
        sa.Column("working_minutes", sa.Double(), nullable=True),
        sa.Column("target_minutes", sa.Double(), nullable=False),
        sa.Column("steps_on_time", sa.Integer(), nullable=False),
        sa.Column("steps_total", sa.Integer(), nullable=False),
        sa.Column("channels_published", sa.Integer(), nullable=False),
        sa.Column("channels_total", sa.Integer(), nullable=False),
        sa.Column("evidence_complete", sa.Boolean(), nullable=False),
        sa.Column("kahar", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_cycle_scorecards_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_cycle_scorecards")),
    )
    with op.batch_alter_table("cycle_scorecards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_scorecards_office"), ["office"], unique=False)

    op.create_table(
        "designs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_designs_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designs")),
        sa.UniqueConstraint(
            "cycle_id",
            "round",
            "channel",
            "position",
            name=op.f("uq_designs_cycle_id_round_channel_position"),
        ),
    )
    with op.batch_alter_table("designs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_designs_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "form_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(length=100), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_by", sa.String(length=250), nullable=False),
        sa.Column("answered_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_form_answers_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answers")),
    )
    with op.batch_alter_table("form_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_answers_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("made_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_links_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("cycle_id", "kind", "channel", name=op.f("uq_links_cycle_id_kind_channel")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("original_path", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("clean_path", sa.Text(), nullable=False),
        sa.Column("clean_sha256", sa.String(length=64), nullable=False),
        sa.Column("clean_media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_materials_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sa.UniqueConstraint("cycle_id", "position", name=op.f("uq_materials_cycle_id_position")),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=250), nullable=False),
        sa.Column("made_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_plans_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("cycle_id", "round", name=op.f("uq_plans_cycle_id_round")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("journal", sa.JSON(), nullable=False),
        sa.Column("created_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("commit_started_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("published_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("post_id", sa.String(length=250), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("lease_holder", sa.String(length=250), nullable=True),
        sa.Column("lease_until", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_publications_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "cycle_id", "channel", "seal", name=op.f("uq_publications_cycle_id_channel_seal")
        ),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publications_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "step_durations",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("sop_version", sa.String(length=100), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step_key", sa.String(length=20), nullable=False),
        sa.Column("started_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("target_minutes", sa.Double(), nullable=False),
        sa.Column("elapsed_minutes", sa.Double(), nullable=True),
        sa.Column("working_minutes", sa.Double(), nullable=True),
        sa.Column("waiting_minutes", sa.Double(), nullable=True),
        sa.Column("rework_minutes", sa.Double(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.Column("deviation_minutes", sa.Double(), nullable=True),
        sa.Column("kahar", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_step_durations_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "step_no", name=op.f("pk_step_durations")),
    )
    with op.batch_alter_table("step_durations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_durations_office"), ["office"], unique=False)

    op.create_table(
        "step_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(length=20), nullable=False),
        sa.Column("task_id", sa.String(length=250), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_step_events_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_events")),
    )
    with op.batch_alter_table("step_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_events_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("captured_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_evidence_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "link_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("alive", sa.Boolean(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_link_checks_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_checks")),
    )
    with op.batch_alter_table("link_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_checks_link_id"), ["link_id"], unique=False)

    op.create_table(
        "metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("read_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_metrics_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
    )
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metrics_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "publication_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", medsos.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", medsos.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state_before", sa.String(length=20), nullable=False),
        sa.Column("state_after", sa.String(length=20), nullable=True),
        sa.Column("error_class", sa.String(length=60), nullable=True),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("trace_id", sa.String(length=250), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_attempts_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_attempts")),
        sa.UniqueConstraint(
            "publication_id", "number", name=op.f("uq_publication_attempts_publication_id_number")
        ),
    )
    with op.batch_alter_table("publication_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publication_attempts_publication_id"), ["publication_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("publication_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_attempts_publication_id"))

    op.drop_table("publication_attempts")
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_metrics_publication_id"))

    op.drop_table("metrics")
    with op.batch_alter_table("link_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_checks_link_id"))

    op.drop_table("link_checks")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_publication_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("step_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_events_cycle_id"))

    op.drop_table("step_events")
    with op.batch_alter_table("step_durations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_durations_office"))

    op.drop_table("step_durations")
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publications_cycle_id"))

    op.drop_table("publications")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_cycle_id"))

    op.drop_table("plans")
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_materials_cycle_id"))

    op.drop_table("materials")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_cycle_id"))

    op.drop_table("links")
    with op.batch_alter_table("form_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_answers_cycle_id"))

    op.drop_table("form_answers")
    with op.batch_alter_table("designs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_designs_cycle_id"))

    op.drop_table("designs")
    with op.batch_alter_table("cycle_scorecards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycle_scorecards_office"))

    op.drop_table("cycle_scorecards")
    op.drop_table("channel_results")
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approvals_cycle_id"))

    op.drop_table("approvals")
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycles_office"))

    op.drop_table("cycles")
    with op.batch_alter_table("officials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officials_office"))

    op.drop_table("officials")
    op.drop_table("monthly_recap")
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_office"))

    op.drop_table("minutes")
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegations_office"))

    op.drop_table("delegations")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_log_cycle_id"))

    op.drop_table("audit_log")
