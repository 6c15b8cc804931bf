"""Mentions, classifications and ideas."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_mentions()
    _create_classifications()
    _create_ideas()


def _create_mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("source_id", Big, nullable=True),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("author_id", Big, nullable=False),
        sa.Column("case_id", Big, nullable=True),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            one_of("post", "reply", "review", "article", name="post_kind"),
            nullable=False,
        ),
        sa.Column(
            "state",
            one_of("collected", "classified", "routed", "deleted", name="mention_state"),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("visibility", sa.String(length=40), nullable=True),
        sa.Column("in_reply_to", sa.String(length=200), nullable=True),
        sa.Column("queries", Json, nullable=False),
        sa.Column("metrics", Json, nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("collected_at", UtcDateTime(), nullable=False),
        sa.Column("counted_only", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column(
            "intent",
            one_of("praise", "complaint", "question", "suggestion", "other", "abstained", name="intent"),
            nullable=True,
        ),
        sa.Column(
            "sentiment",
            one_of("positive", "neutral", "negative", name="sentiment"),
            nullable=True,
        ),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("toxic", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_mentions_author_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_mentions_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mentions_case_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mentions_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_mentions_source_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint(
            "brand_id", "platform", "external_id", name=op.f("uq_mentions_brand_id_platform_external_id")
        ),
    )
    op.create_index("ix_mentions_author", "mentions", ["author_id", "posted_at", "id"], unique=False)
    op.create_index("ix_mentions_case", "mentions", ["case_id", "posted_at", "id"], unique=False)
    op.create_index("ix_mentions_conversation", "mentions", ["conversation_id", "posted_at", "id"], unique=False)
    op.create_index(
        "ix_mentions_deleted",
        "mentions",
        ["brand_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'deleted'"),
        sqlite_where=sa.text("state = 'deleted'"),
    )
    op.create_index("ix_mentions_intent", "mentions", ["brand_id", "intent", "posted_at", "id"], unique=False)
    op.create_index("ix_mentions_language", "mentions", ["brand_id", "language", "posted_at", "id"], unique=False)
    op.create_index(
        "ix_mentions_moving",
        "mentions",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'collected' OR state = 'classified'"),
        sqlite_where=sa.text("state = 'collected' OR state = 'classified'"),
    )
    op.create_index("ix_mentions_newest", "mentions", ["brand_id", "posted_at", "id"], unique=False)
    op.create_index("ix_mentions_platform", "mentions", ["brand_id", "platform", "posted_at", "id"], unique=False)
    op.create_index("ix_mentions_sentiment", "mentions", ["brand_id", "sentiment", "posted_at", "id"], unique=False)
    op.create_index(
        "ix_mentions_urgent",
        "mentions",
        ["brand_id", "posted_at", "id"],
        unique=False,
        postgresql_where=sa.text("urgent"),
        sqlite_where=sa.text("urgent = 1"),
    )


def _create_classifications() -> None:
    op.create_table(
        "classifications",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("mention_id", Big, nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column(
            "intent",
            one_of("praise", "complaint", "question", "suggestion", "other", "abstained", name="intent"),
            nullable=False,
        ),
        sa.Column(
            "sentiment",
            one_of("positive", "neutral", "negative", name="sentiment"),
            nullable=False,
        ),
        sa.Column("intent_scores", Json, nullable=False),
        sa.Column("sentiment_scores", Json, nullable=False),
        sa.Column("also", Json, nullable=False),
        sa.Column("urgency", sa.Double(), nullable=False),
        sa.Column("toxicity", sa.Double(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("toxic", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("themes", Json, nullable=False),
        sa.Column("corrected_by", Big, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["users.id"], name=op.f("fk_classifications_corrected_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_classifications_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifications")),
    )
    op.create_index("ix_classifications_mention_id_id", "classifications", ["mention_id", "id"], unique=False)


def _create_ideas() -> None:
    op.create_table(
        "ideas",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("mention_id", Big, nullable=False),
        sa.Column("person_id", Big, nullable=True),
        sa.Column("theme", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_ideas_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_ideas_mention_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_ideas_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_ideas_mention_id")),
    )
    op.create_index("ix_ideas_brand_id_created_at", "ideas", ["brand_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_ideas_person_id"), "ideas", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ideas_person_id"), table_name="ideas")
    op.drop_index("ix_ideas_brand_id_created_at", table_name="ideas")
    op.drop_table("ideas")
    op.drop_index("ix_classifications_mention_id_id", table_name="classifications")
    op.drop_table("classifications")
    op.drop_index(
        "ix_mentions_urgent",
        table_name="mentions",
        postgresql_where=sa.text("urgent"),
        sqlite_where=sa.text("urgent = 1"),
    )
    op.drop_index("ix_mentions_sentiment", table_name="mentions")
    op.drop_index("ix_mentions_platform", table_name="mentions")
    op.drop_index("ix_mentions_newest", table_name="mentions")
    op.drop_index(
        "ix_mentions_moving",
        table_name="mentions",
        postgresql_where=sa.text("state = 'collected' OR state = 'classified'"),
        sqlite_where=sa.text("state = 'collected' OR state = 'classified'"),
    )
    op.drop_index("ix_mentions_language", table_name="mentions")
    op.drop_index("ix_mentions_intent", table_name="mentions")
    op.drop_index(
        "ix_mentions_deleted",
        table_name="mentions",
        postgresql_where=sa.text("state = 'deleted'"),
        sqlite_where=sa.text("state = 'deleted'"),
    )
    op.drop_index("ix_mentions_conversation", table_name="mentions")
    op.drop_index("ix_mentions_case", table_name="mentions")
    op.drop_index("ix_mentions_author", table_name="mentions")
    op.drop_table("mentions")
