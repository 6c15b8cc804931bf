"""Sources, dead letters and hook deliveries."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_hook_deliveries()
    _create_sources()
    _create_dead_letters()
    _create_source_gaps()


def _create_hook_deliveries() -> None:
    op.create_table(
        "hook_deliveries",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_hook_deliveries_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_deliveries")),
        sa.UniqueConstraint("brand_id", "signature", name=op.f("uq_hook_deliveries_brand_id_signature")),
    )
    op.create_index(op.f("ix_hook_deliveries_received_at"), "hook_deliveries", ["received_at"], unique=False)


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            one_of("active", "backing_off", "paused", "stopped", name="source_state"),
            nullable=False,
        ),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("last_tried_at", UtcDateTime(), nullable=True),
        sa.Column("last_ok_at", UtcDateTime(), nullable=True),
        sa.Column("last_post_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_error_at", UtcDateTime(), nullable=True),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=200), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_sources_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_sources_brand_id_key")),
    )


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("source_id", Big, nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("replayed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_dead_letters_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_dead_letters_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index("ix_dead_letters_brand_id_id", "dead_letters", ["brand_id", "id"], unique=False)
    op.create_index(op.f("ix_dead_letters_source_id"), "dead_letters", ["source_id"], unique=False)


def _create_source_gaps() -> None:
    op.create_table(
        "source_gaps",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("source_id", Big, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_source_gaps_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_gaps_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_gaps")),
    )
    op.create_index("ix_source_gaps_brand_id_started_at", "source_gaps", ["brand_id", "started_at"], unique=False)
    op.create_index(op.f("ix_source_gaps_source_id"), "source_gaps", ["source_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_source_gaps_source_id"), table_name="source_gaps")
    op.drop_index("ix_source_gaps_brand_id_started_at", table_name="source_gaps")
    op.drop_table("source_gaps")
    op.drop_index(op.f("ix_dead_letters_source_id"), table_name="dead_letters")
    op.drop_index("ix_dead_letters_brand_id_id", table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_table("sources")
    op.drop_index(op.f("ix_hook_deliveries_received_at"), table_name="hook_deliveries")
    op.drop_table("hook_deliveries")
