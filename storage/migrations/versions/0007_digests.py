"""Digests, mails, the ledger and receipts."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_receipts()
    _create_digests()
    _create_ledger_entries()
    _create_digest_mails()


def _create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("touched", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_receipts_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_brand_id_at", "receipts", ["brand_id", "at", "id"], unique=False)


def _create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("revision_id", Big, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_digests_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["revision_id"], ["brand_revisions.id"], name=op.f("fk_digests_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("brand_id", "week", name=op.f("uq_digests_brand_id_week")),
    )


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("source_id", Big, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("micros", Big, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_ledger_entries_brand_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_ledger_entries_source_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("brand_id", "kind", "reference", name=op.f("uq_ledger_entries_brand_id_kind_reference")),
    )
    op.create_index("ix_ledger_entries_brand_id_at", "ledger_entries", ["brand_id", "at", "id"], unique=False)
    op.create_index(op.f("ix_ledger_entries_source_id"), "ledger_entries", ["source_id"], unique=False)


def _create_digest_mails() -> None:
    op.create_table(
        "digest_mails",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("digest_id", Big, nullable=False),
        sa.Column(
            "state",
            one_of("queued", "sending", "sent", "failed", "unknown", name="mail_state"),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("recipients", Json, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_digest_mails_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_mails_digest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_mails")),
        sa.UniqueConstraint("digest_id", name=op.f("uq_digest_mails_digest_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_digest_mails_message_id")),
    )
    op.create_index("ix_digest_mails_state", "digest_mails", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_digest_mails_state", table_name="digest_mails")
    op.drop_table("digest_mails")
    op.drop_index(op.f("ix_ledger_entries_source_id"), table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_brand_id_at", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_table("digests")
    op.drop_index("ix_receipts_brand_id_at", table_name="receipts")
    op.drop_table("receipts")
