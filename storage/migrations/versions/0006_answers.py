"""Drafts, findings, reviews and the outbox."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_drafts()
    _create_findings()
    _create_replies()
    _create_reviews()


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("mention_id", Big, nullable=False),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("case_id", Big, nullable=True),
        sa.Column("revision_id", Big, nullable=False),
        sa.Column(
            "state",
            one_of("proposed", "approved", "rejected", "expired", name="draft_state"),
            nullable=False,
        ),
        sa.Column(
            "priority",
            one_of("low", "medium", "high", "urgent", name="priority"),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original_text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=False),
        sa.Column("short_code", sa.String(length=80), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("promises", Json, nullable=False),
        sa.Column("binding", sa.String(length=64), nullable=True),
        sa.Column("assignee_id", Big, nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_drafts_assignee_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_drafts_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_drafts_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_drafts_mention_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["revision_id"], ["brand_revisions.id"], name=op.f("fk_drafts_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(
        "ix_drafts_assignee",
        "drafts",
        ["assignee_id", "state", "rank", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
        sqlite_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.create_index("ix_drafts_case", "drafts", ["case_id", "id"], unique=False)
    op.create_index("ix_drafts_conversation", "drafts", ["conversation_id", "id"], unique=False)
    op.create_index("ix_drafts_mention", "drafts", ["mention_id", "id"], unique=False)
    op.create_index("ix_drafts_queue", "drafts", ["brand_id", "state", "rank", "created_at", "id"], unique=False)
    op.create_index(
        "uq_drafts_living",
        "drafts",
        ["mention_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
        sqlite_where=sa.text("state IN ('proposed', 'approved')"),
    )


def _create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("draft_id", Big, nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column(
            "severity",
            one_of("block", "warn", "info", name="severity"),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_findings_draft_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_draft_id_id", "findings", ["draft_id", "id"], unique=False)


def _create_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("draft_id", Big, nullable=True),
        sa.Column("mention_id", Big, nullable=True),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("person_id", Big, nullable=True),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            one_of("queued", "sending", "sent", "failed", "unknown", "withdrawn", name="reply_state"),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("in_reply_to", sa.String(length=200), nullable=False),
        sa.Column("visibility", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", Big, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_replies_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_replies_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_replies_draft_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_replies_mention_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_replies_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("draft_id", "part", name=op.f("uq_replies_draft_id_part")),
        sa.UniqueConstraint("key", name=op.f("uq_replies_key")),
    )
    op.create_index("ix_replies_brand", "replies", ["brand_id", "state", "created_at", "id"], unique=False)
    op.create_index("ix_replies_conversation", "replies", ["conversation_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_replies_mention_id"), "replies", ["mention_id"], unique=False)
    op.create_index(op.f("ix_replies_person_id"), "replies", ["person_id"], unique=False)
    op.create_index("ix_replies_state", "replies", ["state", "next_try_at", "id"], unique=False)
    op.create_index(
        "uq_replies_external",
        "replies",
        ["brand_id", "platform", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
        sqlite_where=sa.text("external_id IS NOT NULL"),
    )


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("draft_id", Big, nullable=False),
        sa.Column("user_id", Big, nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_reviews_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_reviews_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reviews_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_brand_id_at", "reviews", ["brand_id", "at", "id"], unique=False)
    op.create_index("ix_reviews_draft_id_id", "reviews", ["draft_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reviews_draft_id_id", table_name="reviews")
    op.drop_index("ix_reviews_brand_id_at", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(
        "uq_replies_external",
        table_name="replies",
        postgresql_where=sa.text("external_id IS NOT NULL"),
        sqlite_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_replies_state", table_name="replies")
    op.drop_index(op.f("ix_replies_person_id"), table_name="replies")
    op.drop_index(op.f("ix_replies_mention_id"), table_name="replies")
    op.drop_index("ix_replies_conversation", table_name="replies")
    op.drop_index("ix_replies_brand", table_name="replies")
    op.drop_table("replies")
    op.drop_index("ix_findings_draft_id_id", table_name="findings")
    op.drop_table("findings")
    op.drop_index(
        "uq_drafts_living",
        table_name="drafts",
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
        sqlite_where=sa.text("state IN ('proposed', 'approved')"),
    )
    op.drop_index("ix_drafts_queue", table_name="drafts")
    op.drop_index("ix_drafts_mention", table_name="drafts")
    op.drop_index("ix_drafts_conversation", table_name="drafts")
    op.drop_index("ix_drafts_case", table_name="drafts")
    op.drop_index(
        "ix_drafts_assignee",
        table_name="drafts",
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
        sqlite_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.drop_table("drafts")
