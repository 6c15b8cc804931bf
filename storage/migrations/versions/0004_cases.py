"""Conversations, cases, clocks, notes, gestures and incidents."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_conversations()
    _create_incidents()
    _create_cases()
    _create_notes()
    _create_follow_ups()
    _create_gestures()
    _create_sla_clocks()


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            one_of("open", "pending", "snoozed", "resolved", name="conversation_state"),
            nullable=False,
        ),
        sa.Column(
            "priority",
            one_of("low", "medium", "high", "urgent", name="priority"),
            nullable=False,
        ),
        sa.Column("assignee_id", Big, nullable=True),
        sa.Column("team", sa.String(length=80), nullable=True),
        sa.Column("labels", Json, nullable=False),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_mention_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_conversations_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_conversations_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "brand_id", "platform", "external_id", name=op.f("uq_conversations_brand_id_platform_external_id")
        ),
    )
    op.create_index(op.f("ix_conversations_assignee_id"), "conversations", ["assignee_id"], unique=False)
    op.create_index(
        "ix_conversations_state", "conversations", ["brand_id", "state", "last_mention_at", "id"], unique=False
    )


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_incidents_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_brand_id_opened_at", "incidents", ["brand_id", "opened_at", "id"], unique=False)


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("person_id", Big, nullable=False),
        sa.Column("incident_id", Big, nullable=True),
        sa.Column("theme", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            one_of("open", "pending", "snoozed", "resolved", name="case_state"),
            nullable=False,
        ),
        sa.Column(
            "priority",
            one_of("low", "medium", "high", "urgent", name="priority"),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("assignee_id", Big, nullable=True),
        sa.Column("team", sa.String(length=80), nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_cases_assignee_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_cases_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_cases_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_cases_incident_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cases_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_assignee", "cases", ["assignee_id", "state", "id"], unique=False)
    op.create_index("ix_cases_conversation", "cases", ["conversation_id", "id"], unique=False)
    op.create_index(op.f("ix_cases_incident_id"), "cases", ["incident_id"], unique=False)
    op.create_index("ix_cases_newest", "cases", ["brand_id", "opened_at", "id"], unique=False)
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"], unique=False)
    op.create_index("ix_cases_queue", "cases", ["brand_id", "state", "rank", "opened_at", "id"], unique=False)
    op.create_index(
        "uq_cases_living",
        "cases",
        ["conversation_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'resolved'"),
        sqlite_where=sa.text("state <> 'resolved'"),
    )


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("user_id", Big, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_notes_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_notes_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notes_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_conversation_id_id", "notes", ["conversation_id", "id"], unique=False)


def _create_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("case_id", Big, nullable=True),
        sa.Column("person_id", Big, nullable=True),
        sa.Column(
            "state",
            one_of("planned", "due", "done", "cancelled", name="follow_up_state"),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_by", Big, nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_follow_ups_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follow_ups_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_follow_ups_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index(op.f("ix_follow_ups_case_id"), "follow_ups", ["case_id"], unique=False)
    op.create_index(op.f("ix_follow_ups_person_id"), "follow_ups", ["person_id"], unique=False)
    op.create_index("ix_follow_ups_state_due_at", "follow_ups", ["brand_id", "state", "due_at", "id"], unique=False)


def _create_gestures() -> None:
    op.create_table(
        "gestures",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("case_id", Big, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("micros", Big, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("offered_by", Big, nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_gestures_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_gestures_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offered_by"], ["users.id"], name=op.f("fk_gestures_offered_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gestures")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_gestures_case_id_kind")),
    )


def _create_sla_clocks() -> None:
    op.create_table(
        "sla_clocks",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("case_id", Big, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            one_of("active", "hit", "missed", name="clock_state"),
            nullable=False,
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("left_seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_sla_clocks_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sla_clocks_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clocks")),
    )
    op.create_index("ix_sla_clocks_brand", "sla_clocks", ["brand_id", "started_at", "id"], unique=False)
    op.create_index("ix_sla_clocks_case", "sla_clocks", ["case_id", "kind", "id"], unique=False)
    op.create_index("ix_sla_clocks_due", "sla_clocks", ["state", "due_at", "id"], unique=False)
    op.create_index(
        "ix_sla_clocks_running",
        "sla_clocks",
        ["brand_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_sla_clocks_running",
        table_name="sla_clocks",
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )
    op.drop_index("ix_sla_clocks_due", table_name="sla_clocks")
    op.drop_index("ix_sla_clocks_case", table_name="sla_clocks")
    op.drop_index("ix_sla_clocks_brand", table_name="sla_clocks")
    op.drop_table("sla_clocks")
    op.drop_table("gestures")
    op.drop_index("ix_follow_ups_state_due_at", table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_person_id"), table_name="follow_ups")
    op.drop_index(op.f("ix_follow_ups_case_id"), table_name="follow_ups")
    op.drop_table("follow_ups")
    op.drop_index("ix_notes_conversation_id_id", table_name="notes")
    op.drop_table("notes")
    op.drop_index(
        "uq_cases_living",
        table_name="cases",
        postgresql_where=sa.text("state <> 'resolved'"),
        sqlite_where=sa.text("state <> 'resolved'"),
    )
    op.drop_index("ix_cases_queue", table_name="cases")
    op.drop_index(op.f("ix_cases_person_id"), table_name="cases")
    op.drop_index("ix_cases_newest", table_name="cases")
    op.drop_index(op.f("ix_cases_incident_id"), table_name="cases")
    op.drop_index("ix_cases_conversation", table_name="cases")
    op.drop_index("ix_cases_assignee", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_incidents_brand_id_opened_at", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index("ix_conversations_state", table_name="conversations")
    op.drop_index(op.f("ix_conversations_assignee_id"), table_name="conversations")
    op.drop_table("conversations")
