"""Privacy: when a source's posts may be looked at again, the key of marks, and receipts found by what they are for."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("recheck_after", UtcDateTime(), nullable=True))
    op.add_column("sources", sa.Column("recheck_error", sa.Text(), nullable=True))
    op.add_column("installation", sa.Column("mark_key", sa.String(length=64), nullable=True))
    op.create_index("ix_receipts_object", "receipts", ["brand_id", "object_kind", "object_hash"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_receipts_object", table_name="receipts")
    op.drop_column("installation", "mark_key")
    op.drop_column("sources", "recheck_error")
    op.drop_column("sources", "recheck_after")
