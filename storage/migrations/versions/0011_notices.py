"""Notices: erased posts that other systems have yet to be told of."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Big, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("webhook", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name="fk_notices_brand_id_brands", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint(
            "brand_id", "webhook", "platform", "external_id", name="uq_notices_brand_id_webhook_platform_external_id"
        ),
    )
    op.create_index("ix_notices_next_try_at", "notices", ["next_try_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notices_next_try_at", table_name="notices")
    op.drop_table("notices")
