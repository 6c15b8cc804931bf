"""Platforms: whether a mention called on us and when it was looked at again, threads read for context, credentials."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Big, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mentions", sa.Column("addressed", sa.Boolean(), nullable=True))
    op.add_column("mentions", sa.Column("checked_at", UtcDateTime(), nullable=True))
    op.create_index("ix_mentions_checked", "mentions", ["platform", "checked_at", "id"], unique=False)
    op.add_column("conversations", sa.Column("thread_read_at", UtcDateTime(), nullable=True))
    _create_threads()
    _create_credentials()


def _create_threads() -> None:
    op.create_table(
        "thread_posts",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("conversation_id", Big, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("in_reply_to", sa.String(length=200), nullable=True),
        sa.Column("author_external_id", sa.String(length=200), nullable=False),
        sa.Column("author_handle", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_thread_posts_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_thread_posts_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_posts")),
        sa.UniqueConstraint(
            "brand_id", "platform", "external_id", name=op.f("uq_thread_posts_brand_id_platform_external_id")
        ),
    )
    op.create_index("ix_thread_posts_conversation", "thread_posts", ["conversation_id", "posted_at", "id"])


def _create_credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("ciphertext", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_credentials_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint(
            "brand_id", "platform", "account", "use", "name",
            name=op.f("uq_credentials_brand_id_platform_account_use_name"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("credentials")
    op.drop_table("thread_posts")
    op.drop_column("conversations", "thread_read_at")
    op.drop_index("ix_mentions_checked", table_name="mentions")
    op.drop_column("mentions", "checked_at")
    op.drop_column("mentions", "addressed")
